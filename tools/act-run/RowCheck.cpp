//===- RowCheck.cpp - Results of a function of a row, judged --------------===//

#include "RowCheck.h"
#include "Print.h"
#include "act/Reference/RowInterpreter.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <map>

using namespace act;
using namespace act::run;

/// Elements compared at most, but for those of one row.
static constexpr int64_t kMaxCompared = 1 << 20;

namespace {
class RowChecker {
public:
  RowChecker(const Data &data, const Tape &tape, const Options &options)
      : data(data), options(options),
        model(computeModelOf(data.dtype, options.accuracy)),
        interpreter(tape, model) {
    stride = 1;
    for (size_t d = *data.axis + 1; d < data.shape.size(); ++d)
      stride *= data.shape[d];
    count = data.shape[*data.axis];
  }

  CheckReport run();

private:
  /// What a result that is summed over rows should be.
  struct Sum {
    Quad exact = 0, error = 0;
  };

  void compareRow(int64_t first);
  void compare(unsigned k, int64_t element, Quad exact, double bound);
  std::string describe(int64_t element, double computed, Quad exact) const;

  const Data &data;
  const Options &options;
  ComputeModel model;
  RowInterpreter<Quad> interpreter;
  /// By the number of a reduced result, for each element of it: a place in the
  /// flattened shape that it belongs to, and its sum.
  std::map<unsigned, std::map<int64_t, std::pair<int64_t, Sum>>> sums;
  /// Elements of a row, and from one to the next in the flattened shape.
  int64_t count, stride;
  CheckReport report;
};
} // namespace

CheckReport RowChecker::run() {
  report.bound = options.maxUlp.value_or(formulaBoundOf(data.dtype));
  int64_t size = data.size(), rows = count == 0 ? 0 : size / count;
  for (unsigned k : data.reducedResults())
    sums[k];
  // A sum is of all rows.
  report.stride =
      sums.empty()
          ? std::max<int64_t>(1, (size + kMaxCompared - 1) / kMaxCompared)
          : 1;
  for (int64_t row = 0; row < rows; row += report.stride)
    compareRow(row / stride * stride * count + row % stride);
  for (auto &[k, elements] : sums)
    for (auto &[offset, sum] : elements)
      compare(
          k, sum.first, sum.second.exact,
          interpreter.boundOf(sum.second.exact, sum.second.error, data.dtype));
  return report;
}

void RowChecker::compareRow(int64_t first) {
  std::vector<std::vector<Quad>> arguments(data.numInputs);
  double least = leastNormalOf(data.dtype);
  auto flushed = [&](double x) {
    return options.flush && std::fabs(x) < least ? std::copysign(0.0, x) : x;
  };
  for (unsigned k = 0; k < data.numInputs; ++k) {
    bool isOne = llvm::is_contained(data.uniformInputs, k);
    for (int64_t i = 0; i < (isOne ? 1 : count); ++i)
      arguments[k].push_back(flushed(data.valueAt(k, first + i * stride)));
  }
  for (auto &[name, value] : options.params)
    arguments.push_back(
        {Quad(model.type == DType::F64 ? value : double(float(value)))});
  interpreter.evaluate(arguments, count);
  for (unsigned k = 0; k < data.operands.size() - data.numInputs; ++k) {
    bool isOne = llvm::is_contained(data.uniformResults, k);
    auto summed = sums.find(k);
    for (int64_t i = 0; i < (isOne ? 1 : count); ++i) {
      int64_t element = first + i * stride;
      Quad exact = interpreter.result(k, i);
      if (summed == sums.end()) {
        compare(k, element, exact, interpreter.bound(k, i, data.dtype));
        continue;
      }
      auto &[place, sum] =
          summed->second[data.elementOf(data.numInputs + k, element)];
      place = element;
      sum.exact = sum.exact + exact;
      sum.error = sum.error + interpreter.error(k, i);
    }
  }
}

std::string RowChecker::describe(int64_t element, double computed,
                                 Quad exact) const {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "at element " << element << ": "
     << tools::formatShortest(computed, elementTypeOf(data.dtype)) << ", exact "
     << tools::formatShortest(double(exact), tools::ElementType::F64);
  return text;
}

void RowChecker::compare(unsigned k, int64_t element, Quad exact,
                         double expected) {
  ++report.compared;
  double computed = data.valueAt(data.numInputs + k, element);
  if (options.flush && computed == 0 &&
      NumberTraits<Quad>::abs(exact) < Quad(leastNormalOf(data.dtype)))
    return;
  double ulp = ulpError(computed, exact, data.dtype);
  if (ulp == 0)
    return;
  double bound =
      options.maxUlp.value_or(std::max(formulaBoundOf(data.dtype), expected));
  bool fails = !(ulp <= bound);
  if (!(ulp > report.maxError) && !(fails && report.passed))
    return;
  report.maxError = std::max(report.maxError, ulp);
  report.bound = bound;
  report.passed &= !fails;
  report.where = describe(element, computed, exact);
}

CheckReport act::run::checkRows(const Data &data, const Tape &tape,
                                const Options &options) {
  return RowChecker(data, tape, options).run();
}
