//===- EmitCare.cpp - Patches and limits as IR ----------------------------===//

#include "EmitCare.h"

using namespace mlir;
using namespace act;

/// x - c by both words of c: the first difference is exact near the centre,
/// where it matters.
static Real distanceFrom(RealEmitter &real, Quad centre, Value x) {
  if (real.twoWords)
    return centre == 0
               ? RealEmitter::of(x)
               : real.sub(RealEmitter::of(x), RealEmitter::of(centre), true);
  Emitter &emit = real.emit;
  double high = emit.isDouble() ? double(centre) : double(float(centre));
  Value d = high == 0 ? x : emit.sub(x, emit.constant(high));
  if (Quad low = centre - Quad(high); low != 0)
    d = emit.sub(d, emit.constant(double(low)));
  return RealEmitter::of(d);
}

/// How many of the first coefficients are added in two words: the terms after
/// them are so small that their roundings do not matter.
static size_t stepsInTwoWords(const Patch &patch) {
  double half = (patch.above - patch.below) / 2, power = 1;
  double least = std::fabs(double(patch.coefficients[0])) * 0x1p-8;
  size_t steps = 1;
  for (size_t k = 1; k < patch.coefficients.size(); ++k) {
    power *= half;
    if (std::fabs(double(patch.coefficients[k])) * power >= least)
      steps = k + 1;
  }
  return steps;
}

/// The value of a patch from d = x - c.
static Real polynomial(RealEmitter &real, const Patch &patch, Real d) {
  Emitter &emit = real.emit;
  size_t size = patch.coefficients.size();
  size_t steps = real.twoWords ? stepsInTwoWords(patch) : 0;
  Real u =
      patch.middle() == 0
          ? d
          : real.sub(d, RealEmitter::of(Quad(patch.middle())), real.twoWords);
  Value rest;
  for (size_t k = size; k-- > steps;) {
    Value c = emit.constant(double(patch.coefficients[k]));
    rest = rest ? emit.fma(rest, u.hi, c) : c;
  }
  Real sum = rest ? RealEmitter::of(rest) : RealEmitter::of(Quad(0));
  for (size_t k = steps; k-- > 0;) {
    Real c = RealEmitter::of(patch.coefficients[k]);
    bool isFirst = !rest && k + 1 == size;
    sum = isFirst ? c : real.add(real.mul(sum, u, true), c, true);
  }
  for (unsigned i = 0; i < patch.multiplicity; ++i)
    sum = real.mul(sum, d, real.twoWords);
  return sum;
}

/// value x^power.
static Real timesPower(RealEmitter &real, Quad value, Value x, int power) {
  bool low = real.twoWords;
  Real result = RealEmitter::of(value), factor = RealEmitter::of(x);
  // With two powers more, what a square of x that overflows gives is 0 anyway.
  for (; power <= -3; power += 2)
    result = real.div(result, real.mul(factor, factor, low), low);
  for (; power != 0; power += power > 0 ? -1 : 1)
    result = power > 0 ? real.mul(result, factor, low)
                       : real.div(result, factor, low);
  return result;
}

Real act::emitCare(RealEmitter &real, const Care &care, Value x, Real y) {
  Emitter &emit = real.emit;
  for (const Patch &patch : care.patches) {
    Real d = distanceFrom(real, patch.centre, x);
    Value inside = emit.land(emit.ge(d.hi, emit.constant(patch.below)),
                             emit.le(d.hi, emit.constant(patch.above)));
    y = real.select(inside, polynomial(real, patch, d), y);
  }
  for (bool isRight : {false, true}) {
    const std::optional<Limit> &limit = care.limits[isRight];
    if (!limit)
      continue;
    Value isFar = isRight ? emit.ge(x, emit.constant(limit->from))
                          : emit.le(x, emit.constant(-limit->from));
    Real value = timesPower(real, limit->value, x, limit->power);
    y = real.select(isFar, value, y);
  }
  return y;
}
