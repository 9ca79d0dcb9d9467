//===- RowModel.cpp - A row with free parameters --------------------------===//

#include "RowModel.h"
#include "act/Syntax/Parser.h"
#include "act/Transforms/Expand.h"
#include "act/Transforms/Symbolic.h"

using namespace mlir;
using namespace act;
using namespace act::report;

/// f and its derivatives by the arguments from 1 on as one function, whose
/// inputs are all of f's arguments. Rows are well formed and differentiable.
static OwningOpRef<FuncOp> withSensitivities(FuncOp row,
                                             SmallVectorImpl<bool> &jumps) {
  sym::Graph graph(row.getContext());
  sym::Expr f = graph.read(row)->front();
  unsigned numArguments = row.getNumArguments();
  SmallVector<sym::Expr> results = {f};
  for (unsigned i = 1; i < numArguments; ++i) {
    results.push_back(graph.differentiate(f, i));
    jumps.push_back(results.back()->isNumber(0));
  }
  OpBuilder builder(row.getContext());
  Location loc = row.getLoc();
  Type real = builder.getF64Type();
  OwningOpRef<FuncOp> func = builder.create<FuncOp>(
      loc, row.getSymName(),
      builder.getFunctionType(SmallVector<Type>(numArguments, real),
                              SmallVector<Type>(results.size(), real)));
  Block *body = builder.createBlock(&func->getBody());
  for (unsigned i = 0; i < numArguments; ++i)
    body->addArgument(real, loc);
  sym::Writer writer(builder, loc, real, body->getArguments());
  SmallVector<Value> written;
  for (sym::Expr result : results)
    written.push_back(writer.write(result));
  builder.create<ReturnOp>(loc, written);
  return func;
}

RowModel::RowModel(const FunctionInfo &row, MLIRContext *context)
    : row(&row), params(paramsOf(row)) {
  OwningOpRef<ModuleOp> module = parseRow(row, context);
  FuncOp func = *module->getOps<FuncOp>().begin();
  LogicalResult isExpanded = expandBody(func);
  assert(succeeded(isExpanded) && "a row of the catalogue");
  (void)isExpanded;
  Tape tape = cantFail(Tape::build(*withSensitivities(func, jumps)));
  quick.emplace(tape);
  wide.emplace(std::move(tape));
}

template <> Interpreter<double> &RowModel::interpreter() { return *quick; }
template <> Interpreter<Quad> &RowModel::interpreter() { return *wide; }

SmallVector<double, 4> RowModel::defaults() const {
  SmallVector<double, 4> values;
  for (const ParamInfo &param : params)
    values.push_back(NumberTraits<double>::fromText(param.defaultText));
  return values;
}

double RowModel::value(double x, ArrayRef<double> parameters) {
  SmallVector<double, 5> arguments = {x};
  llvm::append_range(arguments, parameters);
  SmallVector<double, 5> results(quick->getNumResults());
  quick->evaluate(arguments, results);
  return results[0];
}

template <class Number>
LeastSquaresFit RowModel::fit(ArrayRef<double> x, ArrayRef<double> y,
                              ArrayRef<double> weights, ArrayRef<double> start,
                              ArrayRef<bool> isFree, unsigned maxSteps) {
  SmallVector<unsigned, 4> free;
  SmallVector<double, 4> freeStart;
  SmallVector<Number, 5> arguments = {Number(0)};
  for (auto [i, value] : llvm::enumerate(start)) {
    arguments.push_back(value);
    if (isFree[i]) {
      free.push_back(i);
      freeStart.push_back(value);
    }
  }
  Interpreter<Number> &function = interpreter<Number>();
  SmallVector<Number, 5> results(function.getNumResults());
  auto residual = [&](size_t k, ArrayRef<double> parameters,
                      MutableArrayRef<double> gradient) {
    arguments[0] = x[k];
    for (auto [i, value] : llvm::zip(free, parameters))
      arguments[i + 1] = value;
    function.evaluate(arguments, results);
    for (auto [i, slope] : llvm::zip(free, gradient)) {
      slope = double(results[i + 1]) * weights[k];
      if (!std::isfinite(slope))
        return slope - slope;
    }
    return double(results[0] - Number(y[k])) * weights[k];
  };
  LeastSquaresFit inner =
      fitLeastSquares(residual, x.size(), freeStart, maxSteps);
  LeastSquaresFit fit{
      SmallVector<double, 4>(start), inner.cost,
      SmallVector<double, 4>(start.size(),
                             std::numeric_limits<double>::infinity())};
  for (auto [k, i] : llvm::enumerate(free)) {
    fit.parameters[i] = inner.parameters[k];
    fit.spread[i] = inner.spread[k];
  }
  return fit;
}

template LeastSquaresFit
RowModel::fit<double>(ArrayRef<double>, ArrayRef<double>, ArrayRef<double>,
                      ArrayRef<double>, ArrayRef<bool>, unsigned);
template LeastSquaresFit RowModel::fit<Quad>(ArrayRef<double>, ArrayRef<double>,
                                             ArrayRef<double>, ArrayRef<double>,
                                             ArrayRef<bool>, unsigned);
