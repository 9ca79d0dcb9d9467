//===- Vectorize.cpp - The element loop works on vectors ------------------===//
//
// The body of an elementwise kernel consists of operations that work on f32
// and on vector<16xf32> alike, so vectorising is retyping. Before: scf.for
// step 1 with f32; after: step 16 with vector<16xf32>.
//
//===----------------------------------------------------------------------===//

#include "VectorizeLanes.h"
#include "VectorizeOps.h"
#include "VectorizeRows.h"
#include "VectorizeStrips.h"
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

class LoopVectorizer : OpVectorizer {
public:
  LoopVectorizer(scf::ForOp loop, const CpuLevel &level, unsigned width)
      : OpVectorizer(loop, level, width), loop(loop) {}

  LogicalResult run();

private:
  LogicalResult vectorizeInPlace(Operation &op);
  /// Stores conditions as bits, those of each vector from a byte on.
  void storeBits(LLVM::StoreOp store);
  LogicalResult widenCarried();

  scf::ForOp loop;
};

} // namespace

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

LogicalResult LoopVectorizer::vectorizeInPlace(Operation &op) {
  auto store = dyn_cast<LLVM::StoreOp>(op);
  if (!store || !store.getValue().getType().isInteger(1))
    return vectorize(op);
  storeBits(store);
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
    if (failed(vectorizeInPlace(*op)))
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

/// True for a loop over rows in one over other rows.
static bool isInnerLanes(scf::ForOp loop) {
  if (!loop->hasAttr(kLanesAttr))
    return false;
  Operation *around = loop->getParentOp();
  while (around && !around->hasAttr(kLanesAttr))
    around = around->getParentOp();
  return around;
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
    SmallVector<scf::ForOp> overRows;
    getOperation().walk([&](scf::ForOp loop) {
      if (loop->hasAttr(kLanesAttr))
        overRows.push_back(loop);
    });
    for (scf::ForOp loop : overRows)
      distributeStrips(loop, width);
    // Loops in loops over lanes are theirs, but for loops over other rows.
    SmallVector<scf::ForOp> inner;
    getOperation().walk([&](scf::ForOp loop) {
      if (isInnerLanes(loop))
        inner.push_back(loop);
    });
    for (scf::ForOp loop : inner)
      if (failed(vectorizeInnerLanes(loop, *cpu, width)))
        return signalPassFailure();
    getOperation().walk<WalkOrder::PreOrder>([&](scf::ForOp loop) {
      LogicalResult done = success();
      if (loop->hasAttr(kElementwiseAttr))
        done = LoopVectorizer(loop, *cpu, width).run();
      else if (loop->hasAttr(kLanesAttr))
        done = vectorizeLanes(loop, *cpu, width);
      else if (loop->hasAttr(kRowAttr))
        done = vectorizeRow(loop, *cpu, width);
      else
        return WalkResult::advance();
      if (failed(done))
        signalPassFailure();
      return WalkResult::skip();
    });
  }
};
} // namespace
