//===- StatsOp.cpp - act.stats --------------------------------------------===//

#include "act/IR/Act.h"
#include "act/IR/ExactNumber.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace act;

bool act::isLimitList(Attribute attr) {
  auto list = dyn_cast<ArrayAttr>(attr);
  return list && list.size() <= 2 && llvm::all_of(list, [](Attribute text) {
           auto string = dyn_cast<StringAttr>(text);
           return string && isExactNumber(string);
         });
}

LogicalResult FuncOp::verifyCounted() {
  for (unsigned i = 0; i < getNumResults(); ++i) {
    // func_c8
    if (!getResultAttr(i, kStatsAttr))
      continue;
    auto storage = getResultAttrOfType<TypeAttr>(i, kStorageAttr);
    if (getResultAttr(i, kReduceAttr) ||
        (storage && storage.getValue().isInteger(1)))
      return emitOpError("result #")
             << i << " is a sum or a mask; only elements of arrays are counted";
  }
  return success();
}

LogicalResult StatsOp::verify() {
  // stats_c1
  if (auto fn = dyn_cast<FnAttr>(getCallee()); fn && fn.getOrder() != 0)
    return emitOpError("counts functions of order 0; declare the derivative "
                       "by act.derivative and name that");
  // stats_c3
  if (std::optional<ArrayAttr> limits = getLimits())
    for (Attribute list : *limits)
      if (!isLimitList(list))
        return emitOpError("limits ")
               << list << " are not up to two exact numbers";
  return success();
}

LogicalResult StatsOp::verifySymbolUses(SymbolTableCollection &symbols) {
  unsigned results = 1;
  if (auto symbol = dyn_cast<FlatSymbolRefAttr>(getCallee())) {
    // stats_c1
    Operation *target = symbols.lookupNearestSymbolFrom(*this, symbol);
    if (!isa_and_nonnull<DerivativeOp, VjpOp, JvpOp, FunctionOpInterface>(
            target))
      return emitOpError("there is no act.func @")
             << symbol.getValue() << " to count the results of";
    auto func = dyn_cast<FuncOp>(target);
    // Others are known once they have become an act.func.
    if (!func)
      return success();
    results = func.getNumResults();
  }
  // stats_c2
  if (getLimits() && getLimits()->size() != results)
    return emitOpError("limits has ")
           << getLimits()->size() << " lists for " << results
           << " results; give one for each";
  return success();
}
