//===- VectorizeLanes.cpp - Rows side by side, one in each lane -----------===//
//
// Along any axis but the last, the elements of neighbouring rows are dense.
// Before: a loop over rows, each with loops over its elements; after: it
// advances by a vector of rows, and all values are vectors. Addresses stay
// those of the first lane.
//
//===----------------------------------------------------------------------===//

#include "VectorizeLanes.h"
#include "SumTree.h"
#include "VectorizeOps.h"
#include "act/Conversion/Passes.h"
#include "act/KernelABI.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace act;

namespace {

class LaneVectorizer : OpVectorizer {
public:
  LaneVectorizer(scf::ForOp loop, const CpuLevel &level, unsigned width)
      : OpVectorizer(loop, level, width), rows(loop),
        kernel(loop->getParentOfType<func::FuncOp>()),
        i64(outside.getI64Type()) {
    scope = loop;
  }

  LogicalResult run();

private:
  Value addressOf(Value scalar) override {
    return scalars.lookupOrDefault(scalar);
  }
  Value integer(int64_t value) {
    return inside.create<arith::ConstantOp>(loc,
                                            inside.getI64IntegerAttr(value));
  }
  bool isVector(Operation &op) {
    return isa<LLVM::LoadOp, LLVM::StoreOp, arith::ConstantOp>(op) ||
           llvm::any_of(op.getOperands(),
                        [&](Value value) { return vectors.contains(value); });
  }
  /// One loop over the elements of a row.
  LogicalResult convertRow(scf::ForOp loop);
  /// One loop over the blocks of a row, with loops over their elements.
  LogicalResult convertBlocks(scf::ForOp loop);
  /// Steps that go on as long as those of some lane do.
  LogicalResult convertSteps(scf::WhileOp steps);
  LogicalResult convert(Operation &op);
  /// Elements [from, to) of the rows; `lanes` is the memory of each sum.
  FailureOr<scf::ForOp> elements(scf::ForOp loop, Value from, Value to,
                                 ValueRange initial, ArrayRef<Value> lanes);
  LogicalResult element(Operation &op);
  /// Lanes of a block of `size` elements that its sum depends on.
  Value usedLanes(Value size);
  /// The sums of a block, from its lanes, which is of `size` elements.
  void addLanes(ArrayRef<Value> lanes, Value size);
  Value laneAt(Value lanes, Value index, Type type) {
    return inside.create<LLVM::GEPOp>(loc, lanes.getType(), type, lanes,
                                      ArrayRef<LLVM::GEPArg>{index});
  }
  void addTo(Value lanes, Value index, Value value);

  scf::ForOp rows;
  func::FuncOp kernel;
  Type i64;
  /// Addresses and indices inside of new loops.
  IRMapping scalars;
  /// Of the memory of each sum.
  DenseMap<Value, Type> laneTypes;
};

} // namespace

void LaneVectorizer::addTo(Value lanes, Value index, Value value) {
  Value place = laneAt(lanes, index, value.getType());
  Value before = inside.create<LLVM::LoadOp>(loc, value.getType(), place);
  inside.create<LLVM::StoreOp>(
      loc, inside.create<arith::AddFOp>(loc, before, value), place);
}

LogicalResult LaneVectorizer::element(Operation &op) {
  if (op.hasAttr(kVectorsAttr)) {
    inside.clone(op, scalars)->removeAttr(kVectorsAttr);
    return success();
  }
  // Control flow beside the values is the same for all lanes.
  auto inner = [&](Block *from, Block *to) {
    OpBuilder::InsertionGuard guard(inside);
    inside.setInsertionPointToStart(to);
    for (Operation &part : from->without_terminator())
      if (failed(element(part)))
        return failure();
    return success();
  };
  if (auto branch = dyn_cast<scf::IfOp>(op)) {
    bool hasElse = branch.elseBlock();
    auto copy = inside.create<scf::IfOp>(
        loc, scalars.lookupOrDefault(branch.getCondition()), hasElse);
    return failure(
        failed(inner(branch.thenBlock(), copy.thenBlock())) ||
        (hasElse && failed(inner(branch.elseBlock(), copy.elseBlock()))));
  }
  if (auto each = dyn_cast<scf::ForOp>(op)) {
    auto copy = inside.create<scf::ForOp>(
        loc, scalars.lookupOrDefault(each.getLowerBound()),
        scalars.lookupOrDefault(each.getUpperBound()),
        scalars.lookupOrDefault(each.getStep()));
    scalars.map(each.getInductionVar(), copy.getInductionVar());
    return inner(each.getBody(), copy.getBody());
  }
  // A constant may be part of an address, too.
  if (isVector(op) && !isa<arith::ConstantOp>(op))
    return vectorize(op);
  if (isa<arith::ConstantOp>(op) && failed(vectorize(op)))
    return failure();
  Operation *copy = inside.clone(op, scalars);
  // What a kernel keeps for an element it keeps for each lane.
  if (auto address = dyn_cast<LLVM::GEPOp>(copy);
      address && address->removeAttr(kPrivateAttr))
    address.setElemType(widen(address.getElemType()));
  return success();
}

FailureOr<scf::ForOp> LaneVectorizer::elements(scf::ForOp loop, Value from,
                                               Value to, ValueRange initial,
                                               ArrayRef<Value> lanes) {
  auto combiners = loop->getAttrOfType<ArrayAttr>(kRowAttr);
  auto yield = cast<scf::YieldOp>(loop.getBody()->getTerminator());
  auto each = inside.create<scf::ForOp>(loc, from, to, integer(1), initial);
  inside.setInsertionPointToStart(each.getBody());
  scalars.map(loop.getInductionVar(), each.getInductionVar());
  DenseSet<Operation *> additions;
  unsigned other = 0;
  for (auto [k, name] : llvm::enumerate(combiners)) {
    if (cast<StringAttr>(name).getValue() == "sum")
      additions.insert(yield.getOperand(k).getDefiningOp());
    else
      vectors[loop.getRegionIterArgs()[k]] = each.getRegionIterArgs()[other++];
  }
  for (Operation &op : loop.getBody()->without_terminator())
    if (!additions.contains(&op) && failed(element(op)))
      return failure();
  SmallVector<Value> next;
  unsigned sum = 0;
  for (auto [k, name] : llvm::enumerate(combiners)) {
    if (cast<StringAttr>(name).getValue() != "sum") {
      next.push_back(vectorOf(yield.getOperand(k)));
      continue;
    }
    auto addition = cast<arith::AddFOp>(yield.getOperand(k).getDefiningOp());
    Value lane = inside.create<arith::AndIOp>(loc, each.getInductionVar(),
                                              integer(kRowUnit - 1));
    addTo(lanes[sum++], lane, vectorOf(addition.getRhs()));
  }
  if (!initial.empty())
    inside.create<scf::YieldOp>(loc, next);
  inside.setInsertionPointAfter(each);
  return each;
}

/// A power of two, at least 1: addLanes reads no others.
Value LaneVectorizer::usedLanes(Value size) {
  Value used = integer(kRowUnit);
  for (int64_t half = kRowUnit / 2; half > 0; half /= 2)
    used = inside.create<arith::SelectOp>(
        loc,
        inside.create<arith::CmpIOp>(loc, arith::CmpIPredicate::sle, size,
                                     integer(half)),
        integer(half), used);
  return used;
}

void LaneVectorizer::addLanes(ArrayRef<Value> lanes, Value size) {
  for (int64_t half = kRowUnit / 2; half > 0; half /= 2) {
    // Lanes that have no element would add 0.
    auto isThere = inside.create<scf::IfOp>(
        loc, inside.create<arith::CmpIOp>(loc, arith::CmpIPredicate::sgt, size,
                                          integer(half)));
    OpBuilder::InsertionGuard guard(inside);
    inside.setInsertionPointToStart(isThere.thenBlock());
    auto pairs =
        inside.create<scf::ForOp>(loc, integer(0), integer(half), integer(1));
    inside.setInsertionPointToStart(pairs.getBody());
    Value low = pairs.getInductionVar();
    Value high = inside.create<arith::AddIOp>(loc, low, integer(half));
    for (Value lane : lanes) {
      Type type = laneTypes[lane];
      addTo(lane, low,
            inside.create<LLVM::LoadOp>(loc, type, laneAt(lane, high, type)));
    }
  }
}

LogicalResult LaneVectorizer::convertRow(scf::ForOp loop) {
  auto combiners = loop->getAttrOfType<ArrayAttr>(kRowAttr);
  SmallVector<unsigned> sums, others;
  SmallVector<Value> initial;
  SmallVector<Type> sumTypes;
  for (auto [k, name] : llvm::enumerate(combiners)) {
    bool isSum = cast<StringAttr>(name).getValue() == "sum";
    (isSum ? sums : others).push_back(k);
    if (isSum)
      sumTypes.push_back(widen(loop.getResult(k).getType()));
    else
      initial.push_back(vectorOf(loop.getInitArgs()[k]));
  }
  Value count = scalars.lookupOrDefault(loop.getUpperBound());
  auto keep = [&](ValueRange results) {
    for (auto [k, result] : llvm::zip(others, results))
      vectors[loop.getResult(k)] = result;
  };
  if (sums.empty()) {
    auto each = elements(loop, integer(0), count, initial, {});
    if (failed(each))
      return failure();
    keep(each->getResults());
    return success();
  }
  SmallVector<Value> lanes;
  for (Type type : sumTypes)
    lanes.push_back(allocateIn(kernel, type, kRowUnit));
  laneTypes.clear();
  for (auto [lane, type] : llvm::zip(lanes, sumTypes))
    laneTypes[lane] = type;
  SumTree tree(kernel, sumTypes);
  auto add = [&](unsigned, Value a, Value b, OpBuilder &builder) -> Value {
    return builder.create<arith::AddFOp>(loc, a, b);
  };
  SmallVector<Value> carried = {integer(0)};
  llvm::append_range(carried, initial);
  // One block even of an empty row, whose sum is that of no elements.
  Value end = inside.create<arith::MaxSIOp>(loc, count, integer(1));
  auto blocks = inside.create<scf::ForOp>(loc, integer(0), end,
                                          integer(kRowBlock), carried);
  inside.setInsertionPointToStart(blocks.getBody());
  Value from = blocks.getInductionVar();
  Value to = inside.create<arith::MinSIOp>(
      loc, count, inside.create<arith::AddIOp>(loc, from, integer(kRowBlock)));
  Value size = inside.create<arith::SubIOp>(loc, to, from);
  auto clear =
      inside.create<scf::ForOp>(loc, integer(0), usedLanes(size), integer(1));
  inside.setInsertionPointToStart(clear.getBody());
  for (auto [lane, type] : llvm::zip(lanes, sumTypes)) {
    Value zero =
        inside.create<arith::ConstantOp>(loc, inside.getZeroAttr(type));
    inside.create<LLVM::StoreOp>(loc, zero,
                                 laneAt(lane, clear.getInductionVar(), type));
  }
  inside.setInsertionPointAfter(clear);
  auto each =
      elements(loop, from, to, blocks.getRegionIterArgs().drop_front(), lanes);
  if (failed(each))
    return failure();
  addLanes(lanes, size);
  SmallVector<Value> totals;
  for (auto [lane, type] : llvm::zip(lanes, sumTypes))
    totals.push_back(inside.create<LLVM::LoadOp>(loc, type, lane));
  Value number = blocks.getRegionIterArg(0);
  tree.add(totals, number, add, inside);
  SmallVector<Value> next = {
      inside.create<arith::AddIOp>(loc, number, integer(1))};
  llvm::append_range(next, each->getResults());
  inside.create<scf::YieldOp>(loc, next);
  inside.setInsertionPointAfter(blocks);
  totals = tree.total(blocks.getResult(0), add, inside);
  for (auto [k, total] : llvm::zip(sums, totals))
    vectors[loop.getResult(k)] = total;
  keep(blocks.getResults().drop_front());
  return success();
}

LogicalResult LaneVectorizer::convertBlocks(scf::ForOp loop) {
  auto wide = inside.create<scf::ForOp>(loc, loop.getLowerBound(),
                                        loop.getUpperBound(), loop.getStep());
  OpBuilder::InsertionGuard guard(inside);
  inside.setInsertionPointToStart(wide.getBody());
  scalars.map(loop.getInductionVar(), wide.getInductionVar());
  for (Operation &op : loop.getBody()->without_terminator()) {
    auto inner = dyn_cast<scf::ForOp>(op);
    if (failed(inner ? convertRow(inner) : element(op)))
      return failure();
  }
  return success();
}

/// A lane that is done repeats its last step, which changes nothing.
LogicalResult LaneVectorizer::convertSteps(scf::WhileOp steps) {
  SmallVector<Value> initial;
  SmallVector<Type> types;
  for (Value value : steps.getInits()) {
    initial.push_back(vectorOf(value));
    types.push_back(initial.back().getType());
  }
  auto wide = inside.create<scf::WhileOp>(loc, types, initial);
  OpBuilder::InsertionGuard guard(inside);
  SmallVector<Location> locations(types.size(), loc);
  auto convertBlock = [&](Block &from, Region &to) {
    Block *block = inside.createBlock(&to, {}, types, locations);
    for (auto [old, fresh] :
         llvm::zip(from.getArguments(), block->getArguments()))
      vectors[old] = fresh;
    for (Operation &op : from.without_terminator())
      if (failed(convert(op)))
        return failure();
    return success();
  };
  auto allOf = [&](ValueRange values) {
    return llvm::map_to_vector(values,
                               [&](Value value) { return vectorOf(value); });
  };
  if (failed(convertBlock(*steps.getBeforeBody(), wide.getBefore())))
    return failure();
  scf::ConditionOp condition = steps.getConditionOp();
  Value goesOn = inside.create<vector::ReductionOp>(
      loc, vector::CombiningKind::OR, vectorOf(condition.getCondition()));
  inside.create<scf::ConditionOp>(loc, goesOn, allOf(condition.getArgs()));
  if (failed(convertBlock(*steps.getAfterBody(), wide.getAfter())))
    return failure();
  inside.create<scf::YieldOp>(loc, allOf(steps.getYieldOp().getOperands()));
  for (auto [old, fresh] : llvm::zip(steps.getResults(), wide.getResults()))
    vectors[old] = fresh;
  return success();
}

LogicalResult LaneVectorizer::convert(Operation &op) {
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return loop->hasAttr(kRowAttr) ? convertRow(loop) : convertBlocks(loop);
  if (auto steps = dyn_cast<scf::WhileOp>(op))
    return convertSteps(steps);
  auto address = dyn_cast<LLVM::GEPOp>(op);
  if (address && address->hasAttr(kPrivateAttr))
    return element(op);
  return isVector(op) ? vectorize(op) : success();
}

LogicalResult LaneVectorizer::run() {
  SmallVector<Operation *> old;
  for (Operation &op : rows.getBody()->without_terminator())
    old.push_back(&op);
  streams = rows->hasAttr(kStreamAttr);
  rows->removeAttr(kStreamAttr);
  for (Operation *op : old) {
    inside.setInsertionPoint(op);
    if (failed(convert(*op)))
      return failure();
  }
  for (Operation *op : llvm::reverse(old))
    if (op->use_empty() && (isa<scf::ForOp, scf::WhileOp, LLVM::StoreOp>(op) ||
                            isMemoryEffectFree(op) || isa<LLVM::LoadOp>(op)))
      op->erase();
  Value step =
      outside.create<arith::ConstantOp>(loc, outside.getI64IntegerAttr(width));
  rows.getStepMutable().assign(step);
  rows->removeAttr(kLanesAttr);
  return success();
}

/// Takes a loop apart that has a known number of vectors of rows.
static void unroll(scf::ForOp loop, unsigned width) {
  std::optional<int64_t> rows = getConstantIntValue(loop.getUpperBound());
  if (!rows || *rows / width > kMostVectorsApart)
    return;
  OpBuilder builder(loop);
  // In a loop over rows around this one constants would become vectors.
  OpBuilder entry = OpBuilder::atBlockBegin(
      &loop->getParentOfType<func::FuncOp>().getBody().front());
  for (int64_t row = 0; row < *rows; row += width) {
    IRMapping mapping;
    mapping.map(loop.getInductionVar(),
                entry.create<arith::ConstantOp>(loop.getLoc(),
                                                entry.getI64IntegerAttr(row)));
    for (Operation &op : loop.getBody()->without_terminator())
      builder.clone(op, mapping);
  }
  loop.erase();
}

LogicalResult act::vectorizeLanes(scf::ForOp loop, const CpuLevel &level,
                                  unsigned width) {
  if (failed(LaneVectorizer(loop, level, width).run()))
    return failure();
  unroll(loop, width);
  return success();
}

LogicalResult act::vectorizeInnerLanes(scf::ForOp loop, const CpuLevel &level,
                                       unsigned width) {
  Block *block = loop->getBlock();
  Operation *before = loop->getPrevNode(), *behind = loop->getNextNode();
  if (failed(vectorizeLanes(loop, level, width)))
    return failure();
  Operation *first = before ? before->getNextNode() : &block->front();
  for (Operation *op = first; op != behind; op = op->getNextNode())
    op->setAttr(kVectorsAttr, UnitAttr::get(op->getContext()));
  return success();
}
