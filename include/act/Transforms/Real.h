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
#include "act/Transforms/ApproximationTable.h"
#include "act/Transforms/Approximations/All.h"
#include "act/Transforms/Emitter.h"
#include <optional>

namespace act {

/// A value of the body being approximated: `constant`, or (hi + lo) * 2^n
/// where an absent lo is 0 and an absent n is 0. In one word lo is 0 where n is
/// not; in two hi is always hi + lo rounded. Quick methods of a GPU have
/// hi * last instead, since a product takes one operation and 2^n five.
struct Real {
  std::optional<Quad> constant;
  mlir::Value hi, lo, exponent, last;
  /// The exponent may be above 0 (exp of anything), so a product must apply
  /// that part before a tiny factor loses bits; or `last` above 1.
  bool mayGrow = false;
  /// Values that hi was multiplied by since `last` stands apart.
  unsigned factors = 0;
  /// What hi is where `beside` is multiplied last, as in a sum with a value
  /// whose `last` that is, beside which this one may be 0 where it is tiny.
  mlir::Value hiBeside, beside;

  /// True where part of the value is multiplied last.
  bool isApart() const { return exponent || last; }
};

/// Arithmetic on Reals. `low` asks for the low word of the result. In two words
/// every result has one, `low` is true everywhere, and the error of each
/// operation is some 2^-104 of its operands.
class RealEmitter {
public:
  RealEmitter(mlir::OpBuilder &builder, mlir::Location loc,
              mlir::FloatType type, const Arithmetic &arithmetic)
      : emit(builder, loc, type, arithmetic.forGpu),
        twoWords(arithmetic.twoWords), flush(arithmetic.flush) {}

  Real add(Real a, Real b, bool low);
  /// The same for a sum that is multiplied next: where both terms have an
  /// exponent apart, so has the sum.
  Real addScaled(Real a, Real b);
  Real sub(Real a, Real b, bool low);
  Real mul(Real a, Real b, bool low);
  Real div(Real a, Real b, bool low);
  Real sqrt(Real a);
  Real floor(Real a);
  Real neg(Real a);
  Real abs(Real a);
  Real select(mlir::Value condition, Real a, Real b);
  /// NaN-propagating maximum (or minimum); in one word of plain values.
  Real extremum(Real a, Real b, bool maximum);

  /// The value rounded to the compute type.
  mlir::Value plain(Real &a);
  /// softplus(z) with a low word.
  Real softplusPair(Real z);
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
  static Real of(approx::Split<Emitter> split, bool mayGrow) {
    Real real;
    real.hi = split.m;
    real.last = split.last;
    real.mayGrow = mayGrow;
    return real;
  }
  static Real of(approx::ScaledPair<Emitter> scaled, bool mayGrow) {
    Real real = of(scaled.m);
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
  const bool twoWords, flush;

  /// Applies the positive part of the exponent to the mantissa.
  void shrink(Real &a);
  /// Multiplies by the factor apart, where nothing multiplies the value.
  void joinUnless(bool isMultiplied, Real &a);
  /// c x with its exponent apart where x is small; 2^-60 < |c| < 1.
  Real mulLifted(Quad c, mlir::Value x);

private:
  /// x / d, rounded.
  mlir::Value overConstant(mlir::Value x, Quad d);
  /// Turns a constant into words and applies an exponent.
  void settle(Real &a, bool low);
  /// True where the low word of a two-word number may be subnormal: a kernel
  /// that flushes does without it there.
  mlir::Value mayLoseLow(mlir::Value hi);
  /// The value with a factor apart only where hi is below 1: more factors
  /// neither overflow before it then, nor are subnormal behind it.
  Real withLastOfSmall(const Real &a);
  /// The sum of two with a factor apart: a power of two that lifts both where
  /// both are far below the range.
  Real addSplit(const Real &a, const Real &b);
  /// The value with an exponent apart in place of a factor.
  Real withExponent(const Real &a);
  /// Multiplies both words by 2^exponent.
  void scale(Real &a, mlir::Value exponent);
  /// sum + rest as hi + lo, |rest| <= |sum| or sum = 0; the sum alone where it
  /// is infinite or NaN, where rest means nothing.
  Real rounded(mlir::Value sum, mlir::Value rest);
  /// The head with a low word; in two words both are rounded.
  Real withLow(Real head, mlir::Value lo);
  /// The sum of two in two words, without exponents.
  Real addWords(const Real &a, const Real &b);
  mlir::Value inRange(mlir::Value exponent);
  mlir::Value zeroIfAbsent(mlir::Value lo);
  /// The factor apart of a selection.
  mlir::Value lastOf(mlir::Value condition, const Real &a, const Real &b);
};

} // namespace act

#endif // ACT_TRANSFORMS_REAL_H
