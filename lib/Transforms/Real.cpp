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
  if (a.last)
    a.hi = emit.mul(a.hi, a.last);
  if (a.exponent)
    scale(a, a.exponent);
  if (a.isApart()) {
    a.exponent = a.last = a.hiBeside = a.beside = nullptr;
    a.mayGrow = false;
  }
}

void RealEmitter::joinUnless(bool isMultiplied, Real &a) {
  if (a.last && !a.exponent && !isMultiplied)
    settle(a, /*low=*/false);
}

Real RealEmitter::withLastOfSmall(const Real &a) {
  Value one = emit.constant(1.0);
  Value isSmall = emit.lt(emit.abs(a.hi), one);
  Real result = a;
  result.hiBeside = result.beside = nullptr;
  result.hi = emit.mul(a.hi, emit.select(isSmall, one, a.last));
  result.last = emit.select(isSmall, a.last, one);
  return result;
}

Real RealEmitter::withExponent(const Real &a) {
  if (!a.last || a.exponent)
    return a;
  constexpr int lift = 60;
  Value isDeep = emit.lt(a.last, emit.constant(std::ldexp(1.0, -lift)));
  Value up = emit.select(isDeep, emit.constant(std::ldexp(1.0, lift)),
                         emit.constant(1.0));
  Real result = of(emit.mul(emit.mul(a.hi, up), emit.mul(a.last, up)));
  result.exponent =
      emit.selectI(isDeep, emit.integer(-2 * lift), emit.integer(0));
  return result;
}

void RealEmitter::scale(Real &a, Value exponent) {
  a.hi = approx::materialize(emit, approx::Scaled<Emitter>{a.hi, exponent});
  // In one word a low word is 0 where the exponent is not.
  if (!a.lo || !twoWords)
    return;
  a.lo = approx::materialize(emit, approx::Scaled<Emitter>{a.lo, exponent});
  if (flush)
    a.lo = emit.select(mayLoseLow(a.hi), emit.constant(0.0), a.lo);
}

Value RealEmitter::mayLoseLow(Value hi) {
  // 106 bits above the least normal number.
  return emit.lt(emit.abs(hi), emit.constant(0x1p-916));
}

Real RealEmitter::rounded(Value sum, Value rest) {
  approx::Pair<Emitter> pair = approx::fastTwoSum(emit, sum, rest);
  Value zero = emit.constant(0.0);
  Value infinity = emit.constant(std::numeric_limits<double>::infinity());
  // A zero keeps its sign when nothing is added to it.
  Value isMore =
      emit.land(emit.lt(emit.abs(pair.hi), infinity), emit.ne(rest, zero));
  if (flush)
    isMore = emit.land(isMore, emit.lnot(mayLoseLow(pair.hi)));
  return of(
      approx::pairSelect(emit, isMore, pair, approx::Pair<Emitter>{sum, zero}));
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
  scale(a, grow);
  a.exponent = emit.selectI(isNegative, a.exponent, zero);
  a.mayGrow = false;
}

Real RealEmitter::add(Real a, Real b, bool low) {
  if (twoWords && a.exponent && b.exponent) {
    // A term may be subnormal where the sum, of larger terms, is not.
    shrink(a);
    shrink(b);
    return addScaled(a, b);
  }
  if (!low)
    for (auto [split, other] : {std::pair(&a, &b), std::pair(&b, &a)})
      if (split->last && !split->exponent) {
        settle(*other, low);
        return of(emit.fma(split->hi, split->last, other->hi));
      }
  settle(a, low);
  settle(b, low);
  if (twoWords)
    return addWords(a, b);
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

Real RealEmitter::addWords(const Real &a, const Real &b) {
  approx::Pair<Emitter> sum = approx::twoSum(emit, a.hi, b.hi);
  Value rest = a.lo ? a.lo : b.lo;
  if (a.lo && b.lo)
    rest = emit.add(a.lo, b.lo);
  return rounded(sum.hi, rest ? emit.add(sum.lo, rest) : sum.lo);
}

Real RealEmitter::addScaled(Real a, Real b) {
  if (a.last && b.last && !a.exponent && !b.exponent)
    return addSplit(a, b);
  if (a.isApart() && b.isApart()) {
    a = withExponent(a);
    b = withExponent(b);
  }
  if (!a.exponent || !b.exponent || a.mayGrow || b.mayGrow)
    return add(a, b, false);
  // The larger exponent is the sum's, and the other term is brought to it.
  Value larger =
      emit.selectI(emit.ilt(a.exponent, b.exponent), b.exponent, a.exponent);
  scale(a, emit.isub(a.exponent, larger));
  scale(b, emit.isub(b.exponent, larger));
  Real sum = twoWords ? addWords(a, b) : of(emit.add(a.hi, b.hi));
  sum.exponent = larger;
  return sum;
}

Real RealEmitter::addSplit(const Real &a, const Real &b) {
  for (auto [first, second] : {std::pair(&a, &b), std::pair(&b, &a)})
    if (second->beside && second->beside == first->last) {
      Real sum = of(emit.add(first->hi, second->hiBeside));
      sum.last = first->last;
      sum.factors = std::max(a.factors, b.factors);
      return sum;
    }
  constexpr int lift = 60;
  Value one = emit.constant(1.0), deep = emit.constant(std::ldexp(1.0, -lift));
  Value isDeep = emit.land(emit.lt(a.last, deep), emit.lt(b.last, deep));
  Value up = emit.select(isDeep, emit.constant(std::ldexp(1.0, lift)), one);
  Value first = emit.mul(emit.mul(a.hi, up), emit.mul(a.last, up));
  Real sum = of(emit.fma(emit.mul(b.hi, up), emit.mul(b.last, up), first));
  sum.last =
      emit.select(isDeep, emit.constant(std::ldexp(1.0, -2 * lift)), one);
  return sum;
}

Real RealEmitter::sub(Real a, Real b, bool low) {
  if (low || a.last || b.last)
    return add(a, neg(b), low);
  return of(emit.sub(plain(a), plain(b)));
}

Real RealEmitter::neg(Real a) {
  Real result = a;
  if (a.constant)
    return of(-*a.constant);
  result.hi = emit.neg(a.hi);
  if (a.hiBeside)
    result.hiBeside = emit.neg(a.hiBeside);
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
  result.hiBeside = result.beside = nullptr;
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
  if (low && !twoWords) {
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
  // An argument of the function and a gate are what is usual.
  for (auto [split, other] : {std::pair(&a, &b), std::pair(&b, &a)})
    if (split->last && split->factors >= 2 && !other->constant)
      *split = withLastOfSmall(*split);
  Real product = of(emit.mul(a.hi, b.hi));
  product.factors =
      a.factors + b.factors + (a.last && !b.constant) + (b.last && !a.constant);
  product.exponent = a.exponent ? a.exponent : b.exponent;
  product.last = a.last && b.last ? emit.mul(a.last, b.last)
                 : a.last         ? a.last
                                  : b.last;
  for (auto [split, other] : {std::pair(&a, &b), std::pair(&b, &a)})
    if (split->beside && !other->last) {
      product.hiBeside = emit.mul(split->hiBeside, other->hi);
      product.beside = split->beside;
    }
  product.mayGrow = product.last && (a.mayGrow || b.mayGrow);
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
  return withLow(product, error);
}

Real RealEmitter::withLow(Real head, Value lo) {
  Real result = head;
  result.lo = lo;
  if (!twoWords)
    return result;
  Real words = rounded(head.hi, lo);
  result.hi = words.hi;
  result.lo = words.lo;
  return result;
}

Real RealEmitter::mulLifted(Quad c, Value x) {
  // What is lifted stays below 1, what is not is no subnormal number.
  constexpr int lift = 64;
  Value isSmall = emit.lt(emit.abs(x), emit.constant(std::ldexp(1.0, -lift)));
  Quad lifted = c * Quad(std::ldexp(1.0, lift));
  Real factor = select(isSmall, of(lifted), of(c));
  Real product = mul(factor, of(x), twoWords);
  product.exponent =
      emit.selectI(isSmall, emit.integer(-lift), emit.integer(0));
  return product;
}

Value RealEmitter::overConstant(Value x, Quad d) {
  double divisor = roundTo(emit, d), size = std::fabs(divisor);
  return approx::isNv(emit) && size > 0x1p-100 && size < 0x1p100
             ? approx::nvOverConstant(emit, x, divisor)
             : emit.div(x, emit.constant(divisor));
}

Real RealEmitter::div(Real a, Real b, bool low) {
  if (isOne(b))
    return a;
  if (low && b.constant)
    return mul(a, of(Quad(1) / *b.constant), low);
  if (low && !twoWords) {
    settle(a, low);
    settle(b, low);
  }
  if (a.constant)
    settle(a, low);
  // A mantissa that is no subnormal keeps its bits while the exponent of the
  // divisor waits: 1 / erfc(x) times exp(-x^2) stays within range so.
  if (b.last && (a.constant || a.isApart())) {
    a = withExponent(a);
    b = withExponent(b);
  }
  bool isApart = b.exponent && !b.mayGrow && (a.constant || a.exponent);
  if (!isApart) {
    settle(b, low);
    shrink(a);
  }
  Real quotient =
      of(b.constant ? overConstant(a.hi, *b.constant) : emit.div(a.hi, b.hi));
  quotient.exponent = a.exponent;
  quotient.last = a.last;
  quotient.mayGrow = a.last && a.mayGrow;
  if (isApart) {
    Value zero = emit.integer(0);
    quotient.exponent =
        inRange(emit.isub(a.exponent ? a.exponent : zero, b.exponent));
    quotient.mayGrow = true;
  }
  if (!low)
    return quotient;
  // The remainder is exact; dividing it once more gives the low word.
  Value rest = emit.fma(emit.neg(quotient.hi), b.hi, a.hi);
  if (a.lo)
    rest = emit.add(rest, a.lo);
  if (b.lo)
    rest = emit.fma(emit.neg(quotient.hi), b.lo, rest);
  return withLow(quotient, emit.div(rest, b.hi));
}

Real RealEmitter::sqrt(Real a) {
  settle(a, twoWords);
  Real root = of(emit.sqrt(a.hi));
  if (!twoWords)
    return root;
  // One step of Newton's method; the square's error is exact.
  Value rest = emit.fma(emit.neg(root.hi), root.hi, a.hi);
  if (a.lo)
    rest = emit.add(rest, a.lo);
  return withLow(root, emit.div(rest, emit.add(root.hi, root.hi)));
}

Real RealEmitter::floor(Real a) {
  settle(a, twoWords);
  Value whole = emit.floor(a.hi);
  if (!a.lo || !twoWords)
    return of(whole);
  Value isBelow =
      emit.land(emit.eq(whole, a.hi), emit.lt(a.lo, emit.constant(0.0)));
  Value less = emit.sub(whole, emit.constant(1.0));
  return of(emit.select(isBelow, less, whole));
}

Real RealEmitter::select(Value condition, Real a, Real b) {
  for (Real *side : {&a, &b})
    if (side->constant)
      settle(*side, a.lo || b.lo || twoWords);
  Real result = of(emit.select(condition, a.hi, b.hi));
  if (a.exponent || b.exponent) {
    Value zero = emit.integer(0);
    result.exponent = emit.selectI(condition, a.exponent ? a.exponent : zero,
                                   b.exponent ? b.exponent : zero);
  }
  result.mayGrow = result.exponent && (a.mayGrow || b.mayGrow);
  if (a.last || b.last) {
    result.last = lastOf(condition, a, b);
    result.mayGrow |= a.mayGrow || b.mayGrow;
    result.factors = std::max(a.factors, b.factors);
  }
  if (a.lo || b.lo)
    result.lo = emit.select(condition, zeroIfAbsent(a.lo), zeroIfAbsent(b.lo));
  return result;
}

/// A zero takes any factor that is finite.
Value RealEmitter::lastOf(Value condition, const Real &a, const Real &b) {
  auto takes = [](const Real &zero, const Real &other) {
    return zero.constant && *zero.constant == 0 && other.last && !other.mayGrow;
  };
  if (takes(a, b) || takes(b, a))
    return a.last ? a.last : b.last;
  Value one = emit.constant(1.0);
  return emit.select(condition, a.last ? a.last : one, b.last ? b.last : one);
}

Real RealEmitter::extremum(Real a, Real b, bool maximum) {
  // One maxps or minps: "b beats a ? b : a" keeps a where either is NaN, so a
  // constant, which is no NaN, must be the one that has to beat the other.
  if (a.constant && !b.constant)
    std::swap(a, b);
  bool bIsNumber = b.constant.has_value();
  settle(a, twoWords);
  settle(b, twoWords);
  Value beats = maximum ? emit.gt(b.hi, a.hi) : emit.lt(b.hi, a.hi);
  if (twoWords && (a.lo || b.lo)) {
    Value x = zeroIfAbsent(a.lo), y = zeroIfAbsent(b.lo);
    Value lower = maximum ? emit.gt(y, x) : emit.lt(y, x);
    beats = emit.lor(beats, emit.land(emit.eq(a.hi, b.hi), lower));
  }
  if (!twoWords)
    a.lo = b.lo = nullptr;
  Real result = select(beats, b, a);
  if (!bIsNumber)
    result = select(emit.ne(b.hi, b.hi), b, result);
  return result;
}

Real RealEmitter::softplusPair(Real z) {
  std::optional<Value> lo = low(z);
  Value rounding;
  Real result = of(approx::softplusScaled(emit, z.hi, lo, &rounding), false);
  result.lo = rounding;
  return result;
}
