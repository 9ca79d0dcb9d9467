//===- Check.cpp - A run's results against the interpreter ----------------===//

#include "Check.h"
#include "act/Reference/ErrorBound.h"
#include "act/Reference/Ulp.h"
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
  /// infinite where no argument is.
  double distanceFromLimit(std::vector<double> args, double computed,
                           unsigned k);
  /// The bound of result `k` at these arguments.
  double boundOf(llvm::ArrayRef<double> args, unsigned k);

  const Data &data;
  MpfrReference &reference;
  bool isRow;
  const Options &options;
  Interpreter<Quad> interpreter;
  ErrorBound<Quad> errorBound;
};
} // namespace

double Checker::boundOf(llvm::ArrayRef<double> args, unsigned k) {
  if (options.maxUlp)
    return *options.maxUlp;
  double bound = rowBound(data.dtype);
  if (isRow)
    return bound;
  std::vector<Quad> values(args.begin(), args.end());
  std::vector<double> bounds(data.results.size());
  errorBound.evaluate(values, data.dtype, bounds);
  return std::max(bound, bounds[k]);
}

double Checker::distanceFromLimit(std::vector<double> args, double computed,
                                  unsigned k) {
  constexpr double far = std::numeric_limits<double>::max();
  bool anyInfinite = false;
  for (double &arg : args)
    if (std::isinf(arg)) {
      arg = std::copysign(far, arg);
      anyInfinite = true;
    }
  if (!anyInfinite)
    return std::numeric_limits<double>::infinity();
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
    // Where the formula has no value at an infinity, its limit passes too.
    if (NumberTraits<MpfrNumber>::isNaN(exact[k]) && !isRow)
      ulp = std::min(ulp, distanceFromLimit(args, computed, k));
    if (ulp == 0)
      continue;
    bool isWorst = ulp > report.maxUlp;
    // The bound is needed only where it may be exceeded or is reported.
    if (!isWorst && ulp <= rowBound(data.dtype) && !options.maxUlp)
      continue;
    double bound = boundOf(args, k);
    bool fails = !(ulp <= bound);
    if (!isWorst && !(fails && report.passed))
      continue;
    report.maxUlp = std::max(report.maxUlp, ulp);
    report.bound = bound;
    report.passed &= !fails;
    report.where.clear();
    llvm::raw_string_ostream os(report.where);
    os << "at element " << i << " (";
    for (double arg : args)
      os << (arg == args.front() ? "" : ", ")
         << tools::formatShortest(arg, elementTypeOf(data.dtype));
    os << "): " << tools::formatShortest(computed, elementTypeOf(data.dtype))
       << ", exact "
       << tools::formatShortest(NumberTraits<MpfrNumber>::toDouble(exact[k]),
                                tools::ElementType::F64);
  }
}

CheckReport act::run::checkResults(const Data &data, MpfrReference &reference,
                                   bool isRow, const Options &options) {
  return Checker(data, reference, isRow, options).run();
}
