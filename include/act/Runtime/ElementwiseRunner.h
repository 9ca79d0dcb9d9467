//===- ElementwiseRunner.h - Kernels over arrays of any shape ---*- C++ -*-===//
//
// An elementwise kernel works on dense runs whose length is a multiple of its
// vector width. The runner feeds it arrays of any shape, stride and broadcast.
// It collapses dimensions and walks rows of the innermost one. Whole vectors of
// a row are used in place in each operand that is dense along it; a value that
// is broadcast along it is spread into a buffer once a row. Other strides, the
// last partial vector, and rows of a few vectors only are packed through a
// padded buffer on the stack.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_RUNTIME_ELEMENTWISERUNNER_H
#define ACT_RUNTIME_ELEMENTWISERUNNER_H

#include "act/ChannelCounts.h"
#include "act/KernelABI.h"
#include "act/Tensor.h"
#include <algorithm>
#include <optional>
#include <vector>

namespace act {

/// A result that the kernel counts, too (act.stats).
struct CountedResult {
  /// Its number among the results.
  unsigned result = 0;
  /// The function's finite limits at -inf and +inf, rounded to the type of the
  /// result: values equal to one of them are saturated.
  std::vector<double> limits;

  bool zeroSaturates() const {
    return std::count(limits.begin(), limits.end(), 0) > 0;
  }
  /// Masks that the kernel writes.
  unsigned numMasks() const {
    return limits.size() > zeroSaturates() ? kMaxMasks : kLimitMask;
  }
};

/// What a kernel of rows expects besides.
struct RowSignature {
  /// For each operand: it is one value for each row.
  std::vector<bool> isUniform;
  /// Values of the compute type that it keeps for each element, for each block,
  /// and for each row.
  unsigned kept = 0, keptOfBlocks = 0, keptOfRows = 0;
  /// A row is read in blocks, which combine more than one value of it.
  bool inBlocks = false;
  /// Rows stand side by side: the kernel takes a multiple of `lanes` of them,
  /// whose elements have `strides`, and keeps values for each lane.
  bool inLanes = false;
  /// A call takes a strip of rows, of up to kStripBytes of the compute type and
  /// a power of two of vectors, and is given RowsAhead.
  bool inStrips = false;
  /// Of large results a call stores those of the strip before (StripBefore).
  bool leavesStrips = false;
  /// Elements that have a value in common, of a row along the axis that the
  /// caller has, which is walked as rows of so many elements and a shorter one;
  /// 0 where such a row is one of the kernel's. Results that are one value a
  /// row then have a stride along the axis: that from one to the next.
  int64_t group = 0;
  /// Some value is found step by step: rows take different numbers of steps,
  /// so that on a GPU each has a block to itself.
  bool takesSteps = false;
  /// On a GPU: kernels that follow one another for rows that are split, 0 if
  /// rows never are, and the values that they keep of each part.
  unsigned splitKernels = 0, splitValues = 0;
  /// They have a kernel for a cluster of blocks, too.
  bool hasCluster = false;
};

/// What a compiled kernel expects.
struct KernelSignature {
  /// Element types of the inputs, then of the results.
  std::vector<DType> operands;
  unsigned numInputs = 0;
  /// For each input: compiled as one value for the whole array.
  std::vector<bool> isScalar;
  /// Elements of one vector, a power of two up to 512; counts are multiples
  /// of it.
  unsigned lanes = 1;
  /// Compute type is f64 (else f32): the type of run-time parameters.
  bool computesInDouble = false;
  /// Run-time parameters, in order.
  unsigned numParameters = 0;
  /// For each result: if it is reduced (the gradient of a broadcast operand),
  /// the element type of the sums in the caller's memory, not `Bit`. The kernel
  /// stores the term of each element, in f32 or f64 as `operands` says. Empty
  /// where no result is reduced.
  std::vector<std::optional<DType>> reducedTypes;

  /// Reduced results that are subnormal become zeros of their sign, as all
  /// others do in the kernel itself.
  bool flushes = false;

  /// Present for kernels of rows (RowRunner.h).
  std::optional<RowSignature> rows;

  /// Results that are counted. The counts of each are an operand of a run,
  /// behind the results, which `operands` above does not list.
  std::vector<CountedResult> counted;

  bool isMask(size_t operand) const {
    return operand < operands.size() && operands[operand] == DType::Bit;
  }
  bool holdsCounts(size_t operand) const { return operand >= operands.size(); }
  /// `reducedTypes` by operand: empty for inputs and elementwise results.
  std::optional<DType> reducedType(size_t operand) const {
    return operand < numInputs || reducedTypes.empty() || holdsCounts(operand)
               ? std::nullopt
               : reducedTypes[operand - numInputs];
  }
};

/// An operand of one run: its memory and its strides in elements, one for each
/// dimension of the common (broadcast) shape; 0 where it is broadcast. A mask
/// (`DType::Bit`) has the whole common shape and is not strided: its strides
/// are not looked at, and it occupies `arrayBytes(DType::Bit, n)` bytes. A
/// reduced result is summed over the dimensions in which its stride is 0. For
/// counts `data` is an array of ChannelCounts, one a channel, and strides are
/// in channels: those of a dense row-major array along the dimensions that make
/// up the channels, and 0 along the others, which make up the samples.
struct RunOperand {
  void *data = nullptr;
  std::vector<int64_t> strides;
};

/// Operands a kernel may have at most; bounds the stack the runner uses.
inline constexpr unsigned kMaxOperands = 16;

/// Runs the kernel over `shape`. Operands are inputs, then results, then
/// counts; scalar inputs have all strides 0. A result may alias an input
/// exactly (same data, same strides, same type), in place as well as packed:
/// the inputs of an element are read before its results are written, and never
/// after. Elements are split over `threads` in contiguous shares of whole
/// blocks of 512, so that no byte of a mask is shared; bits behind its end are
/// written 0. Each element goes through the kernel once, so no bit of it
/// depends on its position, the rows or the threads. Allocates nothing when
/// `threads` is 1, apart from the small vectors of the collapsed shape and what
/// reduced results and counts need.
///
/// Reduced results: terms are added in an order that depends on `shape` and the
/// strides only, as pairs of doubles, and rounded once to the type of the
/// result. Before that rounding the error is below 2^-64 of the sum of the
/// terms' magnitudes, for up to 2^40 terms. The sum of nothing is 0; infinities
/// and NaNs act as in a sum of doubles, and one beyond the range of double is
/// infinite even if a later term would have brought it back. Sums replace what
/// was in memory, after all inputs have been read. A run allocates 16 bytes for
/// each partial sum: one for each output and tile of 65,536 elements (64 rows
/// of 1,024 where the inner dimension is kept), or for each output and run of
/// rows where other dimensions interrupt it; and up to 16 KiB a thread for each
/// reduced result. A kernel that also has a mask result runs on one thread,
/// since tiles do not end at bytes.
///
/// Counts replace what was in memory. A thread allocates about 7 bytes a
/// channel, or 25 KiB where the inner dimension is one channel. Reduced results
/// and counts exclude each other.
void runElementwise(const KernelSignature &signature, KernelFunction kernel,
                    const std::vector<int64_t> &shape,
                    const std::vector<RunOperand> &operands,
                    const void *parameters, unsigned threads = 1);

} // namespace act

#endif // ACT_RUNTIME_ELEMENTWISERUNNER_H
