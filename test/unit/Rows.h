//===- Rows.h - Rows of the table that tests run over -----------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_ROWS_H
#define ACT_TEST_UNIT_ROWS_H

#include "act/IR/FunctionTable.h"
#include "act/Reference/Interpreter.h"
#include "act/Reference/Quad.h"
#include "act/Syntax/Parser.h"
#include <vector>

/// Every function of one input.
inline std::vector<const act::FunctionInfo *> unaryRows() {
  std::vector<const act::FunctionInfo *> rows;
  for (const act::FunctionInfo &row : act::allFunctions())
    if (act::isUnary(row))
      rows.push_back(&row);
  return rows;
}

/// True unless the function is constant piece by piece in its input, or in
/// parameter `argument` - 1, so that it has no derivative worth a kernel: it
/// changes with a small step somewhere.
inline bool hasSlope(const act::FunctionInfo &row, unsigned argument = 0) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto module = act::parseRow(row, &context);
  auto f = cantFail(
      act::Interpreter<double>::create(*module->getOps<act::FuncOp>().begin()));
  for (double x = -8.03; x < 8; x += 0.1) {
    std::vector<double> args = {x};
    for (const act::ParamInfo &param : act::paramsOf(row))
      args.push_back(double(act::quadFromText(param.defaultText)));
    double before = f.evaluate(args);
    args[argument] += 0x1p-10;
    if (f.evaluate(args) != before)
      return true;
  }
  return false;
}

/// Every function of one input that has a derivative. They are found once.
inline const std::vector<const act::FunctionInfo *> &rowsWithSlope() {
  static const std::vector<const act::FunctionInfo *> found = [] {
    std::vector<const act::FunctionInfo *> rows;
    for (const act::FunctionInfo *row : unaryRows())
      if (hasSlope(*row))
        rows.push_back(row);
    return rows;
  }();
  return found;
}

#endif // ACT_TEST_UNIT_ROWS_H
