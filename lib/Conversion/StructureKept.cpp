//===- StructureKept.cpp - What a row keeps between its loops -------------===//
//
// A value that takes many operations and that a later loop over the row needs,
// too, is kept: in scratch memory.
//
//===----------------------------------------------------------------------===//

#include "RowKernelWriter.h"
#include "act/Conversion/Passes.h"

using namespace mlir;
using namespace act;

unsigned RowKernelWriter::costOf(Value value, DenseSet<Value> &seen) {
  Operation *op = value.getDefiningOp();
  if (!op || isUniform(value) || isOfBlock(value) || !seen.insert(value).second)
    return 0;
  unsigned cost = 1;
  for (Value operand : op->getOperands())
    cost += costOf(operand, seen);
  return cost;
}

void RowKernelWriter::demand(Value value, unsigned p, DenseSet<Value> &seen) {
  Operation *op = value.getDefiningOp();
  if (!op || isUniform(value) || isOfBlock(value) || !seen.insert(value).second)
    return;
  DenseSet<Value> cone;
  if (!recompute && phaseOf[value] < p && isa<FloatType>(value.getType()) &&
      costOf(value, cone) > kFewOperations) {
    if (!llvm::is_contained(kept, value))
      kept.push_back(value);
    return;
  }
  for (Value operand : op->getOperands())
    demand(operand, p, seen);
}

void RowKernelWriter::findKept() {
  // From the last phase to the first: what one needs, an earlier one keeps.
  DenseSet<Value> last;
  for (Value value : func.getReturn().getValues())
    demand(value, phases, last);
  for (unsigned p = phases; p-- > 0;) {
    DenseSet<Value> seen;
    for (act::RowOp op : combinedIn(p))
      for (Value operand : op->getOperands())
        demand(operand, p, seen);
    for (act::RowOp op : solvedIn(p))
      for (Value operand : op->getOperands())
        demand(operand, p, seen);
    for (size_t k = 0; k < kept.size(); ++k)
      if (phaseOf[kept[k]] == p)
        demand(kept[k], p, seen);
  }
}

/// A value takes the place of an input that nothing behind its loop reads.
void RowKernelWriter::findPlaces() {
  for (Value input : copied)
    placeInScratch[input] = places++;
  DenseSet<Value> taken;
  for (Value value : kept) {
    auto input = llvm::find_if(copied, [&](Value other) {
      return copiedIn[other] <= phaseOf[value] &&
             lastReadOf[other] <= 2 * phaseOf[value] && !taken.contains(other);
    });
    bool isFree = input != copied.end();
    placeInScratch[value] = isFree ? placeInScratch[*input] : places++;
    if (isFree)
      taken.insert(*input);
  }
}

void RowKernelWriter::placeKept() {
  Type i64 = builder.getI64Type();
  Value end = integer(i64, 0);
  auto place = [&](size_t number, Value each, Values &offsets,
                   Values &pointers) {
    Value upmost =
        builder.create<arith::AddIOp>(loc, each, integer(i64, kRowUnit - 1));
    Value padded =
        builder.create<arith::AndIOp>(loc, upmost, integer(i64, -kRowUnit));
    for (size_t i = 0; i < number; ++i) {
      offsets.push_back(end);
      pointers.push_back(elementPointer(scratch, end, compute));
      end = builder.create<arith::AddIOp>(loc, end, padded);
    }
  };
  place(places, count, keptOffsets, keptPointers);
  if (!ofBlock.empty()) {
    static_assert(kRowBlock == 1 << 10);
    Value upmost =
        builder.create<arith::AddIOp>(loc, count, integer(i64, kRowBlock - 1));
    numBlocks = builder.create<arith::MaxSIOp>(
        loc, builder.create<arith::ShRUIOp>(loc, upmost, integer(i64, 10)),
        integer(i64, 1));
    // In a loop over rows it would become a vector.
    blockLength = integer(i64, kRowBlock);
    place(keptOfBlocks.size(), numBlocks, blockOffsets, blockPointers);
  }
  if (!inStrips)
    return;
  Values pointers; // Of rows along vectors.
  if (!ofBlock.empty())
    place(leftOfBlocks.size(), numBlocks, leftOffsets, pointers);
  place(carried.size(), integer(i64, 1), carriedOffsets, pointers);
  static_assert(rowScratch(kRowUnit) == kRowUnit + rowScratch(0));
  scratchOfRow =
      builder.create<arith::AddIOp>(loc, end, integer(i64, rowScratch(0)));
}

/// Where the value of the element of the loop in progress is kept.
Value RowKernelWriter::keptElement(Value value) {
  unsigned number = placeInScratch[value];
  Value address;
  if (inLanes) {
    Value index =
        builder.create<arith::AddIOp>(loc, keptOffsets[number], induction);
    address = elementPointer(scratch, index, compute);
  } else {
    address = elementPointer(keptPointers[number], induction, compute);
  }
  address.getDefiningOp()->setAttr(kPrivateAttr, builder.getUnitAttr());
  return address;
}
