//===- SweepPlan.cpp - Which inputs a sweep takes -------------------------===//

#include "SweepPlan.h"
#include "act/Reference/Ulp.h"
#include "llvm/ADT/STLExtras.h"

using namespace act;
using namespace act::report;

uint64_t act::report::defaultStride(DType type) {
  return type == DType::F64 ? 17592186044399 : 4099;
}

SweepPlan::SweepPlan(Elements elements, bool exhaustive, uint64_t stride,
                     llvm::ArrayRef<double> around)
    : elements(elements), stride(stride) {
  DType type = elements.getType();
  if (exhaustive || sizeOf(type) == 2)
    return;
  uint64_t last = elements.last();
  for (uint64_t place = 0;; place += stride) {
    places.push_back(place);
    if (last - place < stride)
      break;
  }
  std::vector<double> dense(around.begin(), around.end());
  double normal = std::ldexp(1.0, formatOf(type).minExponent);
  for (double x : {0.0, normal, largestOf(type)})
    dense.push_back(x), dense.push_back(-x);
  for (double x : dense) {
    uint64_t middle = elements.placeOf(x);
    uint64_t begin = middle - std::min(middle, kDense);
    uint64_t end = middle + std::min(last - middle, kDense);
    for (uint64_t place = begin; place <= end; ++place)
      places.push_back(place);
  }
  llvm::sort(places);
  places.erase(std::unique(places.begin(), places.end()), places.end());
}

std::string SweepPlan::describe() const {
  std::string type = nameOf(elements.getType());
  if (isAll())
    return "all of " + type;
  return "sampled: every " + std::to_string(stride) + "th " + type +
         " in bit order, and all within " + std::to_string(kDense) +
         " of roots and kinks, 0, the smallest normal numbers and the ends of "
         "the range";
}
