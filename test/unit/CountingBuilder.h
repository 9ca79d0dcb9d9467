//===- CountingBuilder.h - What an approximation costs ----------*- C++ -*-===//
//
// A builder that computes nothing and counts the operations of a template, for
// the costs that Approximations.td states.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TEST_UNIT_COUNTINGBUILDER_H
#define ACT_TEST_UNIT_COUNTINGBUILDER_H

#include "act/Target/Target.h"
#include "act/Transforms/Approximations/Nv.h"
#include <cmath>
#include <cstdint>
#include <memory>

namespace act::test {

/// Counts the operations of one compute type. A negation is free, as it is part
/// of the fma or subtraction that uses it; so are constants. On a GPU so is a
/// magnitude.
class CountingBuilder {
public:
  struct F {};
  struct I {};
  struct C {};

  explicit CountingBuilder(bool isDouble, bool forGpu = false)
      : isF64(isDouble), isForGpu(forGpu) {}

  bool isDouble() const { return isF64; }
  bool forGpu() const { return isForGpu; }

  /// f32 in half of a vector: its divisions take half the time.
  CountingBuilder &narrow() {
    if (isF64 && !half)
      half = std::make_unique<CountingBuilder>(false);
    return half ? *half : *this;
  }
  /// Two operations on most levels, and none where the compute type is f32.
  F narrowed(F) { return simples += isF64 ? 2 : 0, F(); }
  F widened(F) { return simples += isF64 ? 2 : 0, F(); }

  F constant(double) { return {}; }
  I integer(int64_t) { return {}; }
  F neg(F) { return {}; }
  I bits(F) { return {}; }
  F fromBits(I) { return {}; }

  F add(F, F) { return simple<F>(); }
  F sub(F, F) { return simple<F>(); }
  F mul(F, F) { return simple<F>(); }
  F fma(F, F, F) { return simple<F>(); }
  F abs(F) { return isForGpu ? F() : simple<F>(); }
  F floor(F) { return simple<F>(); }
  F roundeven(F) { return simple<F>(); }
  F copysign(F, F) { return simple<F>(); }
  F div(F n, F d) {
    return approx::isNv(*this) ? approx::nvDivide(*this, n, d)
                               : (++divisions, F());
  }
  F sqrt(F x) {
    return approx::isNv(*this) ? approx::nvSqrt(*this, x) : (++divisions, F());
  }

  F ex2(F) { return ++approximations, F(); }
  F lg2(F) { return ++approximations, F(); }
  F rcp(F) { return ++approximations, F(); }
  F rsqrt(F) { return ++approximations, F(); }
  F roughTanh(F) { return ++approximations, F(); }
  F lesser(F, F) { return simple<F>(); }
  F greater(F, F) { return simple<F>(); }

  C lt(F, F) { return simple<C>(); }
  C le(F, F) { return simple<C>(); }
  C gt(F, F) { return simple<C>(); }
  C ge(F, F) { return simple<C>(); }
  C eq(F, F) { return simple<C>(); }
  C ne(F, F) { return simple<C>(); }
  C ilt(I, I) { return simple<C>(); }
  C ieq(I, I) { return simple<C>(); }
  C land(C, C) { return simple<C>(); }
  C lor(C, C) { return simple<C>(); }
  C lnot(C) { return simple<C>(); }

  F select(C, F, F) { return simple<F>(); }
  I selectI(C, I, I) { return simple<I>(); }

  I iadd(I, I) { return simple<I>(); }
  I isub(I, I) { return simple<I>(); }
  I iand(I, I) { return simple<I>(); }
  I ior(I, I) { return simple<I>(); }
  I ixor(I, I) { return simple<I>(); }
  I shl(I, int) { return simple<I>(); }
  I lshr(I, int) { return simple<I>(); }
  I ashr(I, int) { return simple<I>(); }

  F table(const char *, const double *entries, size_t size, I index) {
    if (isForGpu && size <= approx::kMostSelected)
      return approx::nvTable(*this, entries, size, index);
    ++(size <= 8 ? permutations : gathers);
    return {};
  }

  /// Cycles an element, in hundredths, summed over all levels; of a GPU the
  /// issue slots that Approximations.td tells of. A table that is no selection
  /// is a load there.
  unsigned cost() const {
    if (isForGpu)
      return (isF64 ? 2 : 1) * simples + 8 * approximations + 80 * divisions +
             32 * (permutations + gathers);
    double sum = 0;
    for (const CpuLevel &level : cpuLevels()) {
      const OperationCosts &one = level.costs;
      double cycles = simples * one.simple;
      cycles += divisions * (isF64 ? one.divide64 : one.divide32);
      if (half)
        cycles +=
            half->simples * one.simple + half->divisions * one.divide32 / 2;
      cycles += permutations * (isF64 ? one.permute64 : one.permute32);
      cycles += gathers * (isF64 ? one.gather64 : one.gather32);
      sum += cycles / level.lanes(isF64 ? 64 : 32);
    }
    return unsigned(std::lround(100 * sum));
  }

private:
  template <class T> T simple() { return ++simples, T(); }

  bool isF64, isForGpu;
  std::unique_ptr<CountingBuilder> half;
  unsigned simples = 0, divisions = 0, permutations = 0, gathers = 0;
  unsigned approximations = 0;
};

} // namespace act::test

#endif // ACT_TEST_UNIT_COUNTINGBUILDER_H
