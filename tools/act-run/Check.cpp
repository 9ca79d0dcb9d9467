//===- Check.cpp - A run's results against the interpreter ----------------===//

#include "Check.h"
#include "act/Reference/ErrorBound.h"
#include "act/Reference/Ulp.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <limits>

using namespace act;
using namespace act::run;

/// Elements compared at most; larger arrays are sampled evenly.
static constexpr int64_t kMaxCompared = 1 << 20;

namespace {
class Checker {
public:
  Checker(const Data &data, MpfrReference &reference, bool isRow, int64_t order,
          const Exchange &exchange, bool onGpu, const Options &options)
      : data(data), reference(reference), isRow(isRow),
        hasRowBound(isRow && order <= 1), onGpu(onGpu), exchange(exchange),
        options(options), interpreter(reference.getTape()),
        compiled(exchange.tape ? *exchange.tape : reference.getTape()),
        errorBound(compiled,
                   data.dtype == DType::F64 ? DType::F64 : DType::F32) {}

  CheckReport run() {
    CheckReport report;
    report.bound = exchange.isAbsolute ? *options.tolerance
                                       : options.maxUlp.value_or(leastBound());
    int64_t size = data.size();
    report.stride =
        std::max<int64_t>(1, (size + kMaxCompared - 1) / kMaxCompared);
    for (int64_t i = 0; i < size; i += report.stride, ++report.compared)
      compare(i, report);
    for (unsigned k : data.reducedResults())
      compareSum(k, report);
    return report;
  }

private:
  /// What the kernel computes with: zeros for subnormal numbers if it flushes.
  std::vector<double> argumentsOf(int64_t i) const;
  double flushed(double x, DType type) const;
  /// The distance in ulp. Where the kernel flushes and the exact result is
  /// subnormal, or so near that rounding errors may have made it so, 0 passes.
  double distance(double computed, const MpfrNumber &exact) const;
  /// Compares a gradient of a broadcast input: its error is judged against
  /// the sum of its terms' magnitudes, as the terms may cancel.
  void compareSum(unsigned k, CheckReport &report);
  void compare(int64_t i, CheckReport &report);
  /// Distance in ulp from the limit at infinite arguments, taken from far out;
  /// nothing where no argument is infinite or one is NaN.
  std::optional<double> distanceFromLimit(llvm::ArrayRef<double> args,
                                          double computed, unsigned k);
  /// The error that `ulp` of an exact value is, in the units of the report.
  double errorOf(double ulp, const MpfrNumber &exact) const;
  /// Result `k` of the function that was asked for and of the one that was
  /// compiled, which has other forms of GELU in it.
  std::pair<Quad, Quad> exactly(llvm::ArrayRef<double> args, unsigned k);
  /// A bound of what was compiled as one of what was asked for, both in ulp.
  double widened(double bound, llvm::ArrayRef<double> args, unsigned k);
  /// No bound is smaller.
  double leastBound() const;
  /// The bound of result `k` of what was compiled at these arguments; none
  /// where it is not judged.
  std::optional<double> boundOf(llvm::ArrayRef<double> args, unsigned k);
  /// "at element 3 (1, 2): 5, exact 4".
  std::string describe(int64_t i, llvm::ArrayRef<double> args, double computed,
                       const MpfrNumber &exact) const;

  const Data &data;
  MpfrReference &reference;
  bool isRow, hasRowBound, onGpu;
  const Exchange &exchange;
  const Options &options;
  Interpreter<Quad> interpreter, compiled;
  ErrorBound<Quad> errorBound;
};
} // namespace

std::optional<double> Checker::boundOf(llvm::ArrayRef<double> args,
                                       unsigned k) {
  if (options.maxUlp)
    return *options.maxUlp;
  // Operations that are rounded each leave nothing open, but for the rare ones
  // of f32 that are next to a tie.
  if (options.rounding == RoundingPoints::Each &&
      elementTypeOf(data.dtype) != tools::ElementType::F32 &&
      data.dtype != DType::F64)
    return 0.5;
  if (exchange.isAbsolute)
    return *options.tolerance;
  double bound = leastBound();
  if (hasRowBound)
    return bound;
  std::vector<Quad> values(args.begin(), args.end());
  std::vector<double> bounds(data.operands.size() - data.numInputs);
  errorBound.evaluate(values, data.dtype, bounds);
  if (std::isinf(bounds[k]) && errorBound.overflows(k))
    return std::nullopt;
  // Primitives of the fast class have 2^-15 where others have an ulp or two.
  bool isQuick = options.accuracy == Accuracy::Fast && data.dtype == DType::F32;
  return std::max(bound, isQuick ? 512 * bounds[k] : bounds[k]);
}

double Checker::leastBound() const {
  if (!hasRowBound)
    return formulaBoundOf(data.dtype);
  // A gate multiplies a row by its other input.
  auto boundOf = onGpu ? gpuRowBoundOf : rowBoundOf;
  return boundOf(data.dtype, options.accuracy) + (data.numInputs > 1 ? 1 : 0);
}

double Checker::errorOf(double ulp, const MpfrNumber &exact) const {
  if (!exchange.isAbsolute || std::isinf(ulp) || !mpfr_number_p(exact.get()))
    return ulp;
  return std::ldexp(ulp, int(ulpExponent(exact, data.dtype)));
}

std::pair<Quad, Quad> Checker::exactly(llvm::ArrayRef<double> args,
                                       unsigned k) {
  std::vector<Quad> values(args.begin(), args.end());
  std::vector<Quad> asked(data.operands.size() - data.numInputs), given(asked);
  interpreter.evaluate(values, asked);
  compiled.evaluate(values, given);
  return {asked[k], given[k]};
}

double Checker::widened(double bound, llvm::ArrayRef<double> args, unsigned k) {
  using Traits = NumberTraits<Quad>;
  auto [asked, given] = exactly(args, k);
  Quad distance = Traits::abs(asked - given);
  if (Traits::isNaN(distance) || Traits::isInfinite(distance))
    return bound;
  long unit = ulpExponent(asked, data.dtype);
  return std::ldexp(bound, int(ulpExponent(given, data.dtype) - unit)) +
         Traits::toDouble(Traits::scale(distance, -unit));
}

std::string Checker::describe(int64_t i, llvm::ArrayRef<double> args,
                              double computed, const MpfrNumber &exact) const {
  tools::ElementType type = elementTypeOf(data.dtype);
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "at element " << i << " (";
  llvm::interleaveComma(
      args, os, [&](double arg) { os << tools::formatShortest(arg, type); });
  os << "): " << tools::formatShortest(computed, type) << ", exact "
     << tools::formatShortest(NumberTraits<MpfrNumber>::toDouble(exact),
                              tools::ElementType::F64);
  return text;
}

std::optional<double> Checker::distanceFromLimit(llvm::ArrayRef<double> args,
                                                 double computed, unsigned k) {
  if (llvm::none_of(args, [](double x) { return std::isinf(x); }) ||
      llvm::any_of(args, [](double x) { return std::isnan(x); }))
    return std::nullopt;
  return ulpError(computed, reference.limitAtInfinity(args, k), data.dtype);
}

double Checker::flushed(double x, DType type) const {
  bool isTiny = std::fabs(x) < leastNormalOf(type);
  return options.flush && isTiny ? std::copysign(0.0, x) : x;
}

double Checker::distance(double computed, const MpfrNumber &exact) const {
  double least = leastNormalOf(data.dtype);
  if (options.flush && computed == 0 && exact != MpfrNumber(0)) {
    if (NumberTraits<MpfrNumber>::abs(exact) < MpfrNumber(least))
      return 0;
    computed = NumberTraits<MpfrNumber>::isNegative(exact) ? -least : least;
  }
  return ulpError(computed, exact, data.dtype);
}

std::vector<double> Checker::argumentsOf(int64_t i) const {
  std::vector<double> args;
  for (unsigned k = 0; k < data.numInputs; ++k)
    args.push_back(flushed(data.valueAt(k, i), data.dtype));
  // Parameters are given in the compute type.
  bool isNarrow =
      data.dtype != DType::F64 && options.accuracy != Accuracy::Strict;
  for (auto [name, value] : options.params)
    args.push_back(flushed(value, isNarrow ? DType::F32 : DType::F64));
  return args;
}

void Checker::compareSum(unsigned k, CheckReport &report) {
  using Traits = NumberTraits<Quad>;
  unsigned operand = data.numInputs + k;
  const tools::Array &result = data.arrayOf(operand);
  std::vector<Quad> totals(result.size(), 0), magnitudes(result.size(), 0);
  // Other elements of the array are another part.
  std::vector<bool> isSum(result.size(), !data.arrays.parts[operand]);
  // What the terms may be wrong by, from a sample of those of each sum: all of
  // few.
  std::vector<double> allowed(result.size(), 0);
  std::vector<int64_t> seen(result.size(), 0);
  int64_t size = data.size(), sums = std::max<int64_t>(1, result.size());
  int64_t step = std::max<int64_t>(
      1, size / sums / llvm::divideCeil(int64_t(1) << 14, sums));
  DType compute = data.dtype == DType::F64 ? DType::F64 : DType::F32;
  std::vector<Quad> terms(data.operands.size() - data.numInputs);
  for (int64_t i = 0; i < size; ++i) {
    std::vector<double> args = argumentsOf(i);
    interpreter.evaluate(std::vector<Quad>(args.begin(), args.end()), terms);
    int64_t at = data.elementOf(operand, i);
    isSum[at] = true;
    totals[at] = totals[at] + terms[k];
    magnitudes[at] = magnitudes[at] + Traits::abs(terms[k]);
    if (seen[at]++ % step == 0 && !Traits::isNaN(terms[k]))
      if (std::optional<double> bound = boundOf(args, k))
        allowed[at] += double(step) * *bound *
                       std::ldexp(1.0, ulpExponent(terms[k], compute));
    if (exchange.tape) {
      auto [asked, given] = exactly(args, k);
      allowed[at] += Traits::toDouble(Traits::abs(asked - given));
    }
  }
  for (int64_t at = 0; at < result.size(); ++at) {
    double computed = result.get(at);
    if (!isSum[at] || ulpError(computed, totals[at], data.dtype) <= 0.5)
      continue;
    double unit = std::ldexp(1.0, ulpExponent(magnitudes[at], data.dtype));
    double error = Traits::toDouble(Traits::abs(Quad(computed) - totals[at]));
    double ulp = error / unit, bound = allowed[at] / unit + 1;
    if (options.maxUlp)
      bound = *options.maxUlp;
    bool fails = !(ulp <= bound);
    if (!(ulp > report.maxError) && !(fails && report.passed))
      continue;
    report.maxError = ulp;
    report.bound = bound;
    report.passed &= !fails;
    report.where = describe(at, {}, computed, MpfrNumber(double(totals[at]))) +
                   " of a sum, in ulp of the sum of its terms' magnitudes";
  }
}

void Checker::compare(int64_t i, CheckReport &report) {
  std::vector<double> args = argumentsOf(i);
  std::vector<MpfrNumber> exact = reference.evaluate(args);
  for (unsigned k = 0; k < exact.size(); ++k) {
    const Operand &operand = data.operands[data.numInputs + k];
    if (operand.isMask || operand.shape != data.shape) // A mask, or a sum.
      continue;
    double computed = data.valueAt(data.numInputs + k, i);
    double ulp = distance(computed, exact[k]);
    // Where the formula has no value at an infinity, its limit passes too; of
    // rows and their derivatives only the limit does.
    if (NumberTraits<MpfrNumber>::isNaN(exact[k]))
      if (auto distance = distanceFromLimit(args, computed, k))
        ulp = isRow ? *distance : std::min(ulp, *distance);
    if (ulp == 0)
      continue;
    double error = errorOf(ulp, exact[k]);
    bool isWorst = error > report.maxError;
    // The bound is needed only where it may be exceeded or is reported.
    if (!isWorst && ulp <= leastBound() && !options.maxUlp &&
        options.rounding == RoundingPoints::Once && !exchange.isAbsolute)
      continue;
    std::optional<double> bound = boundOf(args, k);
    if (bound && exchange.tape)
      bound = widened(*bound, args, k);
    if (!bound && ulp > leastBound()) {
      if (report.overflowed++ == 0)
        report.firstOverflow = describe(i, args, computed, exact[k]);
      continue;
    }
    // An infinite slope bounds no error, but excuses no NaN.
    bool fails = bound && (!(error <= *bound) ||
                           (std::isinf(error) && !std::isfinite(computed)));
    if (!isWorst && !(fails && report.passed))
      continue;
    report.maxError = std::max(report.maxError, error);
    report.bound = bound.value_or(leastBound());
    report.passed &= !fails;
    report.where = describe(i, args, computed, exact[k]);
  }
}

CheckReport act::run::checkResults(const Data &data, MpfrReference &reference,
                                   bool isRow, int64_t order,
                                   const Exchange &exchange, bool onGpu,
                                   const Options &options) {
  return Checker(data, reference, isRow, order, exchange, onGpu, options).run();
}
