//===- NativeBuilder.h - Approximations on the host's floats ----*- C++ -*-===//
//
// The builder that runs the templates of act/Transforms/Approximations/ on
// float or double, so that tests can sweep them at native speed. Every method
// is one IEEE operation; compile with -ffp-contract=off so that it stays one.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TEST_UNIT_NATIVEBUILDER_H
#define ACT_TEST_UNIT_NATIVEBUILDER_H

#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace act::test {

template <class T> class NativeBuilder {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>);

public:
  using F = T;
  using I = std::conditional_t<std::is_same_v<T, float>, int32_t, int64_t>;
  using C = bool;

  static constexpr bool isDouble() { return std::is_same_v<T, double>; }

  static NativeBuilder<float> narrow() { return {}; }
  static float narrowed(F a) { return float(a); }
  static F widened(float a) { return F(a); }

  static F constant(double value) { return F(value); }
  static I integer(int64_t value) { return I(value); }

  static F add(F a, F b) { return a + b; }
  static F sub(F a, F b) { return a - b; }
  static F mul(F a, F b) { return a * b; }
  static F div(F a, F b) { return a / b; }
  static F neg(F a) { return -a; }
  static F abs(F a) { return std::fabs(a); }
  static F sqrt(F a) { return std::sqrt(a); }
  static F fma(F a, F b, F c) { return std::fma(a, b, c); }
  static F floor(F a) { return std::floor(a); }
  /// The rounding mode is to nearest, ties to even, throughout.
  static F roundeven(F a) { return std::nearbyint(a); }
  static F copysign(F magnitude, F sign) {
    return std::copysign(magnitude, sign);
  }

  static C lt(F a, F b) { return a < b; }
  static C le(F a, F b) { return a <= b; }
  static C gt(F a, F b) { return a > b; }
  static C ge(F a, F b) { return a >= b; }
  static C eq(F a, F b) { return a == b; }
  static C ne(F a, F b) { return a != b; }
  static C ilt(I a, I b) { return a < b; }
  static C ieq(I a, I b) { return a == b; }
  static C land(C a, C b) { return a && b; }
  static C lor(C a, C b) { return a || b; }
  static C lnot(C a) { return !a; }

  static F select(C c, F a, F b) { return c ? a : b; }
  static I selectI(C c, I a, I b) { return c ? a : b; }

  static I bits(F a) {
    I result;
    std::memcpy(&result, &a, sizeof result);
    return result;
  }
  static F fromBits(I a) {
    F result;
    std::memcpy(&result, &a, sizeof result);
    return result;
  }

  // Integers wrap around; unsigned arithmetic keeps that defined.
  static I iadd(I a, I b) { return I(U(a) + U(b)); }
  static I isub(I a, I b) { return I(U(a) - U(b)); }
  static I iand(I a, I b) { return a & b; }
  static I ior(I a, I b) { return a | b; }
  static I ixor(I a, I b) { return a ^ b; }
  static I shl(I a, int n) { return I(U(a) << n); }
  static I lshr(I a, int n) { return I(U(a) >> n); }
  static I ashr(I a, int n) { return a >> n; }

  static F table(const char *, const double *entries, size_t size, I index) {
    assert(U(index) < size && "table index out of range");
    return F(entries[index]);
  }

  /// Methods for GPUs are not run on this one.
  static constexpr bool forGpu() { return false; }
  static F ex2(F) { return unavailable(); }
  static F lg2(F) { return unavailable(); }
  static F rcp(F) { return unavailable(); }
  static F rsqrt(F) { return unavailable(); }
  static F roughTanh(F) { return unavailable(); }
  static F lesser(F, F) { return unavailable(); }
  static F greater(F, F) { return unavailable(); }

private:
  using U = std::make_unsigned_t<I>;
  static F unavailable() {
    assert(false && "an instruction of a GPU");
    return 0;
  }
};

} // namespace act::test

#endif // ACT_TEST_UNIT_NATIVEBUILDER_H
