//===- PairsTest.cpp - Functions in two words against MPFR ----------------===//
//
// Runs the templates of act/Transforms/Approximations/Pair*.h on the host and
// measures the relative error of hi + lo, low words of arguments included, and
// that hi is what the sum rounds to.
//
//===----------------------------------------------------------------------===//

#include "UlpSweep.h"
#include "act/Transforms/Approximations/All.h"

using namespace act;
using namespace act::test;

namespace {

using B = NativeBuilder<double>;
using Words = approx::Pair<B>;
using ScaledWords = approx::ScaledPair<B>;

/// hi + lo of a result, before a last rounding.
void sumOf(mpfr_t y, const Words &words) {
  mpfr_set_d(y, words.hi, MPFR_RNDN);
  mpfr_add_d(y, y, words.lo, MPFR_RNDN);
}
void sumOf(mpfr_t y, const ScaledWords &words) {
  sumOf(y, words.m);
  mpfr_mul_2si(y, y, words.n, MPFR_RNDN);
}

Words settled(const Words &words) { return words; }
Words settled(const ScaledWords &words) {
  B b;
  return approx::pairMaterialize(b, words);
}

/// A function of x + lo in two words, and in MPFR.
using Call = double (*)(double x, std::optional<double> lo, mpfr_t words);

template <class Function>
double evaluate(Function function, double x, std::optional<double> lo,
                mpfr_t words) {
  B b;
  auto result = function(b, x, lo);
  sumOf(words, result);
  Words plain = settled(result);
  // Rounded, and a low word that adds nothing; subnormal ones are not kept.
  if (std::isfinite(plain.hi) && std::fabs(plain.hi) > 0x1p-900)
    EXPECT_EQ(plain.hi + plain.lo, plain.hi) << "at " << x;
  return plain.hi;
}

/// Largest errors over arguments of [lo, hi] and of all sizes: in two words
/// where no word is subnormal, 2^`bound`, and of the high word 0.51 ulp.
void sweepWords(const char *name, Call call, Reference reference, double lo,
                double hi, int bound, size_t count = 60000) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> half(-0.5, 0.5);
  Number exact, words;
  double worst = 0, worstX = 0, worstLow = 0;
  Worst rounded, tiny;
  for (bool withLow : {false, true})
    for (double x : samples<double>(lo, hi, count)) {
      double low = 0;
      if (withLow && std::isfinite(x))
        low = half(random) *
              (std::nextafter(std::fabs(x), HUGE_VAL) - std::fabs(x));
      if (!std::isfinite(low))
        low = 0;
      std::optional<double> argument;
      if (withLow) // What may stand beside an infinity.
        argument = std::isinf(x) ? std::nan("") : low;
      Number input(x);
      mpfr_add_d(input.value, input.value, low, MPFR_RNDN);
      reference(exact.value, input.value);
      double plain = call(x, argument, words.value);
      // Low words of tiny results are cut off, subnormal results rounded twice.
      (std::fabs(plain) < 0x1p-960 ? tiny : rounded)
          .note(ulpError<double>(plain, exact.value), x, low);
      if (!mpfr_regular_p(exact.value) || !mpfr_number_p(words.value) ||
          mpfr_get_exp(exact.value) > 1023 || mpfr_get_exp(exact.value) < -900)
        continue;
      mpfr_sub(words.value, words.value, exact.value, MPFR_RNDN);
      mpfr_div(words.value, words.value, exact.value, MPFR_RNDN);
      double error = std::fabs(mpfr_get_d(words.value, MPFR_RNDN));
      if (error > worst) {
        worst = error;
        worstX = x;
        worstLow = low;
      }
    }
  std::printf("%-10s relative error 2^%.2f at %a + %a\n", name,
              std::log2(worst), worstX, worstLow);
  EXPECT_LE(worst, std::exp2(bound)) << name << " at " << worstX;
  report(name, true, rounded, 0.51);
  report(name, true, tiny, 0.76);
}

#define ACT_WORDS(name)                                                        \
  [](double x, std::optional<double> lo, mpfr_t words) {                       \
    return evaluate(                                                           \
        [](B &b, double x, std::optional<double> lo) {                         \
          return approx::name(b, x, lo);                                       \
        },                                                                     \
        x, lo, words);                                                         \
  }

TEST(Pairs, Exp) {
  sweepWords("exp", ACT_WORDS(expPair), exactly<mpfr_exp>, -740, 709, -62);
  sweepWords("exp", ACT_WORDS(expPair), exactly<mpfr_exp>, -2, 2, -62);
  sweepWords("expm1", ACT_WORDS(expm1Pair), exactly<mpfr_expm1>, -3, 3, -60);
  sweepWords("expm1", ACT_WORDS(expm1Pair), exactly<mpfr_expm1>, -90, 709, -60);
}

TEST(Pairs, Logistic) {
  sweepWords("sigmoid", ACT_WORDS(sigmoidPair), exactSigmoid, -740, 50, -62);
  sweepWords("sigmoid", ACT_WORDS(sigmoidPair), exactSigmoid, -5, 5, -62);
  sweepWords("softplus", ACT_WORDS(softplusPair), exactSoftplus, -740, 50, -62);
  sweepWords("softplus", ACT_WORDS(softplusPair), exactSoftplus, -5, 5, -62);
}

TEST(Pairs, Log) {
  sweepWords("log", ACT_WORDS(logPair), exactly<mpfr_log>, 0, 4, -62);
  sweepWords("log", ACT_WORDS(logPair), exactly<mpfr_log>, 0.7, 1.5, -62);
  sweepWords("log1p", ACT_WORDS(log1pPair), exactly<mpfr_log1p>, -1, 3, -62);
}

TEST(Pairs, Hyperbolic) {
  sweepWords("tanh", ACT_WORDS(tanhPair), exactly<mpfr_tanh>, -3, 3, -60);
  sweepWords("tanh", ACT_WORDS(tanhPair), exactly<mpfr_tanh>, -30, 30, -60);
  sweepWords("sinh", ACT_WORDS(sinhPair), exactly<mpfr_sinh>, -4, 4, -60);
  sweepWords("sinh", ACT_WORDS(sinhPair), exactly<mpfr_sinh>, 30, 712, -60);
  sweepWords("cosh", ACT_WORDS(coshPair), exactly<mpfr_cosh>, -4, 4, -62);
  sweepWords("cosh", ACT_WORDS(coshPair), exactly<mpfr_cosh>, 30, 712, -62);
}

TEST(Pairs, ErrorFunction) {
  sweepWords("erf", ACT_WORDS(erfPair), exactly<mpfr_erf>, -6, 6, -60, 20000);
  sweepWords("erfc", ACT_WORDS(erfcPair), exactErfc, -4, 4, -58, 20000);
  sweepWords("erfc", ACT_WORDS(erfcPair), exactErfc, -6, 27, -58, 20000);
}

TEST(Pairs, Trigonometric) {
  sweepWords("sin", ACT_WORDS(sinPair), exactly<mpfr_sin>, -20, 20, -60);
  sweepWords("cos", ACT_WORDS(cosPair), exactly<mpfr_cos>, -20, 20, -60);
}

} // namespace
