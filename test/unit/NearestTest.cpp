//===- NearestTest.cpp - The nearest number by its own arithmetic ---------===//
//
// The forms of act/Transforms/Approximations/Nearest.h against MPFR: what the
// strict class computes in the type of its results.
//
//===----------------------------------------------------------------------===//

#include "UlpSweep.h"
#include "act/Transforms/Approximations/All.h"

using namespace act;
using namespace act::test;

namespace {

/// True below -c, where the result is 0.
bool isBelow(mpfr_t y, const mpfr_t x, double c) {
  if (!(mpfr_cmp_d(x, -c) <= 0) || mpfr_nan_p(x))
    return false;
  mpfr_set_ui(y, 0, MPFR_RNDN);
  return true;
}

void exactHardMish(mpfr_t y, const mpfr_t x) {
  if (isBelow(y, x, 2))
    return;
  mpfr_set(y, x, MPFR_RNDN);
  if (mpfr_nan_p(x) || mpfr_sgn(x) >= 0)
    return;
  mpfr_add_ui(y, x, 2, MPFR_RNDN);
  mpfr_mul(y, y, x, MPFR_RNDN);
  mpfr_div_2ui(y, y, 1, MPFR_RNDN);
}

void exactHardSigmoidOnnx(mpfr_t y, const mpfr_t x) {
  if (isBelow(y, x, 2.5))
    return;
  mpfr_add_d(y, x, 2.5, MPFR_RNDN);
  mpfr_div_ui(y, y, 5, MPFR_RNDN);
  if (mpfr_cmp_ui(y, 1) > 0)
    mpfr_set_ui(y, 1, MPFR_RNDN);
}

/// (x + c)^2 / (4 c) between -c and c, and its slope.
template <int c> void exactSquare(mpfr_t y, const mpfr_t x) {
  if (isBelow(y, x, c))
    return;
  mpfr_set(y, x, MPFR_RNDN);
  if (mpfr_cmp_ui(x, c) >= 0)
    return;
  mpfr_add_ui(y, x, c, MPFR_RNDN);
  mpfr_sqr(y, y, MPFR_RNDN);
  mpfr_div_ui(y, y, 4 * c, MPFR_RNDN);
}
template <int c> void exactSquareSlope(mpfr_t y, const mpfr_t x) {
  if (isBelow(y, x, c))
    return;
  mpfr_add_ui(y, x, c, MPFR_RNDN);
  mpfr_div_ui(y, y, 2 * c, MPFR_RNDN);
  if (mpfr_cmp_ui(y, 1) > 0)
    mpfr_set_ui(y, 1, MPFR_RNDN);
}

void exactSoftsign(mpfr_t y, const mpfr_t x) {
  if (mpfr_inf_p(x)) {
    mpfr_set_si(y, mpfr_sgn(x), MPFR_RNDN);
    return;
  }
  mpfr_abs(y, x, MPFR_RNDN);
  mpfr_add_ui(y, y, 1, MPFR_RNDN);
  mpfr_div(y, x, y, MPFR_RNDN);
}

void exactSoftsignSlope(mpfr_t y, const mpfr_t x) {
  mpfr_abs(y, x, MPFR_RNDN);
  mpfr_add_ui(y, y, 1, MPFR_RNDN);
  mpfr_sqr(y, y, MPFR_RNDN);
  mpfr_ui_div(y, 1, y, MPFR_RNDN);
}

/// sqrt(x^2 + 4)
void exactRoot(mpfr_t y, const mpfr_t x) {
  mpfr_sqr(y, x, MPFR_RNDN);
  mpfr_add_ui(y, y, 4, MPFR_RNDN);
  mpfr_sqrt(y, y, MPFR_RNDN);
}

/// (x + r) / 2, on the left 2 / (|x| + r).
void exactSquareplus(mpfr_t y, const mpfr_t x) {
  Number sum;
  exactRoot(sum.value, x);
  mpfr_abs(y, x, MPFR_RNDN);
  mpfr_add(y, y, sum.value, MPFR_RNDN);
  mpfr_div_2ui(y, y, 1, MPFR_RNDN);
  if (mpfr_sgn(x) < 0)
    mpfr_ui_div(y, 1, y, MPFR_RNDN);
}

/// 2 / (r (r + |x|)), or 1 minus it.
void exactSquareplusSlope(mpfr_t y, const mpfr_t x) {
  Number r;
  exactRoot(r.value, x);
  mpfr_abs(y, x, MPFR_RNDN);
  mpfr_add(y, y, r.value, MPFR_RNDN);
  mpfr_mul(y, y, r.value, MPFR_RNDN);
  mpfr_ui_div(y, 2, y, MPFR_RNDN);
  if (mpfr_sgn(x) >= 0)
    mpfr_ui_sub(y, 1, y, MPFR_RNDN);
}

/// Where the function has its shape, and far from there.
template <class Function>
void expectWithin(const char *name, Function function, Reference exact,
                  double bound) {
  for (double wide : {5.0, 3e4}) {
    sweep<float>(name, function, exact, -wide, wide, bound);
    sweep<double>(name, function, exact, -wide, wide, bound);
  }
}

#define ACT_NEAREST(name, exact, bound)                                        \
  expectWithin(                                                                \
      #name, [](auto &b, auto x, auto) { return approx::name(b, x); }, exact,  \
      bound)

TEST(Nearest, PiecesOfLinesAndSquares) {
  ACT_NEAREST(hardMish, exactHardMish, 0.501);
  ACT_NEAREST(hardSigmoidOnnx, exactHardSigmoidOnnx, 0.501);
  ACT_NEAREST(sparsePlus, exactSquare<1>, 0.501);
  ACT_NEAREST(smelu, exactSquare<2>, 0.501);
  ACT_NEAREST(sparsePlusSlope, exactSquareSlope<1>, 0.501);
  ACT_NEAREST(smeluSlope, exactSquareSlope<2>, 0.501);
}

TEST(Nearest, Softsign) { ACT_NEAREST(nearestSoftsign, exactSoftsign, 0.501); }

/// Subnormal results are rounded twice.
TEST(Nearest, SoftsignSlope) {
  ACT_NEAREST(nearestSoftsignSlope, exactSoftsignSlope, 0.751);
  NativeBuilder<float> b;
  for (float x : {0.0f, 1e-9f, 0.3f, 7.0f, 1e18f}) {
    Number exact;
    exactSoftsignSlope(exact.value, Number(x).value);
    EXPECT_LE(ulpError<float>(approx::nearestSoftsignSlope(b, x), exact.value),
              0.501)
        << x;
  }
}

TEST(Nearest, Squareplus) {
  ACT_NEAREST(nearestSquareplus, exactSquareplus, 0.501);
}
TEST(Nearest, SquareplusSlope) {
  ACT_NEAREST(nearestSquareplusSlope, exactSquareplusSlope, 0.751);
}

template <class T> void expectMinusZeroStays() {
  NativeBuilder<T> b;
  EXPECT_TRUE(std::signbit(approx::hardMish(b, T(-0.0))));
  EXPECT_TRUE(std::signbit(approx::nearestSoftsign(b, T(-0.0))));
  EXPECT_FALSE(std::signbit(approx::nearestSoftsign(b, T(0.0))));
  EXPECT_EQ(approx::nearestSoftsign(b, T(-HUGE_VAL)), T(-1));
}

TEST(Nearest, MinusZeroStays) {
  expectMinusZeroStays<float>();
  expectMinusZeroStays<double>();
}

} // namespace
