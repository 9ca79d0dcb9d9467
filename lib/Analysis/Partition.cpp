//===- Partition.cpp - The line in cells of known signs -------------------===//

#include "act/Analysis/Partition.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <deque>

using namespace act;

/// Cells an octave, and the lowest octave they cover.
static constexpr int kCellsAnOctave = 4, kLowestOctave = -30;
/// Cuts of a cell, of one far from where functions have their features, and of
/// one that holds a switch.
static constexpr unsigned kMaxCuts = 5, kMaxCutsOutside = 1,
                          kMaxCutsAtSwitch = 12;
/// Ends of cells avoid the round numbers at which formulas are special: there
/// the sign of a function is that of neither side.
static constexpr double kOffset = 1.0173;

namespace {
struct Candidate {
  Cell cell;
  unsigned cuts;
};
} // namespace

static bool isUnknown(Sign sign) { return sign == Sign::Unknown; }

static bool isWorthCutting(const Candidate &candidate, unsigned numOrders) {
  const CellSigns &signs = candidate.cell.signs;
  if (llvm::any_of(signs.switches, isUnknown))
    return candidate.cuts < kMaxCutsAtSwitch;
  double distance =
      std::max(std::abs(candidate.cell.lo), std::abs(candidate.cell.hi));
  bool isInside = distance > 0x1p-12 && distance < 0x1p7;
  return candidate.cuts < (isInside ? kMaxCuts : kMaxCutsOutside) &&
         llvm::any_of(llvm::ArrayRef(signs.orders).take_front(numOrders),
                      isUnknown);
}

static std::vector<double> firstEnds(double outermost) {
  std::vector<double> ends;
  for (int k = std::lround(kCellsAnOctave * std::log2(outermost));
       k >= kCellsAnOctave * kLowestOctave; --k)
    ends.push_back(-kOffset * std::exp2(double(k) / kCellsAnOctave));
  for (size_t k = ends.size(); k-- > 0;)
    ends.push_back(-ends[k]);
  return ends;
}

std::vector<Cell>
act::partition(llvm::function_ref<CellSigns(double lo, double hi)> signsOver,
               unsigned numOrders, double outermost, unsigned budget) {
  std::deque<Candidate> queue;
  std::vector<double> ends = firstEnds(outermost);
  for (size_t i = 0; i + 1 < ends.size(); ++i)
    queue.push_back(
        {{ends[i], ends[i + 1], signsOver(ends[i], ends[i + 1])}, 0});
  unsigned evaluations = queue.size();
  std::vector<Cell> done;
  while (!queue.empty()) {
    Candidate next = queue.front();
    queue.pop_front();
    if (evaluations + 2 > budget || !isWorthCutting(next, numOrders)) {
      done.push_back(next.cell);
      continue;
    }
    double middle = next.cell.lo / 2 + next.cell.hi / 2;
    for (auto [lo, hi] :
         {std::pair(next.cell.lo, middle), std::pair(middle, next.cell.hi)})
      queue.push_back({{lo, hi, signsOver(lo, hi)}, next.cuts + 1});
    evaluations += 2;
  }
  llvm::sort(done, [](const Cell &a, const Cell &b) { return a.lo < b.lo; });
  return done;
}
