//===- DeriveTestUtil.h - Derived functions as tapes ------------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_DERIVETESTUTIL_H
#define ACT_TEST_UNIT_DERIVETESTUTIL_H

#include "JetTestUtil.h"
#include "act/Transforms/Derive.h"
#include <string>
#include <vector>

/// An act.derivative to be made, by the first input where none is named.
struct Derivation {
  std::vector<int64_t> orders = {1};
  std::string wrt = "";
  std::string kink = "";
  act::DerivativeMethod method = act::DerivativeMethod::Automatic;
};

/// Adds an act.derivative @derived of `func` to its module, whose only public
/// function it becomes.
inline void addDerivative(act::FuncOp func, const Derivation &wanted) {
  mlir::OpBuilder builder(func.getContext());
  builder.setInsertionPointAfter(func);
  auto text = [&](const std::string &s) {
    return s.empty() ? mlir::StringAttr() : builder.getStringAttr(s);
  };
  builder.create<act::DerivativeOp>(
      func.getLoc(), builder.getStringAttr("derived"), mlir::StringAttr(),
      mlir::FlatSymbolRefAttr::get(func.getSymNameAttr()),
      text(wanted.wrt.empty() && func.getNumInputs() > 1
               ? func.getArgName(0).str()
               : wanted.wrt),
      builder.getDenseI64ArrayAttr(wanted.orders), text(wanted.kink));
  func.setPrivate();
}

/// The same with `times` act.vjps, each of the one before; the last is called
/// @derived. `order` is that of the first.
inline void addVjp(act::FuncOp func, const std::vector<std::string> &wrt = {},
                   int64_t order = 0, unsigned times = 1,
                   const std::string &kink = "") {
  mlir::OpBuilder builder(func.getContext());
  builder.setInsertionPointAfter(func);
  llvm::SmallVector<llvm::StringRef> names(wrt.begin(), wrt.end());
  auto callee = mlir::FlatSymbolRefAttr::get(func.getSymNameAttr());
  for (unsigned k = 1; k <= times; ++k) {
    bool isFirst = k == 1, isLast = k == times;
    auto name = builder.getStringAttr(isLast ? "derived"
                                             : "backward" + std::to_string(k));
    builder.create<act::VjpOp>(
        func.getLoc(), name,
        isLast ? mlir::StringAttr() : builder.getStringAttr("private"), callee,
        isFirst && !wrt.empty() ? builder.getStrArrayAttr(names)
                                : mlir::ArrayAttr(),
        builder.getI64IntegerAttr(isFirst ? order : 0),
        builder.getStringAttr("input"),
        kink.empty() ? mlir::StringAttr() : builder.getStringAttr(kink));
    callee = mlir::FlatSymbolRefAttr::get(name);
  }
  func.setPrivate();
}

/// Adds act.jvp @derived of a function by all its inputs.
inline void addJvp(act::FuncOp func) {
  mlir::OpBuilder builder(func.getContext());
  builder.setInsertionPointAfter(func);
  builder.create<act::JvpOp>(
      func.getLoc(), builder.getStringAttr("derived"), mlir::StringAttr(),
      mlir::FlatSymbolRefAttr::get(func.getSymNameAttr()), mlir::ArrayAttr());
  func.setPrivate();
}

/// The function that @derived has become; null after a failure.
inline act::FuncOp
resolved(mlir::ModuleOp module,
         act::DerivativeMethod method = act::DerivativeMethod::Automatic) {
  if (failed(act::resolveDerivatives(module, method)))
    return nullptr;
  return module.lookupSymbol<act::FuncOp>("derived");
}

/// What the derivative of a source evaluates; nothing where it has none.
inline std::optional<act::Tape> derivedTape(llvm::StringRef source,
                                            const Derivation &wanted = {}) {
  act::FuncOp func;
  auto module = parsed(source, func);
  addDerivative(func, wanted);
  act::FuncOp derived = resolved(*module, wanted.method);
  if (!derived)
    return std::nullopt;
  return cantFail(act::Tape::build(derived));
}

/// What the backward of a source evaluates, as addVjp makes it.
inline std::optional<act::Tape>
backwardTape(llvm::StringRef source, const std::vector<std::string> &wrt = {},
             int64_t order = 0, unsigned times = 1,
             const std::string &kink = "") {
  act::FuncOp func;
  auto module = parsed(source, func);
  addVjp(func, wrt, order, times, kink);
  act::FuncOp derived = resolved(*module);
  if (!derived)
    return std::nullopt;
  return cantFail(act::Tape::build(derived));
}

inline bool isFinite(const act::MpfrNumber &x) {
  return !Traits::isNaN(x) && !Traits::isInfinite(x);
}

/// True if every operation has a finite value, those of branches that are not
/// taken included.
inline bool hasValues(const act::Tape &tape,
                      const std::vector<act::MpfrNumber> &args) {
  act::Interpreter<act::MpfrNumber> interpreter(tape);
  return llvm::all_of(interpreter.evaluateSlots(args),
                      [](const act::MpfrNumber &x) { return isFinite(x); });
}

/// What became of the comparison of two ways to compute one number.
struct Agreement {
  enum Outcome {
    /// To 1e-60, relative.
    Agrees,
    /// Their difference vanishes with the precision, but so may the number, or
    /// both are below 2^-2000.
    Vanishes,
    /// The second is finite and the first is not, in any precision.
    FirstIsNotFinite,
    SecondIsNotFinite,
    Differs,
    NumOutcomes
  } outcome;
  double first, second;
};

/// Compares numbers that `evaluate` gives as a pair under the MpfrPrecision
/// that is in force: in 400 bits, and in more where these do not tell.
template <class Evaluate> Agreement compareNumbers(Evaluate evaluate) {
  Agreement result{Agreement::Differs, 0, 0};
  std::optional<act::MpfrNumber> before;
  for (unsigned bits : {400, 1600, 4800}) {
    act::MpfrPrecision scope(bits);
    auto [first, second] = evaluate();
    result.first = Traits::toDouble(first);
    result.second = Traits::toDouble(second);
    result.outcome = !isFinite(second)  ? Agreement::SecondIsNotFinite
                     : !isFinite(first) ? Agreement::FirstIsNotFinite
                                        : Agreement::Differs;
    if (result.outcome != Agreement::Differs)
      continue;
    if (relativeError(first, second) <= 1e-60) {
      result.outcome = Agreement::Agrees;
      return result;
    }
    act::MpfrNumber difference = Traits::abs(first - second);
    act::MpfrNumber tiny = Traits::scale(act::MpfrNumber(1.0), -2000);
    bool areTiny = Traits::abs(first) < tiny && Traits::abs(second) < tiny;
    if ((before && difference < Traits::scale(*before, -long(bits) / 2)) ||
        (bits > 2000 && areTiny)) {
      result.outcome = Agreement::Vanishes;
      return result;
    }
    before = difference;
  }
  return result;
}

#endif // ACT_TEST_UNIT_DERIVETESTUTIL_H
