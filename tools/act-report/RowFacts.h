//===- RowFacts.h - What the catalogue's table says of a row ----*- C++ -*-===//
#ifndef ACT_REPORT_ROWFACTS_H
#define ACT_REPORT_ROWFACTS_H

#include "Report.h"
#include "act/IR/FunctionTable.h"

namespace act::report {

/// Columns of the comparison of activations.
std::vector<Label> rowFactColumns();

/// The cells of one row with one input, computed at its defaults: about a third
/// of a second. Any number of threads may do so at once.
std::vector<llvm::json::Value> factsOf(const FunctionInfo &row);

} // namespace act::report

#endif // ACT_REPORT_ROWFACTS_H
