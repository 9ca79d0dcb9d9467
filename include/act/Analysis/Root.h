//===- Root.h - Where a function changes its sign ---------------*- C++ -*-===//
#ifndef ACT_ANALYSIS_ROOT_H
#define ACT_ANALYSIS_ROOT_H

#include "act/Analysis/Curve.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace act {

/// x as the double next to it where the two differ by less than rounding would:
/// a root at 3 is 3 and not 3 + 2^-200.
template <class Number> Number snapped(const Number &x) {
  using Traits = NumberTraits<Number>;
  Number near = Traits::fromDouble(Traits::toDouble(x));
  Number distance = Traits::abs(x - near);
  if (Traits::abs(x) < Traits::scale(Traits::fromDouble(1), -150))
    return Traits::fromDouble(0);
  return distance < Traits::scale(Traits::abs(x), -150) ? near : x;
}

/// Where `f` changes its sign between a and b, at which its signs differ: a
/// root, or a jump across 0. The relative error is below 2^-bits.
///
/// Each step takes the secant (with the Illinois rule, Dowell and Jarratt
/// 1971), which is quick at roots, and where that has not halved the interval
/// it is halved, which converges at jumps too.
template <class Number>
Number findSignChange(llvm::function_ref<Number(const Number &)> f, Number a,
                      Number b, long bits = 240) {
  using Traits = NumberTraits<Number>;
  Number half = Traits::fromDouble(0.5), one = Traits::fromDouble(1);
  Number tiny = Traits::scale(one, -400);
  Number fa = f(a), fb = f(b);
  // Takes x as a new end; true once it is the place.
  auto narrow = [&](const Number &x) {
    Number fx = f(x);
    if (signOf(fx) == Sign::Zero) {
      a = b = x;
      return true;
    }
    bool replacesA = signOf(fx) == signOf(fa);
    (replacesA ? a : b) = x;
    (replacesA ? fa : fb) = fx;
    (replacesA ? fb : fa) = (replacesA ? fb : fa) * half;
    return false;
  };
  for (unsigned step = 0; step < 400; ++step) {
    Number width = Traits::abs(b - a);
    if (width < Traits::scale(Traits::abs(a), -bits) || width < tiny)
      break;
    Number secant = b - fb * (b - a) / (fb - fa);
    bool isInside = (secant > a && secant < b) || (secant < a && secant > b);
    if (isInside && narrow(secant))
      break;
    bool isHalved = Traits::abs(b - a) < width * half;
    if (!isHalved && narrow((a + b) * half))
      break;
  }
  return snapped((a + b) * half);
}

} // namespace act

#endif // ACT_ANALYSIS_ROOT_H
