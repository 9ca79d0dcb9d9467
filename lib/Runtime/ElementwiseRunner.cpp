//===- ElementwiseRunner.cpp - Kernels over arrays of any shape -----------===//

#include "act/Runtime/ElementwiseRunner.h"
#include "ChannelCounters.h"
#include "Packing.h"
#include "Parallel.h"
#include "ReducedResults.h"
#include <cstring>

using namespace act;

namespace {

/// Elements packed at a time: small enough for the stack and the L1 cache,
/// large enough that a call costs nothing beside it.
constexpr int64_t kBlock = 512;
constexpr size_t kMaxElementBytes = 8;
/// Elements of a step that is counted: the kernel reads its results once more
/// and should find them in the L2 cache at least. Measured: 2048 and 4096 cost
/// more in calls than they save.
constexpr int64_t kCountedStep = 8192;
/// Rows of fewer vectors are packed together: a call for each of them, and a
/// packed tail where there is one, would cost more than the copy.
constexpr int64_t kMinRowVectors = 4, kMinRowVectorsWithTail = 12;

/// One thread's share of a run.
class Worker {
public:
  Worker(const KernelSignature &signature, KernelFunction kernel,
         const IterationSpace &space, const std::vector<RunOperand> &operands,
         const void *parameters, TileSums *sums = nullptr);

  /// Counts what the kernel stores, under `lock` where threads meet.
  void countResults(std::mutex &lock);
  /// Processes elements [begin, end) in order.
  void run(int64_t begin, int64_t end);
  /// Completes the counts.
  void finish();

private:
  /// How the kernel reaches whole vectors of a row of an operand.
  enum class Access {
    Scalar,  // one value for the whole array
    InPlace, // in the caller's memory
    Filled,  // in a buffer that holds the one value of the row
    Packed,  // in a buffer that is copied from or to the caller's memory
    Bits,    // in a buffer with a byte for each bit in the caller's memory
    Terms,   // in a buffer whose elements are added up
  };
  Access accessOf(size_t k) const;
  /// Finds operands that are packed and whose elements alternate in memory, as
  /// those of an interleaved gate do.
  void findPairs();
  bool isInput(size_t k) const { return k < signature.numInputs; }
  size_t elementBytes(size_t k) const { return sizeOf(signature.operands[k]); }
  int64_t wholeVectors(int64_t count) const {
    return count - count % signature.lanes;
  }

  bool areRowsDense() const;
  /// Words of a mask that stands in the buffer, with one more that may be read.
  int64_t maskWords() const {
    return kBlock / signature.lanes * maskBytes(signature.lanes) / 8 + 2;
  }
  void placeMasks(int64_t row, int64_t begin, int64_t count, bool inPlace);
  bool isInBuffer(const void *mask) const {
    return mask >= maskBuffer.data() &&
           mask < maskBuffer.data() + maskBuffer.size();
  }

  void runRow(int64_t row, int64_t begin, int64_t end);
  /// Runs the kernel on elements [begin, begin + count). Those of `row` are
  /// used in place where that is possible and `inPlace` allows it; row -1
  /// stands for a range over several rows. All inputs are read before any
  /// result is written, and an element is read and written in one step only:
  /// therefore a result may alias an input exactly.
  void step(int64_t row, int64_t begin, int64_t count, bool inPlace);
  void call(int64_t count);

  const KernelSignature &signature;
  /// Operands apart from counts.
  size_t numArrays;
  KernelFunction kernel;
  const IterationSpace &space;
  const std::vector<RunOperand> &operands;
  const void *parameters;
  /// Takes the terms of reduced results; null if there are none.
  TileSums *sums;
  std::vector<ChannelCounters> counters;
  /// Rows are one long row in all arrays; the counters tell them apart.
  bool joinsRows = false;
  /// Masks of a step that do not go straight to the counters.
  std::vector<uint64_t> maskBuffer;
  bool runsByRow;
  /// Elements a step in a row may have.
  int64_t rowStep;
  Access access[kMaxOperands];
  /// For the first of such a pair the other one, which is then marked: it is
  /// copied along. Empty otherwise.
  std::optional<size_t> second[kMaxOperands];
  bool isSecond[kMaxOperands] = {};
  /// Of the arrays, and of the masks that counted results have.
  void *pointers[(1 + kMaxMasks) * kMaxOperands];
  int64_t strides[kMaxOperands];
  /// What each `Filled` buffer was filled from.
  const void *filledFrom[kMaxOperands] = {};
  alignas(64) char buffers[kMaxOperands][kBlock * kMaxElementBytes];
};

} // namespace

Worker::Worker(const KernelSignature &signature, KernelFunction kernel,
               const IterationSpace &space,
               const std::vector<RunOperand> &operands, const void *parameters,
               TileSums *sums)
    : signature(signature), numArrays(signature.operands.size()),
      kernel(kernel), space(space), operands(operands), parameters(parameters),
      sums(sums) {
  int64_t inner = space.inner();
  bool hasTail = wholeVectors(inner) != inner;
  runsByRow = space.shape.size() == 1 ||
              inner / signature.lanes >=
                  (hasTail ? kMinRowVectorsWithTail : kMinRowVectors);
  rowStep = inner;
  for (size_t k = 0; k < numArrays; ++k) {
    access[k] = accessOf(k);
    strides[k] = access[k] == Access::Scalar ? 0 : 1;
    if (access[k] != Access::Scalar && access[k] != Access::InPlace)
      rowStep = kBlock;
  }
  findPairs();
}

void Worker::countResults(std::mutex &lock) {
  for (const CountedResult &result : signature.counted) {
    size_t k = numArrays + counters.size();
    auto *totals = static_cast<ChannelCounts *>(operands[k].data);
    counters.emplace_back(signature, result, space, k, totals, lock);
  }
  if (counters.empty())
    return;
  maskBuffer.resize(counters.size() * kMaxMasks * maskWords());
  joinsRows = areRowsDense();
  for (const ChannelCounters &counter : counters)
    joinsRows &= counter.joinsRows();
  if (joinsRows)
    rowStep = space.size;
  rowStep = std::min(rowStep, kCountedStep);
}

/// True if the arrays have no gaps between rows and are used in place.
bool Worker::areRowsDense() const {
  for (size_t k = 0; k < numArrays; ++k) {
    if (access[k] == Access::Scalar)
      continue;
    if (access[k] != Access::InPlace)
      return false;
    for (size_t d = 1; d < space.shape.size(); ++d)
      if (space.strides[k][d - 1] != space.strides[k][d] * space.shape[d])
        return false;
  }
  return true;
}

void Worker::finish() {
  for (ChannelCounters &counter : counters)
    counter.flush();
}

void Worker::findPairs() {
  auto follows = [&](size_t k, size_t j) {
    return access[j] == Access::Packed && isInput(k) == isInput(j) &&
           signature.operands[k] == signature.operands[j] &&
           space.strides[k] == space.strides[j] &&
           operands[j].data ==
               static_cast<char *>(operands[k].data) + elementBytes(k);
  };
  for (size_t k = 0; k < numArrays; ++k) {
    if (access[k] != Access::Packed || space.innerStride(k) != 2)
      continue;
    for (size_t j = 0; j < numArrays && !second[k]; ++j)
      if (!isSecond[k] && !isSecond[j] && !second[j] && follows(k, j))
        second[k] = j, isSecond[j] = true;
  }
}

Worker::Access Worker::accessOf(size_t k) const {
  if (signature.isMask(k))
    return Access::Bits;
  if (signature.reducedType(k))
    return Access::Terms;
  if (isInput(k) && signature.isScalar[k])
    return Access::Scalar;
  if (space.innerStride(k) == 1)
    return Access::InPlace;
  return isInput(k) && space.innerStride(k) == 0 ? Access::Filled
                                                 : Access::Packed;
}

void Worker::run(int64_t begin, int64_t end) {
  if (!runsByRow) {
    for (; begin < end; begin += kBlock)
      step(-1, begin, std::min(kBlock, end - begin), false);
    return;
  }
  for (int64_t row = begin / space.inner(); begin < end; ++row) {
    int64_t rowEnd = joinsRows ? end : std::min(end, (row + 1) * space.inner());
    runRow(row, begin, rowEnd);
    begin = rowEnd;
  }
}

void Worker::runRow(int64_t row, int64_t begin, int64_t end) {
  int64_t wholeEnd = begin + wholeVectors(end - begin);
  for (int64_t count; begin < wholeEnd; begin += count) {
    count = std::min(rowStep, wholeEnd - begin);
    for (const ChannelCounters &counter : counters)
      count = std::min(count,
                       counter.room(row, begin - row * space.inner(), kBlock));
    step(row, begin, count, true);
  }
  if (wholeEnd < end)
    step(row, wholeEnd, end - wholeEnd, false);
}

/// Says where the kernel writes its masks.
void Worker::placeMasks(int64_t row, int64_t begin, int64_t count,
                        bool inPlace) {
  void **masks = pointers + numArrays;
  uint64_t *free = maskBuffer.data();
  for (ChannelCounters &counter : counters) {
    int64_t column = begin - row * space.inner();
    if (row < 0 || !inPlace || !counter.place(row, column, count, masks))
      for (unsigned m = 0; m < counter.numMasks(); ++m, free += maskWords()) {
        masks[m] = free;
        std::fill_n(free, maskWords(), 0);
      }
    masks += counter.numMasks();
  }
}

void Worker::step(int64_t row, int64_t begin, int64_t count, bool inPlace) {
  int64_t lanes = signature.lanes;
  int64_t padded = wholeVectors(count + lanes - 1);
  for (size_t k = 0; k < numArrays; ++k) {
    size_t bytes = elementBytes(k);
    auto addressOf = [&] {
      int64_t column = begin - row * space.inner();
      return static_cast<char *>(operands[k].data) +
             (space.rowOffset(k, row) + column * space.innerStride(k)) *
                 int64_t(bytes);
    };
    if (access[k] == Access::Scalar) {
      pointers[k] = operands[k].data;
    } else if (access[k] == Access::InPlace && inPlace) {
      pointers[k] = addressOf();
    } else if (access[k] == Access::Filled && row >= 0) {
      pointers[k] = buffers[k];
      const void *value = addressOf();
      if (filledFrom[k] != value)
        fill(bytes, value, buffers[k],
             std::min(kBlock, wholeVectors(space.inner() + lanes - 1)));
      filledFrom[k] = value;
    } else {
      pointers[k] = buffers[k];
      if (!isInput(k))
        continue;
      if (access[k] == Access::Bits)
        unpackBits(operands[k].data, begin, count, buffers[k]);
      else if (second[k])
        gatherPair(space, k, bytes, operands[k].data, buffers[k],
                   buffers[*second[k]], begin, count);
      else if (!isSecond[k])
        gather(space, k, bytes, operands[k].data, buffers[k], begin, count);
      // Lanes beyond the end compute on zeros and are not stored.
      std::memset(buffers[k] + count * bytes, 0, (padded - count) * bytes);
    }
  }
  placeMasks(row, begin, count, inPlace);
  call(padded);
  void **masks = pointers + numArrays;
  for (ChannelCounters &counter : counters) {
    if (isInBuffer(*masks))
      counter.add(masks, begin, count);
    masks += counter.numMasks();
  }
  for (size_t k = signature.numInputs; k < numArrays; ++k) {
    void *data = operands[k].data;
    if (access[k] == Access::Bits)
      packBits(buffers[k], begin, count, data, space.size);
    else if (access[k] == Access::Terms)
      sums->add(k, buffers[k], begin, count);
    else if (second[k])
      scatterPair(space, k, elementBytes(k), buffers[k], buffers[*second[k]],
                  data, begin, count);
    else if (pointers[k] == buffers[k] && !isSecond[k])
      scatter(space, k, elementBytes(k), buffers[k], data, begin, count);
  }
}

void Worker::call(int64_t count) {
  KernelArgs args{};
  args.operands = pointers;
  args.count = count;
  args.strides = strides;
  args.rows = 1;
  args.scalars = parameters;
  kernel(&args);
}

/// Runs tile by tile: whatever the threads, a tile's terms are added in the
/// same order.
static void runReducing(const KernelSignature &signature, KernelFunction kernel,
                        const IterationSpace &space,
                        const std::vector<RunOperand> &operands,
                        const void *parameters, unsigned threads) {
  ReducedResults results(signature, space, operands);
  bool hasMask = std::count(signature.operands.begin() + signature.numInputs,
                            signature.operands.end(), DType::Bit);
  auto work = [&](int64_t begin, int64_t end) {
    TileSums sums(results);
    Worker worker(signature, kernel, space, operands, parameters, &sums);
    for (int64_t index = begin; index < end; ++index) {
      Tile tile = results.tile(index);
      sums.begin(tile);
      int64_t inner = space.inner();
      if (tile.columnEnd - tile.columnBegin == inner)
        worker.run(tile.rowBegin * inner, tile.rowEnd * inner);
      else
        for (int64_t row = tile.rowBegin; row < tile.rowEnd; ++row)
          worker.run(row * inner + tile.columnBegin,
                     row * inner + tile.columnEnd);
      sums.end();
    }
  };
  parallelFor(results.tiles(), hasMask ? 1 : threads, work);
  results.finish(threads);
}

void act::runElementwise(const KernelSignature &signature,
                         KernelFunction kernel,
                         const std::vector<int64_t> &shape,
                         const std::vector<RunOperand> &operands,
                         const void *parameters, unsigned threads) {
  IterationSpace space = collapse(signature, shape, operands);
  for (size_t k = 0; k < operands.size(); ++k)
    if (signature.reducedType(k))
      return runReducing(signature, kernel, space, operands, parameters,
                         threads);
  // Shares are whole blocks, so that small arrays stay on one thread and no
  // byte of a mask is written by two.
  int64_t blocks = (space.size + kBlock - 1) / kBlock;
  std::mutex lock;
  for (size_t k = signature.operands.size(); k < operands.size(); ++k)
    clearCounts(space, k, static_cast<ChannelCounts *>(operands[k].data));
  parallelFor(blocks, threads, [&](int64_t begin, int64_t end) {
    Worker worker(signature, kernel, space, operands, parameters);
    worker.countResults(lock);
    worker.run(begin * kBlock, std::min(end * kBlock, space.size));
    worker.finish();
  });
}
