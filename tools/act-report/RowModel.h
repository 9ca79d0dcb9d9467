//===- RowModel.h - A row with free parameters ------------------*- C++ -*-===//
#ifndef ACT_REPORT_ROWMODEL_H
#define ACT_REPORT_ROWMODEL_H

#include "act/Analysis/LeastSquares.h"
#include "act/IR/FunctionTable.h"
#include "act/Reference/Interpreter.h"
#include "mlir/IR/MLIRContext.h"

namespace act::report {

/// A row of one input as a function of its input and its parameters, with its
/// derivatives by the parameters. One thread at a time.
class RowModel {
public:
  RowModel(const FunctionInfo &row, mlir::MLIRContext *context);

  const FunctionInfo &getRow() const { return *row; }
  llvm::ArrayRef<ParamInfo> getParams() const { return params; }
  /// The defaults, rounded.
  llvm::SmallVector<double, 4> defaults() const;
  /// True for a parameter that only decides between branches: its derivative
  /// is 0, and a jump moves with it.
  bool isJump(unsigned param) const { return jumps[param]; }

  /// f(x) with these parameters, as its formula gives it in double.
  double value(double x, llvm::ArrayRef<double> parameters);

  /// Fits the parameters marked in `isFree` so that the sum of
  /// (weights[k] (f(x[k]) - y[k]))^2 is least, the others held. The fit has
  /// all parameters, the spread of held ones being infinite. `Number`, double
  /// or Quad, is what f is computed in.
  template <class Number>
  LeastSquaresFit fit(llvm::ArrayRef<double> x, llvm::ArrayRef<double> y,
                      llvm::ArrayRef<double> weights,
                      llvm::ArrayRef<double> start, llvm::ArrayRef<bool> isFree,
                      unsigned maxSteps);

private:
  template <class Number> Interpreter<Number> &interpreter();

  const FunctionInfo *row;
  llvm::SmallVector<ParamInfo, 2> params;
  llvm::SmallVector<bool, 4> jumps;
  std::optional<Interpreter<double>> quick;
  std::optional<Interpreter<Quad>> wide;
};

} // namespace act::report

#endif // ACT_REPORT_ROWMODEL_H
