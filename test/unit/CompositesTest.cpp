//===- CompositesTest.cpp - Whole activations against MPFR ----------------===//
//
// The composites of act/Transforms/Approximations/ on the host: their errors
// over all floats and where the functions have their shape, both compute
// types, and their values at signed zeros, infinities and NaN.
//
//===----------------------------------------------------------------------===//

#include "UlpSweep.h"
#include "act/Transforms/Approximations/All.h"

using namespace act;
using namespace act::test;

namespace {

/// Phi(x) or its complement far in a tail is 0 in every format.
constexpr double farAway = 60;

void exactPhi(mpfr_t y, const mpfr_t x) {
  Number root;
  mpfr_sqrt_ui(root.value, 2, MPFR_RNDN);
  mpfr_div(y, x, root.value, MPFR_RNDN);
  mpfr_neg(y, y, MPFR_RNDN);
  mpfr_erfc(y, y, MPFR_RNDN);
  mpfr_div_ui(y, y, 2, MPFR_RNDN);
}

void exactDensity(mpfr_t y, const mpfr_t x) {
  Number scale;
  mpfr_const_pi(scale.value, MPFR_RNDN);
  mpfr_mul_ui(scale.value, scale.value, 2, MPFR_RNDN);
  mpfr_sqrt(scale.value, scale.value, MPFR_RNDN);
  mpfr_sqr(y, x, MPFR_RNDN);
  mpfr_div_si(y, y, -2, MPFR_RNDN);
  mpfr_exp(y, y, MPFR_RNDN);
  mpfr_div(y, y, scale.value, MPFR_RNDN);
}

/// Sets what a function tends to where x is so large that it is there: x or
/// `right` on the right and 0 on the left. False for other x.
bool isFar(mpfr_t y, const mpfr_t x, double bound,
           std::optional<double> right) {
  if (mpfr_nan_p(x) || (mpfr_cmp_d(x, bound) < 0 && mpfr_cmp_d(x, -bound) > 0))
    return false;
  if (mpfr_sgn(x) < 0)
    mpfr_set_ui(y, 0, MPFR_RNDN);
  else if (right)
    mpfr_set_d(y, *right, MPFR_RNDN);
  else
    mpfr_set(y, x, MPFR_RNDN);
  return true;
}

/// Of an exact result below every format, which a rounded one of 0 matches.
void exactGelu(mpfr_t y, const mpfr_t x) {
  if (isFar(y, x, farAway, std::nullopt))
    return;
  Number at;
  mpfr_set(at.value, x, MPFR_RNDN);
  exactPhi(y, at.value);
  mpfr_mul(y, y, at.value, MPFR_RNDN);
}

void exactGeluSlope(mpfr_t y, const mpfr_t x) {
  if (isFar(y, x, farAway, 1))
    return;
  Number density;
  exactDensity(density.value, x);
  mpfr_mul(density.value, density.value, x, MPFR_RNDN);
  exactPhi(y, x);
  mpfr_add(y, y, density.value, MPFR_RNDN);
}

void exactGeluCurvature(mpfr_t y, const mpfr_t x) {
  if (isFar(y, x, farAway, 0))
    return;
  Number factor;
  mpfr_sqr(factor.value, x, MPFR_RNDN);
  mpfr_ui_sub(factor.value, 2, factor.value, MPFR_RNDN);
  exactDensity(y, x);
  mpfr_mul(y, y, factor.value, MPFR_RNDN);
}

/// 1 / (1 + exp(-v))
void exactSigmoid(mpfr_t y, const mpfr_t v) {
  mpfr_neg(y, v, MPFR_RNDN);
  mpfr_exp(y, y, MPFR_RNDN);
  mpfr_add_ui(y, y, 1, MPFR_RNDN);
  mpfr_ui_div(y, 1, y, MPFR_RNDN);
}

void exactSigmoidSlope(mpfr_t y, const mpfr_t x) {
  if (isFar(y, x, 4000, 0))
    return;
  Number other;
  mpfr_neg(other.value, x, MPFR_RNDN);
  exactSigmoid(other.value, other.value);
  exactSigmoid(y, x);
  mpfr_mul(y, y, other.value, MPFR_RNDN);
}

void exactTanhSlope(mpfr_t y, const mpfr_t x) {
  Number twice;
  mpfr_mul_2ui(twice.value, x, 1, MPFR_RNDN);
  exactSigmoidSlope(y, twice.value);
  mpfr_mul_2ui(y, y, 2, MPFR_RNDN);
}

/// v(x) = (c1 + c3 x^2) x and x v'(x) = (c1 + 3 c3 x^2) x.
using Inner = void (*)(mpfr_t v, mpfr_t slope, const mpfr_t x);

void identityInner(mpfr_t v, mpfr_t slope, const mpfr_t x) {
  mpfr_set(v, x, MPFR_RNDN);
  mpfr_set(slope, x, MPFR_RNDN);
}

void quickInner(mpfr_t v, mpfr_t slope, const mpfr_t x) {
  mpfr_mul_ui(v, x, 1702, MPFR_RNDN);
  mpfr_div_ui(v, v, 1000, MPFR_RNDN);
  mpfr_set(slope, v, MPFR_RNDN);
}

void geluTanhInner(mpfr_t v, mpfr_t slope, const mpfr_t x) {
  Number c, cubic;
  mpfr_const_pi(c.value, MPFR_RNDN);
  mpfr_ui_div(c.value, 8, c.value, MPFR_RNDN);
  mpfr_sqrt(c.value, c.value, MPFR_RNDN);
  mpfr_sqr(cubic.value, x, MPFR_RNDN);
  mpfr_mul_ui(cubic.value, cubic.value, 44715, MPFR_RNDN);
  mpfr_div_ui(cubic.value, cubic.value, 1000000, MPFR_RNDN);
  mpfr_mul(c.value, c.value, x, MPFR_RNDN);
  mpfr_add_ui(v, cubic.value, 1, MPFR_RNDN);
  mpfr_mul(v, v, c.value, MPFR_RNDN);
  mpfr_mul_ui(slope, cubic.value, 3, MPFR_RNDN);
  mpfr_add_ui(slope, slope, 1, MPFR_RNDN);
  mpfr_mul(slope, slope, c.value, MPFR_RNDN);
}

/// x sigmoid(v(x)).
template <Inner inner> void exactGated(mpfr_t y, const mpfr_t x) {
  if (isFar(y, x, 4000, std::nullopt))
    return;
  Number v, slope;
  inner(v.value, slope.value, x);
  exactSigmoid(y, v.value);
  mpfr_mul(y, y, x, MPFR_RNDN);
}

/// sigmoid(v) (1 + x v' sigmoid(-v)).
template <Inner inner> void exactGatedSlope(mpfr_t y, const mpfr_t x) {
  if (isFar(y, x, 4000, 1))
    return;
  Number v, slope, other;
  inner(v.value, slope.value, x);
  mpfr_neg(other.value, v.value, MPFR_RNDN);
  exactSigmoid(other.value, other.value);
  mpfr_mul(other.value, other.value, slope.value, MPFR_RNDN);
  mpfr_add_ui(other.value, other.value, 1, MPFR_RNDN);
  exactSigmoid(y, v.value);
  mpfr_mul(y, y, other.value, MPFR_RNDN);
}

/// tanh(softplus(x)).
void exactMishGate(mpfr_t y, const mpfr_t x) {
  mpfr_exp(y, x, MPFR_RNDN);
  mpfr_log1p(y, y, MPFR_RNDN);
  mpfr_tanh(y, y, MPFR_RNDN);
}

void exactMish(mpfr_t y, const mpfr_t x) {
  if (isFar(y, x, 4000, std::nullopt))
    return;
  exactMishGate(y, x);
  mpfr_mul(y, y, x, MPFR_RNDN);
}

/// g + x (1 - g^2) sigmoid(x), g = tanh(softplus(x)).
void exactMishSlope(mpfr_t y, const mpfr_t x) {
  if (isFar(y, x, 4000, 1))
    return;
  Number gate, rest;
  exactMishGate(gate.value, x);
  mpfr_sqr(rest.value, gate.value, MPFR_RNDN);
  mpfr_ui_sub(rest.value, 1, rest.value, MPFR_RNDN);
  mpfr_mul(rest.value, rest.value, x, MPFR_RNDN);
  exactSigmoid(y, x);
  mpfr_mul(y, y, rest.value, MPFR_RNDN);
  mpfr_add(y, y, gate.value, MPFR_RNDN);
}

/// (1 + x^2)^(-3/2)
void exactIsru(mpfr_t y, const mpfr_t x) {
  if (mpfr_inf_p(x)) {
    mpfr_set_si(y, mpfr_sgn(x), MPFR_RNDN);
    return;
  }
  Number square;
  mpfr_sqr(square.value, x, MPFR_RNDN);
  mpfr_add_ui(square.value, square.value, 1, MPFR_RNDN);
  mpfr_sqrt(square.value, square.value, MPFR_RNDN);
  mpfr_div(y, x, square.value, MPFR_RNDN);
}

void exactIsruSlope(mpfr_t y, const mpfr_t x) {
  Number square;
  mpfr_sqr(square.value, x, MPFR_RNDN);
  mpfr_add_ui(square.value, square.value, 1, MPFR_RNDN);
  mpfr_rec_sqrt(y, square.value, MPFR_RNDN);
  mpfr_div(y, y, square.value, MPFR_RNDN);
}

/// -3 x (1 + x^2)^(-5/2)
void exactIsruCurvature(mpfr_t y, const mpfr_t x) {
  if (mpfr_inf_p(x)) {
    mpfr_set_zero(y, -mpfr_sgn(x));
    return;
  }
  Number square;
  mpfr_sqr(square.value, x, MPFR_RNDN);
  mpfr_add_ui(square.value, square.value, 1, MPFR_RNDN);
  exactIsruSlope(y, x);
  mpfr_div(y, y, square.value, MPFR_RNDN);
  mpfr_mul(y, y, x, MPFR_RNDN);
  mpfr_mul_si(y, y, -3, MPFR_RNDN);
}

/// 2 (x^2 + 4)^(-3/2)
void exactSquareplusCurvature(mpfr_t y, const mpfr_t x) {
  Number half;
  mpfr_div_2ui(half.value, x, 1, MPFR_RNDN);
  exactIsruSlope(y, half.value);
  mpfr_div_2ui(y, y, 2, MPFR_RNDN);
}

/// log(1 + s) + x s (1 - s) / (1 + s), s = sigmoid(x).
void exactLogishSlope(mpfr_t y, const mpfr_t x) {
  double limit = std::log(2.0);
  if (isFar(y, x, 4000, limit))
    return;
  Number gate, rest;
  exactSigmoid(gate.value, x);
  exactSigmoidSlope(rest.value, x);
  mpfr_log1p(y, gate.value, MPFR_RNDN);
  mpfr_add_ui(gate.value, gate.value, 1, MPFR_RNDN);
  mpfr_div(rest.value, rest.value, gate.value, MPFR_RNDN);
  mpfr_mul(rest.value, rest.value, x, MPFR_RNDN);
  mpfr_add(y, y, rest.value, MPFR_RNDN);
}

/// erf(s) + x 2 / sqrt(pi) exp(-s^2) sigmoid(x), s = softplus(x).
void exactSerfSlope(mpfr_t y, const mpfr_t x) {
  if (isFar(y, x, 4000, 1))
    return;
  Number s, rest, factor;
  mpfr_exp(s.value, x, MPFR_RNDN);
  mpfr_log1p(s.value, s.value, MPFR_RNDN);
  mpfr_sqr(rest.value, s.value, MPFR_RNDN);
  mpfr_neg(rest.value, rest.value, MPFR_RNDN);
  mpfr_exp(rest.value, rest.value, MPFR_RNDN);
  exactSigmoid(factor.value, x);
  mpfr_mul(rest.value, rest.value, factor.value, MPFR_RNDN);
  mpfr_mul(rest.value, rest.value, x, MPFR_RNDN);
  mpfr_mul_2ui(rest.value, rest.value, 1, MPFR_RNDN);
  mpfr_const_pi(factor.value, MPFR_RNDN);
  mpfr_sqrt(factor.value, factor.value, MPFR_RNDN);
  mpfr_div(rest.value, rest.value, factor.value, MPFR_RNDN);
  mpfr_erf(y, s.value, MPFR_RNDN);
  mpfr_add(y, y, rest.value, MPFR_RNDN);
}

/// gelu or its slope, or what it is from 10 on.
template <void (*gelu)(mpfr_t, const mpfr_t), int right>
void exactGelu10(mpfr_t y, const mpfr_t x) {
  if (!mpfr_nan_p(x) && mpfr_cmp_ui(x, 10) >= 0)
    mpfr_set_ui(y, right, MPFR_RNDN);
  else
    gelu(y, x);
}

/// 2 / (r (r + |x|)), r = sqrt(x^2 + 4), or 1 minus it.
void exactSquareplusSlope(mpfr_t y, const mpfr_t x) {
  if (isFar(y, x, 0x1p540, 1))
    return;
  Number r, left;
  mpfr_sqr(r.value, x, MPFR_RNDN);
  mpfr_add_ui(r.value, r.value, 4, MPFR_RNDN);
  mpfr_sqrt(r.value, r.value, MPFR_RNDN);
  mpfr_abs(left.value, x, MPFR_RNDN);
  mpfr_add(left.value, left.value, r.value, MPFR_RNDN);
  mpfr_mul(left.value, left.value, r.value, MPFR_RNDN);
  mpfr_ui_div(left.value, 2, left.value, MPFR_RNDN);
  if (mpfr_sgn(x) < 0)
    mpfr_set(y, left.value, MPFR_RNDN);
  else
    mpfr_ui_sub(y, 1, left.value, MPFR_RNDN);
}

/// The difference cancels by a factor of x^2, which is 2^2148 at most.
void exactTanhshrink(mpfr_t y, const mpfr_t x) {
  if (mpfr_inf_p(x) || mpfr_zero_p(x)) {
    mpfr_set(y, x, MPFR_RNDN);
    return;
  }
  mpfr_t wide;
  mpfr_init2(wide, 3000);
  mpfr_tanh(wide, x, MPFR_RNDN);
  mpfr_sub(y, x, wide, MPFR_RNDN);
  mpfr_clear(wide);
}

/// Both compute types, where the function has its shape and in its left tail.
/// Far from the origin every sample lies in the tail of one or the other.
#define ACT_COMPOSITE(call, reference, bound32, bound64)                       \
  do {                                                                         \
    auto function = [](auto &b, auto x, auto) { return call; };                \
    for (auto [lo, hi] : {std::pair(-6.0, 6.0), std::pair(-110.0, 20.0)})      \
      sweep<float>(#call, function, reference, lo, hi, bound32, false, 4);     \
    for (auto [lo, hi] : {std::pair(-6.0, 6.0), std::pair(-750.0, 40.0)})      \
      sweep<double>(#call, function, reference, lo, hi, bound64, false, 8);    \
  } while (0)

/// f32 only.
#define ACT_COMPOSITE_F32(call, reference, bound)                              \
  do {                                                                         \
    auto function = [](auto &b, auto x, auto) { return call; };                \
    for (auto [lo, hi] : {std::pair(-6.0, 6.0), std::pair(-110.0, 20.0)})      \
      sweep<float>(#call, function, reference, lo, hi, bound, false, 4);       \
  } while (0)

TEST(Composites, Gelu) {
  ACT_COMPOSITE(approx::gelu(b, x), exactGelu, 2.25, 2.0);
}
TEST(Composites, GeluSlope) {
  ACT_COMPOSITE(approx::geluSlope(b, x), exactGeluSlope, 2.5, 2.5);
}
TEST(Composites, GeluCurvature) {
  ACT_COMPOSITE(approx::geluCurvature(b, x), exactGeluCurvature, 2.75, 2.75);
}
TEST(Composites, Gelu10) {
  ACT_COMPOSITE(approx::gelu10(b, x), (exactGelu10<exactGelu, 10>), 2.25, 2.0);
}
TEST(Composites, Gelu10Slope) {
  ACT_COMPOSITE(approx::gelu10Slope(b, x), (exactGelu10<exactGeluSlope, 0>),
                2.5, 2.5);
}
TEST(Composites, LogishSlope) {
  ACT_COMPOSITE_F32(approx::logishSlope(b, x), exactLogishSlope, 3.5);
}
TEST(Composites, SerfSlope) {
  ACT_COMPOSITE_F32(approx::serfSlope(b, x), exactSerfSlope, 3.75);
}
TEST(Composites, Isru) {
  ACT_COMPOSITE(approx::isru(b, x), exactIsru, 1.25, 1.25);
}
TEST(Composites, IsruCurvature) {
  ACT_COMPOSITE(approx::isruCurvature(b, x), exactIsruCurvature, 4.0, 4.0);
}
TEST(Composites, SquareplusCurvature) {
  ACT_COMPOSITE(approx::squareplusCurvature(b, x), exactSquareplusCurvature,
                3.25, 2.75);
}
TEST(Composites, Sigmoid) {
  ACT_COMPOSITE(approx::sigmoid(b, x), exactSigmoid, 2.0, 2.0);
}
TEST(Composites, SigmoidSlope) {
  ACT_COMPOSITE(approx::sigmoidSlope(b, x), exactSigmoidSlope, 2.0, 2.0);
}
TEST(Composites, TanhSlope) {
  ACT_COMPOSITE(approx::tanhSlope(b, x), exactTanhSlope, 2.0, 2.0);
}
TEST(Composites, Silu) {
  ACT_COMPOSITE(approx::silu(b, x), exactGated<identityInner>, 2.25, 2.25);
}
TEST(Composites, SiluSlope) {
  ACT_COMPOSITE(approx::siluSlope(b, x), exactGatedSlope<identityInner>, 2.5,
                2.5);
}
TEST(Composites, QuickGelu) {
  ACT_COMPOSITE(approx::quickGelu(b, x), exactGated<quickInner>, 2.25, 2.25);
}
TEST(Composites, QuickGeluSlope) {
  ACT_COMPOSITE(approx::quickGeluSlope(b, x), exactGatedSlope<quickInner>, 3.0,
                3.0);
}
TEST(Composites, GeluTanh) {
  ACT_COMPOSITE(approx::geluTanh(b, x), exactGated<geluTanhInner>, 2.25, 2.25);
}
TEST(Composites, GeluTanhSlope) {
  ACT_COMPOSITE(approx::geluTanhSlope(b, x), exactGatedSlope<geluTanhInner>,
                3.0, 3.0);
}
TEST(Composites, IsruSlope) {
  ACT_COMPOSITE(approx::isruSlope(b, x), exactIsruSlope, 3.0, 2.75);
}
TEST(Composites, SquareplusSlope) {
  ACT_COMPOSITE(approx::squareplusSlope(b, x), exactSquareplusSlope, 2.75,
                2.75);
}
TEST(Composites, Tanhshrink) {
  ACT_COMPOSITE(approx::tanhshrink(b, x), exactTanhshrink, 2.0, 2.0);
}
TEST(Composites, Mish) {
  ACT_COMPOSITE(approx::mish(b, x), exactMish, 2.25, 2.25);
}
TEST(Composites, MishSlope) {
  ACT_COMPOSITE(approx::mishSlope(b, x), exactMishSlope, 3.5, 3.5);
}

/// With a low word of the argument, and an exponent that stays apart.
TEST(Composites, SigmoidSlopeScaled) {
  auto function = [](auto &b, auto x, auto lo) {
    return approx::materialize(b, approx::sigmoidSlopeScaled(b, x, lo));
  };
  sweep<float>("slope+lo", function, exactSigmoidSlope, -105, 20, 2.0, true, 4);
  sweep<double>("slope+lo", function, exactSigmoidSlope, -746, 40, 2.0, true,
                8);
}

/// The signs of zeros, which an error in ulps does not see.
template <class T> void checkSignedZeros() {
  NativeBuilder<T> b;
  T zero = 0, infinity = std::numeric_limits<T>::infinity();
  auto expectSame = [&](auto function) {
    EXPECT_TRUE(std::signbit(function(b, -zero)));
    EXPECT_FALSE(std::signbit(function(b, zero)));
    EXPECT_TRUE(std::signbit(function(b, -infinity)));
    EXPECT_EQ(function(b, -infinity), zero);
  };
  expectSame([](auto &b, T x) { return approx::gelu(b, x); });
  expectSame([](auto &b, T x) { return approx::geluTanh(b, x); });
  expectSame([](auto &b, T x) { return approx::silu(b, x); });
  expectSame([](auto &b, T x) { return approx::quickGelu(b, x); });
  expectSame([](auto &b, T x) { return approx::mish(b, x); });
}

TEST(Composites, SignedZeros) {
  checkSignedZeros<float>();
  checkSignedZeros<double>();
}

} // namespace
