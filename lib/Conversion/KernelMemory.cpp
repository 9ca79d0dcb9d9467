//===- KernelMemory.cpp - What a kernel loads and stores ------------------===//

#include "KernelMemory.h"
#include "act/Transforms/Rounding.h"

using namespace mlir;
using namespace act;

/// Memory of the device.
static constexpr unsigned kGlobalSpace = 1;

LogicalResult act::checkRowStorage(act::FuncOp func) {
  if (!isRowFunction(func))
    return success();
  auto isBit = [](Attribute storage) {
    auto type = dyn_cast_or_null<TypeAttr>(storage);
    return type && type.getValue().isInteger(1);
  };
  bool any = false;
  for (unsigned i = 0; i < func.getNumInputs(); ++i)
    any |= isBit(func.getArgAttr(i, kStorageAttr));
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    any |= isBit(func.getResultAttr(i, kStorageAttr));
  if (!any)
    return success();
  return func.emitError("a function of a row has an array of storage type i1; "
                        "bits are for functions of elements: give its masks a "
                        "type of numbers");
}

KernelMemory::KernelMemory(act::FuncOp func, bool flush, OpBuilder &builder,
                           const GpuLevel *gpu)
    : builder(builder), loc(func.getLoc()),
      pointer(LLVM::LLVMPointerType::get(builder.getContext(),
                                         gpu ? kGlobalSpace : 0)),
      compute(cast<FloatType>(func.getResultTypes().front())), gpu(gpu) {
  if (flush)
    flusher.emplace(builder, loc, compute);
}

Value KernelMemory::field(Value args, size_t offset, Type type) {
  Value address =
      builder.create<LLVM::GEPOp>(loc, pointer, builder.getI8Type(), args,
                                  ArrayRef<LLVM::GEPArg>{int32_t(offset)});
  return builder.create<LLVM::LoadOp>(loc, type, address);
}

Value KernelMemory::operandPointer(Value operands, unsigned i) {
  return field(operands, i * sizeof(void *), pointer);
}

Value KernelMemory::elementPointer(Value base, Value index, Type element) {
  return builder.create<LLVM::GEPOp>(loc, pointer, element, base,
                                     ArrayRef<LLVM::GEPArg>{index});
}

Value KernelMemory::load(Value address, Type storage) {
  return flushed(loadUnflushed(address, storage), storage);
}

Value KernelMemory::flushed(Value value, Type storage) {
  auto format = dyn_cast<FloatType>(storage);
  return flusher && format ? flusher->input(value, format) : value;
}

Value KernelMemory::loadUnflushed(Value address, Type storage) {
  Type memory = memoryType(storage);
  unsigned bytes = memory.getIntOrFloatBitWidth() / 8;
  return fromMemory(builder.create<LLVM::LoadOp>(loc, memory, address, bytes),
                    storage);
}

Value KernelMemory::fromMemory(Value value, Type storage) {
  if (storage.isInteger(1)) {
    Type wide = builder.getIntegerType(compute.getWidth());
    value = builder.create<arith::ExtUIOp>(loc, wide, value);
    return builder.create<arith::SIToFPOp>(loc, compute, value);
  }
  if (storage.isBF16()) {
    Type i32 = builder.getI32Type();
    Value wide = builder.create<arith::ExtUIOp>(loc, i32, value);
    Value high = builder.create<arith::ShLIOp>(loc, wide, integer(i32, 16));
    value = builder.create<arith::BitcastOp>(loc, builder.getF32Type(), high);
    storage = builder.getF32Type();
  }
  unsigned from = storage.getIntOrFloatBitWidth();
  if (from < compute.getWidth())
    value = builder.create<arith::ExtFOp>(loc, compute, value);
  else if (from > compute.getWidth())
    value = builder.create<arith::TruncFOp>(loc, compute, value);
  return value;
}

Value KernelMemory::store(Value value, Value address, Type storage) {
  value = toMemory(value, storage);
  unsigned bytes = memoryType(storage).getIntOrFloatBitWidth() / 8;
  builder.create<LLVM::StoreOp>(loc, value, address, bytes);
  return value;
}

/// To 8 bits by way of f32: an f64 is rounded to odd, so that only the second
/// step rounds to nearest.
Value KernelMemory::toByte(Value value, Type storage) {
  if (compute.isF64())
    value = builder.create<arith::TruncFOp>(loc, builder.getF32Type(),
                                            roundToOdd(builder, loc, value));
  // A GPU's threads bring bytes together in words.
  if (gpu && gpu->hasFP8() && !storage.isInteger(8))
    return value;
  Value pattern = patternOf8Bits(builder, loc, value, storage);
  if (gpu)
    return pattern;
  return builder.create<arith::TruncIOp>(loc, builder.getI8Type(), pattern);
}

Value KernelMemory::toMemory(Value value, Type storage) {
  // Subnormal numbers of 8 bits are no hindrance to any machine.
  if (isQuantized(storage))
    return toByte(value, storage);
  if (auto format = dyn_cast<FloatType>(storage); flusher && format)
    value = flusher->result(value, format);
  if (storage.isInteger(1)) {
    Value zero =
        builder.create<arith::ConstantOp>(loc, builder.getZeroAttr(compute));
    Value isSet = builder.create<arith::CmpFOp>(loc, arith::CmpFPredicate::UNE,
                                                value, zero);
    return builder.create<arith::ExtUIOp>(loc, builder.getI8Type(), isSet);
  }
  // From f64 to 16 bits by way of f32, which an approximated body has rounded
  // to odd for, so that only the second step rounds to nearest.
  if (compute.isF64() && storage.getIntOrFloatBitWidth() == 16)
    value = builder.create<arith::TruncFOp>(loc, builder.getF32Type(), value);
  Type target = storage.isBF16() ? Type(builder.getF32Type()) : storage;
  unsigned from = value.getType().getIntOrFloatBitWidth();
  unsigned to = target.getIntOrFloatBitWidth();
  if (to < from)
    value = builder.create<arith::TruncFOp>(loc, target, value);
  else if (to > from)
    value = builder.create<arith::ExtFOp>(loc, target, value);
  if (!storage.isBF16())
    return value;
  if (gpu && gpu->hasBF16())
    return builder.create<NvOp>(loc, builder.getI16Type(), "round_bf16", value);
  return builder.create<arith::TruncIOp>(loc, builder.getI16Type(),
                                         patternOfBF16(builder, loc, value));
}
