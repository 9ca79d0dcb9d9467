//===- Curves.cpp - What a report analyses --------------------------------===//

#include "Curves.h"
#include "act/Analysis/MpfrCurve.h"
#include "act/Syntax/Parser.h"
#include "act/Transforms/Derive.h"
#include "act/Transforms/Expand.h"

using namespace mlir;
using namespace act;
using namespace act::report;

Quad act::report::quadOf(const MpfrNumber &x) {
  using Traits = NumberTraits<MpfrNumber>;
  double whole = Traits::toDouble(x);
  if (!mpfr_regular_p(x.get()))
    return whole;
  // At the scale of 1, as its parts may be below the range of double.
  long exponent = Traits::exponentOf(x);
  MpfrNumber rest = Traits::scale(x, -exponent);
  Quad parts[3];
  for (Quad &part : parts) {
    part = Traits::toDouble(rest);
    rest = rest - MpfrNumber(double(part));
  }
  return NumberTraits<Quad>::scale(parts[0] + (parts[1] + parts[2]), exponent);
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
  auto derived = withDerivatives(*subject.expanded, highestOrder);
  if (failed(derived))
    return std::nullopt;
  llvm::Expected<Tape> tape = Tape::build(**derived);
  if (!tape) {
    func.emitError(llvm::toString(tape.takeError()));
    return std::nullopt;
  }
  return Curves(std::move(*tape));
}

std::optional<Curves> Curves::ofRow(const FunctionInfo &row,
                                    MLIRContext *context,
                                    unsigned highestOrder) {
  OwningOpRef<ModuleOp> module = parseRow(row, context);
  FuncOp func = *module->getOps<FuncOp>().begin();
  if (failed(expandBody(func)))
    return std::nullopt;
  auto derived = withDerivatives(func, highestOrder);
  if (failed(derived))
    return std::nullopt;
  return Curves(cantFail(Tape::build(**derived)));
}

Curve<MpfrNumber> Curves::exact() const { return makeMpfrCurve(tape); }

Curve<Quad> Curves::quick() const {
  auto interpreter = std::make_shared<Interpreter<Quad>>(tape);
  Curve<MpfrNumber> wide = exact();
  auto evaluate = [interpreter, wide](const Quad &x) {
    std::vector<Quad> results(interpreter->getNumResults());
    interpreter->evaluate(x, results);
    auto isFinite = [](Quad y) { return y - y == 0; };
    if (!llvm::all_of(results, isFinite))
      llvm::transform(wide.at(mpfrOf(x)), results.begin(), quadOf);
    if (NumberTraits<Quad>::isNaN(results[0]))
      std::fill(results.begin(), results.end(), results[0]);
    return results;
  };
  Curve<Quad> curve;
  curve.at = curve.roughly = evaluate;
  curve.highestOrder = highestOrder();
  return curve;
}
