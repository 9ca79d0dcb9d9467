//===- Check.cpp - A run's results against the interpreter ----------------===//

#include "Check.h"
#include "act/Reference/ErrorBound.h"
#include "act/Reference/Ulp.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <limits>

using namespace act;
using namespace act::run;

/// Elements compared at most; larger arrays are sampled evenly.
static constexpr int64_t kMaxCompared = 1 << 20;

/// The bound of every row of the table, in ulp of the result.
static double rowBound(DType type) {
  return type == DType::F64 || type == DType::F32 ? 8 : 1;
}

namespace {
class Checker {
public:
  Checker(const Data &data, MpfrReference &reference, bool isRow,
          const Options &options)
      : data(data), reference(reference), isRow(isRow), options(options),
        interpreter(reference.getTape()),
        errorBound(interpreter,
                   data.dtype == DType::F64 ? DType::F64 : DType::F32) {}

  CheckReport run() {
    CheckReport report;
    report.bound = options.maxUlp.value_or(rowBound(data.dtype));
    int64_t size = data.size();
    report.stride = std::max<int64_t>(1, (size + kMaxCompared - 1) /
                                             kMaxCompared);
    for (int64_t i = 0; i < size; i += report.stride, ++report.compared)
      compare(i, report);
    return report;
  }

private:
  void compare(int64_t i, CheckReport &report);
  /// Distance in ulp from the limit at infinite arguments, taken from far out;
  /// nothing where no argument is infinite or one is NaN.
  std::optional<double> distanceFromLimit(std::vector<double> args,
                                          double computed, unsigned k);
  /// The bound of result `k` at these arguments; none where it is not judged.
  std::optional<double> boundOf(llvm::ArrayRef<double> args, unsigned k);
  /// "at element 3 (1, 2): 5, exact 4".
  std::string describe(int64_t i, llvm::ArrayRef<double> args, double computed,
                       const MpfrNumber &exact) const;

  const Data &data;
  MpfrReference &reference;
  bool isRow;
  const Options &options;
  Interpreter<Quad> interpreter;
  ErrorBound<Quad> errorBound;
};
} // namespace

std::optional<double> Checker::boundOf(llvm::ArrayRef<double> args,
                                       unsigned k) {
  if (options.maxUlp)
    return *options.maxUlp;
  double bound = rowBound(data.dtype);
  if (isRow)
    return bound;
  std::vector<Quad> values(args.begin(), args.end());
  std::vector<double> bounds(data.results.size());
  errorBound.evaluate(values, data.dtype, bounds);
  if (std::isinf(bounds[k]) && errorBound.overflows(k))
    return std::nullopt;
  return std::max(bound, bounds[k]);
}

std::string Checker::describe(int64_t i, llvm::ArrayRef<double> args,
                              double computed,
                              const MpfrNumber &exact) const {
  tools::ElementType type = elementTypeOf(data.dtype);
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "at element " << i << " (";
  llvm::interleaveComma(args, os, [&](double arg) {
    os << tools::formatShortest(arg, type);
  });
  os << "): " << tools::formatShortest(computed, type) << ", exact "
     << tools::formatShortest(NumberTraits<MpfrNumber>::toDouble(exact),
                              tools::ElementType::F64);
  return text;
}

std::optional<double>
Checker::distanceFromLimit(std::vector<double> args, double computed,
                           unsigned k) {
  constexpr double far = std::numeric_limits<double>::max();
  if (llvm::none_of(args, [](double x) { return std::isinf(x); }) ||
      llvm::any_of(args, [](double x) { return std::isnan(x); }))
    return std::nullopt;
  for (double &arg : args)
    if (std::isinf(arg))
      arg = std::copysign(far, arg);
  double limit =
      NumberTraits<MpfrNumber>::toDouble(reference.evaluate(args)[k]);
  // What has grown this far grows without bound.
  if (std::isinf(computed) && std::fabs(limit) > 1e100 &&
      std::signbit(computed) == std::signbit(limit))
    return 0;
  return ulpError(computed, MpfrNumber(limit), data.dtype);
}

void Checker::compare(int64_t i, CheckReport &report) {
  std::vector<double> args;
  for (unsigned k = 0; k < data.inputs.size(); ++k)
    args.push_back(data.inputs[k].get(elementOf(data, k, i)));
  for (auto [name, value] : options.params)
    args.push_back(value);
  std::vector<MpfrNumber> exact = reference.evaluate(args);
  for (auto [k, result] : llvm::enumerate(data.results)) {
    double computed = result.get(i);
    double ulp = ulpError(computed, exact[k], data.dtype);
    // Where the formula has no value at an infinity, its limit passes too; of
    // rows and their derivatives only the limit does.
    if (NumberTraits<MpfrNumber>::isNaN(exact[k]))
      if (auto distance = distanceFromLimit(args, computed, k))
        ulp = isRow ? *distance : std::min(ulp, *distance);
    if (ulp == 0)
      continue;
    bool isWorst = ulp > report.maxUlp;
    // The bound is needed only where it may be exceeded or is reported.
    if (!isWorst && ulp <= rowBound(data.dtype) && !options.maxUlp)
      continue;
    std::optional<double> bound = boundOf(args, k);
    if (!bound && ulp > rowBound(data.dtype)) {
      if (report.overflowed++ == 0)
        report.firstOverflow = describe(i, args, computed, exact[k]);
      continue;
    }
    // An infinite slope bounds no error, but excuses no NaN.
    bool fails = bound && (!(ulp <= *bound) ||
                           (std::isinf(ulp) && !std::isfinite(computed)));
    if (!isWorst && !(fails && report.passed))
      continue;
    report.maxUlp = std::max(report.maxUlp, ulp);
    report.bound = bound.value_or(rowBound(data.dtype));
    report.passed &= !fails;
    report.where = describe(i, args, computed, exact[k]);
  }
}

CheckReport act::run::checkResults(const Data &data, MpfrReference &reference,
                                   bool isRow, const Options &options) {
  return Checker(data, reference, isRow, options).run();
}
