//===- Table.cpp - act-report table: the catalogue ------------------------===//

#include "Options.h"
#include "act/IR/FunctionTable.h"

using namespace act;
using namespace act::report;
using llvm::json::Array;

std::optional<Report> act::report::reportTable(const Options &) {
  Table table;
  table.key = "functions";
  table.columns = {{"name", true},        {"aliases", true},
                   {"inputs", true},      {"parameters", true},
                   {"formula", true},     {"at_minus_inf", true},
                   {"at_plus_inf", true}, {"summary"},
                   {"citation"},          {"year"},
                   {"used_in"},           {"range"},
                   {"monotonic"},         {"smooth"},
                   {"zero_mean"}};
  for (const FunctionInfo &row : allFunctions()) {
    Array aliases, inputs, parameters;
    for (llvm::StringRef alias : aliasesOf(row))
      aliases.push_back(alias);
    for (llvm::StringRef input : inputsOf(row))
      inputs.push_back(input);
    for (const ParamInfo &param : paramsOf(row))
      parameters.push_back(parameterOf(param.name, param.defaultText));
    table.rows.push_back(
        {row.Name, std::move(aliases), std::move(inputs), std::move(parameters),
         row.Formula, orNull(row.AtMinusInf), orNull(row.AtPlusInf),
         row.Summary, orNull(row.Cites), orNull(row.Year), orNull(row.UsedIn),
         orNull(row.Range), orNull(row.Monotonic), orNull(row.Smooth),
         orNull(row.ZeroMean)});
  }
  Report report;
  report.title = "Catalogue";
  report.summary = "Every activation by its name. Limits are stated where the "
                   "formula itself has no value at an infinity.";
  report.tables.push_back(std::move(table));
  return report;
}
