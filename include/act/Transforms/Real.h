//===- Real.h - Real numbers as (hi + lo) * 2^n in a body -------*- C++ -*-===//
//
// While a body is approximated, each of its values is carried in the form its
// consumers need: a constant stays exact, an argument of exp keeps the low
// word of a two-float number, and the result of exp keeps its exponent apart,
// so that x * sigmoid(x) rounds once even where sigmoid(x) alone would be
// subnormal. User formulas get the care of catalogue rows this way.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_REAL_H
#define ACT_TRANSFORMS_REAL_H

#include "act/Reference/Quad.h"
#include "act/Transforms/Approximations/All.h"
#include "act/Transforms/Emitter.h"
#include <optional>

namespace act {

/// A value of the body being approximated: `constant`, or (hi + lo) * 2^n
/// where an absent lo is 0 and an absent n is 0; lo is 0 where n is not.
struct Real {
  std::optional<Quad> constant;
  mlir::Value hi, lo, exponent;
  /// The exponent may be above 0 (exp of anything), so a product must apply
  /// that part before a tiny factor loses bits.
  bool mayGrow = false;
};

/// Arithmetic on Reals. `low` asks for the low word of the result.
class RealEmitter {
public:
  RealEmitter(mlir::OpBuilder &builder, mlir::Location loc,
              mlir::FloatType type)
      : emit(builder, loc, type) {}

  Real add(Real a, Real b, bool low);
  /// The same for a sum that is multiplied next: where both terms have an
  /// exponent apart, so has the sum.
  Real addScaled(Real a, Real b);
  Real sub(Real a, Real b, bool low);
  Real mul(Real a, Real b, bool low);
  Real div(Real a, Real b, bool low);
  Real neg(Real a);
  Real abs(Real a);
  Real select(mlir::Value condition, Real a, Real b);
  /// NaN-propagating maximum (or minimum) of plain values.
  Real extremum(Real a, Real b, bool maximum);

  /// The value rounded to the compute type.
  mlir::Value plain(Real &a);
  /// softplus(z) with a low word.
  Real softplusPair(Real z);
  /// value x^power.
  mlir::Value timesPower(double value, mlir::Value x, int power);
  /// The low word beside plain(), if the value has one.
  std::optional<mlir::Value> low(Real &a);

  static Real of(mlir::Value plain) {
    Real real;
    real.hi = plain;
    return real;
  }
  static Real of(Quad constant) {
    Real real;
    real.constant = constant;
    return real;
  }
  static Real of(approx::Scaled<Emitter> scaled, bool mayGrow) {
    Real real;
    real.hi = scaled.m;
    real.exponent = scaled.n;
    real.mayGrow = mayGrow;
    return real;
  }
  static Real of(approx::Pair<Emitter> pair) {
    Real real;
    real.hi = pair.hi;
    real.lo = pair.lo;
    return real;
  }

  Emitter emit;

  /// Applies the positive part of the exponent to the mantissa.
  void shrink(Real &a);
  /// c x with its exponent apart where x is small; 2^-60 < |c| < 1.
  Real mulLifted(Quad c, mlir::Value x);

private:
  /// Turns a constant into words and applies an exponent.
  void settle(Real &a, bool low);
  mlir::Value inRange(mlir::Value exponent);
  mlir::Value zeroIfAbsent(mlir::Value lo);
};

} // namespace act

#endif // ACT_TRANSFORMS_REAL_H
