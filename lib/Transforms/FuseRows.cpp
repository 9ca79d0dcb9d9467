//===- FuseRows.cpp - Rows of the operations that are fused ---------------===//

#include "FuseRows.h"

using namespace mlir;
using namespace act;

static ShapedType firstResult(ApplyOp apply) {
  return cast<ShapedType>(apply.getResult(0).getType());
}

static int64_t fromEnd(int64_t axis, ApplyOp apply) {
  return axis < 0 ? axis : axis - firstResult(apply).getRank();
}

int64_t act::positionFromEnd(ApplyOp apply, FuncOp callee, unsigned i) {
  return fromEnd(
      callee.getArgAttrOfType<IntegerAttr>(i, kPositionAttr).getInt(), apply);
}

/// The axis of the rows that the operation combines, or nothing.
static std::optional<int64_t> axisOf(Operation &op) {
  if (auto softmax = dyn_cast<SoftmaxOp>(op))
    return softmax.getAxisFromEnd();
  auto apply = dyn_cast<ApplyOp>(op);
  FuncOp callee = apply ? apply.resolve() : FuncOp();
  if (!callee || !isRowFunction(callee))
    return std::nullopt;
  auto stated = callee->getAttrOfType<IntegerAttr>(kAxisAttr);
  return stated ? fromEnd(stated.getInt(), apply) : -1;
}

/// Elements of a tensor along an axis that is counted from the last.
static int64_t sizeAlong(Type type, int64_t axis) {
  auto shaped = cast<ShapedType>(type);
  int64_t at = shaped.getRank() + axis;
  return at < 0 ? 1 : shaped.getDimSize(at);
}

bool ChainRows::isOnePerRow(Type type) const {
  return areLong && sizeAlong(type, axis) == 1;
}

FailureOr<ChainRows> act::rowsOf(func::FuncOp func) {
  ChainRows rows;
  auto addPosition = [&](int64_t along) {
    if (!llvm::is_contained(rows.positions, along))
      rows.positions.push_back(along);
  };
  for (Operation &op : func.getBody().front()) {
    if (auto apply = dyn_cast<ApplyOp>(op))
      if (FuncOp callee = apply.resolve())
        for (unsigned i = 0; i < callee.getNumInputs(); ++i)
          if (callee.getArgAttr(i, kPositionAttr))
            addPosition(positionFromEnd(apply, callee, i));
    std::optional<int64_t> own = axisOf(op);
    if (!own)
      continue;
    if (rows.axis != 0 && rows.axis != *own) {
      op.emitRemark("is not fused into a kernel: its rows run along axis ")
          << *own << " and others' along " << rows.axis
          << ", counted from the last; split the function between them";
      return failure();
    }
    rows.axis = *own;
    rows.areLong |= llvm::any_of(op.getOperandTypes(), [&](Type type) {
      return sizeAlong(type, rows.axis) != 1;
    });
    if (auto softmax = dyn_cast<SoftmaxOp>(op);
        softmax && softmax.getCausal()) {
      addPosition(rows.axis);
      addPosition(rows.axis - 1);
    }
  }
  return rows;
}
