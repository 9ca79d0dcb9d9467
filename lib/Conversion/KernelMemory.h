//===- KernelMemory.h - What a kernel loads and stores ----------*- C++ -*-===//
//
// The fields of KernelArgs and elements in memory, for whatever writes kernels.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_LIB_CONVERSION_KERNELMEMORY_H
#define ACT_LIB_CONVERSION_KERNELMEMORY_H

#include "Flush.h"
#include "act/IR/Act.h"
#include "act/KernelABI.h"
#include "act/Target/Gpu.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include <optional>

namespace act {

/// Fails with a diagnostic if the function of a row has an array of bits:
/// masks are saved of functions of elements alone.
mlir::LogicalResult checkRowStorage(FuncOp func);

/// Emits at the builder's place.
class KernelMemory {
public:
  /// The compute type is that of the function's results. `gpu` is null for
  /// kernels of the CPU.
  KernelMemory(FuncOp func, bool flush, mlir::OpBuilder &builder,
               const GpuLevel *gpu = nullptr);

  /// A field of KernelArgs.
  mlir::Value field(mlir::Value args, size_t offset, mlir::Type type);
  /// The pointer of operand `i` (inputs, then results).
  mlir::Value operandPointer(mlir::Value operands, unsigned i);
  mlir::Value elementPointer(mlir::Value base, mlir::Value index,
                             mlir::Type element);
  mlir::Value integer(mlir::Type type, int64_t value) {
    return builder.create<mlir::arith::ConstantOp>(
        loc, builder.getIntegerAttr(type, value));
  }

  /// True for the 8-bit types of results.
  static bool isQuantized(mlir::Type storage) {
    return storage.isInteger(8) || storage.isFloat8E4M3FN() ||
           storage.isFloat8E5M2();
  }
  /// The type behind an operand in memory: bf16 travels as i16, since the
  /// targets below AVX512-BF16 have no operation on it.
  /// A bit is one byte, 0 or 1, that the runtime packs.
  mlir::Type memoryType(mlir::Type storage) {
    return storage.isBF16() ? mlir::Type(builder.getI16Type())
           : storage.isInteger(1) || isQuantized(storage)
               ? mlir::Type(builder.getI8Type())
               : storage;
  }
  mlir::Type storageOf(mlir::Attribute attr) {
    return attr ? mlir::cast<mlir::TypeAttr>(attr).getValue()
                : mlir::Type(compute);
  }
  mlir::Value load(mlir::Value pointer, mlir::Type storage);
  mlir::Value loadUnflushed(mlir::Value pointer, mlir::Type storage);
  /// What is in memory as a value of the compute type, and back. On a GPU
  /// values of 8 bits are the lowest bytes of i32, or, where it rounds two at a
  /// time, still f32.
  mlir::Value fromMemory(mlir::Value value, mlir::Type storage);
  mlir::Value toMemory(mlir::Value value, mlir::Type storage);
  /// The value of an input as a kernel that flushes reads it.
  mlir::Value flushed(mlir::Value value, mlir::Type storage);
  /// Stores the value and gives what is in memory then.
  mlir::Value store(mlir::Value value, mlir::Value pointer, mlir::Type storage);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::Type pointer;
  mlir::FloatType compute;
  /// Where the kernel flushes subnormal numbers.
  std::optional<Flusher> flusher;
  const GpuLevel *gpu;

private:
  mlir::Value toByte(mlir::Value value, mlir::Type storage);
};

} // namespace act

#endif // ACT_LIB_CONVERSION_KERNELMEMORY_H
