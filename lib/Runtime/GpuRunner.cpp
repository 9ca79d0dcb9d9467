//===- GpuRunner.cpp - GPU kernels over arrays of any shape ---------------===//

#include "act/Runtime/GpuRunner.h"
#include "GpuLaunches.h"
#include "IterationSpace.h"
#include "RowGroups.h"
#include "act/GpuKernelNames.h"
#include "llvm/Support/MathExtras.h"
#include <list>
#include <tuple>

using namespace act;

static constexpr int64_t kScratchAlignment = 256;

static bool hasMaskResult(const KernelSignature &signature) {
  return llvm::is_contained(
      llvm::ArrayRef(signature.operands).drop_front(signature.numInputs),
      DType::Bit);
}

std::vector<std::vector<std::string>>
act::gpuKernelGroups(const KernelSignature &signature,
                     const std::string &function) {
  std::vector<std::vector<std::string>> groups;
  auto addBoth = [&](const std::vector<std::string> &group) {
    groups.push_back(group);
    std::vector<std::string> &each = groups.emplace_back();
    for (const std::string &name : group)
      each.push_back(gpuAnyName(name));
  };
  auto addRows = [&](const std::string &name) {
    for (const std::string &each : gpuRowNames(name))
      addBoth({each});
  };
  if (!signature.rows) {
    groups.push_back({function});
    if (!signature.counted.empty())
      groups.back().push_back(gpuClearName(function));
    if (hasMaskResult(signature))
      groups.push_back({gpuPackName(function)});
  } else {
    addRows(function);
    if (unsigned kernels = signature.rows->splitKernels)
      addBoth(gpuSplitNames(function, kernels));
    if (signature.rows->hasCluster)
      groups.push_back({gpuClusterName(function)});
    if (!signature.rows->takesSteps)
      groups.push_back({gpuAsideName(function)});
  }
  for (size_t i = 0; i < signature.reducedTypes.size(); ++i)
    if (signature.reducedTypes[i])
      addRows(gpuSumName(function, unsigned(i)));
  return groups;
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

/// The counts of a counted result, which are emptied first.
struct Counts {
  size_t operand;
  int64_t channels;
};

/// A mask whose rows share bytes, and where in scratch memory they do not.
struct Mask {
  size_t operand;
  int64_t offset;
};
} // namespace

struct GpuRunner::State {
  /// Of each part that rows are walked in, one after the other. Launches point
  /// into themselves and stay where they are.
  std::list<std::pair<RowGroups, GpuLaunches>> launches;
  /// Those of a function of elements.
  const GpuLaunches &all() const { return launches.front().second; }
  std::vector<Counts> counts;
  std::vector<Mask> masks;
  const GpuKernel *clear = nullptr, *pack = nullptr;
  /// Signatures stay where they are.
  std::list<Sum> sums;
  /// All of it, and where that of the function itself is.
  int64_t scratchBytes = 0, ownOffset = 0;

  void planRuns(const KernelSignature &signature, const std::string &function,
                const std::vector<int64_t> &shape,
                std::vector<std::vector<int64_t>> strides, int64_t axis);
  void addSum(const KernelSignature &signature, const std::string &function,
              const GpuLaunches::Terms &terms);
  void addMasks(const KernelSignature &signature);
  /// Once runs are planned: scratch memory depends on the kernels.
  llvm::Error load(GpuModule &module, const std::string &function,
                   void *const *operands);
  /// What takes the place of the caller's arrays in scratch memory.
  llvm::SmallVector<void *, kMaxOperands> arraysOf(void *const *operands,
                                                   void *scratch) const;
  /// Where the arrays of launches begin.
  static llvm::SmallVector<void *, kMaxOperands>
  moved(void *const *arrays, const RowGroups &part,
        const GpuLaunches &launches);
  llvm::Error clearCounts(void *const *operands, void *stream) const;
  llvm::Error packMasks(void *const *arrays, void *const *operands,
                        void *stream) const;
};

void GpuRunner::State::addMasks(const KernelSignature &signature) {
  if (!all().padded())
    return;
  for (size_t k = signature.numInputs; k < signature.operands.size(); ++k)
    if (signature.isMask(k)) {
      masks.push_back({k, scratchBytes});
      scratchBytes += llvm::alignTo(all().padded()->bytes(), kScratchAlignment);
    }
}

llvm::Error GpuRunner::State::packMasks(void *const *arrays,
                                        void *const *operands,
                                        void *stream) const {
  for (const Mask &mask : masks) {
    const GpuLaunches::Masks &rows = *all().padded();
    LaunchShape shape;
    shape.block[0] = kGpuThreads;
    shape.grid[0] = llvm::divideCeil(rows.count, 8 * kGpuThreads);
    void *parameters[] = {const_cast<void **>(&arrays[mask.operand]),
                          const_cast<void **>(&operands[mask.operand]),
                          const_cast<int64_t *>(&rows.count),
                          const_cast<int64_t *>(&rows.length),
                          const_cast<int64_t *>(&rows.pitch)};
    if (llvm::Error error = pack->launch(shape, parameters, stream))
      return error;
  }
  return llvm::Error::success();
}

llvm::Error GpuRunner::State::clearCounts(void *const *operands,
                                          void *stream) const {
  for (const Counts &each : counts) {
    LaunchShape shape;
    shape.block[0] = kGpuThreads;
    shape.grid[0] = llvm::divideCeil(each.channels, kGpuThreads);
    void *parameters[] = {const_cast<void **>(&operands[each.operand]),
                          const_cast<int64_t *>(&each.channels)};
    if (each.channels == 0)
      continue;
    if (llvm::Error error = clear->launch(shape, parameters, stream))
      return error;
  }
  return llvm::Error::success();
}

/// A sum of terms side by side, which are the next ones in scratch memory.
void GpuRunner::State::addSum(const KernelSignature &signature,
                              const std::string &function,
                              const GpuLaunches::Terms &terms) {
  DType type = signature.rows ? signature.operands[terms.operand] : DType::F64;
  Sum &sum = sums.emplace_back();
  sum.operand = terms.operand;
  sum.offset = scratchBytes;
  scratchBytes += llvm::alignTo(terms.size() * sizeOf(type), kScratchAlignment);
  sum.signature.operands = {type, *signature.reducedType(terms.operand)};
  sum.signature.numInputs = 1;
  sum.signature.isScalar = {false};
  sum.signature.lanes = gpuChunk(std::min(sizeOf(sum.signature.operands[0]),
                                          sizeOf(sum.signature.operands[1])),
                                 /*computesInDouble=*/true);
  sum.signature.computesInDouble = true;
  sum.signature.rows.emplace();
  sum.signature.rows->isUniform = {false, true};
  auto outerFirst = [](std::vector<int64_t> dims, int64_t inner) {
    std::reverse(dims.begin(), dims.end());
    dims.push_back(inner);
    return dims;
  };
  sum.launches.emplace(
      sum.signature,
      gpuSumName(function, unsigned(terms.operand) - signature.numInputs),
      outerFirst(terms.shape, terms.count),
      std::vector<std::vector<int64_t>>{outerFirst(terms.strides, 1),
                                        outerFirst(terms.resultStrides, 0)},
      int64_t(terms.shape.size()));
}

/// A term for each element, or each row of one value a row. Changes the strides
/// of the result to those of its terms.
static GpuLaunches::Terms termsOfElements(const KernelSignature &signature,
                                          size_t operand,
                                          const std::vector<int64_t> &shape,
                                          int64_t axis,
                                          std::vector<int64_t> &strides) {
  bool isOnePerRow = signature.rows && signature.rows->isUniform[operand];
  GpuLaunches::Terms terms{operand, 1, {}, {}, {}};
  std::vector<int64_t> own(shape.size());
  for (size_t d = shape.size(); d-- > 0;)
    if (strides[d] == 0 && !(isOnePerRow && int64_t(d) == axis)) {
      own[d] = terms.count;
      terms.count *= shape[d];
    }
  int64_t size = terms.count;
  for (size_t d = shape.size(); d-- > 0;)
    if (strides[d] != 0 && !(isOnePerRow && int64_t(d) == axis)) {
      own[d] = size;
      size *= shape[d];
      terms.shape.push_back(shape[d]);
      terms.strides.push_back(own[d]);
      terms.resultStrides.push_back(strides[d]);
    }
  strides = std::move(own);
  return terms;
}

static bool hasSums(const KernelSignature &signature) {
  return llvm::any_of(signature.reducedTypes,
                      [](auto &type) { return type.has_value(); });
}

void GpuRunner::State::planRuns(const KernelSignature &signature,
                                const std::string &function,
                                const std::vector<int64_t> &shape,
                                std::vector<std::vector<int64_t>> strides,
                                int64_t axis) {
  for (size_t k = signature.operands.size(); k < strides.size(); ++k)
    counts.push_back({k, countChannels(shape, strides[k])});
  auto addLaunches = [&](bool mayGather) {
    for (RowGroups &part : groupRows(signature, shape, axis, strides))
      launches.emplace_back(
          std::piecewise_construct, std::forward_as_tuple(part),
          std::forward_as_tuple(signature, function, part.shape, part.strides,
                                part.axis, mayGather));
  };
  if (!signature.rows) {
    addLaunches(/*mayGather=*/true);
    for (const GpuLaunches::Terms &terms : all().gathered())
      addSum(signature, function, terms);
  }
  // Else there is a term for each element.
  if (launches.empty() || (sums.empty() && hasSums(signature))) {
    for (size_t k = signature.numInputs; k < signature.operands.size(); ++k)
      if (signature.reducedType(k))
        addSum(signature, function,
               termsOfElements(signature, k, shape, axis, strides[k]));
    launches.clear();
    addLaunches(/*mayGather=*/false);
  }
  addMasks(signature);
}

llvm::SmallVector<void *, kMaxOperands>
GpuRunner::State::arraysOf(void *const *operands, void *scratch) const {
  llvm::SmallVector<void *, kMaxOperands> arrays(
      operands, operands + all().numOperands());
  for (const Sum &sum : sums)
    arrays[sum.operand] = static_cast<char *>(scratch) + sum.offset;
  for (const Mask &mask : masks)
    arrays[mask.operand] = static_cast<char *>(scratch) + mask.offset;
  return arrays;
}

llvm::SmallVector<void *, kMaxOperands>
GpuRunner::State::moved(void *const *arrays, const RowGroups &part,
                        const GpuLaunches &launches) {
  llvm::SmallVector<void *, kMaxOperands> moved;
  for (size_t k = 0; k < launches.numOperands(); ++k)
    moved.push_back(static_cast<char *>(arrays[k]) +
                    part.offsets[k] * launches.bytesOf(k));
  return moved;
}

llvm::Error GpuRunner::State::load(GpuModule &module,
                                   const std::string &function,
                                   void *const *operands) {
  auto get = [&](const GpuKernel *&kernel,
                 const std::string &name) -> llvm::Error {
    auto found = module.kernel(name);
    if (!found)
      return found.takeError();
    kernel = *found;
    return llvm::Error::success();
  };
  // Scratch memory is aligned.
  llvm::SmallVector<void *, kMaxOperands> arrays;
  if (operands)
    arrays = arraysOf(operands, /*scratch=*/nullptr);
  for (auto &[part, each] : launches)
    if (llvm::Error error =
            each.load(module, operands ? moved(arrays.data(), part, each).data()
                                       : nullptr))
      return error;
  int64_t ownBytes = 0;
  for (const auto &[part, each] : launches)
    ownBytes = std::max(ownBytes, each.scratchBytes());
  ownOffset = scratchBytes;
  scratchBytes += llvm::alignTo(ownBytes, kScratchAlignment);
  for (Sum &sum : sums) {
    // Of results that are one value a row no alignment is asked for.
    void *both[] = {nullptr, nullptr};
    if (llvm::Error error = sum.launches->load(module, both))
      return error;
  }
  if (!counts.empty())
    if (llvm::Error error = get(clear, gpuClearName(function)))
      return error;
  if (!masks.empty())
    if (llvm::Error error = get(pack, gpuPackName(function)))
      return error;
  return llvm::Error::success();
}

llvm::Expected<GpuRunner>
GpuRunner::create(const KernelSignature &signature, GpuModule &module,
                  const std::string &function, std::vector<int64_t> shape,
                  std::vector<std::vector<int64_t>> strides, int64_t axis,
                  void *const *operands) {
  auto state = std::make_unique<State>();
  state->planRuns(signature, function, shape, std::move(strides), axis);
  if (llvm::Error error = state->load(module, function, operands))
    return std::move(error);
  return GpuRunner(std::move(state));
}

GpuRunner::GpuRunner(std::unique_ptr<State> state) : state(std::move(state)) {}
GpuRunner::GpuRunner(GpuRunner &&) = default;
GpuRunner &GpuRunner::operator=(GpuRunner &&) = default;
GpuRunner::~GpuRunner() = default;

bool GpuRunner::splitsRows() const {
  return state->launches.front().second.splitsRows();
}

bool GpuRunner::clustersRows() const {
  return state->launches.front().second.clustersRows();
}

int64_t GpuRunner::scratchBytes() const { return state->scratchBytes; }

llvm::Error GpuRunner::run(void *const *operands, const void *parameters,
                           void *scratch, void *stream) const {
  llvm::SmallVector<void *, kMaxOperands> arrays =
      state->arraysOf(operands, scratch);
  if (llvm::Error error = state->clearCounts(operands, stream))
    return error;
  for (const auto &[part, launches] : state->launches) {
    if (llvm::Error error = launches.run(
            State::moved(arrays.data(), part, launches).data(), parameters,
            static_cast<char *>(scratch) + state->ownOffset, stream))
      return error;
  }
  if (llvm::Error error = state->packMasks(arrays.data(), operands, stream))
    return error;
  for (const Sum &sum : state->sums) {
    void *both[] = {arrays[sum.operand], operands[sum.operand]};
    if (llvm::Error error = sum.launches->run(both, nullptr, nullptr, stream))
      return error;
  }
  return llvm::Error::success();
}
