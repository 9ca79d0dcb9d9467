//===- SimpleNumber.cpp - The number that was meant -----------------------===//

#include "SimpleNumber.h"
#include "Array.h"
#include "act/Reference/Number.h"
#include <cstdio>

using namespace act;
using namespace act::report;

/// The largest denominator of ratios.
static constexpr int kLargestDenominator = 12;
/// A ratio is worth it from this many characters less on: any interval has a
/// decimal with one digit more, and few have a ratio.
static constexpr size_t kSaved = 4;

/// The shortest decimal, nearest to `best` among those of its length.
static std::string shortestDecimal(double lo, double best, double hi) {
  if (lo <= 0 && hi >= 0)
    return "0";
  for (int digits = 1; digits <= 17; ++digits) {
    char buffer[40];
    std::snprintf(buffer, sizeof(buffer), "%.*e", digits - 1, best);
    double value = *tools::parseDecimal(buffer, tools::ElementType::F64);
    if (value >= lo && value <= hi)
      return tools::formatShortest(value, tools::ElementType::F64);
  }
  return tools::formatShortest(best, tools::ElementType::F64);
}

std::string act::report::simplestNumber(double lo, double best, double hi,
                                        llvm::StringRef preferred) {
  if (!preferred.empty()) {
    double value = NumberTraits<double>::fromText(preferred);
    if (value >= lo && value <= hi)
      return preferred.str();
  }
  std::string decimal = shortestDecimal(lo, best, hi);
  for (int q = 2; q <= kLargestDenominator; ++q) {
    double p = std::round(best * q);
    if (std::fabs(p) > 99 || p / q < lo || p / q > hi)
      continue;
    std::string ratio = std::to_string(int(p)) + "/" + std::to_string(q);
    if (ratio.size() + kSaved <= decimal.size())
      return ratio;
  }
  return decimal;
}
