//===- Vectorize.cpp - The element loop works on vectors ------------------===//
//
// The body of an elementwise kernel consists of operations that work on f32
// and on vector<16xf32> alike, so vectorising is retyping. Before: scf.for
// step 1 with f32; after: step 16 with vector<16xf32>.
//
//===----------------------------------------------------------------------===//

#include "act/Conversion/Passes.h"
#include "act/KernelABI.h"
#include "act/Target/Target.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/IRMapping.h"

namespace act {
#define GEN_PASS_DEF_ACTVECTORIZE
#include "act/Conversion/Passes.h.inc"
} // namespace act

using namespace mlir;
using namespace act;

namespace {

class LoopVectorizer {
public:
  LoopVectorizer(scf::ForOp loop, const CpuLevel &level, unsigned width)
      : loop(loop), level(level), width(width), outside(loop), inside(loop),
        loc(loop.getLoc()) {}

  LogicalResult run();

private:
  Type widen(Type type) { return VectorType::get({width}, type); }
  LogicalResult vectorize(Operation &op);
  /// The vector that stands for a value of the scalar body.
  Value vectorOf(Value value);
  Value lookUp(vector::ExtractElementOp op);
  Value callIntrinsic(StringRef name, Type type, ValueRange args);
  Value permute(DenseElementsAttr table, Value index, StringRef intrinsic);
  Value pickBytes(DenseElementsAttr table, Value index, StringRef intrinsic);
  Value gather(DenseElementsAttr table, Value index);
  /// Stores conditions as bits, those of each vector from a byte on.
  void storeBits(LLVM::StoreOp store);
  LogicalResult widenCarried();

  scf::ForOp loop;
  const CpuLevel &level;
  int64_t width;
  OpBuilder outside, inside;
  Location loc;
  DenseMap<Value, Value> vectors;
};

} // namespace

Value LoopVectorizer::vectorOf(Value value) {
  Value &vector = vectors[value];
  if (!vector) // Defined before the loop: the same in each lane.
    vector =
        outside.create<vector::SplatOp>(loc, widen(value.getType()), value);
  return vector;
}

Value LoopVectorizer::callIntrinsic(StringRef name, Type type,
                                    ValueRange args) {
  return inside
      .create<LLVM::CallIntrinsicOp>(loc, type, inside.getStringAttr(name),
                                     args, LLVM::FastmathFlagsAttr{})
      .getResult(0);
}

Value LoopVectorizer::permute(DenseElementsAttr table, Value index,
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
Value LoopVectorizer::pickBytes(DenseElementsAttr table, Value index,
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

Value LoopVectorizer::gather(DenseElementsAttr table, Value index) {
  Type element = table.getElementType();
  auto module = loop->getParentOfType<ModuleOp>();
  // A global is an array, which LLVM's dialect initialises from a tensor.
  table = DenseElementsAttr::getFromRawBuffer(
      RankedTensorType::get({int64_t(table.size())}, element),
      table.getRawData());
  // Equal tables are one global.
  LLVM::GlobalOp global;
  unsigned count = 0;
  for (auto other : module.getOps<LLVM::GlobalOp>()) {
    ++count;
    if (other.getValueAttr() == table)
      global = other;
  }
  if (!global) {
    OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
    global = builder.create<LLVM::GlobalOp>(
        loc, LLVM::LLVMArrayType::get(element, table.size()),
        /*isConstant=*/true, LLVM::Linkage::Private,
        "table" + std::to_string(count), table, /*alignment=*/64);
  }
  auto pointer = LLVM::LLVMPointerType::get(loop.getContext());
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

Value LoopVectorizer::lookUp(vector::ExtractElementOp op) {
  auto constant = op.getVector().getDefiningOp<arith::ConstantOp>();
  auto table = cast<DenseElementsAttr>(constant.getValue());
  Value index = vectorOf(op.getPosition());
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

void LoopVectorizer::storeBits(LLVM::StoreOp store) {
  auto address = store.getAddr().getDefiningOp<LLVM::GEPOp>();
  Type i64 = inside.getI64Type();
  Type word = inside.getIntegerType(8 * maskBytes(width));
  Value shift = outside.create<arith::ConstantOp>(
      loc, outside.getI64IntegerAttr(llvm::Log2_64(width)));
  Value number =
      inside.create<arith::ShRUIOp>(loc, i64, loop.getInductionVar(), shift);
  Value to = inside.create<LLVM::GEPOp>(loc, address.getType(), word,
                                        address.getBase(),
                                        ArrayRef<LLVM::GEPArg>{number});
  Value bits = inside.create<LLVM::BitcastOp>(loc, inside.getIntegerType(width),
                                              vectorOf(store.getValue()));
  if (bits.getType() != word)
    bits = inside.create<arith::ExtUIOp>(loc, word, bits);
  inside.create<LLVM::StoreOp>(loc, bits, to, 1);
}

/// Values that the loop carries are vectors in it. Behind it the lanes are
/// combined as its steps are.
LogicalResult LoopVectorizer::widenCarried() {
  auto yield = cast<scf::YieldOp>(loop.getBody()->getTerminator());
  OpBuilder behind(loop->getContext());
  behind.setInsertionPointAfter(loop);
  for (auto [number, result] : llvm::enumerate(loop.getResults())) {
    OpOperand &carried = yield->getOpOperand(number);
    if (!carried.get().getDefiningOp<arith::MaxUIOp>())
      return loop.emitOpError("carries something else than a maximum");
    carried.set(vectorOf(carried.get()));
    OpOperand &init = loop.getInitArgsMutable()[number];
    init.set(vectorOf(init.get()));
    result.setType(widen(result.getType()));
    auto reduced = behind.create<vector::ReductionOp>(
        loc, vector::CombiningKind::MAXUI, result);
    result.replaceAllUsesExcept(reduced, reduced);
  }
  return success();
}

LogicalResult LoopVectorizer::vectorize(Operation &op) {
  if (auto address = dyn_cast<LLVM::GEPOp>(op))
    return success(); // One address for the first lane.
  if (auto load = dyn_cast<LLVM::LoadOp>(op)) {
    vectors[load.getResult()] = inside.create<LLVM::LoadOp>(
        loc, widen(load.getType()), load.getAddr(), *load.getAlignment());
    return success();
  }
  if (auto store = dyn_cast<LLVM::StoreOp>(op)) {
    if (store.getValue().getType().isInteger(1)) {
      storeBits(store);
      return success();
    }
    inside.create<LLVM::StoreOp>(loc, vectorOf(store.getValue()),
                                 store.getAddr(), *store.getAlignment());
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
    vectors[extract.getResult()] = lookUp(extract);
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

LogicalResult LoopVectorizer::run() {
  SmallVector<Operation *> scalars;
  for (Operation &op : loop.getBody()->without_terminator())
    scalars.push_back(&op);
  for (Value carried : loop.getRegionIterArgs()) {
    carried.setType(widen(carried.getType()));
    vectors[carried] = carried;
  }
  for (Operation *op : scalars) {
    inside.setInsertionPoint(op);
    if (failed(vectorize(*op)))
      return failure();
  }
  if (failed(widenCarried()))
    return failure();
  for (Operation *op : llvm::reverse(scalars))
    if (op->use_empty())
      op->erase();
  Value step =
      outside.create<arith::ConstantOp>(loc, outside.getI64IntegerAttr(width));
  loop.getStepMutable().assign(step);
  loop->removeAttr(kElementwiseAttr);
  return success();
}

namespace {
struct Vectorize : act::impl::ActVectorizeBase<Vectorize> {
  using ActVectorizeBase::ActVectorizeBase;
  void runOnOperation() override {
    const CpuLevel *cpu = cpuLevelNamed(level);
    if (!cpu) {
      getOperation().emitError("unknown CPU level '")
          << level << "'; use " << cpuLevelNames();
      return signalPassFailure();
    }
    getOperation().walk([&](scf::ForOp loop) {
      if (loop->hasAttr(kElementwiseAttr) &&
          failed(LoopVectorizer(loop, *cpu, width).run()))
        signalPassFailure();
    });
  }
};
} // namespace
