//===- RetypeGpu.cpp - A thread's elements as a vector --------------------===//

#include "RetypeGpu.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace act;

FailureOr<SmallVector<Value>>
GpuRetyper::retype(Block &block, ValueRange arguments, const OpBuilder &place) {
  inside = place;
  for (auto [scalar, value] : llvm::zip_equal(block.getArguments(), arguments))
    know(scalar, value);
  for (Operation &op : block.without_terminator())
    if (failed(vectorize(op)))
      return failure();
  SmallVector<Value> results;
  for (Value value : block.getTerminator()->getOperands())
    results.push_back(vectorOf(value));
  return results;
}

void GpuRetyper::know(Value scalar, Value value) {
  vectors[scalar] =
      isa<VectorType>(value.getType())
          ? value
          : inside.create<vector::SplatOp>(loc, widen(value.getType()), value)
                .getResult();
}

FailureOr<Value> GpuRetyper::demand(Value value, const OpBuilder &place) {
  if (Value known = vectors.lookup(value))
    return known;
  if (Value number = numbers ? numbers->lookup(value) : Value()) {
    inside = place;
    know(value, number);
    return vectors[value];
  }
  Operation *op = value.getDefiningOp();
  for (Value operand : op->getOperands())
    if (!isa<VectorType>(operand.getType()) && failed(demand(operand, place)))
      return failure();
  inside = place;
  if (failed(vectorize(*op)))
    return failure();
  return vectors[value];
}

/// Each element reads its entry: a table is a line of the L1 cache.
Value GpuRetyper::lookUp(DenseElementsAttr table, Value index) {
  constexpr unsigned kGlobalSpace = 1;
  Type element = table.getElementType();
  LLVM::GlobalOp global = globalTable(module, table, kGlobalSpace);
  auto pointer = LLVM::LLVMPointerType::get(inside.getContext(), kGlobalSpace);
  Value base =
      outside.create<LLVM::AddressOfOp>(loc, pointer, global.getSymName());
  Value entries = outside.create<arith::ConstantOp>(
      loc, outside.getZeroAttr(widen(element)));
  for (int64_t lane = 0; lane < width; ++lane) {
    Value number =
        inside.create<arith::ConstantOp>(loc, inside.getI64IntegerAttr(lane));
    Value place = inside.create<vector::ExtractElementOp>(loc, index, number);
    Value address = inside.create<LLVM::GEPOp>(loc, pointer, element, base,
                                               ArrayRef<LLVM::GEPArg>{place});
    Value entry = inside.create<LLVM::LoadOp>(
        loc, element, address, element.getIntOrFloatBitWidth() / 8,
        /*isVolatile=*/false, /*isNonTemporal=*/false, /*isInvariant=*/true);
    entries =
        inside.create<vector::InsertElementOp>(loc, entry, entries, number);
  }
  return entries;
}
