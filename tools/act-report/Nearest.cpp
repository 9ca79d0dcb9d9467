//===- Nearest.cpp - Rows that a function is close to ---------------------===//

#include "Nearest.h"
#include "Curves.h"
#include "NumberText.h"
#include "act/Analysis/Distance.h"
#include "act/IR/FunctionTable.h"

using namespace act;
using namespace act::report;

namespace {
struct Neighbour {
  const FunctionInfo *row;
  Curves curves;
  /// The largest difference at the points of a grid.
  double distance;
};
} // namespace

/// Points that tell functions apart: an odd number, to have 0 among them.
static std::vector<double> gridPoints() {
  constexpr int count = 161;
  std::vector<double> points;
  for (int i = 0; i < count; ++i)
    points.push_back(kNearestWindow * (2.0 * i / (count - 1) - 1));
  return points;
}

static std::vector<double> valuesAt(const Curve<Quad> &curve,
                                    llvm::ArrayRef<double> points) {
  std::vector<double> values;
  for (double x : points)
    values.push_back(double(curve.at(Quad(x))[0]));
  return values;
}

static double distanceOf(llvm::ArrayRef<double> a, llvm::ArrayRef<double> b) {
  double distance = 0;
  for (auto [x, y] : llvm::zip(a, b))
    if (std::isnan(x) != std::isnan(y))
      return std::numeric_limits<double>::infinity();
    else if (!std::isnan(x))
      distance = std::max(distance, std::abs(x - y));
  return distance;
}

Table act::report::nearestRows(const Curve<MpfrNumber> &curve,
                               llvm::ArrayRef<MpfrNumber> breaks,
                               llvm::StringRef self, mlir::MLIRContext *context,
                               unsigned count) {
  std::vector<double> points = gridPoints(), values;
  for (double x : points)
    values.push_back(
        NumberTraits<MpfrNumber>::toDouble(curve.roughly(MpfrNumber(x))[0]));
  std::vector<Neighbour> neighbours;
  for (const FunctionInfo &row : allFunctions()) {
    if (row.Name == self || !isUnary(row))
      continue;
    if (std::optional<Curves> curves = Curves::ofRow(row, context, 1)) {
      double distance = distanceOf(values, valuesAt(curves->quick(), points));
      if (std::isfinite(distance))
        neighbours.push_back({&row, std::move(*curves), distance});
    }
  }
  llvm::stable_sort(neighbours, [](const Neighbour &a, const Neighbour &b) {
    return a.distance < b.distance;
  });
  if (neighbours.size() > count)
    neighbours.erase(neighbours.begin() + count, neighbours.end());
  Table table;
  table.key = "nearest_rows";
  table.columns = {{"row", true}, {"largest_difference"}, {"at"}};
  for (const Neighbour &neighbour : neighbours) {
    Curve<MpfrNumber> other = neighbour.curves.exact();
    std::optional<Distance<MpfrNumber>> distance =
        LargestDifference<MpfrNumber>(curve, other, 0)
            .over(-kNearestWindow, kNearestWindow, breaks);
    if (!distance)
      continue;
    llvm::json::Array places;
    for (const MpfrNumber &x : llvm::ArrayRef(distance->places).take_front(4))
      places.push_back(numberOf(x, 12));
    table.rows.push_back({neighbour.row->Name, numberOf(distance->value, 12),
                          std::move(places)});
  }
  return table;
}
