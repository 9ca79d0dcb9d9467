//===- KernelABI.h - The calling convention of kernels ----------*- C++ -*-===//
//
// What a generated kernel receives, on the CPU and on a GPU alike. This header
// is the one place: code generation reads the field offsets from here, and the
// runtime fills the structure. No LLVM type appears in it, nor a descriptor:
// the runtime collapses dimensions and walks the outer ones.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_KERNELABI_H
#define ACT_KERNELABI_H

#include <cstddef>
#include <cstdint>

namespace act {

/// Rows that a kernel of rows side by side fetches into a cache while it
/// computes others: they are an element of each of so many vectors, as a
/// logarithm, in each input that is not one value a row. Vectors are numbered
/// element by element; a call fetches those of `count` numbers from `first` on.
/// A kernel of strips has as many vectors itself, and fetches of a row that is
/// read in blocks the next block, and the first one of these rows at the end.
struct RowsAhead {
  int64_t first;
  int64_t vectorsShift;
  /// Elements of a vector.
  int64_t lanes, lanesShift;
  /// The first element of the first row in each input, and the stride along the
  /// rows in elements.
  const void *const *inputs;
  const int64_t *strides;
};

/// Of a kernel of strips whose results no cache will keep: a call may leave
/// them to the next one, which stores them while it computes, from the scratch
/// memory of the strip before. Both strips are of kStripBytes, and their
/// operands differ in their addresses alone, those of results by whole lines of
/// memory.
struct StripBefore {
  /// Not 0 where the call before was asked to leave its results, and where this
  /// one is to leave its own.
  int64_t isLeft, leaves;
  /// The operands and the scratch memory of the strip before.
  void *const *operands;
  void *scratch;
};

/// Arguments of one kernel call. Everything is the caller's and is only read,
/// except the memory behind the result pointers and the scratch memory.
struct KernelArgs {
  /// Base pointers of the inputs in order, then of the results, then of the
  /// masks (below) of each counted result. A mask that is an operand is one
  /// byte an element, 0 or 1, whatever it is in the caller's memory. For a
  /// reduced result the kernel stores the term of each element, as f32 or f64,
  /// and the runtime adds them up.
  void *const *operands;
  /// Elements along the inner dimension. An elementwise kernel requires a
  /// multiple of its vector width; the runtime feeds the rest of an array
  /// through a padded buffer.
  int64_t count;
  /// Inner stride of each operand in elements: 1, or 0 for an input that was
  /// compiled as one value for the whole array. Other strides are packed by
  /// the runtime before the call. Where some operands are packed, the others
  /// still point into the caller's memory.
  const int64_t *strides;
  /// Rows and their strides in elements, for kernels with a reduction;
  /// elementwise kernels ignore them. `count` is any number. Either elements of
  /// a row are dense and rows have strides, or rows lie side by side, a
  /// multiple of the vector width of them, and the elements of a row have
  /// `strides`. An operand that is one value a row is there at its row's place.
  int64_t rows;
  const int64_t *rowStrides;
  /// Run-time parameters, each one value of the compute type, in order.
  const void *scalars;
  /// Working memory for kernels that state a need, else null: for each value
  /// that a kernel of rows keeps, `count` elements of the compute type, rounded
  /// up to a multiple of kRowUnit, then for each value that it keeps for a
  /// block `rowBlocks(count)`, rounded likewise; all times the vector width
  /// where rows lie side by side. A kernel of strips has kRowUnit more for each
  /// value that it keeps for a row, and rowScratch() of all that for each row.
  /// It begins with a line of memory, best one far from those of the arrays in
  /// their pages: stores and loads at the same place of a page wait for one
  /// another.
  void *scratch;
  /// Not 0 where no cache will keep the results of a kernel of rows: it may
  /// write them around the caches, and the runtime orders such writes before
  /// what follows.
  int64_t streams;
  /// Null if there is nothing to fetch, but for kernels of strips, and for
  /// other kernels.
  const RowsAhead *ahead;
  /// Of kernels of strips, and else null.
  const StripBefore *before;
};

/// Terms of a sum over a row are added in this many lanes, whatever the vector
/// width, and in blocks of kRowBlock elements, whose sums are added in pairs.
inline constexpr int64_t kRowUnit = 64, kRowBlock = 1024;

/// A softmax of rows of more elements takes the largest of each block, which
/// stays in an L1 cache from one loop to the next.
inline constexpr int64_t kLongRow = kRowBlock;

/// Bytes of a strip in the compute type at most: so much of an element of rows
/// side by side a kernel of strips takes in one call. Memory delivers longer
/// pieces no faster, and shorter ones at half the speed.
inline constexpr int64_t kStripBytes = 512;

/// Blocks of a row of `count` elements; one of an empty row.
constexpr int64_t rowBlocks(int64_t count) {
  return count <= kRowBlock ? 1 : (count + kRowBlock - 1) / kRowBlock;
}

/// Values of scratch memory for each row of a strip, given what all loops keep,
/// a multiple of kRowUnit. It spreads the vectors of an element over a page of
/// memory: if they were neighbours there, as they are in an array, storing
/// those of one element would hold up loading those of the next for a while.
constexpr int64_t rowScratch(int64_t values) { return values + 17; }

/// Masks of a counted result, in this order: values that are +0 or -0, that are
/// not finite, and that equal a limit other than 0 of the function, as they are
/// stored. The last is there if there is such a limit. A mask has one bit an
/// element, the first one lowest; each vector begins at a byte. Masks are 0
/// before the call, and the kernel may leave out those that stay so.
inline constexpr unsigned kZeroMask = 0, kNonFiniteMask = 1, kLimitMask = 2,
                          kMaxMasks = 3;

/// Bytes of the mask of one vector.
constexpr unsigned maskBytes(unsigned lanes) { return (lanes + 7) / 8; }

/// The symbol type of every CPU kernel. Reentrant; allocates nothing.
using KernelFunction = void (*)(const KernelArgs *);

/// A GPU kernel of elements has these parameters, in this order:
///   the base pointer of each operand, in device memory;
///   uint32_t columns, rows: elements along the inner dimension and rows, both
///     below 2^31 together with what a block covers;
///   uint32_t chunking: 1 if each thread takes a chunk of neighbouring
///     elements, as wide as the kernel's vectors, which it requires to be
///     aligned to 16 bytes, or to its own size, in each operand whose inner
///     stride is 1, and all inner strides to be 1 or 0; 2 if moreover those of
///     arrays are 1, and 3 if there is but one row, and blocks have one. With 0
///     neighbouring threads take neighbouring elements, wherever they are;
///   uint32_t sizes[kGpuRowDims - 1]: of the dimensions that make up rows, the
///     innermost first; the first one is `rows` where there is one only;
///   uint64_t reciprocals[kGpuRowDims - 1]: gpuReciprocal() of each of these;
///   of a kernel that gathers, uint32_t steps and gathers, below;
///   int64_t strides[operands][1 + kGpuRowDims]: in elements, the inner one
///     first;
///   run-time parameters, each one value of the compute type.
/// Elements lie within 2^31 of those at the base pointers, counted in elements,
/// so that a kernel of elements computes 32-bit places.
/// A mask is one bit an element, and its strides are in bits; so that a chunk
/// is within a byte, they are multiples of the chunk where `chunking` is not 0.
/// Where a result is a mask, threads always take neighbouring elements, and its
/// strides along rows are multiples of 8.
/// A block is kGpuThreads threads of any two-dimensional shape. It may have
/// fewer where the kernel gathers nothing: down to kGpuFewestThreads where
/// there are few elements, so that each multiprocessor has a block, of which an
/// H100 and an H200 have 132, and only those of the row where there is one
/// short row. Blocks along x take columns, those along y, and then z, take
/// rows.
inline constexpr unsigned kGpuRowDims = 3, kGpuThreads = 256,
                          kGpuFewestThreads = 64, kGpuMultiprocessors = 132;

/// 2^kGpuReciprocalBits by a size below 2^31, rounded up: the product with any
/// number below 2^31, without its last kGpuReciprocalBits bits, is their
/// quotient. Divisions would be a tenth of what a kernel takes to compile.
inline constexpr unsigned kGpuReciprocalBits = 62;
constexpr uint64_t gpuReciprocal(uint32_t size) {
  return ((uint64_t(1) << kGpuReciprocalBits) + size - 1) / size;
}

/// What a thread brings together in its steps, and a block of its threads: what
/// its rows have in each column, or what there is in each row; or nothing.
enum class GpuGather : uint32_t { Nothing, Columns, Rows };

/// A GPU kernel of elements that counts, or that has reduced results, gathers.
/// A thread takes `steps` chunks, as far as there are so many: of its columns,
/// and so many rows further each as the grid has, or where it gathers rows of
/// its row, and so many columns further. Where it gathers nothing it is one.
///
/// Counts are operands behind the results, one of each counted result: an array
/// of ChannelCounts that the kernel adds to. Another kernel, of one pointer and
/// the uint64_t number of them, empties them first. Counts of columns are those
/// in all rows, and counts of rows have the inner stride 0. A block that counts
/// columns has so few threads along x that it has one for each of its columns.
///
/// The memory of a reduced result has terms, as f64. Where the kernel gathers
/// nothing there is one for each element. Else a block adds up its own, and
/// there is one for each block, behind the place that strides give: in columns
/// the number of the block among those of the column, where blocks along y and
/// then z are counted, in rows its number along x. A result of one sum has the
/// inner stride 0 in either case, and in columns one term for each block of
/// all, those along x being neighbours.
inline constexpr unsigned kGpuMaxSteps = 64;

/// A function of a row has several GPU kernels, with the same parameters: a
/// kernel for each entry of kGpuRowChunks, whose threads keep so many chunks of
/// a row, and one that walks rows of any length, again for each value that is
/// combined. `columns` are the elements of a row, and along x blocks take rows.
/// Threads along x of a block have one row: a power of two of them, up to
/// gpuRowThreads(); in a kernel that keeps four chunks and finds nothing step
/// by step, rows are longer than two of each thread. Blocks are whole warps,
/// and have one row where the kernel finds values step by step. An operand that
/// is one value a row has the inner stride 0. Which thread has which elements,
/// and so the order of sums, depends on the length of rows alone. These
/// kernels, and those of split rows below, take rows of whole chunks only, with
/// a `chunking` that is not 0; each has another one beside it, of gpuAnyName(),
/// which takes any.
inline constexpr unsigned kGpuRowChunks[] = {1, 4};

/// The most threads of a block that has whole rows. Values of f64 take two
/// registers each, of which as many threads again would have 128.
inline constexpr unsigned gpuRowThreads(bool computesInDouble) {
  return computesInDouble ? 256 : 512;
}

/// Of rows side by side, as those along another axis than the last, a block has
/// so many as it has threads along x; threads along y have one row. Each does
/// what gpuAsideParts() threads do in the other kernels, so that results are
/// the same bits: there are so many times fewer threads along y than those have
/// along x, at least one, and whole warps in a block of up to gpuRowThreads().
/// It does that one after the other, and takes any strides.
constexpr unsigned gpuAsideParts(unsigned chunk, bool computesInDouble) {
  return chunk * (computesInDouble ? 2 : 1) > 4 ? 2 : 4;
}

/// Rows longer than what a block keeps are split where they are few, so that
/// blocks of whole rows would leave multiprocessors idle, or so long that the
/// L2 cache does not hold one for each of these. A block then has a part of a
/// row, a chunk for each thread, and several kernels follow one another: the
/// first ones leave what they combine of each part in scratch memory, and the
/// next ones bring that together. Where results are one value a row, the last
/// kernel writes these and no others, with one block a row. So many rows are
/// taken at once that a cache holds what they read; blocks along x, of
/// kGpuSplitThreads threads, are the parts of a row, those along y rows.
/// Parameters are those of whole rows and, behind them,
///   the scratch memory: for each value that is kept, for each row, one number
///     of the compute type for each part;
///   uint32_t firstRow: the row of the first blocks.
inline constexpr unsigned kGpuSplitThreads = 512;
inline constexpr int64_t kGpuCacheBytes = 32 << 20;

/// Elements of a part where threads take chunks of so many.
constexpr unsigned gpuSplitPart(unsigned chunk) {
  return kGpuSplitThreads * chunk;
}

/// On levels with clusters there is one kernel more for rows that are split, of
/// whole aligned chunks and as many as leave no multiprocessor idle. It takes
/// the place of all those that would follow one another, and has the parameters
/// of whole rows. A cluster of blocks, of kGpuSplitThreads threads each, has a
/// row; the kernel takes any power of two of them, and along x they are rows.
/// Blocks keep all that they read of the row in the shared memory that the
/// launch adds, of gpuClusterBytes(). Results are the same bits as those of the
/// other kernels.
///
/// Every device with clusters has them of kGpuClusterBlocks. There are as few
/// blocks as keep that memory below kGpuClusterBytes: an H100 and an H200 then
/// have two on a multiprocessor, of which one waits for memory while the other
/// computes, and what a block may have on a GeForce, 99 KiB, is enough.
inline constexpr unsigned kGpuClusterBlocks = 8;
inline constexpr int64_t kGpuClusterBytes = 96 << 10;

/// What each warp of a part has combined, of `valueBytes` each.
constexpr int64_t gpuClusterWarpBytes(int64_t valueBytes) {
  return kGpuSplitThreads / 32 * valueBytes;
}

/// Shared memory of a block where `blocks` of them have `parts` of the row, and
/// keep `values` of each part: the elements of its own parts, of which each has
/// `partBytes`, what their warps have combined, and the values of all parts.
constexpr int64_t gpuClusterBytes(int64_t parts, int64_t blocks,
                                  int64_t partBytes, int64_t values,
                                  int64_t valueBytes) {
  int64_t each = (parts + blocks - 1) / blocks;
  return each * (partBytes + values * gpuClusterWarpBytes(valueBytes)) +
         parts * values * valueBytes;
}

/// Elements of a thread's chunk: 16 bytes of the narrowest array, or at most 4
/// where the kernel computes in f64, whose values take two registers; with a
/// mask among the results as many as a byte has bits. Masks are not looked at
/// as arrays, nor are results of 8 bits: what these are computed from takes the
/// registers.
constexpr unsigned gpuChunk(unsigned narrowestBytes, bool computesInDouble,
                            bool hasMaskResult = false) {
  return hasMaskResult                            ? 8
         : computesInDouble && narrowestBytes < 4 ? 4
                                                  : 16 / narrowestBytes;
}

static_assert(offsetof(KernelArgs, operands) == 0 &&
                  offsetof(KernelArgs, count) == 8 &&
                  offsetof(KernelArgs, strides) == 16 &&
                  offsetof(KernelArgs, rows) == 24 &&
                  offsetof(KernelArgs, rowStrides) == 32 &&
                  offsetof(KernelArgs, scalars) == 40 &&
                  offsetof(KernelArgs, scratch) == 48 &&
                  offsetof(KernelArgs, streams) == 56 &&
                  offsetof(KernelArgs, ahead) == 64 &&
                  offsetof(KernelArgs, before) == 72 &&
                  sizeof(KernelArgs) == 80 &&
                  offsetof(StripBefore, leaves) == 8 &&
                  offsetof(StripBefore, operands) == 16 &&
                  offsetof(StripBefore, scratch) == 24 &&
                  offsetof(RowsAhead, vectorsShift) == 8 &&
                  offsetof(RowsAhead, lanes) == 16 &&
                  offsetof(RowsAhead, lanesShift) == 24 &&
                  offsetof(RowsAhead, inputs) == 32 &&
                  offsetof(RowsAhead, strides) == 40,
              "generated kernels read these offsets");

} // namespace act

#endif // ACT_KERNELABI_H
