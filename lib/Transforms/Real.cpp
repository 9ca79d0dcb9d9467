//===- Real.cpp - Real numbers as (hi + lo) * 2^n in a body ---------------===//

#include "act/Transforms/Real.h"

using namespace mlir;
using namespace act;

/// Rounds to the compute type, held in a double.
static double roundTo(const Emitter &emit, Quad value) {
  return emit.isDouble() ? double(value) : double(float(value));
}

Value RealEmitter::zeroIfAbsent(Value lo) {
  return lo ? lo : emit.constant(0.0);
}

void RealEmitter::settle(Real &a, bool low) {
  if (a.constant && (!a.hi || (low && !a.lo))) {
    double hi = roundTo(emit, *a.constant);
    a.hi = emit.constant(hi);
    double lo = std::isfinite(hi) ? roundTo(emit, *a.constant - Quad(hi)) : 0;
    if (low && lo != 0)
      a.lo = emit.constant(lo);
  }
  if (a.exponent) {
    a.hi = approx::materialize(emit, approx::Scaled<Emitter>{a.hi, a.exponent});
    // A low word is 0 where the exponent is not.
    a.exponent = nullptr;
    a.mayGrow = false;
  }
}

Value RealEmitter::plain(Real &a) {
  settle(a, false);
  return a.hi;
}

std::optional<Value> RealEmitter::low(Real &a) {
  settle(a, true);
  if (a.lo)
    return a.lo;
  return std::nullopt;
}

void RealEmitter::shrink(Real &a) {
  if (!a.exponent || !a.mayGrow)
    return;
  // The mantissa is at most 2, so 2^127 reaches the largest finite number
  // and 2^128 is left to a second factor of 2.
  Value zero = emit.integer(0);
  auto isNegative = emit.ilt(a.exponent, zero);
  Value grow = emit.selectI(isNegative, zero, a.exponent);
  a.hi = approx::materialize(emit, approx::Scaled<Emitter>{a.hi, grow});
  a.exponent = emit.selectI(isNegative, a.exponent, zero);
  a.mayGrow = false;
}

Real RealEmitter::add(Real a, Real b, bool low) {
  settle(a, low);
  settle(b, low);
  Real sum = of(emit.add(a.hi, b.hi));
  if (!low)
    return sum;
  // Knuth's two-sum: the error of the addition, whatever the magnitudes.
  Value t = emit.sub(sum.hi, a.hi);
  Value error =
      emit.add(emit.sub(a.hi, emit.sub(sum.hi, t)), emit.sub(b.hi, t));
  for (const Real *term : {&a, &b}) {
    if (!term->lo)
      continue;
    if (!term->constant) {
      error = emit.add(error, term->lo);
      continue;
    }
    // Near the root of x - c the low word of c is not small beside the sum.
    Value head = sum.hi;
    sum.hi = emit.add(head, term->lo);
    error = emit.add(error, emit.sub(term->lo, emit.sub(sum.hi, head)));
  }
  sum.lo = error;
  return sum;
}

Real RealEmitter::addScaled(Real a, Real b) {
  if (!a.exponent || !b.exponent || a.mayGrow || b.mayGrow)
    return add(a, b, false);
  // The larger exponent is the sum's, and the other term is brought to it.
  Value larger =
      emit.selectI(emit.ilt(a.exponent, b.exponent), b.exponent, a.exponent);
  auto aligned = [&](const Real &x) {
    return approx::materialize(
        emit, approx::Scaled<Emitter>{x.hi, emit.isub(x.exponent, larger)});
  };
  Real sum = of(emit.add(aligned(a), aligned(b)));
  sum.exponent = larger;
  return sum;
}

Real RealEmitter::sub(Real a, Real b, bool low) {
  if (low)
    return add(a, neg(b), low);
  return of(emit.sub(plain(a), plain(b)));
}

Real RealEmitter::neg(Real a) {
  Real result = a;
  if (a.constant)
    return of(-*a.constant);
  result.hi = emit.neg(a.hi);
  if (a.lo)
    result.lo = emit.neg(a.lo);
  return result;
}

Real RealEmitter::abs(Real a) {
  if (a.constant)
    return of(*a.constant < 0 ? -*a.constant : *a.constant);
  // An exponent that is apart stays so.
  Real result = a;
  result.hi = emit.abs(a.hi);
  if (a.lo) {
    Value isNegative = emit.lt(a.hi, emit.constant(0.0));
    result.lo = emit.select(isNegative, emit.neg(a.lo), a.lo);
  }
  return result;
}

/// An exponent that materialize covers. Beyond, a result is 0 or infinite
/// whatever the mantissa is.
Value RealEmitter::inRange(Value exponent) {
  Value least = emit.integer(emit.isDouble() ? -2044 : -252);
  Value most = emit.integer(emit.isDouble() ? 2046 : 254);
  Value raised = emit.selectI(emit.ilt(exponent, least), least, exponent);
  return emit.selectI(emit.ilt(most, raised), most, raised);
}

/// True for a constant that is exactly 1, so that multiplying by it is free.
static bool isOne(const Real &a) { return a.constant && *a.constant == 1; }

Real RealEmitter::mul(Real a, Real b, bool low) {
  if (isOne(a))
    return b;
  if (isOne(b))
    return a;
  if (low) {
    settle(a, low);
    settle(b, low);
  }
  if (a.constant)
    settle(a, low);
  if (b.constant)
    settle(b, low);
  bool isApart = a.exponent && b.exponent;
  if (!isApart) {
    shrink(a);
    shrink(b);
  }
  Real product = of(emit.mul(a.hi, b.hi));
  product.exponent = a.exponent ? a.exponent : b.exponent;
  if (isApart) {
    product.exponent = inRange(emit.iadd(a.exponent, b.exponent));
    product.mayGrow = a.mayGrow || b.mayGrow;
  }
  if (!low)
    return product;
  Value error = emit.fma(a.hi, b.hi, emit.neg(product.hi));
  if (a.lo)
    error = emit.fma(a.lo, b.hi, error);
  if (b.lo)
    error = emit.fma(a.hi, b.lo, error);
  product.lo = error;
  return product;
}

Real RealEmitter::mulLifted(Quad c, Value x) {
  // What is lifted stays below 1, what is not is no subnormal number.
  constexpr int lift = 64;
  Value isSmall = emit.lt(emit.abs(x), emit.constant(std::ldexp(1.0, -lift)));
  double factor = roundTo(emit, c);
  Value lifted = emit.constant(std::ldexp(factor, lift));
  Real product =
      of(emit.mul(emit.select(isSmall, lifted, emit.constant(factor)), x));
  product.exponent =
      emit.selectI(isSmall, emit.integer(-lift), emit.integer(0));
  return product;
}

Real RealEmitter::div(Real a, Real b, bool low) {
  if (isOne(b))
    return a;
  if (low && b.constant)
    return mul(a, of(Quad(1) / *b.constant), low);
  if (low) {
    settle(a, low);
    settle(b, low);
  }
  if (a.constant)
    settle(a, low);
  // A mantissa that is no subnormal keeps its bits while the exponent of the
  // divisor waits: 1 / erfc(x) times exp(-x^2) stays within range so.
  if (!low && b.exponent && !b.mayGrow && (a.constant || a.exponent)) {
    Real quotient = of(emit.div(a.hi, b.hi));
    Value zero = emit.integer(0);
    quotient.exponent =
        inRange(emit.isub(a.exponent ? a.exponent : zero, b.exponent));
    quotient.mayGrow = true;
    return quotient;
  }
  settle(b, low && !b.exponent);
  shrink(a);
  Real quotient = of(emit.div(a.hi, b.hi));
  quotient.exponent = a.exponent;
  if (!low)
    return quotient;
  // The remainder is exact; dividing it once more gives the low word.
  Value rest = emit.fma(emit.neg(quotient.hi), b.hi, a.hi);
  if (a.lo)
    rest = emit.add(rest, a.lo);
  if (b.lo)
    rest = emit.fma(emit.neg(quotient.hi), b.lo, rest);
  quotient.lo = emit.div(rest, b.hi);
  return quotient;
}

Real RealEmitter::select(Value condition, Real a, Real b) {
  for (Real *side : {&a, &b})
    if (side->constant)
      settle(*side, a.lo || b.lo);
  Real result = of(emit.select(condition, a.hi, b.hi));
  if (a.exponent || b.exponent) {
    Value zero = emit.integer(0);
    result.exponent = emit.selectI(condition, a.exponent ? a.exponent : zero,
                                   b.exponent ? b.exponent : zero);
    result.mayGrow = a.mayGrow || b.mayGrow;
  }
  if (a.lo || b.lo)
    result.lo = emit.select(condition, zeroIfAbsent(a.lo), zeroIfAbsent(b.lo));
  return result;
}

Real RealEmitter::extremum(Real a, Real b, bool maximum) {
  // One maxps or minps: "b beats a ? b : a" keeps a where either is NaN, so a
  // constant, which is no NaN, must be the one that has to beat the other.
  if (a.constant && !b.constant)
    std::swap(a, b);
  bool bIsNumber = b.constant.has_value();
  Value x = plain(a), y = plain(b);
  Value beats = maximum ? emit.gt(y, x) : emit.lt(y, x);
  Value result = emit.select(beats, y, x);
  if (!bIsNumber)
    result = emit.select(emit.ne(y, y), y, result);
  return of(result);
}

Real RealEmitter::softplusPair(Real z) {
  std::optional<Value> lo = low(z);
  Value rounding;
  Real result = of(approx::softplusScaled(emit, z.hi, lo, &rounding), false);
  result.lo = rounding;
  return result;
}

Value RealEmitter::timesPower(double value, Value x, int power) {
  Value result = emit.constant(value);
  // With two powers more, what a square of x that overflows gives is 0 anyway.
  for (; power <= -3; power += 2)
    result = emit.div(result, emit.mul(x, x));
  for (; power != 0; power += power > 0 ? -1 : 1)
    result = power > 0 ? emit.mul(result, x) : emit.div(result, x);
  return result;
}
