//===- Structure.cpp - Functions become loops over elements ---------------===//
//
// Before: act.func @silu(%x: f32) -> f32. After: a func.func with the calling
// convention of act/KernelABI.h whose one loop loads an element of each input,
// runs the body and stores the results.
//
//===----------------------------------------------------------------------===//

#include "act/Conversion/Passes.h"
#include "act/KernelABI.h"
#include "act/Reference/Quad.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/IRMapping.h"

namespace act {
#define GEN_PASS_DEF_ACTSTRUCTURE
#include "act/Conversion/Passes.h.inc"
} // namespace act

using namespace mlir;
using namespace act;

namespace {

/// Writes the kernel of one function.
class KernelWriter {
public:
  KernelWriter(act::FuncOp func, OpBuilder &builder)
      : func(func), builder(builder), loc(func.getLoc()),
        pointer(LLVM::LLVMPointerType::get(builder.getContext())),
        compute(cast<FloatType>(func.getResultTypes().front())) {}

  void write();

private:
  /// A field of KernelArgs.
  Value field(Value args, size_t offset, Type type);
  /// The pointer of operand `i` (inputs, then results).
  Value operandPointer(Value operands, unsigned i);
  Value elementPointer(Value base, Value index, Type element);
  Value integer(Type type, int64_t value) {
    return builder.create<arith::ConstantOp>(
        loc, builder.getIntegerAttr(type, value));
  }

  /// The type behind an operand in memory: bf16 travels as i16, since the
  /// targets below AVX512-BF16 have no operation on it.
  /// A bit is one byte, 0 or 1, that the runtime packs.
  Type memoryType(Type storage) {
    return storage.isBF16()       ? Type(builder.getI16Type())
           : storage.isInteger(1) ? Type(builder.getI8Type())
                                  : storage;
  }
  Type storageOf(Attribute attr) {
    return attr ? cast<TypeAttr>(attr).getValue() : Type(compute);
  }
  Value load(Value pointer, Type storage);
  /// Stores the value and gives what is in memory then.
  Value store(Value value, Value pointer, Type storage);
  /// Adds to the counter at `pointer` what a stored value is; `limits` may be
  /// null.
  void count(Value stored, Value pointer, Type storage, ArrayAttr limits);
  Value roundToBF16(Value value);

  act::FuncOp func;
  OpBuilder &builder;
  Location loc;
  Type pointer;
  FloatType compute;
};

} // namespace

Value KernelWriter::field(Value args, size_t offset, Type type) {
  Value address =
      builder.create<LLVM::GEPOp>(loc, pointer, builder.getI8Type(), args,
                                  ArrayRef<LLVM::GEPArg>{int32_t(offset)});
  return builder.create<LLVM::LoadOp>(loc, type, address);
}

Value KernelWriter::operandPointer(Value operands, unsigned i) {
  return field(operands, i * sizeof(void *), pointer);
}

Value KernelWriter::elementPointer(Value base, Value index, Type element) {
  return builder.create<LLVM::GEPOp>(loc, pointer, element, base,
                                     ArrayRef<LLVM::GEPArg>{index});
}

Value KernelWriter::load(Value address, Type storage) {
  Type memory = memoryType(storage);
  unsigned bytes = memory.getIntOrFloatBitWidth() / 8;
  Value value = builder.create<LLVM::LoadOp>(loc, memory, address, bytes);
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

/// Round to nearest even in integers: exact for subnormals, and a NaN stays
/// one by setting its quiet bit.
Value KernelWriter::roundToBF16(Value value) {
  Type i32 = builder.getI32Type();
  Value bits = builder.create<arith::BitcastOp>(loc, i32, value);
  Value high = builder.create<arith::ShRUIOp>(loc, bits, integer(i32, 16));
  Value odd = builder.create<arith::AndIOp>(loc, high, integer(i32, 1));
  Value bias = builder.create<arith::AddIOp>(loc, odd, integer(i32, 0x7fff));
  Value sum = builder.create<arith::AddIOp>(loc, bits, bias);
  Value rounded = builder.create<arith::ShRUIOp>(loc, sum, integer(i32, 16));
  Value quiet = builder.create<arith::OrIOp>(loc, high, integer(i32, 0x40));
  Value isNaN = builder.create<arith::CmpFOp>(loc, arith::CmpFPredicate::UNE,
                                              value, value);
  Value chosen = builder.create<arith::SelectOp>(loc, isNaN, quiet, rounded);
  return builder.create<arith::TruncIOp>(loc, builder.getI16Type(), chosen);
}

Value KernelWriter::store(Value value, Value address, Type storage) {
  if (storage.isInteger(1)) {
    Value zero =
        builder.create<arith::ConstantOp>(loc, builder.getZeroAttr(compute));
    Value isSet = builder.create<arith::CmpFOp>(loc, arith::CmpFPredicate::UNE,
                                                value, zero);
    Value byte =
        builder.create<arith::ExtUIOp>(loc, builder.getI8Type(), isSet);
    builder.create<LLVM::StoreOp>(loc, byte, address, 1);
    return byte;
  }
  Type target = storage.isBF16() ? Type(builder.getF32Type()) : storage;
  unsigned to = target.getIntOrFloatBitWidth();
  if (to < compute.getWidth())
    value = builder.create<arith::TruncFOp>(loc, target, value);
  else if (to > compute.getWidth())
    value = builder.create<arith::ExtFOp>(loc, target, value);
  if (storage.isBF16())
    value = roundToBF16(value);
  unsigned bytes = memoryType(storage).getIntOrFloatBitWidth() / 8;
  builder.create<LLVM::StoreOp>(loc, value, address, bytes);
  return value;
}

/// The limit as a kernel stores it: rounded to the compute type, then to the
/// storage type.
static llvm::APFloat storedLimit(StringRef text, FloatType storage) {
  Quad limit = quadFromText(text);
  if (storage.isF64())
    return llvm::APFloat(double(limit));
  llvm::APFloat rounded(static_cast<float>(limit));
  bool losesInfo;
  rounded.convert(storage.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                  &losesInfo);
  return rounded;
}

/// Compares the bits as integers, which costs the same in every type.
void KernelWriter::count(Value stored, Value address, Type storage,
                         ArrayAttr limits) {
  unsigned width = storage.getIntOrFloatBitWidth();
  auto format = cast<FloatType>(storage);
  Type bits = builder.getIntegerType(width), i32 = builder.getI32Type();
  auto compare = [&](arith::CmpIPredicate predicate, Value a,
                     Value b) -> Value {
    return builder.create<arith::CmpIOp>(loc, predicate, a, b);
  };
  auto constant = [&](const APInt &value) -> Value {
    return builder.create<arith::ConstantOp>(
        loc, builder.getIntegerAttr(bits, value));
  };
  auto choose = [&](Value condition, unsigned shift, Value otherwise) -> Value {
    return builder.create<arith::SelectOp>(loc, condition,
                                           integer(i32, 1 << shift), otherwise);
  };
  if (stored.getType() != bits)
    stored = builder.create<arith::BitcastOp>(loc, bits, stored);
  Value magnitude = builder.create<arith::AndIOp>(
      loc, stored, constant(APInt::getSignedMaxValue(width)));
  Value infinity =
      constant(APFloat::getInf(format.getFloatSemantics()).bitcastToAPInt());
  // Magnitudes have no sign bit; not all levels compare unsigned integers.
  Value code = choose(compare(arith::CmpIPredicate::sge, magnitude, infinity),
                      kNonFiniteShift, integer(i32, 0));
  for (Attribute text : limits ? limits.getValue() : ArrayRef<Attribute>()) {
    APFloat limit = storedLimit(cast<StringAttr>(text), format);
    if (limit.isFinite() && !limit.isZero())
      code = choose(compare(arith::CmpIPredicate::eq, stored,
                            constant(limit.bitcastToAPInt())),
                    kLimitShift, code);
  }
  code = choose(compare(arith::CmpIPredicate::eq, magnitude,
                        constant(APInt::getZero(width))),
                kZeroShift, code);
  Value before = builder.create<LLVM::LoadOp>(loc, i32, address, 4);
  Value after = builder.create<arith::AddIOp>(loc, before, code);
  builder.create<LLVM::StoreOp>(loc, after, address, 4);
}

void KernelWriter::write() {
  auto kernel = builder.create<func::FuncOp>(
      loc, func.getSymName(), builder.getFunctionType({pointer}, {}));
  Block *entry = kernel.addEntryBlock();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(entry);

  Type i64 = builder.getI64Type();
  Value args = entry->getArgument(0);
  Value operands = field(args, offsetof(KernelArgs, operands), pointer);
  Value elements = field(args, offsetof(KernelArgs, count), i64);

  unsigned inputs = func.getNumInputs(), all = func.getNumArguments();
  SmallVector<Value> pointers, values(all);
  unsigned numCounted = 0, results = func.getNumResults();
  for (unsigned i = 0; i < results; ++i)
    numCounted += bool(func.getResultAttr(i, kStatsAttr));
  for (unsigned i = 0; i < inputs + results + numCounted; ++i)
    pointers.push_back(operandPointer(operands, i));
  ArrayRef<Value> counters = ArrayRef(pointers).take_back(numCounted);
  // Values that are one for the whole array are loaded once.
  for (unsigned i = 0; i < inputs; ++i)
    if (func.getArgAttr(i, kScalarAttr))
      values[i] =
          load(pointers[i], storageOf(func.getArgAttr(i, kStorageAttr)));
  if (all > inputs) {
    Value scalars = field(args, offsetof(KernelArgs, scalars), pointer);
    for (unsigned i = inputs; i < all; ++i)
      values[i] =
          field(scalars, (i - inputs) * compute.getWidth() / 8, compute);
  }

  auto loop = builder.create<scf::ForOp>(loc, integer(i64, 0), elements,
                                         integer(i64, 1));
  loop->setAttr(kElementwiseAttr, builder.getUnitAttr());
  builder.create<func::ReturnOp>(loc);

  builder.setInsertionPointToStart(loop.getBody());
  Value index = loop.getInductionVar();
  for (unsigned i = 0; i < inputs; ++i) {
    if (values[i])
      continue;
    Type storage = storageOf(func.getArgAttr(i, kStorageAttr));
    values[i] =
        load(elementPointer(pointers[i], index, memoryType(storage)), storage);
  }
  IRMapping mapping;
  for (unsigned i = 0; i < all; ++i)
    mapping.map(func.getArgument(i), values[i]);
  for (Operation &op : func.getBody().front().without_terminator())
    builder.clone(op, mapping);
  for (auto [i, value] : llvm::enumerate(func.getReturn().getValues())) {
    // Terms that are summed later keep the precision they were computed in.
    Type storage = func.getResultAttr(i, kReduceAttr)
                       ? Type(compute)
                       : storageOf(func.getResultAttr(i, kStorageAttr));
    Value stored =
        store(mapping.lookup(value),
              elementPointer(pointers[inputs + i], index, memoryType(storage)),
              storage);
    if (Attribute mark = func.getResultAttr(i, kStatsAttr)) {
      count(stored,
            elementPointer(counters.front(), index, builder.getI32Type()),
            storage, dyn_cast<ArrayAttr>(mark));
      counters = counters.drop_front();
    }
  }
}

namespace {
struct Structure : act::impl::ActStructureBase<Structure> {
  void runOnOperation() override {
    for (act::FuncOp func :
         llvm::make_early_inc_range(getOperation().getOps<act::FuncOp>())) {
      OpBuilder builder(func);
      if (func.isPublic())
        KernelWriter(func, builder).write();
      func.erase();
    }
  }
};
} // namespace
