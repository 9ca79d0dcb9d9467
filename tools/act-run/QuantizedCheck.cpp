//===- QuantizedCheck.cpp - Quantised results, judged ---------------------===//

#include "Quantized.h"
#include "QuantizedJudge.h"
#include "act/Reference/ErrorBound.h"
#include "act/Reference/Ulp.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace act;
using namespace act::run;

/// Elements compared at most, but for those of one scale.
static constexpr int64_t kMaxCompared = 1 << 20;

namespace {
class QuantizedChecker {
public:
  QuantizedChecker(const Data &data, MpfrReference &reference, bool isRow,
                   bool onGpu, const Options &options)
      : data(data), reference(reference), isRow(isRow), onGpu(onGpu),
        isStrict(options.accuracy == Accuracy::Strict), options(options),
        interpreter(reference.getTape()),
        errorBound(interpreter, isStrict ? DType::F64 : DType::F32),
        judge(data.results[0].type, isStrict) {}

  int run(llvm::raw_ostream &os);

private:
  std::vector<double> argumentsOf(int64_t i) const;
  /// Nothing where a formula has no value at an infinity.
  std::optional<tools::ExactValue> exactly(int64_t i);
  double boundOf(llvm::ArrayRef<double> args);
  /// The elements [first, first + count), which have one scale.
  void judgeGroup(int64_t first, int64_t count, int64_t scale);

  const Data &data;
  MpfrReference &reference;
  bool isRow, onGpu, isStrict;
  const Options &options;
  Interpreter<Quad> interpreter;
  ErrorBound<Quad> errorBound;
  tools::QuantizedJudge judge;
  int64_t notJudged = 0;
};
} // namespace

std::vector<double> QuantizedChecker::argumentsOf(int64_t i) const {
  double least = leastNormalOf(data.dtype);
  std::vector<double> args;
  for (unsigned k = 0; k < data.numInputs; ++k) {
    double x = data.valueAt(k, i);
    bool isFlushed = options.flush && std::fabs(x) < least;
    args.push_back(isFlushed ? std::copysign(0.0, x) : x);
  }
  // Parameters are given in the compute type.
  for (auto &[name, value] : options.params)
    args.push_back(isStrict ? value : double(float(value)));
  return args;
}

double QuantizedChecker::boundOf(llvm::ArrayRef<double> args) {
  // A gate multiplies a row by its other input.
  if (isRow)
    return (onGpu ? gpuRowBoundOf : rowBoundOf)(data.dtype, options.accuracy) +
           (data.numInputs > 1);
  std::vector<double> bounds(1);
  errorBound.evaluate(std::vector<Quad>(args.begin(), args.end()), data.dtype,
                      bounds);
  // Primitives of the fast class have 2^-15 where others have an ulp or two.
  bool isQuick = options.accuracy == Accuracy::Fast && data.dtype == DType::F32;
  return std::max(formulaBoundOf(data.dtype),
                  isQuick ? 512 * bounds[0] : bounds[0]);
}

std::optional<tools::ExactValue> QuantizedChecker::exactly(int64_t i) {
  std::vector<double> args = argumentsOf(i);
  auto valueOf = [](const MpfrNumber &number) {
    return NumberTraits<MpfrNumber>::toDouble(number);
  };
  double y = valueOf(reference.evaluate(args)[0]);
  bool isAtInfinity =
      llvm::any_of(args, [](double x) { return std::isinf(x); }) &&
      llvm::none_of(args, [](double x) { return std::isnan(x); });
  if (std::isnan(y) && isAtInfinity) {
    if (!isRow)
      return std::nullopt;
    y = valueOf(reference.limitAtInfinity(args, 0));
  }
  if (!std::isfinite(y))
    return tools::ExactValue{y, 0};
  double ulps = tools::excessOf(data.dtype, boundOf(args), isStrict && isRow);
  return tools::ExactValue{
      y, std::ldexp(ulps, int(ulpExponent(Quad(y), data.dtype)))};
}

void QuantizedChecker::judgeGroup(int64_t first, int64_t count,
                                  int64_t number) {
  std::vector<tools::ExactValue> row;
  for (int64_t i = first; i < first + count; ++i) {
    std::optional<tools::ExactValue> exact = exactly(i);
    if (!exact) {
      notJudged += count;
      return;
    }
    row.push_back(*exact);
  }
  double scale = data.quantization->scale;
  if (data.quantization->scaling != Scaling::Static) {
    scale = data.results[1].get(number);
    judge.judgeScale(row, float(scale), number);
  }
  for (int64_t i = 0; i < count; ++i)
    judge.judge(first + i, row[i], scale, data.results[0].get(first + i));
}

int QuantizedChecker::run(llvm::raw_ostream &os) {
  int64_t size = data.size(), length = 1, group = 1;
  if (data.quantization->scaling != Scaling::Static) {
    length = data.shape.back();
    group = data.rowShape().back();
  }
  int64_t stride =
      std::max<int64_t>(1, (size + kMaxCompared - 1) / kMaxCompared);
  int64_t perRow = length == 0 ? 0 : llvm::divideCeil(length, group);
  int64_t groups = length == 0 ? 0 : size / length * perRow;
  for (int64_t g = 0; g < groups; g += stride) {
    int64_t begin = g % perRow * group;
    judgeGroup(g / perRow * length + begin, std::min(group, length - begin), g);
  }
  os << "check: " << judge.summary();
  if (stride > 1)
    os << " (every " << stride << "th)";
  if (notJudged > 0)
    os << "; not judged: " << notJudged << " elements beside an infinite input";
  os << "\n";
  if (judge.numFailures() == 0)
    return 0;
  os.flush();
  llvm::errs() << "act-run: error: " << judge.problem() << "\n";
  return 1;
}

int act::run::judgeQuantized(const Data &data, MpfrReference &reference,
                             bool isRow, bool onGpu, const Options &options,
                             llvm::raw_ostream &os) {
  return QuantizedChecker(data, reference, isRow, onGpu, options).run(os);
}
