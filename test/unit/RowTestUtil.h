//===- RowTestUtil.h - Kernels of rows and their reference ------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_ROWTESTUTIL_H
#define ACT_TEST_UNIT_ROWTESTUTIL_H

#include "DeriveTestUtil.h"
#include "Elements.h"
#include "LevelKernel.h"
#include "act/Reference/Quad.h"
#include "act/Reference/RowInterpreter.h"
#include "act/Runtime/RowRunner.h"

namespace act::test {

/// How vectors lie in rows: along them, or across, a vector of rows at a time
/// or strips of some.
enum class RowWay { Along, Lanes, Strips };
inline constexpr RowWay kRowWays[] = {RowWay::Along, RowWay::Lanes,
                                      RowWay::Strips};

/// What is compiled: a function of a row, its backward, or its Jacobian-vector
/// product.
struct RowSubject {
  std::string source;
  DType type = DType::F32;
  Accuracy accuracy = Accuracy::Default;
  bool isBackward = false;
  /// Inputs that are one value a row, by number, and results that are summed
  /// over rows.
  std::vector<unsigned> uniformInputs = {}, reducedResults = {};
  /// Vectors hold an element of each of some rows.
  bool inLanes = false;
  /// Those rows are taken in strips.
  bool inStrips = false;
  /// Nothing is kept of elements from one loop to the next.
  bool recomputes = false;
  bool isJvp = false;
  /// Rows are longer than kLongRow.
  bool isLong = false;

  std::string text() const;
  void setWay(RowWay way) {
    inLanes = way != RowWay::Along;
    inStrips = way == RowWay::Strips;
  }
};

using Row = std::vector<double>;

/// A compiled function of a row.
struct RowKernel {
  RowSubject subject;
  std::unique_ptr<mlir::MLIRContext> context;
  CompileResult result;
  /// What the kernel should compute.
  std::optional<Tape> tape;

  explicit operator bool() const { return result.kernel || result.gpuModule; }
  unsigned numInputs() const { return result.signature.numInputs; }
  unsigned numResults() const {
    return result.signature.operands.size() - numInputs();
  }
  /// True for an operand (inputs, then results) that is one value a row.
  bool isUniform(unsigned k) const {
    return result.signature.rows->isUniform[k];
  }
  DType typeOf(unsigned k) const { return result.signature.operands[k]; }
  KernelFunction entry() const { return result.kernel->entry(); }

  /// Results for dense rows of `count` elements. Inputs and results hold
  /// rows * count elements, or one for each row where they are uniform.
  std::vector<Row> run(size_t rows, const std::vector<Row> &inputs,
                       unsigned threads = 1) const;
  /// The same of one row, and its first result.
  Row operator()(const std::vector<Row> &inputs) const {
    return run(1, inputs).front();
  }
};

/// Compiles for this machine's best level or the one that is given, or for a
/// GPU where `options` name one. Reports failures to gtest; the kernel is then
/// null. The subject decides over what else it states.
RowKernel compileRows(const RowSubject &subject,
                      const CpuLevel *level = nullptr,
                      CompileOptions options = {});

/// Runs a kernel once on arrays of any shape, inputs, then results; a GPU's
/// does not look at `threads`.
void runRows(const RowKernel &kernel, const std::vector<int64_t> &shape,
             int64_t axis, const std::vector<RunOperand> &operands,
             unsigned threads = 1);

/// An error of a result, in ulp and as part of what is allowed.
struct RowError {
  double ulp = 0, part = 0;
};

/// Compares results of dense rows with the reference, each element with the
/// bound that it propagates, but at least that of formulas.
RowError expectWithinBound(const RowKernel &kernel, size_t rows,
                           const std::vector<Row> &inputs,
                           const std::vector<Row> &results);

/// The same of several runs on the same inputs; the reference runs once.
RowError expectAllWithinBound(const RowKernel &kernel, size_t rows,
                              const std::vector<Row> &inputs,
                              const std::vector<std::vector<Row>> &runs);

/// Judges one row at a time; keeps the interpreter.
class RowJudge {
public:
  explicit RowJudge(const RowKernel &kernel)
      : type(kernel.subject.type), name(kernel.subject.text()),
        interpreter(*kernel.tape,
                    computeModelOf(type, kernel.subject.accuracy)) {}
  /// Evaluates the reference at inputs of `count` elements or of one.
  void evaluate(const std::vector<Row> &inputs, size_t count);
  Quad exact(unsigned k, size_t i) const { return interpreter.result(k, i); }
  /// Adds element i of result k to the worst; the first beyond its bound is a
  /// failure.
  void expect(double computed, unsigned k, size_t i);
  const RowError &worst() const { return error; }

private:
  DType type;
  std::string name;
  RowInterpreter<Quad> interpreter;
  RowError error;
  bool hasFailed = false;
};

/// Normally distributed numbers, rounded to the type.
Row normalRow(size_t count, double sigma, unsigned seed,
              DType type = DType::F32);

} // namespace act::test

#endif // ACT_TEST_UNIT_ROWTESTUTIL_H
