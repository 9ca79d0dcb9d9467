//===- ElementwiseRunner.cpp - Kernels over arrays of any shape -----------===//

#include "act/Runtime/ElementwiseRunner.h"
#include <algorithm>
#include <cstring>
#include <thread>

using namespace act;

namespace {

/// Elements packed at a time: small enough for the stack and the L1 cache,
/// large enough that a call costs nothing beside it.
constexpr int64_t kBlock = 512;
constexpr size_t kMaxElementBytes = 8;

/// The common iteration space after adjacent dimensions that every operand
/// walks as one have been merged. The last dimension is the inner one.
struct Space {
  std::vector<int64_t> shape;
  std::vector<std::vector<int64_t>> strides; // [operand][dimension]
  int64_t size = 1;
};

Space collapse(const std::vector<int64_t> &shape,
               const std::vector<RunOperand> &operands) {
  Space space;
  space.strides.resize(operands.size());
  for (size_t d = 0; d < shape.size(); ++d) {
    space.size *= shape[d];
    if (shape[d] == 1)
      continue;
    bool merges = !space.shape.empty();
    for (size_t k = 0; merges && k < operands.size(); ++k)
      merges = space.strides[k].back() == operands[k].strides[d] * shape[d];
    if (merges)
      space.shape.back() *= shape[d];
    else
      space.shape.push_back(shape[d]);
    for (size_t k = 0; k < operands.size(); ++k) {
      if (merges)
        space.strides[k].back() = operands[k].strides[d];
      else
        space.strides[k].push_back(operands[k].strides[d]);
    }
  }
  if (space.shape.empty()) {
    space.shape.push_back(space.size);
    for (auto &strides : space.strides)
      strides.push_back(0);
  }
  return space;
}

/// Offset in elements of linear index `index`.
int64_t offsetOf(const Space &space, const std::vector<int64_t> &strides,
                 int64_t index) {
  int64_t offset = 0;
  for (size_t d = space.shape.size(); d-- > 0;) {
    offset += index % space.shape[d] * strides[d];
    index /= space.shape[d];
  }
  return offset;
}

/// Copies `count` elements from linear index `begin` on between an array and a
/// dense buffer.
template <class T, bool toBuffer>
void transfer(const Space &space, const std::vector<int64_t> &strides,
              T *array, T *buffer, int64_t begin, int64_t count) {
  int64_t inner = space.shape.back(), stride = strides.back();
  while (count > 0) {
    int64_t run = std::min(count, inner - begin % inner);
    T *at = array + offsetOf(space, strides, begin);
    for (int64_t i = 0; i < run; ++i) {
      if (toBuffer)
        buffer[i] = at[i * stride];
      else
        at[i * stride] = buffer[i];
    }
    buffer += run;
    begin += run;
    count -= run;
  }
}

template <bool toBuffer>
void transferBytes(size_t bytes, const Space &space,
                   const std::vector<int64_t> &strides, void *array,
                   void *buffer, int64_t begin, int64_t count) {
  auto as = [&](auto tag) {
    using T = decltype(tag);
    transfer<T, toBuffer>(space, strides, static_cast<T *>(array),
                          static_cast<T *>(buffer), begin, count);
  };
  if (bytes == 8)
    as(uint64_t());
  else if (bytes == 4)
    as(uint32_t());
  else
    as(uint16_t());
}

/// One thread's share of a run.
class Worker {
public:
  Worker(const KernelSignature &signature, KernelFunction kernel,
         const Space &space, const std::vector<RunOperand> &operands,
         const void *parameters)
      : signature(signature), kernel(kernel), space(space),
        operands(operands), parameters(parameters) {
    for (size_t k = 0; k < operands.size(); ++k)
      strides[k] = isScalar(k) ? 0 : 1;
  }

  /// Processes linear indices [begin, end).
  void run(int64_t begin, int64_t end) {
    bool dense = space.shape.size() == 1;
    for (size_t k = 0; dense && k < operands.size(); ++k)
      dense = isScalar(k) || space.strides[k].back() == 1;
    int64_t lanes = signature.lanes;
    if (dense) {
      int64_t whole = (end - begin) / lanes * lanes;
      if (whole > 0)
        callDense(begin, whole);
      begin += whole;
    }
    for (; begin < end; begin += kBlock)
      callPacked(begin, std::min(kBlock, end - begin));
  }

private:
  bool isScalar(size_t k) const {
    return k < signature.numInputs && signature.isScalar[k];
  }
  size_t bytesOf(size_t k) const { return sizeOf(signature.operands[k]); }

  void call(int64_t count) {
    KernelArgs args{};
    args.operands = pointers;
    args.count = count;
    args.strides = strides;
    args.rows = 1;
    args.scalars = parameters;
    kernel(&args);
  }

  void callDense(int64_t begin, int64_t count) {
    for (size_t k = 0; k < operands.size(); ++k)
      pointers[k] = static_cast<char *>(operands[k].data) +
                    (isScalar(k) ? 0 : begin * int64_t(bytesOf(k)));
    call(count);
  }

  void callPacked(int64_t begin, int64_t count) {
    int64_t lanes = signature.lanes;
    int64_t padded = (count + lanes - 1) / lanes * lanes;
    for (size_t k = 0; k < operands.size(); ++k) {
      pointers[k] = isScalar(k) ? operands[k].data : buffers[k];
      if (isScalar(k) || k >= signature.numInputs)
        continue;
      transferBytes<true>(bytesOf(k), space, space.strides[k],
                          operands[k].data, buffers[k], begin, count);
      // Lanes beyond the end compute on zeros and are not stored.
      std::memset(buffers[k] + count * bytesOf(k), 0,
                  (padded - count) * bytesOf(k));
    }
    call(padded);
    for (size_t k = signature.numInputs; k < operands.size(); ++k)
      transferBytes<false>(bytesOf(k), space, space.strides[k],
                           operands[k].data, buffers[k], begin, count);
  }

  const KernelSignature &signature;
  KernelFunction kernel;
  const Space &space;
  const std::vector<RunOperand> &operands;
  const void *parameters;
  void *pointers[kMaxOperands];
  int64_t strides[kMaxOperands];
  alignas(64) char buffers[kMaxOperands][kBlock * kMaxElementBytes];
};

} // namespace

void act::runElementwise(const KernelSignature &signature,
                         KernelFunction kernel,
                         const std::vector<int64_t> &shape,
                         const std::vector<RunOperand> &operands,
                         const void *parameters, unsigned threads) {
  Space space = collapse(shape, operands);
  if (space.size == 0)
    return;
  auto work = [&](int64_t begin, int64_t end) {
    Worker(signature, kernel, space, operands, parameters).run(begin, end);
  };
  // Shares are whole blocks, so that every element falls into the same vector
  // whatever the number of threads.
  int64_t blocks = (space.size + kBlock - 1) / kBlock;
  int64_t count = std::min<int64_t>(std::max(threads, 1u), blocks);
  if (count == 1)
    return work(0, space.size);
  std::vector<std::thread> pool;
  for (int64_t t = 1; t < count; ++t)
    pool.emplace_back(work, blocks * t / count * kBlock,
                      std::min(blocks * (t + 1) / count * kBlock, space.size));
  work(0, blocks / count * kBlock);
  for (std::thread &thread : pool)
    thread.join();
}
