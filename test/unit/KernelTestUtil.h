//===- KernelTestUtil.h - Derived kernels and their references --*- C++ -*-===//
#ifndef ACT_TEST_UNIT_KERNELTESTUTIL_H
#define ACT_TEST_UNIT_KERNELTESTUTIL_H

#include "DeriveTestUtil.h"
#include "Elements.h"
#include "act/IR/FunctionTable.h"
#include "act/Jit/Compiler.h"
#include "act/Reference/ErrorBound.h"
#include "act/Reference/Ulp.h"
#include <functional>
#include <memory>

namespace act::test {

/// Errors of computed results against a tape, in ulp, at the speed of doubles
/// where these are known to be good enough: where the first-order bound of a
/// plain evaluation in double is far below an ulp of the element type. Else
/// binary128 and then MPFR decide. Every 64th answer comes from MPFR always.
class FastReference {
public:
  explicit FastReference(const Tape &tape);
  FastReference(const FastReference &) = delete;

  /// Error of `computed`, an element of `type`, for result k at `args`. At
  /// infinities the limit is exact, taken from far out. A value of the wrong
  /// sign is infinitely wrong; a zero has no sign.
  double error(double computed, llvm::ArrayRef<double> args, DType type,
               unsigned k = 0);
  /// What error() compares with, but for its rounding to double.
  double valueFor(llvm::ArrayRef<double> args, DType type, unsigned k = 0);
  /// error() by MPFR alone, for what is nearer to a limit than this is wrong.
  double exactError(double computed, llvm::ArrayRef<double> args, DType type,
                    unsigned k = 0);
  /// The error of `computed` where valueFor() gave `exact`, but not in f64.
  static double errorFrom(double exact, double computed, DType type);
  /// Error of error(), in ulp.
  static constexpr double kNegligible = 0x1p-8;
  /// The exact value, rounded to double.
  double value(llvm::ArrayRef<double> args, unsigned k = 0);
  /// A plain evaluation in double.
  double roughValue(double x) { return doubles.evaluate({x}); }
  /// True if some operation of an evaluation in double is not finite.
  bool overflows(llvm::ArrayRef<double> args);
  /// What a plain evaluation in the compute type of `type` may be wrong by, to
  /// first order, in ulp of results of `type`; at least formulaBoundOf(type).
  double formulaBound(llvm::ArrayRef<double> args, DType type, unsigned k = 0);
  /// False if, in the last call of formulaBound() for another type than f64,
  /// errors could have turned a comparison: the bound then says nothing.
  bool isDecided() const { return floatBound.isDecided(); }
  /// True if `computed`, a double, is as near as `ulps` or as the first-order
  /// bound of an evaluation operation by operation in double.
  bool isWithinBound(double computed, llvm::ArrayRef<double> args, double ulps,
                     unsigned k = 0);

  size_t numByDouble = 0, numByQuad = 0, numByMpfr = 0;

private:
  /// What `use` makes of the exact value, or of one near enough.
  template <class Use>
  double decide(llvm::ArrayRef<double> args, DType type, unsigned k, Use use);
  MpfrNumber exactly(llvm::ArrayRef<double> args, unsigned k);

  unsigned numResults;
  Interpreter<double> doubles;
  Interpreter<Quad> quads;
  ErrorBound<double> doubleBound;
  ErrorBound<Quad> quadBound, floatBound;
  MpfrReference reference;
  size_t calls = 0;
};

/// A kernel with its reference.
struct TestKernel {
  std::unique_ptr<mlir::MLIRContext> context;
  CompileResult result;
  std::unique_ptr<FastReference> reference;
  DType type = DType::F32;

  explicit operator bool() const { return result.kernel || result.gpuModule; }
  /// Runs a function of one input; one vector of results for each result.
  std::vector<std::vector<double>> run(const std::vector<double> &inputs) const;
};

/// What `prepare` makes of the function of a source (which becomes private),
/// compiled; the reference is the tape of @derived. Reports failures to
/// gtest; the kernel is then null. `quiet` reports none. Of `options` the
/// function, the type and, where there is none and no GPU, the level are filled
/// in.
TestKernel compileTest(llvm::StringRef source, DType type,
                       const std::function<void(FuncOp)> &prepare,
                       bool quiet = false, CompileOptions options = {});

/// The kernel of derivatives of a source.
inline TestKernel compileDerivative(llvm::StringRef source, DType type,
                                    const Derivation &wanted = {},
                                    bool quiet = false,
                                    CompileOptions options = {}) {
  return compileTest(
      source, type, [&](FuncOp func) { addDerivative(func, wanted); }, quiet,
      std::move(options));
}

/// The largest error that was seen, and where.
struct Worst {
  double ulp = 0, x = 0, computed = 0, exact = 0;
  size_t count = 0;
};

} // namespace act::test

#endif // ACT_TEST_UNIT_KERNELTESTUTIL_H
