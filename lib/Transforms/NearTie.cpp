//===- NearTie.cpp - Results that are nearly ties around 0 ----------------===//

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
  unsigned bits = significantBits(tie.coefficient);
  // A power of two and more times x is a number like x; the product must be
  // further from a tie, if it is none, than what is left out.
  if (tie.power == 1 && bits == 1 && std::fabs(tie.coefficient) >= 1)
    return std::nullopt;
  if (tie.power * significant + bits + 1 > resolution)
    return std::nullopt;
  // f(h) / (c h^m) - 1 = d h^p.
  auto deviation = [&](Quad h) {
    return f(h) / (Quad(tie.coefficient) * power(h, tie.power)) - Quad(1);
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

Value act::emitNearTie(Emitter &emit, const NearTie &tie, Value x, Value y) {
  Value product = emit.mul(emit.constant(tie.coefficient), x);
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
  Value isInside = emit.land(emit.lt(emit.abs(x), emit.constant(tie.reach)),
                             emit.ne(product, emit.constant(0.0)));
  return emit.select(isInside, beside, y);
}
