//===- Function.cpp - The functions of a report, evaluated ----------------===//

#include "Function.h"
#include "Array.h"
#include "act/Transforms/Derive.h"
#include "act/Transforms/Expand.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace act;
using namespace act::report;

std::optional<Function> Function::create(ModuleOp module, StringRef name) {
  auto func = module.lookupSymbol<FuncOp>(name);
  if (!func || failed(bindDefaults(func)))
    return std::nullopt;
  llvm::Expected<Tape> tape = Tape::build(func);
  if (tape)
    return Function(std::move(*tape));
  llvm::consumeError(tape.takeError());
  return std::nullopt;
}

std::vector<Quad> Function::all(ArrayRef<Quad> args) {
  std::vector<Quad> results(interpreter.getNumResults());
  interpreter.evaluate(args, results);
  return results;
}

Quad Function::operator()(ArrayRef<Quad> args, unsigned result) {
  return all(args)[result];
}

void act::report::addDerivatives(FuncOp func, StringRef name,
                                 ArrayRef<int64_t> orders) {
  auto module = func->getParentOfType<ModuleOp>();
  OpBuilder builder(module.getContext());
  builder.setInsertionPointToEnd(module.getBody());
  builder.create<DerivativeOp>(
      func.getLoc(), builder.getStringAttr(name), StringAttr(),
      FlatSymbolRefAttr::get(func.getSymNameAttr()), StringAttr(),
      builder.getDenseI64ArrayAttr(orders), StringAttr(), UnitAttr());
}

std::optional<act::Curve<Quad>>
act::report::curveOf(Subject &subject, unsigned highestOrder, StringRef verb) {
  FuncOp func = subject.func;
  if (func.getNumInputs() != 1) {
    func.emitError("act-report ")
        << verb << " is of functions of one input; this one has "
        << func.getNumInputs() << ", so write numbers in place of the others";
    return std::nullopt;
  }
  constexpr StringLiteral name = "act.curve";
  // act-derive refuses what is constant piece by piece.
  sym::Expr slope = subject.graph.differentiate(subject.formula, 0);
  unsigned highest = slope->isNumber(0) ? 0 : highestOrder;
  addDerivatives(func, name,
                 llvm::to_vector(llvm::seq_inclusive<int64_t>(0, highest)));
  if (failed(resolveDerivatives(*subject.module)))
    return std::nullopt;
  std::optional<Function> function = Function::create(*subject.module, name);
  if (!function) {
    func.emitError("act-report ")
        << verb << " cannot evaluate this function in the reference";
    return std::nullopt;
  }
  Curve<Quad> curve;
  curve.at = [f = std::move(*function), highestOrder](const Quad &x) mutable {
    std::vector<Quad> values = f.all(x);
    values.resize(highestOrder + 1, Quad(0));
    // The formula of a derivative may have a value where the function has none.
    if (NumberTraits<Quad>::isNaN(values[0]))
      std::fill(values.begin(), values.end(), values[0]);
    return values;
  };
  curve.highestOrder = highestOrder;
  return curve;
}

bool act::report::checkVisible(Subject &subject, const Line &line,
                               Extent range) {
  if (llvm::any_of(line.points,
                   [](auto &point) { return std::isfinite(point.second); }))
    return true;
  subject.func.emitError("the function has no finite value from ")
      << tools::formatShortest(range.lo, tools::ElementType::F64) << " to "
      << tools::formatShortest(range.hi, tools::ElementType::F64)
      << "; give another --range";
  return false;
}
