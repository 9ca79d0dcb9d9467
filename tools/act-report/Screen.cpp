//===- Screen.cpp - Results judged in double ------------------------------===//

#include "Screen.h"
#include "act/Reference/Ulp.h"
#include "act/Target/HostClones.h"

using namespace act;
using namespace act::report;

/// What an exact value may be wrong by, in ulp, where it changes nothing but
/// the digits of a sum.
static constexpr double kAllowed = 0x1p-14;

/// A bound is of first order; this much more covers the rest of it, and the
/// rounding of the bound itself.
static constexpr double kMargin = 1 + 0x1p-6;

namespace {
/// A format as powers of 2.
struct Limits {
  /// Bits of the significand.
  uint64_t precision;
  /// The smallest normal number, the largest number, and the power of 2 beyond.
  double normal, largest, beyond;
  /// 2^(precision - 1), the least significand of a normal number in ulp.
  double lowest;
};

struct Judged {
  double ulp, ulpError;
  uint64_t verdict;
};
} // namespace

static Limits limitsOf(DType type) {
  const FormatInfo &format = formatOf(type);
  return {uint64_t(format.precision), std::ldexp(1, format.minExponent),
          largestOf(type), std::ldexp(1, format.maxExponent + 1),
          std::ldexp(1, format.precision - 1)};
}

static LLVM_ATTRIBUTE_ALWAYS_INLINE uint64_t flag(bool holds, uint64_t bit) {
  return holds ? bit : 0;
}

/// Logic is written with & and |, which need no branch.
static LLVM_ATTRIBUTE_ALWAYS_INLINE Judged judgeOne(const Limits &limits,
                                                    double x, double y,
                                                    double value, double error,
                                                    double side) {
  double size = std::fabs(value);
  double binade = size < limits.normal ? limits.normal : size;
  binade = binade > limits.largest ? limits.largest : binade;
  uint64_t exponent = llvm::bit_cast<uint64_t>(binade) >> 52;
  // One ulp, and how many there are in 1.
  double one = llvm::bit_cast<double>((exponent - limits.precision + 1) << 52);
  double scale =
      llvm::bit_cast<double>((2045 - exponent + limits.precision) << 52);

  double units = size * scale, unitError = error * scale;
  double whole = std::floor(units), rest = units - whole;
  bool isTie = rest == 0.5;
  bool isOdd = std::floor(whole * 0.5) != whole * 0.5;
  bool roundsSurely = (std::fabs(rest - 0.5) > unitError) | (error == 0) |
                      (isTie & (side != Screen::Anywhere));
  bool isUpper =
      (side == Screen::AwayFromZero) | ((side != Screen::TowardsZero) & isOdd);
  bool up = (rest > 0.5) | (isTie & isUpper);
  double best = std::copysign((whole + (up ? 1.0 : 0.0)) * one, value);

  double difference = y - value, ulp = std::fabs(difference) * scale;
  bool isExact = (y - difference == value) & (value + difference == y);
  double ulpError = unitError + (isExact ? 0.0 : ulp * 0x1p-52);
  bool isSomething = ulp - ulpError >= kNegligible;
  // Next to a power of 2 the exact value may have another ulp.
  bool isBinadeSure =
      ((units - unitError >= limits.lowest) | (size < 2 * limits.normal)) &
      (units + unitError < 2 * limits.lowest);
  bool isNothing = (ulp + ulpError < kNegligible / 4) |
                   (isBinadeSure & (ulp + ulpError < kNegligible));
  bool isSizeSure = (std::fabs(units - limits.lowest) > unitError) |
                    (size >= 1.5 * limits.normal);
  bool isSignSure = (y == 0) | (size > error);
  bool isKnown = (unitError <= kAllowed) & (size + error <= limits.largest) &
                 roundsSurely & isSizeSure & isSignSure &
                 (isNothing | (isSomething & isBinadeSure));
  uint64_t verdict = flag(isSomething & (y != best), Screen::Misrounded) |
                     flag(((y > 0) & (value < 0)) | ((y < 0) & (value > 0)),
                          Screen::WrongSign) |
                     flag(units < limits.lowest, Screen::Subnormal);
  // An infinite result is right where the exact value is beyond the type.
  bool isHuge =
      (size - error >= limits.beyond) & (y == std::copysign(HUGE_VAL, value));
  verdict = isHuge ? 0 : verdict;
  ulp = isHuge ? 0.0 : ulp;
  ulpError = isHuge ? 0.0 : ulpError;
  bool isOrdinary = (std::fabs(x) < HUGE_VAL) & (x != 0);
  return {ulp, ulpError,
          verdict | flag((isKnown | isHuge) & isOrdinary, Screen::Known)};
}

ACT_HOST_CLONES static void
judgeBlock(Limits limits, unsigned size, const double *inputs,
           const double *results, const double *values, const double *errors,
           const double *sides, double *__restrict ulps,
           double *__restrict ulpErrors, uint64_t *__restrict verdicts) {
  for (unsigned i = 0; i < size; ++i) {
    Judged judged =
        judgeOne(limits, inputs[i], results[i], values[i], errors[i], sides[i]);
    ulps[i] = judged.ulp;
    ulpErrors[i] = judged.ulpError;
    verdicts[i] = judged.verdict;
  }
}

void Screen::judgeNearZero(llvm::ArrayRef<double> inputs) {
  if (nearZero.slope == 0)
    return;
  for (auto [i, x] : llvm::enumerate(inputs)) {
    if (!(std::fabs(x) <= NearZero::reach))
      continue;
    values[i] = nearZero.slope * x;
    errors[i] = nearZero.bend == 0 ? 0 : nearZero.curvature * x * x;
    // A rest of the sign of the value takes it away from 0.
    bool isAway = (nearZero.bend > 0) == (values[i] > 0);
    sides[i] = nearZero.bend == 0 ? OnTie
               : isAway           ? AwayFromZero
                                  : TowardsZero;
  }
}

void Screen::judge(llvm::ArrayRef<double> inputs,
                   llvm::ArrayRef<double> results) {
  batch.evaluate(inputs);
  std::copy_n(batch.values(), inputs.size(), values.begin());
  std::copy_n(batch.errors(), inputs.size(), errors.begin());
  sides.fill(Anywhere);
  judgeNearZero(inputs);
  for (double &error : errors)
    error *= kMargin;
  judgeBlock(limitsOf(type), inputs.size(), inputs.data(), results.data(),
             values.data(), errors.data(), sides.data(), ulps.data(),
             ulpErrors.data(), verdicts.data());
}
