//===- RowsAhead.cpp - Rows fetched while others are computed -------------===//

#include "RowsAhead.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace act;

RowsAheadWriter::RowsAheadWriter(KernelMemory &memory, Value args,
                                 ArrayRef<Input> inputs)
    : memory(memory), inputs(inputs) {
  OpBuilder &builder = memory.builder;
  Location loc = memory.loc;
  Type i64 = builder.getI64Type(), pointer = memory.pointer;
  zero = memory.integer(i64, 0);
  one = memory.integer(i64, 1);
  Value ahead = memory.field(args, offsetof(KernelArgs, ahead), pointer);
  isThere = compare(arith::CmpIPredicate::ne,
                    builder.create<LLVM::PtrToIntOp>(loc, i64, ahead));
  SmallVector<Type> types = {i64, i64, i64, i64};
  for (size_t k = 0; k < inputs.size(); ++k)
    types.append({pointer, i64});
  auto either =
      builder.create<scf::IfOp>(loc, types, isThere, /*withElseRegion=*/true);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(either.thenBlock());
    SmallVector<Value> values;
    for (size_t offset :
         {offsetof(RowsAhead, first), offsetof(RowsAhead, vectorsShift),
          offsetof(RowsAhead, lanes), offsetof(RowsAhead, lanesShift)})
      values.push_back(memory.field(ahead, offset, i64));
    Value table = memory.field(ahead, offsetof(RowsAhead, inputs), pointer);
    Value steps = memory.field(ahead, offsetof(RowsAhead, strides), pointer);
    for (const Input &input : inputs) {
      size_t place = input.number * sizeof(void *);
      values.push_back(memory.field(table, place, pointer));
      values.push_back(memory.field(steps, place, i64));
    }
    builder.create<scf::YieldOp>(loc, values);
    builder.setInsertionPointToStart(either.elseBlock());
    SmallVector<Value> nothing;
    for (Type type : types)
      nothing.push_back(type == i64 ? zero : ahead); // Null.
    builder.create<scf::YieldOp>(loc, nothing);
  }
  first = either.getResult(0);
  shift = either.getResult(1);
  lanes = either.getResult(2);
  lanesShift = either.getResult(3);
  mask = make<arith::SubIOp>(make<arith::ShLIOp>(one, shift), one);
  for (size_t k = 0; k < inputs.size(); ++k) {
    bases.push_back(either.getResult(4 + 2 * k));
    strides.push_back(either.getResult(5 + 2 * k));
  }
}

void RowsAheadWriter::write(Value index) {
  fetch(make<arith::AddIOp>(first, index), isThere, bases, strides,
        [](Value, Fetch fetchAll) { fetchAll(); });
}

void RowsAheadWriter::aim(const Strip &strip) {
  OpBuilder &builder = memory.builder;
  Location loc = memory.loc;
  firstOfLoop = make<arith::ShRUIOp>(
      make<arith::MulIOp>(strip.row, strip.count), lanesShift);
  places = bases;
  steps = strides;
  isAsked = isThere;
  if (!strip.isInside)
    return;
  for (auto [k, place] : llvm::enumerate(strip.places)) {
    places[k] =
        builder.create<arith::SelectOp>(loc, strip.isInside, place, places[k]);
    steps[k] = builder.create<arith::SelectOp>(loc, strip.isInside,
                                               strip.strides[k], steps[k]);
  }
}

void RowsAheadWriter::writeStrip(Value index, bool isWhole, Beside beside) {
  fetch(isWhole ? make<arith::ShLIOp>(index, shift)
                : make<arith::AddIOp>(firstOfLoop, index),
        isAsked, places, steps, beside);
}

void RowsAheadWriter::fetch(Value number, Value isAsked, ArrayRef<Value> from,
                            ArrayRef<Value> steps, Beside beside) {
  OpBuilder &builder = memory.builder;
  Location loc = memory.loc;
  OpBuilder::InsertionGuard guard(builder);
  // All vectors of an element at its first number: neighbours in memory, and
  // little is computed for each. Constants in the loop would become vectors.
  Value isFirst =
      compare(arith::CmpIPredicate::eq, make<arith::AndIOp>(number, mask));
  auto branch =
      builder.create<scf::IfOp>(loc, make<arith::AndIOp>(isAsked, isFirst));
  builder.setInsertionPointToStart(branch.thenBlock());
  Value element = make<arith::ShRUIOp>(number, shift);
  ofElement.clear();
  for (auto [input, base, stride] : llvm::zip(inputs, from, steps))
    ofElement.push_back(memory.elementPointer(
        base, make<arith::MulIOp>(element, stride), input.memory));
  beside(element, [&] {
    auto vectors = builder.create<scf::ForOp>(
        loc, zero, make<arith::AddIOp>(mask, one), one);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(vectors.getBody());
    fetchRow(make<arith::MulIOp>(vectors.getInductionVar(), lanes));
  });
}

void RowsAheadWriter::fetchRow(Value row) {
  for (auto [input, place] : llvm::zip(inputs, ofElement))
    memory.builder.create<LLVM::Prefetch>(
        memory.loc, memory.elementPointer(place, row, input.memory), /*rw=*/0,
        /*hint: the L2 cache=*/2, /*cache: of data=*/1);
}
