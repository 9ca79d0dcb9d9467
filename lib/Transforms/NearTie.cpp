//===- NearTie.cpp - Results that are nearly ties -------------------------===//

#include "NearTie.h"
#include "act/Reference/Interpreter.h"

using namespace mlir;
using namespace act;
using Traits = NumberTraits<Quad>;

/// Significant bits that a coefficient may have.
static constexpr unsigned kMostBits = 8;

/// `value` rounded to `bits` significant bits.
static double shortened(Quad value, unsigned bits) {
  int exponent;
  double mantissa = std::frexp(double(value), &exponent);
  return std::ldexp(std::nearbyint(std::ldexp(mantissa, int(bits))),
                    exponent - int(bits));
}

/// Significant bits of a short number.
static unsigned significantBits(double value) {
  unsigned bits = 1;
  while (shortened(value, bits) != value)
    ++bits;
  return bits;
}

std::optional<NearTie> act::findNearTie(const Tape &tape, unsigned significant,
                                        unsigned resolution) {
  Interpreter<Quad> interpreter(tape);
  auto f = [&](Quad x) { return interpreter.evaluate({x}); };
  auto power = [](Quad x, unsigned m) { return m == 1 ? x : x * x; };
  if (!(f(0) == Quad(0)))
    return std::nullopt;
  Quad tiny = Traits::scale(1, -40);
  NearTie tie{};
  for (unsigned m : {1, 2}) {
    double c = shortened(f(tiny) / power(tiny, m), kMostBits);
    auto isNear = [&](Quad x) {
      Quad ratio = f(x) / (Quad(c) * power(x, m));
      return Traits::abs(ratio - Quad(1)) < Quad(0x1p-30);
    };
    if (c != 0 && std::isfinite(c) && isNear(tiny) && isNear(-tiny) &&
        isNear(tiny / 2)) {
      tie.coefficient = c;
      tie.power = m;
      break;
    }
  }
  if (tie.power == 0)
    return std::nullopt;
  unsigned bits = significantBits(double(tie.coefficient));
  // A power of two and more times x is a number like x; the product must be
  // further from a tie, if it is none, than what is left out.
  if (tie.power == 1 && bits == 1 && Traits::abs(tie.coefficient) >= 1)
    return std::nullopt;
  if (tie.power * significant + bits + 1 > resolution)
    return std::nullopt;
  // f(h) / (c h^m) - 1 = d h^p.
  auto deviation = [&](Quad h) {
    return f(h) / (tie.coefficient * power(h, tie.power)) - Quad(1);
  };
  Quad h = Traits::scale(1, -14), right = deviation(h), left = deviation(-h);
  Quad halfway = deviation(h / 2);
  for (unsigned p = 1; p <= 4; ++p) {
    double ratio = double(right / halfway) / double(1 << p);
    if (!(std::fabs(ratio - 1) < 0.02) || left == Quad(0))
      continue;
    double d = double(Traits::abs(right)) / std::ldexp(1.0, -14 * int(p));
    tie.reach = std::pow(std::ldexp(1.0, -int(resolution)) / d, 1.0 / p);
    tie.growsRight = !Traits::isNegative(right);
    tie.growsLeft = !Traits::isNegative(left);
    return tie;
  }
  return std::nullopt;
}

/// A ratio n / q at most 2^-50 from `value`, with few bits in n and a small odd
/// q without a square factor, so that n x^m / q is an integer only where x / q
/// is one.
static std::optional<std::pair<double, unsigned>> shortRatio(Quad value) {
  for (unsigned q : {1, 3, 5, 7, 11, 13, 15}) {
    double n = shortened(value * Quad(q), kMostBits);
    if (n != 0 && std::isfinite(n) &&
        Traits::abs(value * Quad(q) / Quad(n) - Quad(1)) < Quad(0x1p-50))
      return std::pair(n, q);
  }
  return std::nullopt;
}

std::optional<NearTie> act::findFarTie(const Tape &tape, unsigned significant,
                                       unsigned resolution, int side) {
  Interpreter<Quad> interpreter(tape);
  auto scaled = [&](int exponent, unsigned m) {
    Quad x = Traits::scale(side, exponent);
    return interpreter.evaluate({x}) / (m == 1 ? x : x * x);
  };
  for (unsigned m : {1, 2}) {
    Quad limit = scaled(60, m);
    auto ratio = shortRatio(limit);
    if (!ratio || !(Traits::abs(scaled(61, m) / limit - 1) < Quad(0x1p-50)))
      continue;
    auto [n, q] = *ratio;
    unsigned bits = significantBits(n);
    // A power of two times x is a number like x.
    if ((m == 1 && bits == 1 && q == 1) ||
        m * significant + bits + 1 > resolution)
      return std::nullopt;
    NearTie tie{Quad(n) / Quad(q), m, 0, false, false, side};
    // f(x) / (c x^m) - 1 = d x^-p.
    auto deviation = [&](int exponent) {
      return scaled(exponent, m) / tie.coefficient - Quad(1);
    };
    Quad near = deviation(14), far = deviation(15);
    for (unsigned p = 1; p <= 4; ++p) {
      double decay = double(near / far) / double(1 << p);
      if (!(std::fabs(decay - 1) < 0.02))
        continue;
      double d = double(Traits::abs(near)) * std::ldexp(1.0, 14 * int(p));
      tie.reach = std::pow(std::ldexp(d, int(resolution)), 1.0 / p);
      tie.growsRight = tie.growsLeft = !Traits::isNegative(near);
      return tie;
    }
    return std::nullopt;
  }
  return std::nullopt;
}

Value act::emitNearTie(Emitter &emit, const NearTie &tie, Value x, Value y) {
  Value product = emit.mul(emit.constant(double(tie.coefficient)), x);
  if (tie.power == 2)
    product = emit.mul(product, x);
  Value bits = emit.bits(product);
  // An odd neighbour, so that the product itself, if it is odd, is left alone:
  // the next larger or, by way of the next smaller, that below.
  Value smaller = emit.iadd(bits, emit.integer(-1));
  if (tie.growsRight != tie.growsLeft) {
    Value isNegative = emit.lt(x, emit.constant(0.0));
    bits = tie.growsRight ? emit.selectI(isNegative, smaller, bits)
                          : emit.selectI(isNegative, bits, smaller);
  } else if (!tie.growsRight) {
    bits = smaller;
  }
  Value beside = emit.fromBits(emit.ior(bits, emit.integer(1)));
  Value reach = emit.constant(tie.reach);
  if (tie.farSide == 0) {
    Value isInside = emit.land(emit.lt(emit.abs(x), reach),
                               emit.ne(product, emit.constant(0.0)));
    return emit.select(isInside, beside, y);
  }
  Value isBeyond =
      tie.farSide > 0 ? emit.gt(x, reach) : emit.lt(x, emit.neg(reach));
  Value infinity = emit.constant(std::numeric_limits<double>::infinity());
  return emit.select(emit.land(isBeyond, emit.lt(emit.abs(product), infinity)),
                     beside, y);
}
