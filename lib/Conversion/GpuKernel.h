//===- GpuKernel.h - What GPU kernels have in common ------------*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_GPUKERNEL_H
#define ACT_LIB_CONVERSION_GPUKERNEL_H

#include "KernelMemory.h"
#include "RetypeGpu.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

namespace act {

/// How the GPU kernel of a function is written.
struct GpuKernelOptions {
  const GpuLevel *level = nullptr;
  /// Subnormal inputs and results are zeros.
  bool flush = false;
  /// Kernels to write, by what stands behind the function's name; all if empty.
  llvm::ArrayRef<std::string> kernels;

  /// Whether the kernel of a function is one of these.
  bool wants(const std::string &suffix) const {
    return kernels.empty() || llvm::is_contained(kernels, suffix);
  }
};

/// Elements of a row that a thread has: the first one, the distance of one to
/// the next, and whether they are a whole chunk; where they are neighbours,
/// which of them are in the row, a vector of conditions, and whether it is
/// known that all are.
struct GpuChunk {
  mlir::Value first, step, isWhole, areInside = {};
  bool isInRow = false;
};

/// What a kernel of rows takes: any, whose elements it reads and writes one by
/// one where they are no aligned chunks, or only rows of whole ones.
enum class GpuAccess { Any, Chunks };

/// What kernels of elements and of rows have in common: the parameters that
/// act/KernelABI.h states, rows in memory, and the elements of one thread as
/// vectors.
class GpuKernelWriter : protected KernelMemory {
protected:
  GpuKernelWriter(FuncOp func, const GpuKernelOptions &options,
                  mlir::gpu::GPUModuleOp module, mlir::OpBuilder &builder,
                  bool hasNarrowPlaces);

  /// Declares the kernel and names its parameters. Stands in the kernel then.
  void begin(llvm::StringRef name, unsigned threads, bool isSplit = false);
  /// Declares a kernel with other parameters. Stands in front of its end then.
  mlir::Block *beginPlain(llvm::StringRef name,
                          llvm::ArrayRef<mlir::Type> parameters);
  /// Of a grid and blocks of one dimension.
  mlir::Value threadOfGrid();
  /// The function's operations on values as they are in memory, in a block
  /// whose terminator has the results.
  void writeBody(mlir::Block &block);
  /// Where the row begins in each operand, as addressOf() takes it.
  llvm::SmallVector<mlir::Value> rowsOf(mlir::Value row);

  /// The elements of a chunk in the operand, of which some may lie beyond the
  /// row: these are 0.
  mlir::Value loadEach(unsigned operand, mlir::Value row,
                       const GpuChunk &chunk);
  mlir::Value loadChunk(unsigned operand, mlir::Value row,
                        const GpuChunk &chunk);
  /// The same where the operand may have one value for the whole row.
  mlir::Value loadChunkOrOne(unsigned operand, mlir::Value row,
                             const GpuChunk &chunk);
  void storeEach(unsigned operand, mlir::Value row, const GpuChunk &chunk,
                 mlir::Value vector);
  /// Results of 8 bits, four in each word of the vector, as they are stored;
  /// others, and those that are in words, as they are.
  mlir::Value inWords(unsigned operand, mlir::Value vector);
  void storeChunk(unsigned operand, mlir::Value row, const GpuChunk &chunk,
                  mlir::Value vector);
  unsigned chunkAlignment(unsigned operand);
  /// The elements of a chunk in each of these operands.
  llvm::SmallVector<mlir::Value> loadAll(llvm::ArrayRef<unsigned> operands,
                                         llvm::ArrayRef<mlir::Value> rows,
                                         const GpuChunk &chunk);
  void storeAll(llvm::ArrayRef<unsigned> operands,
                llvm::ArrayRef<mlir::Value> rows, const GpuChunk &chunk,
                llvm::ArrayRef<mlir::Value> vectors);
  /// A conditional operation, whose regions yield values of these types.
  mlir::Operation *eitherWay(mlir::TypeRange types, mlir::Value condition,
                             llvm::function_ref<void()> first,
                             llvm::function_ref<void()> second);
  /// Which of the neighbours from an element on, as many as a chunk has, are in
  /// the row: a vector of conditions.
  mlir::Value areInRow(mlir::Value first);
  /// 0, 1, 2, ...: the number of each element of a chunk.
  mlir::Value lanes(mlir::Type type);
  /// A place in the shared array of this name, which has so many elements.
  mlir::Value sharedPlace(llvm::StringRef name, mlir::Type element,
                          unsigned size, mlir::Value index);
  /// An element of an operand, which may be at any address.
  mlir::Value loadOne(unsigned operand, mlir::Value address);

  /// Where the element `offset` elements behind another one is: a pointer; or
  /// the number of an element where places are 32 bits, and of a mask that of
  /// its bit.
  mlir::Value addressOf(unsigned operand, mlir::Value base,
                        mlir::Value offset) {
    return base.getType() == pointer
               ? elementPointer(base, offset, memoryTypes[operand])
               : add(base, offset);
  }
  /// The same as a pointer, of an operand that is no mask.
  mlir::Value pointerTo(unsigned operand, mlir::Value address) {
    return address.getType() == pointer
               ? address
               : elementPointer(pointers[operand], address,
                                memoryTypes[operand]);
  }
  bool isMask(unsigned operand) { return storageTypes[operand].isInteger(1); }
  bool hasMaskResult();
  bool gathersSomething();
  /// Counts are operands behind the results, one of each counted result.
  bool holdsCounts(unsigned operand) {
    return operand >= func.getNumInputs() + func.getNumResults();
  }
  template <class Op> mlir::Value special() {
    return builder.create<Op>(loc, i32);
  }
  template <class Op, class... Args> mlir::Value make(Args... args) {
    return builder.create<Op>(loc, args...);
  }
  mlir::Value add(mlir::Value a, mlir::Value b) {
    return make<mlir::arith::AddIOp>(a, b);
  }
  mlir::Value mul(mlir::Value a, mlir::Value b) {
    return make<mlir::arith::MulIOp>(a, b);
  }
  mlir::Value wide(mlir::Value a) { return make<mlir::arith::ExtUIOp>(i64, a); }
  /// A number of elements in the type of places.
  mlir::Value count(mlir::Value a) { return place == i32 ? a : wide(a); }
  mlir::Value compare(mlir::arith::CmpIPredicate predicate, mlir::Value a,
                      mlir::Value b) {
    return make<mlir::arith::CmpIOp>(predicate, a, b);
  }
  mlir::Type storageOfResult(unsigned result);
  bool isScalar(unsigned input) {
    return bool(func.getArgAttr(input, kScalarAttr));
  }

  FuncOp func;
  mlir::gpu::GPUModuleOp module;
  /// Of the kernel in progress.
  GpuAccess access = GpuAccess::Any;
  /// Elements of a chunk.
  unsigned width;
  mlir::Type i32, i64;
  /// Of offsets from base pointers: i64, or i32 of a kernel of elements.
  mlir::Type place;
  mlir::LLVM::LLVMFuncOp kernel;
  /// Of each operand.
  llvm::SmallVector<mlir::Type> storageTypes, memoryTypes;
  llvm::SmallVector<mlir::Value> pointers;
  /// [operand][dimension], the inner one first.
  llvm::SmallVector<llvm::SmallVector<mlir::Value>> strides;
  /// Bytes from an element to the next one, where places are 64 bits.
  llvm::SmallVector<mlir::Value> innerBytes;
  /// As act/KernelABI.h has them; conditions of `chunking`.
  mlir::Value columns, rows, isChunked, areDense, areFlat;
  llvm::SmallVector<mlir::Value> sizes, reciprocals, scalars;
  /// Of kernels that gather.
  mlir::Value steps, gathers;
  /// Of kernels whose rows are split.
  mlir::Value scratch, firstRow;

private:
  /// Where each element of a chunk is, and whether there is one.
  void
  forEach(unsigned operand, mlir::Value row, const GpuChunk &chunk,
          llvm::function_ref<void(unsigned, mlir::Value, mlir::Value)> take);
  /// The byte that holds a bit, and its place in it.
  std::pair<mlir::Value, mlir::Value> byteOf(unsigned operand, mlir::Value bit);
  mlir::Value loadBits(unsigned operand, mlir::Value bit);
  /// Stores a byte with the bits of a chunk, those beyond the row being 0.
  void storeBits(unsigned operand, mlir::Value row, const GpuChunk &chunk,
                 mlir::Value vector);
  /// One of what inWords() gives.
  mlir::Value elementOf(unsigned operand, mlir::Value vector, int64_t lane);
};

} // namespace act

#endif // ACT_LIB_CONVERSION_GPUKERNEL_H
