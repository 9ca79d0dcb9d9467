//===- RankRows.cpp - Rows fitted to samples, best first ------------------===//

#include "RowFit.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>

using namespace mlir;
using namespace act;
using namespace act::report;
using llvm::StringRef;

std::string RowFit::source() const {
  std::string text = std::string(row->Name) + "(x";
  for (const FittedParam &param : params)
    if (!param.isDefault())
      text += ", " + param.param.name.str() + "=" + param.text;
  return text + ")";
}

unsigned RowFit::numChanged() const {
  return llvm::count_if(
      params, [](const FittedParam &param) { return !param.isDefault(); });
}

/// What makes one match a better answer than another.
static auto simplicityOf(const RowFit &fit, double fewestUlps) {
  size_t textLength = 0;
  for (const FittedParam &param : fit.params)
    textLength += param.isDefault() ? 0 : param.text.size();
  StringRef year = *fit.row->Year ? fit.row->Year : "none";
  return std::make_tuple(fit.differences.ulps > fewestUlps + 1,
                         fit.numChanged(), fit.params.size(),
                         std::ceil(fit.differences.ulps), textLength,
                         fit.numSteps, year, StringRef(fit.row->Name));
}

std::vector<RowFit> act::report::fitRows(const Samples &samples,
                                         Rounding rounding,
                                         MLIRContext *context) {
  std::vector<RowFit> fits;
  double fewestUlps = std::numeric_limits<double>::infinity();
  for (const FunctionInfo &row : allFunctions()) {
    if (!isUnary(row))
      continue;
    if (auto fit = fitRow(row, samples, rounding, context)) {
      if (fit->matches)
        fewestUlps = std::min(fewestUlps, fit->differences.ulps);
      fits.push_back(std::move(*fit));
    }
  }
  llvm::sort(fits, [&](const RowFit &a, const RowFit &b) {
    if (a.matches && b.matches)
      return simplicityOf(a, fewestUlps) < simplicityOf(b, fewestUlps);
    return a.matches != b.matches
               ? a.matches
               : a.differences.largest < b.differences.largest;
  });
  return fits;
}
