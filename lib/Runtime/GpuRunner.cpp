//===- GpuRunner.cpp - GPU kernels over arrays of any shape ---------------===//

#include "act/Runtime/GpuRunner.h"
#include "GpuLaunches.h"
#include "RowGroups.h"
#include "act/GpuKernelNames.h"
#include "llvm/Support/MathExtras.h"
#include <list>

using namespace act;

static constexpr int64_t kScratchAlignment = 256;

static constexpr size_t kNumRowKernels = std::size(kGpuRowChunks) + 1;

std::vector<std::string> act::gpuKernelNames(const KernelSignature &signature,
                                             const std::string &function) {
  std::vector<std::string> names;
  if (signature.rows)
    names = gpuRowNames(function);
  else
    names = {function};
  if (signature.rows)
    for (std::string &name :
         gpuSplitNames(function, signature.rows->splitKernels))
      names.push_back(std::move(name));
  for (size_t i = 0; i < signature.reducedTypes.size(); ++i)
    if (signature.reducedTypes[i])
      for (std::string &name : gpuRowNames(gpuSumName(function, unsigned(i))))
        names.push_back(std::move(name));
  return names;
}

namespace {
/// The second step of a reduced result.
struct Sum {
  size_t operand;
  /// Where its terms are in scratch memory.
  int64_t offset = 0;
  KernelSignature signature;
  std::optional<GpuLaunches> launches;
};
} // namespace

struct GpuRunner::State {
  /// Of each part that rows are walked in, one after the other.
  std::vector<std::pair<RowGroups, GpuLaunches>> launches;
  /// Signatures stay where they are.
  std::list<Sum> sums;
  /// All of it, and where that of the function itself is.
  int64_t scratchBytes = 0, ownOffset = 0;

  void addSum(const KernelSignature &signature, size_t operand,
              llvm::ArrayRef<const GpuKernel *> kernels,
              const std::vector<int64_t> &shape, int64_t axis,
              std::vector<int64_t> &strides);
};

/// Lays out the terms with those of one sum side by side, and changes the
/// strides of the result to theirs.
void GpuRunner::State::addSum(const KernelSignature &signature, size_t operand,
                              llvm::ArrayRef<const GpuKernel *> kernels,
                              const std::vector<int64_t> &shape, int64_t axis,
                              std::vector<int64_t> &strides) {
  // One value a row has one term a row.
  bool isOnePerRow = signature.rows && signature.rows->isUniform[operand];
  Sum &sum = sums.emplace_back();
  sum.operand = operand;
  sum.offset = scratchBytes;
  std::vector<int64_t> terms(shape.size()), keptShape, keptTerms, keptResult;
  int64_t length = 1;
  for (size_t d = shape.size(); d-- > 0;)
    if (strides[d] == 0 && !(isOnePerRow && int64_t(d) == axis)) {
      terms[d] = length;
      length *= shape[d];
    }
  int64_t size = length;
  for (size_t d = shape.size(); d-- > 0;)
    if (strides[d] != 0 && !(isOnePerRow && int64_t(d) == axis)) {
      terms[d] = size;
      size *= shape[d];
      keptShape.push_back(shape[d]);
      keptTerms.push_back(terms[d]);
      keptResult.push_back(strides[d]);
    }
  scratchBytes += llvm::alignTo(size * sizeOf(signature.operands[operand]),
                                kScratchAlignment);
  sum.signature.operands = {signature.operands[operand],
                            *signature.reducedType(operand)};
  sum.signature.numInputs = 1;
  sum.signature.isScalar = {false};
  sum.signature.lanes = gpuChunk(std::min(sizeOf(sum.signature.operands[0]),
                                          sizeOf(sum.signature.operands[1])),
                                 /*computesInDouble=*/true);
  sum.signature.computesInDouble = true;
  sum.signature.rows.emplace();
  sum.signature.rows->isUniform = {false, true};
  keptShape.push_back(length);
  keptTerms.push_back(1);
  keptResult.push_back(0);
  int64_t last = keptShape.size() - 1;
  sum.launches.emplace(sum.signature, kernels, std::move(keptShape),
                       std::vector<std::vector<int64_t>>{keptTerms, keptResult},
                       last);
  strides = std::move(terms);
}

GpuRunner::GpuRunner(const KernelSignature &signature,
                     llvm::ArrayRef<const GpuKernel *> kernels,
                     std::vector<int64_t> shape,
                     std::vector<std::vector<int64_t>> strides, int64_t axis)
    : state(std::make_unique<State>()) {
  size_t own =
      signature.rows ? kNumRowKernels + signature.rows->splitKernels : 1;
  llvm::ArrayRef<const GpuKernel *> rest = kernels.drop_front(own);
  for (size_t k = signature.numInputs; k < signature.operands.size(); ++k)
    if (signature.reducedType(k)) {
      state->addSum(signature, k, rest.take_front(kNumRowKernels), shape, axis,
                    strides[k]);
      rest = rest.drop_front(kNumRowKernels);
    }
  int64_t ownBytes = 0;
  for (RowGroups &part : groupRows(signature, shape, axis, strides)) {
    GpuLaunches launches(signature, kernels.take_front(own), part.shape,
                         part.strides, part.axis);
    ownBytes = std::max(ownBytes, launches.scratchBytes());
    state->launches.emplace_back(std::move(part), std::move(launches));
  }
  state->ownOffset = state->scratchBytes;
  state->scratchBytes += llvm::alignTo(ownBytes, kScratchAlignment);
}

GpuRunner::~GpuRunner() = default;

bool GpuRunner::splitsRows() const {
  return state->launches.front().second.splitsRows();
}

int64_t GpuRunner::scratchBytes() const { return state->scratchBytes; }

llvm::Error GpuRunner::run(void *const *operands, const void *parameters,
                           void *scratch, void *stream) const {
  size_t numOperands = state->launches.front().second.numOperands();
  llvm::SmallVector<void *, kMaxOperands> arrays(operands,
                                                 operands + numOperands);
  for (const Sum &sum : state->sums)
    arrays[sum.operand] = static_cast<char *>(scratch) + sum.offset;
  for (const auto &[part, launches] : state->launches) {
    llvm::SmallVector<void *, kMaxOperands> moved(numOperands);
    for (size_t k = 0; k < numOperands; ++k)
      moved[k] =
          static_cast<char *>(arrays[k]) + part.offsets[k] * launches.bytes(k);
    if (llvm::Error error = launches.run(
            moved.data(), parameters,
            static_cast<char *>(scratch) + state->ownOffset, stream))
      return error;
  }
  for (const Sum &sum : state->sums) {
    void *both[] = {arrays[sum.operand], operands[sum.operand]};
    if (llvm::Error error = sum.launches->run(both, nullptr, nullptr, stream))
      return error;
  }
  return llvm::Error::success();
}
