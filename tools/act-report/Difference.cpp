//===- Difference.cpp - How far two functions lie apart -------------------===//

#include "Difference.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/STLFunctionalExtras.h"

using namespace act;
using namespace act::report;
using Traits = NumberTraits<Quad>;

static constexpr int kSamples = 2000;
/// Hills of less than this share of the highest sample are not climbed.
static constexpr double kHigh = 0.75;
static constexpr size_t kMostHills = 32, kMostPlaces = 4;
/// Tops so close to the highest, relative, are as high.
static constexpr double kSameHeight = 1e-12;

namespace {
struct Top {
  Quad x, y;
};
} // namespace

/// The top of a hill between two points by golden sections.
static Top climb(llvm::function_ref<Quad(Quad)> height, Quad lo, Quad hi) {
  const Quad share = (Traits::sqrt(5) - 1) / 2;
  Quad a = hi - share * (hi - lo), b = lo + share * (hi - lo);
  Quad atA = height(a), atB = height(b);
  for (int i = 0; i < 110; ++i) {
    if (atA < atB) {
      lo = a, a = b, atA = atB;
      atB = height(b = lo + share * (hi - lo));
    } else {
      hi = b, b = a, atB = atA;
      atA = height(a = hi - share * (hi - lo));
    }
  }
  return atA < atB ? Top{b, atB} : Top{a, atA};
}

/// The top of a smooth hill to more digits: that of the parabola through points
/// far enough apart to differ. A corner stays.
static Top polish(llvm::function_ref<Quad(Quad)> height, Top top, Quad apart) {
  Quad before = height(top.x - apart), after = height(top.x + apart);
  Quad bend = before - 2 * top.y + after;
  if (bend >= 0)
    return top;
  Quad x = top.x + apart / 2 * (before - after) / bend, y = height(x);
  return y >= top.y * (1 - Traits::scale(1, -90)) ? Top{x, y} : top;
}

std::optional<Difference> act::report::largestDifference(const Curve<Quad> &f,
                                                         const Curve<Quad> &g,
                                                         unsigned order,
                                                         Extent range) {
  // Below every height where there is none.
  auto height = [&](Quad x) {
    Quad d = Traits::abs(f.at(x)[order] - g.at(x)[order]);
    return d - d == 0 ? d : Quad(-1);
  };
  std::vector<Top> samples;
  for (int i = 0; i <= kSamples; ++i) {
    Quad x = range.lo + i * (Quad(range.hi) - range.lo) / kSamples;
    samples.push_back({x, height(x)});
  }
  auto isLower = [](const Top &a, const Top &b) { return a.y < b.y; };
  Quad highest = llvm::max_element(samples, isLower)->y;
  if (highest < 0)
    return std::nullopt;
  if (highest == 0)
    return Difference{0, {}};

  std::vector<Top> tops;
  for (int i = 0; i <= kSamples && tops.size() < kMostHills; ++i) {
    const Top &left = samples[std::max(i - 1, 0)];
    const Top &right = samples[std::min(i + 1, kSamples)];
    const Top &top = samples[i];
    if (top.y < kHigh * highest || top.y < left.y || top.y < right.y)
      continue;
    Top found = climb(height, left.x, right.x);
    found = polish(height, found, Traits::scale(right.x - left.x, -24));
    tops.push_back(found.y < top.y ? top : found);
  }
  Difference result{llvm::max_element(tops, isLower)->y, {}};
  Quad apart = 2 * (Quad(range.hi) - range.lo) / kSamples;
  for (const Top &top : tops) {
    bool isNew = result.at.empty() || top.x - result.at.back() > apart;
    if (top.y >= (1 - kSameHeight) * result.value && isNew &&
        result.at.size() < kMostPlaces)
      result.at.push_back(double(top.x));
  }
  return result;
}
