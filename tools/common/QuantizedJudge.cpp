//===- QuantizedJudge.cpp - Results in 8 bits against exact values --------===//

#include "QuantizedJudge.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <cmath>
#include <limits>

using namespace act;
using namespace act::tools;

/// What the kernel does behind the function, relative to y / scale: the inverse
/// of the scale and a product, in f32 or f64.
static constexpr double kDivision = 0x1p-21, kStrictDivision = 0x1p-40;

/// Ulps of f32 that a scale may be off, besides what its largest element is.
static constexpr double kScaleUlps = 2;

static std::string textOf(double value) {
  return formatShortest(value, ElementType::F64);
}

double act::tools::excessOf(DType type, double bound, bool isStrict) {
  if (type == DType::F32)
    return bound;
  return std::max(bound - 0.5, isStrict ? 0x1p-8 : 0.25);
}

double QuantizedJudge::nearest(double value) const {
  Array one = llvm::cantFail(allocate(type, {}));
  one.set(0, value);
  return one.get(0);
}

static double ulpOfF32(double value) {
  return std::ldexp(1.0, std::max(std::ilogb(value), -126) - 23);
}

void QuantizedJudge::judgeScale(llvm::ArrayRef<ExactValue> row, float stored,
                                int64_t number) {
  ++scales;
  double most = type == ElementType::E4M3   ? quantizedMax(DType::E4M3)
                : type == ElementType::E5M2 ? quantizedMax(DType::E5M2)
                                            : quantizedMax(DType::Int8);
  double largest = 0, error = 0;
  for (const ExactValue &exact : row)
    if (!std::isnan(exact.value)) {
      largest = std::max(largest, std::fabs(exact.value));
      error = std::max(error, exact.error);
    }
  double exact = std::max(largest / most, kLeastScale), bound = 0;
  if (largest == 0 || largest > std::numeric_limits<float>::max())
    exact = 1;
  else
    bound = kScaleUlps + error / most / ulpOfF32(exact);
  double ulp = std::fabs(stored - exact) / ulpOfF32(exact);
  // Within the error all may be zeros.
  if (stored == 1 && largest <= error)
    return;
  largestScaleError = std::max(largestScaleError, ulp);
  if (ulp <= bound)
    return;
  fail("scale " + std::to_string(number) + " is " + textOf(stored) +
       ", exact " + textOf(exact) + ", bound " + textOf(bound) + " ulp");
}

void QuantizedJudge::judge(int64_t i, const ExactValue &exact, double scale,
                           double computed) {
  ++elements;
  double ratio = exact.value / scale, ideal = nearest(ratio);
  if (computed == ideal || (std::isnan(computed) && std::isnan(ideal)))
    return;
  ++besideTies;
  double error = exact.error / scale +
                 (isStrict ? kStrictDivision : kDivision) * std::fabs(ratio);
  if (nearest(ratio - error) <= computed && computed <= nearest(ratio + error))
    return;
  fail("element " + std::to_string(i) + " is " + textOf(computed) + ", exact " +
       textOf(exact.value) + " / " + textOf(scale) + " = " + textOf(ratio));
}

std::string QuantizedJudge::summary() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << elements << " elements, " << besideTies << " beside a tie";
  if (scales > 0)
    os << "; " << scales << " scales, max "
       << llvm::format("%.3f", largestScaleError) << " ulp";
  return text;
}

std::string QuantizedJudge::problem() const {
  if (failures == 0)
    return "";
  return std::to_string(failures) +
         (failures == 1 ? " result is" : " results are") +
         " beyond the bound; the first: " + first;
}
