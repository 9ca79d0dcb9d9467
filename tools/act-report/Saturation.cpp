//===- Saturation.cpp - Where a function and its formats give out ---------===//

#include "NumberText.h"
#include "ShapeFacts.h"
#include "act/Analysis/FormatLimits.h"

using namespace act;
using namespace act::report;
using Json = llvm::json::Value;

/// Ends of intervals are measured, not exact.
static constexpr unsigned kMeasuredDigits = 9;

/// Slopes below which a unit is called saturated.
static constexpr const char *kSmallSlopes[] = {"0.1", "0.01", "0.001"};

static Table slopesOf(const Curve<MpfrNumber> &curve,
                      const Shape<MpfrNumber> &shape) {
  Table table;
  table.key = "saturation";
  table.columns = {{"slope_below"}, {"on"}};
  for (const char *bound : kSmallSlopes) {
    llvm::json::Array intervals;
    for (const Interval<MpfrNumber> &interval : whereSlopeIsBelow(
             curve, shape, NumberTraits<MpfrNumber>::fromText(bound)))
      intervals.push_back(textOf(interval, kMeasuredDigits));
    table.rows.push_back({numberAsText(bound), std::move(intervals)});
  }
  return table;
}

static Table formatsOf(const Curve<MpfrNumber> &curve,
                       const Shape<MpfrNumber> &shape) {
  Table table;
  table.key = "formats";
  table.columns = {{"type", true},     {"towards"},        {"overflows_from"},
                   {"subnormal_from"}, {"zero_from"},      {"limit_from"},
                   {"x_from"},         {"slope_zero_from"}};
  for (int side : {-1, 1}) {
    FormatLimitsFinder<MpfrNumber> finder(curve, shape, side);
    for (DType type : {DType::F64, DType::F32, DType::F16, DType::BF16}) {
      FormatLimits<MpfrNumber> limits = finder.find(type);
      auto number = [](const std::optional<MpfrNumber> &x) {
        return numberOf(x, kMeasuredDigits);
      };
      table.rows.push_back({nameOf(type), side < 0 ? "-inf" : "inf",
                            number(limits.overflow), number(limits.subnormal),
                            number(limits.zero), number(limits.limit),
                            number(limits.identity), number(limits.zeroSlope)});
    }
  }
  return table;
}

void act::report::addSaturation(Report &report, const Curve<MpfrNumber> &curve,
                                const Shape<MpfrNumber> &shape) {
  report.tables.push_back(slopesOf(curve, shape));
  if (!shape.isOscillating)
    report.tables.push_back(formatsOf(curve, shape));
}
