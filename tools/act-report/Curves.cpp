//===- Curves.cpp - What a report analyses --------------------------------===//

#include "Curves.h"
#include "act/Transforms/Derive.h"
#include "act/Transforms/Expand.h"

using namespace mlir;
using namespace act;
using namespace act::report;

Quad act::report::quadOf(const MpfrNumber &x) {
  using Traits = NumberTraits<MpfrNumber>;
  double first = Traits::toDouble(x);
  if (!std::isfinite(first) || first == 0)
    return first;
  MpfrNumber rest = x - MpfrNumber(first);
  double second = Traits::toDouble(rest);
  double third = Traits::toDouble(rest - MpfrNumber(second));
  return Quad(first) + (Quad(second) + Quad(third));
}

MpfrNumber act::report::mpfrOf(Quad x) {
  MpfrNumber sum(0.0);
  for (unsigned part = 0; part < 3; ++part) {
    double leading = double(x);
    sum = sum + MpfrNumber(leading);
    if (!std::isfinite(leading))
      break;
    x -= leading;
  }
  return sum;
}

std::optional<Curves> Curves::create(Subject &subject, StringRef verb,
                                     unsigned highestOrder) {
  FuncOp func = subject.func;
  if (func.getNumInputs() == 0) {
    func.emitError("act-report ") << verb
                                  << " is of a function of one input, "
                                     "and '"
                                  << func.getSymName() << "' is a constant";
    return std::nullopt;
  }
  if (func.getNumInputs() > 1) {
    func.emitError("act-report ")
        << verb << " is of a function of one input, and '" << func.getSymName()
        << "' has " << func.getNumInputs()
        << "; give the others values, as in 'f(x, 1)'";
    return std::nullopt;
  }
  // A function that is constant piece by piece has no derivative function.
  bool isFlat = subject.graph.differentiate(subject.formula, 0)->isNumber(0);
  unsigned lastDerived = isFlat ? 0 : highestOrder;
  ModuleOp module = *subject.module;
  OpBuilder builder(module.getContext());
  builder.setInsertionPointToEnd(module.getBody());
  std::string name = "act.orders_0_to_" + std::to_string(lastDerived);
  auto derived = module.lookupSymbol<FuncOp>(name);
  if (!derived) {
    SmallVector<int64_t> orders;
    for (unsigned order = 0; order <= lastDerived; ++order)
      orders.push_back(order);
    builder.create<DerivativeOp>(
        func.getLoc(), builder.getStringAttr(name),
        builder.getStringAttr("private"),
        FlatSymbolRefAttr::get(func.getSymNameAttr()), StringAttr(),
        builder.getDenseI64ArrayAttr(orders), StringAttr(), UnitAttr());
    if (failed(resolveDerivatives(module)))
      return std::nullopt;
    derived = module.lookupSymbol<FuncOp>(name);
    if (failed(bindDefaults(derived)))
      return std::nullopt;
  }
  llvm::Expected<Tape> tape = Tape::build(derived);
  if (!tape) {
    func.emitError(llvm::toString(tape.takeError()));
    return std::nullopt;
  }
  return Curves(std::move(*tape), highestOrder);
}

Curve<MpfrNumber> Curves::exact() const {
  auto reference = std::make_shared<MpfrReference>(tape);
  Curve<MpfrNumber> curve;
  curve.at = [reference, size = highestOrder + 1](const MpfrNumber &x) {
    std::vector<MpfrNumber> results =
        reference->evaluate(std::vector<MpfrNumber>{x});
    results.resize(size, MpfrNumber(0.0));
    return results;
  };
  curve.highestOrder = highestOrder;
  return curve;
}

Curve<Quad> Curves::quick() const {
  auto interpreter = std::make_shared<Interpreter<Quad>>(tape);
  Curve<Quad> curve;
  curve.at = [interpreter, wide = exact()](const Quad &x) {
    std::vector<Quad> results(wide.highestOrder + 1);
    interpreter->evaluate(x, results);
    auto isFinite = [](Quad y) { return y - y == 0; };
    if (!llvm::all_of(results, isFinite))
      llvm::transform(wide.at(mpfrOf(x)), results.begin(), quadOf);
    return results;
  };
  curve.highestOrder = highestOrder;
  return curve;
}
