//===- VectorizeOps.cpp - Operations retyped to vectors -------------------===//

#include "VectorizeOps.h"
#include "act/Conversion/Passes.h"
#include "act/KernelABI.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace act;

Value OpRetyper::vectorOf(Value value) {
  Value &vector = vectors[value];
  if (vector)
    return vector;
  // The same in each lane, and in most cases from before the loop.
  OpBuilder place = outside;
  Operation *source = value.getDefiningOp();
  if (scope && source && scope->isProperAncestor(source))
    place.setInsertionPointAfter(source);
  return vector =
             place.create<vector::SplatOp>(loc, widen(value.getType()), value);
}

Value OpVectorizer::callIntrinsic(StringRef name, Type type, ValueRange args) {
  return inside
      .create<LLVM::CallIntrinsicOp>(loc, type, inside.getStringAttr(name),
                                     args, LLVM::FastmathFlagsAttr{})
      .getResult(0);
}

Value OpVectorizer::permute(DenseElementsAttr table, Value index,
                            StringRef intrinsic) {
  Type element = table.getElementType();
  SmallVector<Attribute> entries;
  auto values = table.getValues<Attribute>();
  for (int64_t i = 0; i < width; ++i)
    entries.push_back(values[i % table.size()]);
  Value full = outside.create<arith::ConstantOp>(
      loc, DenseElementsAttr::get(cast<VectorType>(widen(element)), entries));
  return callIntrinsic(intrinsic, widen(element), {full, index});
}

/// Entries of 32 bits in a register of 16 bytes.
static constexpr int64_t kRegisterEntries = 4;

/// A table that fills whole registers, looked up by bytes: entry i of 32 bits
/// is bytes 4i to 4i + 3. Indices are half a register where the kernel's
/// vectors are of f64.
Value OpVectorizer::pickBytes(DenseElementsAttr table, Value index,
                              StringRef intrinsic) {
  auto splat = [&](int32_t value) -> Value {
    return outside.create<arith::ConstantOp>(
        loc, DenseElementsAttr::get(cast<VectorType>(index.getType()), value));
  };
  VectorType bytes = VectorType::get({4 * width}, inside.getI8Type());
  Value first = inside.create<arith::MulIOp>(loc, index, splat(0x04040404));
  Value each = inside.create<arith::AddIOp>(loc, first, splat(0x03020100));
  SmallVector<Value> operands;
  auto entries = llvm::to_vector(table.getValues<Attribute>());
  auto part = VectorType::get({kRegisterEntries}, table.getElementType());
  auto whole = VectorType::get({4 * kRegisterEntries}, inside.getI8Type());
  for (int64_t i = 0; i < table.size(); i += kRegisterEntries)
    operands.push_back(outside.create<LLVM::BitcastOp>(
        loc, whole,
        outside.create<arith::ConstantOp>(
            loc, DenseElementsAttr::get(
                     part, ArrayRef(entries).slice(i, kRegisterEntries)))));
  operands.push_back(inside.create<LLVM::BitcastOp>(loc, bytes, each));
  return inside.create<LLVM::BitcastOp>(
      loc, widen(table.getElementType()),
      callIntrinsic(intrinsic, bytes, operands));
}

LLVM::GlobalOp OpRetyper::globalTable(Operation *module,
                                      DenseElementsAttr table,
                                      unsigned addressSpace) {
  Type element = table.getElementType();
  // A global is an array, which LLVM's dialect initialises from a tensor.
  table = DenseElementsAttr::getFromRawBuffer(
      RankedTensorType::get({int64_t(table.size())}, element),
      table.getRawData());
  unsigned count = 0;
  for (auto other : module->getRegion(0).getOps<LLVM::GlobalOp>()) {
    ++count;
    if (other.getValueAttr() == table)
      return other;
  }
  OpBuilder builder = OpBuilder::atBlockBegin(&module->getRegion(0).front());
  return builder.create<LLVM::GlobalOp>(
      loc, LLVM::LLVMArrayType::get(element, table.size()),
      /*isConstant=*/true, LLVM::Linkage::Private,
      "table" + std::to_string(count), table, /*alignment=*/64, addressSpace);
}

Value OpVectorizer::gather(DenseElementsAttr table, Value index) {
  Type element = table.getElementType();
  LLVM::GlobalOp global = globalTable(root, table, 0);
  auto pointer = LLVM::LLVMPointerType::get(inside.getContext());
  Value base =
      outside.create<LLVM::AddressOfOp>(loc, pointer, global.getSymName());
  Value addresses =
      inside.create<LLVM::GEPOp>(loc, LLVM::getFixedVectorType(pointer, width),
                                 element, base, ArrayRef<LLVM::GEPArg>{index});
  Type maskType = widen(inside.getI1Type());
  Value mask = outside.create<arith::ConstantOp>(
      loc, DenseElementsAttr::get(cast<ShapedType>(maskType), true));
  Value unused = outside.create<arith::ConstantOp>(
      loc, outside.getZeroAttr(widen(element)));
  return inside.create<LLVM::masked_gather>(
      loc, widen(element), addresses, mask, unused,
      element.getIntOrFloatBitWidth() / 8);
}

Value OpVectorizer::lookUp(DenseElementsAttr table, Value index) {
  Type element = table.getElementType();
  unsigned bits = element.getIntOrFloatBitWidth();
  if (table.size() <= std::min<int64_t>(8, width) &&
      llvm::isPowerOf2_64(table.size())) {
    StringRef intrinsic =
        lanePermutation(level, bits, isa<FloatType>(element), width);
    if (!intrinsic.empty())
      return permute(table, index, intrinsic);
  }
  if (bits == 32 && table.size() % kRegisterEntries == 0) {
    StringRef intrinsic = byteLookup(level, table.size() / kRegisterEntries);
    if (!intrinsic.empty())
      return pickBytes(table, index, intrinsic);
  }
  return gather(table, index);
}

LogicalResult OpRetyper::vectorize(Operation &op) {
  if (auto address = dyn_cast<LLVM::GEPOp>(op))
    return success(); // One address for the first lane.
  if (auto load = dyn_cast<LLVM::LoadOp>(op)) {
    vectors[load.getResult()] = inside.create<LLVM::LoadOp>(
        loc, widen(load.getType()), addressOf(load.getAddr()),
        *load.getAlignment());
    return success();
  }
  if (auto store = dyn_cast<LLVM::StoreOp>(op)) {
    bool isStreamed =
        streams && !store.getAddr().getDefiningOp()->hasAttr(kPrivateAttr);
    unsigned alignment = *store.getAlignment() * (isStreamed ? width : 1);
    inside.create<LLVM::StoreOp>(loc, vectorOf(store.getValue()),
                                 addressOf(store.getAddr()), alignment,
                                 /*isVolatile=*/false,
                                 /*isNonTemporal=*/isStreamed);
    return success();
  }
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    if (auto value = dyn_cast<TypedAttr>(constant.getValue());
        !isa<VectorType>(value.getType()))
      vectors[constant.getResult()] = outside.create<arith::ConstantOp>(
          loc, DenseElementsAttr::get(cast<ShapedType>(widen(value.getType())),
                                      value));
    return success();
  }
  if (auto extract = dyn_cast<vector::ExtractElementOp>(op)) {
    auto table = extract.getVector().getDefiningOp<arith::ConstantOp>();
    vectors[extract.getResult()] =
        lookUp(cast<DenseElementsAttr>(table.getValue()),
               vectorOf(extract.getPosition()));
    return success();
  }
  if (!OpTrait::hasElementwiseMappableTraits(&op))
    return op.emitOpError("cannot be vectorised by retyping");
  OperationState state(loc, op.getName());
  state.addAttributes(op.getAttrs());
  for (Value operand : op.getOperands())
    state.addOperands(vectorOf(operand));
  for (Type type : op.getResultTypes())
    state.addTypes(widen(type));
  Operation *wide = inside.create(state);
  for (auto [from, to] : llvm::zip(op.getResults(), wide->getResults()))
    vectors[from] = to;
  return success();
}
