//===- WithDerivatives.cpp - A function beside its derivatives ------------===//

#include "act/Transforms/Derive.h"
#include "act/Transforms/Expand.h"
#include "act/Transforms/Symbolic.h"

using namespace mlir;
using namespace act;

static SmallVector<sym::Expr> derivativesOf(sym::Graph &graph, sym::Expr f,
                                            unsigned highestOrder) {
  SmallVector<sym::Expr> results = {f};
  for (unsigned order = 1; order <= highestOrder; ++order) {
    results.push_back(graph.differentiate(results.back(), 0));
    if (graph.countOperations(results) > kMaxSymbolicOperations)
      return graph.taylor(f, 0, highestOrder);
  }
  return results;
}

FailureOr<OwningOpRef<FuncOp>> act::withDerivatives(FuncOp expanded,
                                                    unsigned highestOrder) {
  OwningOpRef<FuncOp> bound(expanded.clone());
  sym::Graph graph(expanded.getContext());
  if (failed(bindDefaults(*bound)))
    return failure();
  auto formulas = graph.read(*bound);
  if (failed(formulas))
    return failure();
  SmallVector<sym::Expr> results =
      derivativesOf(graph, formulas->front(), highestOrder);
  OpBuilder builder(expanded.getContext());
  Location loc = expanded.getLoc();
  Type real = builder.getF64Type();
  OwningOpRef<FuncOp> func = builder.create<FuncOp>(
      loc, expanded.getSymName(),
      builder.getFunctionType(real, SmallVector<Type>(results.size(), real)));
  Block *body = builder.createBlock(&func->getBody());
  Value x = body->addArgument(real, loc);
  sym::Writer writer(builder, loc, real, x);
  SmallVector<Value> written;
  for (sym::Expr result : results)
    written.push_back(writer.write(result));
  builder.create<ReturnOp>(loc, written);
  return func;
}
