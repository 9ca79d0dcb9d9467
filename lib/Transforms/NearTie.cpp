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

/// d and p of a relative deviation d h^p from what it is at h and at h / 2, if
/// p is a small whole number; h is 2^exponent.
static std::optional<std::pair<double, unsigned>>
powerLaw(Quad atH, Quad atHalf, int exponent) {
  for (unsigned p = 1; p <= 4; ++p)
    if (std::fabs(double(atH / atHalf) / double(1 << p) - 1) < 0.02)
      return std::pair(std::ldexp(double(Traits::abs(atH)), -exponent * int(p)),
                       p);
  return std::nullopt;
}

/// The near tie on one side of 0.
static std::optional<NearTie> findOnSide(Interpreter<Quad> &f, int side,
                                         unsigned significant,
                                         unsigned resolution) {
  // f(x) / x^m at side 2^exponent.
  auto scaled = [&](int exponent, unsigned m) {
    Quad x = Traits::scale(side, exponent);
    return f.evaluate({x}) / (m == 1 ? x : x * x);
  };
  for (unsigned m : {1, 2}) {
    Quad limit = scaled(-40, m);
    double c = shortened(limit, kMostBits);
    auto isNear = [&](Quad value) {
      return Traits::abs(value / Quad(c) - Quad(1)) < Quad(0x1p-30);
    };
    // Below the last number of every narrower format it holds still.
    if (c == 0 || !std::isfinite(c) || !isNear(limit) ||
        !isNear(scaled(-41, m)) || !isNear(scaled(-160, m)))
      continue;
    unsigned bits = significantBits(c);
    // A power of two and more times x is a number like x; the product must be
    // further from a tie, if it is none, than what is left out.
    if ((m == 1 && bits == 1 && std::fabs(c) >= 1) ||
        m * significant + bits + 1 > resolution)
      return std::nullopt;
    // f(h) / (c h^m) - 1 = d h^p.
    Quad near = scaled(-14, m) / Quad(c) - Quad(1);
    auto law = powerLaw(near, scaled(-15, m) / Quad(c) - Quad(1), -14);
    if (!law)
      return std::nullopt;
    auto [d, p] = *law;
    double reach = std::pow(std::ldexp(1.0, -int(resolution)) / d, 1.0 / p);
    bool grows = !Traits::isNegative(near);
    return NearTie{c, m, reach, grows, grows, side, false};
  }
  return std::nullopt;
}

llvm::SmallVector<NearTie, 2>
act::findNearTies(const Tape &tape, unsigned significant, unsigned resolution) {
  Interpreter<Quad> f(tape);
  llvm::SmallVector<NearTie, 2> ties;
  for (int side : {-1, 1})
    if (auto tie = findOnSide(f, side, significant, resolution))
      ties.push_back(*tie);
  if (ties.size() == 2 && ties[0].coefficient == ties[1].coefficient &&
      ties[0].power == ties[1].power) {
    ties[0].reach = std::min(ties[0].reach, ties[1].reach);
    ties[0].growsRight = ties[1].growsRight;
    ties[0].side = 0;
    ties.pop_back();
  }
  return ties;
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

/// The near tie of f(x) = c x + d and a rest that decays faster than any power.
static std::optional<NearTie> findBesideLine(Interpreter<Quad> &f, Quad c,
                                             unsigned resolution, int side) {
  auto offset = [&](int exponent) {
    Quad x = Traits::scale(side, exponent);
    return f.evaluate({x}) - c * x;
  };
  Quad d = offset(9);
  if (d == 0 || !(Traits::abs(offset(8) / d - Quad(1)) < Quad(0x1p-90)))
    return std::nullopt;
  std::optional<LinearRatio> line = linearRatio(c, d);
  // A quotient is exact enough in f64 only.
  if (!line || (line->divisor != 1 && resolution <= 24))
    return std::nullopt;
  Quad exact = Quad(line->offset) / Quad(line->divisor);
  // The least power of two from which on the rest is too small to be seen, but
  // not yet too small to have a sign here.
  for (int exponent = 3; exponent < 9; ++exponent) {
    Quad value = f.evaluate({Traits::scale(side, exponent)});
    Quad rest = offset(exponent) - exact;
    Quad ratio = Traits::abs(rest / value);
    if (ratio > Traits::scale(1, -int(resolution)))
      continue;
    if (!(ratio > Quad(0x1p-95)))
      return std::nullopt;
    bool grows = Traits::isNegative(rest) == Traits::isNegative(value);
    return NearTie{c, 1, std::exp2(exponent), grows, grows, side, true, line};
  }
  return std::nullopt;
}

llvm::SmallVector<NearTie, 2> act::findFarTies(const Tape &tape,
                                               unsigned significant,
                                               unsigned resolution, int side) {
  Interpreter<Quad> interpreter(tape);
  auto scaled = [&](int exponent, unsigned m) {
    Quad x = Traits::scale(side, exponent);
    return interpreter.evaluate({x}) / (m == 1 ? x : x * x);
  };
  llvm::SmallVector<NearTie, 2> ties;
  for (unsigned m : {1, 2}) {
    Quad limit = scaled(60, m);
    auto ratio = shortRatio(limit);
    if (!ratio || !(Traits::abs(scaled(61, m) / limit - 1) < Quad(0x1p-50)))
      continue;
    auto [n, q] = *ratio;
    Quad c = Quad(n) / Quad(q);
    // f(x) / (c x^m) - 1 = d x^-p.
    Quad near = scaled(14, m) / c - Quad(1);
    auto law = powerLaw(near, scaled(15, m) / c - Quad(1), -14);
    unsigned bits = significantBits(n);
    if (!law || m * significant + bits + 1 > resolution)
      return ties;
    auto [d, p] = *law;
    if (m == 1 && p == 1)
      if (auto tie = findBesideLine(interpreter, c, resolution, side))
        ties.push_back(*tie);
    // A power of two times x is a number like x.
    if (m == 1 && bits == 1 && q == 1)
      return ties;
    double reach = std::pow(std::ldexp(d, int(resolution)), 1.0 / p);
    bool grows = !Traits::isNegative(near);
    ties.push_back(NearTie{c, m, reach, grows, grows, side, true});
    return ties;
  }
  return ties;
}

Value act::emitNearTie(Emitter &emit, const NearTie &tie, Value x, Value y) {
  Value product;
  if (tie.linear) {
    product = emitLinearRatio(emit, *tie.linear, x);
  } else {
    product = emit.mul(emit.constant(double(tie.coefficient)), x);
    if (tie.power == 2)
      product = emit.mul(product, x);
  }
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
  Value reach = emit.constant(tie.reach), magnitude = emit.abs(x);
  Value zero = emit.constant(0.0);
  // Where the product is a number and no zero.
  Value isMeant;
  if (tie.isFar) {
    Value infinity = emit.constant(std::numeric_limits<double>::infinity());
    isMeant = emit.land(emit.gt(magnitude, reach),
                        emit.lt(emit.abs(product), infinity));
  } else {
    isMeant = emit.land(emit.lt(magnitude, reach), emit.ne(product, zero));
  }
  if (tie.side != 0)
    isMeant =
        emit.land(isMeant, tie.side > 0 ? emit.gt(x, zero) : emit.lt(x, zero));
  return emit.select(isMeant, beside, y);
}
