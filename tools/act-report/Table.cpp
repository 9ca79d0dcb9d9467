//===- Table.cpp - act-report table: the catalogue ------------------------===//

#include "CommonErrors.h"
#include "Options.h"
#include "RowFacts.h"
#include "llvm/Support/ThreadPool.h"

using namespace act;
using namespace act::report;
using llvm::json::Array;

/// Activations side by side, computed by all cores.
static Table comparison() {
  Table table;
  table.key = "activations";
  table.columns = rowFactColumns();
  std::vector<const FunctionInfo *> rows;
  for (const FunctionInfo &row : allFunctions())
    if (isUnary(row))
      rows.push_back(&row);
  table.rows.resize(rows.size());
  llvm::DefaultThreadPool pool;
  for (auto [i, row] : llvm::enumerate(rows))
    pool.async([&cells = table.rows[i], row = row] { cells = factsOf(*row); });
  pool.wait();
  return table;
}

/// Every name, gates included.
static Table names() {
  Table table;
  table.key = "functions";
  table.columns = {{"name", true},
                   {"aliases", true},
                   {"inputs", true},
                   {"parameters", true},
                   {"also_measured_at", true},
                   {"formula", true},
                   {"at_minus_inf", true},
                   {"at_plus_inf", true},
                   {"summary"},
                   {"used_in"}};
  for (const FunctionInfo &row : allFunctions()) {
    Array aliases, inputs, parameters, further;
    for (llvm::StringRef alias : aliasesOf(row))
      aliases.push_back(alias);
    for (llvm::StringRef input : inputsOf(row))
      inputs.push_back(input);
    for (const ParamInfo &param : paramsOf(row))
      parameters.push_back(parameterOf(param.name, param.defaultText));
    for (llvm::StringRef arguments : furtherArgumentsOf(row))
      further.push_back(arguments);
    table.rows.push_back(
        {row.Name, std::move(aliases), std::move(inputs), std::move(parameters),
         std::move(further), row.Formula, orNull(row.AtMinusInf),
         orNull(row.AtPlusInf), row.Summary, orNull(row.UsedIn)});
  }
  return table;
}

std::optional<Report> act::report::reportTable(const Options &) {
  Report report;
  report.title = "Activations";
  report.summary =
      "The catalogue, computed from its formulas at the defaults of their "
      "parameters. Gradients are of one unit; a unit is dead where none "
      "passes. A function is zero-centred if its mean for a standard normal "
      "input is 0. Costs count what a formula takes as it is written.";
  report.tables = {comparison(), names(), commonErrors()};
  return report;
}
