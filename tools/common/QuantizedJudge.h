//===- QuantizedJudge.h - Results in 8 bits against exact values -*- C++
//-*-===//
#ifndef ACT_TOOLS_QUANTIZEDJUDGE_H
#define ACT_TOOLS_QUANTIZEDJUDGE_H

#include "Array.h"
#include "act/Quantization.h"

namespace act::tools {

/// The exact value of a function, and what a kernel's may be off before it is
/// divided by a scale.
struct ExactValue {
  double value, error;
};

/// The ulps of `type` that a value may be off where a result that is rounded to
/// the type may be off by `bound`: of 16 bits half an ulp is that rounding,
/// which does not happen. What is nearly always rounded correctly is of values
/// that are off by some, too, those of `strict` by less.
double excessOf(DType type, double bound, bool isStrict);

/// Judges quantised results and counts what it finds. An element is to be what
/// the exact value divided by its scale, as it is stored, rounds to, or the
/// next number where that is no further from a tie than the value's error and
/// the division's rounding allow. A scale has a bound in ulp of f32.
class QuantizedJudge {
public:
  /// The element type of quantised arrays; whether kernels compute in f64.
  QuantizedJudge(ElementType type, bool isStrict)
      : type(type), isStrict(isStrict) {}

  /// Judges the scale of these elements.
  void judgeScale(llvm::ArrayRef<ExactValue> row, float stored, int64_t number);
  /// Judges element `i`.
  void judge(int64_t i, const ExactValue &exact, double scale, double computed);

  /// "65536 elements, 3 beside a tie; 2 scales, max 0.500 ulp".
  std::string summary() const;
  /// What is wrong, or "".
  std::string problem() const;
  int64_t numFailures() const { return failures; }

private:
  double nearest(double value) const;
  void fail(const std::string &text) {
    if (failures++ == 0)
      first = text;
  }

  ElementType type;
  bool isStrict;
  int64_t elements = 0, besideTies = 0, scales = 0, failures = 0;
  double largestScaleError = 0;
  std::string first;
};

} // namespace act::tools

#endif // ACT_TOOLS_QUANTIZEDJUDGE_H
