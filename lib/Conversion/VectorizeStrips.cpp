//===- VectorizeStrips.cpp - Loops over rows are taken apart --------------===//
//
// Where rows lie side by side and far apart, a loop that reads arrays for a
// vector of rows waits for each line of memory. Before: a loop over rows, in it
// loops over the elements, some of which read or write arrays; after: each of
// these is a loop over elements with a loop over the rows in it, and what
// stands between two of them has a loop over rows of its own.
//
//===----------------------------------------------------------------------===//

#include "VectorizeStrips.h"
#include "SumTree.h"
#include "VectorizeLanes.h"
#include "act/Conversion/Passes.h"
#include "act/KernelABI.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace act;

/// Rows of a strip of f32 at most.
static constexpr int64_t kStripRows = kStripBytes / 4;
/// A loop over elements that does more is not there a second time, with a copy
/// for each vector: it would take longer to compile than registers save.
static constexpr int64_t kMostApart = 12;

namespace {

class StripDistributor {
public:
  StripDistributor(scf::ForOp rows, unsigned width)
      : rows(rows), width(width), kernel(rows->getParentOfType<func::FuncOp>()),
        loc(rows.getLoc()), builder(rows), i64(builder.getI64Type()) {}

  void run() {
    distribute(*rows.getBody());
    rows.erase();
  }

private:
  /// What is known at a place, and the row there; none outside of loops over
  /// rows.
  struct Scope {
    OpBuilder builder;
    Value row;
    IRMapping known;
  };
  /// A value, and the row it is of.
  struct Home {
    Value value, row;
  };

  void distribute(Block &from);
  void distributeInto(Block &to, Block &from);
  /// One loop over rows with all of these operations.
  void together(ArrayRef<Operation *> ops);
  void strip(scf::ForOp loop);
  /// The loop over elements of a strip of `end` rows.
  void elements(scf::ForOp loop, Value end, ArrayRef<Value> carried);
  scf::ForOp overRows(Value end);
  void copy(Operation &op, Scope &scope);
  Value at(Value value, Scope &scope);
  Value outside(Value value) {
    Scope scope{builder, {}, {}};
    return at(value, scope);
  }
  bool dependsOnRow(Value value);
  bool dependsOnRow(Operation &op);
  /// Costs less than memory: numbers of places, addresses and conditions.
  static bool isRepeated(Operation &op);
  Value integer(int64_t value) {
    return builder.create<arith::ConstantOp>(loc,
                                             builder.getI64IntegerAttr(value));
  }
  Value memoryOf(Value value);
  Value place(Value memory, Type type, Value row, OpBuilder &at);
  void store(Value value, Value memory, Value row, OpBuilder &at);

  scf::ForOp rows;
  unsigned width;
  func::FuncOp kernel;
  Location loc;
  /// Where the next loop is written.
  OpBuilder builder;
  Type i64;
  /// The induction variables of loops around those over rows, and constants.
  IRMapping everywhere;
  DenseMap<Value, Home> homes;
  DenseMap<Value, Value> memories;
};

bool isMarked(Operation &op) {
  return op
      .walk([](scf::ForOp loop) {
        return loop->hasAttr(kStripAttr) ? WalkResult::interrupt()
                                         : WalkResult::advance();
      })
      .wasInterrupted();
}

SmallVector<Value> usedBy(Operation &op) {
  llvm::SetVector<Value> used;
  getUsedValuesDefinedAbove(op.getRegions(), used);
  SmallVector<Value> all(op.getOperands());
  llvm::append_range(all, used);
  return all;
}

} // namespace

bool StripDistributor::isRepeated(Operation &op) {
  return isMemoryEffectFree(&op) && op.getNumRegions() == 0 &&
         (isa<arith::ConstantOp>(op) ||
          llvm::none_of(op.getResultTypes(),
                        [](Type type) { return isa<FloatType>(type); }));
}

bool StripDistributor::dependsOnRow(Value value) {
  if (value == rows.getInductionVar())
    return true;
  if (!rows.getRegion().isAncestor(value.getParentRegion()) ||
      everywhere.contains(value))
    return false;
  Operation *op = value.getDefiningOp();
  return !op || !isRepeated(*op) ||
         llvm::any_of(op->getOperands(),
                      [&](Value v) { return dependsOnRow(v); });
}

bool StripDistributor::dependsOnRow(Operation &op) {
  return llvm::any_of(usedBy(op), [&](Value v) { return dependsOnRow(v); });
}

Value StripDistributor::place(Value memory, Type type, Value row,
                              OpBuilder &at) {
  return at.create<LLVM::GEPOp>(loc, memory.getType(), type, memory,
                                ArrayRef<LLVM::GEPArg>{row});
}

void StripDistributor::store(Value value, Value memory, Value row,
                             OpBuilder &at) {
  at.create<LLVM::StoreOp>(loc, value, place(memory, value.getType(), row, at),
                           value.getType().getIntOrFloatBitWidth() / 8);
}

/// Memory for a value of each row, which is stored where it is computed.
Value StripDistributor::memoryOf(Value value) {
  Value &memory = memories[value];
  if (memory)
    return memory;
  Type type = value.getType();
  memory = allocateIn(kernel, type, kStripRows);
  auto home = homes.find(value);
  assert(home != homes.end() && "loops come in the order of their values");
  OpBuilder behind(kernel);
  behind.setInsertionPointAfterValue(home->second.value);
  store(home->second.value, memory, home->second.row, behind);
  return memory;
}

Value StripDistributor::at(Value value, Scope &scope) {
  if (Value known = scope.known.lookupOrNull(value))
    return known;
  if (Value known = everywhere.lookupOrNull(value))
    return known;
  if (value == rows.getInductionVar())
    return scope.row;
  if (!rows.getRegion().isAncestor(value.getParentRegion()))
    return value;
  Operation *op = value.getDefiningOp();
  if (op && isa<arith::ConstantOp>(op) && value.getType() == i64) {
    // In a loop over rows it would become a vector.
    OpBuilder entry = OpBuilder::atBlockBegin(&kernel.getBody().front());
    Value constant = entry.clone(*op)->getResult(0);
    everywhere.map(value, constant);
    return constant;
  }
  if (op && isRepeated(*op)) {
    for (Value operand : op->getOperands())
      scope.known.map(operand, at(operand, scope));
    return scope.builder.clone(*op, scope.known)->getResult(0);
  }
  Type type = value.getType();
  Value result = scope.builder.create<LLVM::LoadOp>(
      loc, type, place(memoryOf(value), type, scope.row, scope.builder),
      type.getIntOrFloatBitWidth() / 8);
  scope.known.map(value, result);
  return result;
}

void StripDistributor::copy(Operation &op, Scope &scope) {
  for (Value value : usedBy(op))
    scope.known.map(value, at(value, scope));
  Operation *made = scope.builder.clone(op, scope.known);
  for (auto [from, to] : llvm::zip(op.getResults(), made->getResults()))
    homes[from] = {to, scope.row};
}

scf::ForOp StripDistributor::overRows(Value end) {
  auto loop = builder.create<scf::ForOp>(loc, rows.getLowerBound(), end,
                                         rows.getStep());
  loop->setAttr(kLanesAttr, builder.getUnitAttr());
  return loop;
}

void StripDistributor::together(ArrayRef<Operation *> ops) {
  if (ops.empty())
    return;
  scf::ForOp loop = overRows(rows.getUpperBound());
  Scope scope{
      OpBuilder::atBlockTerminator(loop.getBody()), loop.getInductionVar(), {}};
  for (Operation *op : ops)
    copy(*op, scope);
}

void StripDistributor::strip(scf::ForOp loop) {
  // What the loop carries goes through memory.
  SmallVector<Value> carried;
  for (auto [value, result] :
       llvm::zip(loop.getRegionIterArgs(), loop.getResults())) {
    carried.push_back(allocateIn(kernel, value.getType(), kStripRows));
    memories[value] = memories[result] = carried.back();
  }
  if (!carried.empty()) {
    scf::ForOp before = overRows(rows.getUpperBound());
    Scope scope{OpBuilder::atBlockTerminator(before.getBody()),
                before.getInductionVar(),
                {}};
    for (auto [value, memory] : llvm::zip(loop.getInitArgs(), carried))
      store(at(value, scope), memory, scope.row, scope.builder);
  }
  Value end = rows.getUpperBound();
  int64_t mostRows = loop->getAttrOfType<IntegerAttr>(kStripAttr).getInt();
  if (carried.empty() || mostRows / width > kMostVectorsApart ||
      llvm::count_if(*loop.getBody(), [](Operation &op) {
        return !isRepeated(op);
      }) > kMostApart)
    return elements(loop, end, carried);
  // Twice: of a whole strip the vectorizer takes the loops over rows apart, so
  // that registers hold what is carried.
  Value most = integer(mostRows);
  auto either = builder.create<scf::IfOp>(
      loc,
      builder.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, end, most),
      /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(either.thenBlock()->getTerminator());
  elements(loop, most, carried);
  builder.setInsertionPoint(either.elseBlock()->getTerminator());
  elements(loop, end, carried);
}

void StripDistributor::elements(scf::ForOp loop, Value end,
                                ArrayRef<Value> carried) {
  auto elements = builder.create<scf::ForOp>(loc, outside(loop.getLowerBound()),
                                             outside(loop.getUpperBound()),
                                             outside(loop.getStep()));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(elements.getBody()->getTerminator());
  everywhere.map(loop.getInductionVar(), elements.getInductionVar());
  SmallVector<Operation *> inner;
  for (Operation &op : loop.getBody()->without_terminator()) {
    if (isRepeated(op))
      continue;
    if (isa<scf::IfOp>(op) && !dependsOnRow(op)) {
      Scope scope{builder, {}, {}};
      copy(op, scope);
    } else {
      inner.push_back(&op);
    }
  }
  scf::ForOp each = overRows(end);
  if (Attribute streams = loop->getAttr(kStreamAttr))
    each->setAttr(kStreamAttr, streams);
  Scope scope{
      OpBuilder::atBlockTerminator(each.getBody()), each.getInductionVar(), {}};
  for (Operation *op : inner)
    copy(*op, scope);
  for (auto [value, memory] :
       llvm::zip(loop.getBody()->getTerminator()->getOperands(), carried))
    store(at(value, scope), memory, scope.row, scope.builder);
}

void StripDistributor::distributeInto(Block &to, Block &from) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(to.getTerminator());
  distribute(from);
}

void StripDistributor::distribute(Block &from) {
  SmallVector<Operation *> waiting;
  for (Operation &op : from.without_terminator()) {
    if (isRepeated(op))
      continue; // Where it is needed.
    if (!isMarked(op)) {
      waiting.push_back(&op);
      continue;
    }
    together(waiting);
    waiting.clear();
    auto loop = dyn_cast<scf::ForOp>(op);
    if (loop && loop->hasAttr(kStripAttr)) {
      strip(loop);
    } else if (loop) {
      auto around = builder.create<scf::ForOp>(
          loc, outside(loop.getLowerBound()), outside(loop.getUpperBound()),
          outside(loop.getStep()));
      everywhere.map(loop.getInductionVar(), around.getInductionVar());
      distributeInto(*around.getBody(), *loop.getBody());
    } else {
      auto branch = cast<scf::IfOp>(op);
      auto either = builder.create<scf::IfOp>(
          loc, outside(branch.getCondition()), /*withElseRegion=*/true);
      distributeInto(*either.thenBlock(), *branch.thenBlock());
      distributeInto(*either.elseBlock(), *branch.elseBlock());
    }
  }
  together(waiting);
}

void act::distributeStrips(scf::ForOp rows, unsigned width) {
  if (isMarked(*rows))
    StripDistributor(rows, width).run();
}
