//===- Sweep.cpp - Results of a kernel against exact values ---------------===//

#include "Sweep.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

using namespace act;
using namespace act::report;
using Traits = NumberTraits<Quad>;

/// Parts of the inputs that a picture shows.
static constexpr uint64_t kMostColumns = 512;

/// Inputs that one thread takes at a time.
static uint64_t blockSize(const SweepPlan &plan) {
  return std::clamp<uint64_t>(plan.size() / kMostColumns, 128, 4096);
}

/// Part of an input on each side within which a root is near.
static constexpr double kNear = 1.0 / 32;

namespace {
struct BlockResult {
  Tallies regions;
  double maxUlp = 0;
};

/// Judges blocks; one for each thread.
class Judge {
public:
  explicit Judge(const SweepTask &task)
      : task(task), type(task.plan.getElements().getType()),
        exacts(task.kernel.tape, type, task.kernel.isRow()) {}

  BlockResult judge(uint64_t begin, uint64_t end);
  uint64_t byMpfr() const { return exacts.byMpfr; }

private:
  /// An input with its result and what that should be.
  struct Point {
    double x, y;
    Exact exact;
  };

  Region regionOf(const Point &point) const;
  bool isNearRoot(double x) const;
  std::optional<double> boundAt(double x, double ulp);
  void count(const Point &point, Tally &tally);
  bool breaksOrder(const Point &before, const Point &point) const;
  bool breaksSymmetry(const Point &point, double mirrored) const;

  const SweepTask &task;
  DType type;
  ExactValues exacts;
};
} // namespace

bool Judge::isNearRoot(double x) const {
  double margin = std::fabs(x) * kNear;
  auto first = llvm::lower_bound(task.roots, x - margin);
  return first != task.roots.end() && *first <= x + margin;
}

Region Judge::regionOf(const Point &point) const {
  if (point.x == 0 || !std::isfinite(point.x))
    return Region::Special;
  if (isNearRoot(point.x))
    return Region::Root;
  Quad normal = Traits::scale(Quad(1), formatOf(type).minExponent);
  return Traits::abs(point.exact.value) < normal ? Region::Subnormal
                                                 : Region::Normal;
}

/// Nothing where the result is not judged.
std::optional<double> Judge::boundAt(double x, double ulp) {
  if (task.maxUlp)
    return *task.maxUlp;
  double ofRows = rowBoundOf(type);
  // More is asked for only where it matters.
  if (task.hasRowBound || ulp <= ofRows)
    return ofRows;
  std::optional<double> plain = exacts.plainBound(x);
  if (!plain)
    return std::nullopt;
  return std::max(ofRows, *plain);
}

void Judge::count(const Point &point, Tally &tally) {
  const auto &[x, y, exact] = point;
  ++tally.inputs;
  double ulp = ulpError(y, exact.value, type);
  if (exact.orElse)
    ulp = std::min(ulp, ulpError(y, *exact.orElse, type));
  std::optional<double> bound = boundAt(x, ulp);
  if (!bound) {
    ++tally.notJudged;
    return;
  }
  bool isMismatch = std::isinf(ulp);
  if (isMismatch)
    ++tally.nonFinite;
  else
    tally.sumUlp += ulp;
  // An infinite slope bounds no error, but excuses no NaN.
  if (!(ulp <= *bound) || (isMismatch && !std::isfinite(y)))
    ++tally.beyondBound;
  double best = roundTo(exact.value, type);
  if (ulp > 0 && y != best)
    ++tally.misrounded;
  if ((y > 0 && exact.value < 0) || (y < 0 && exact.value > 0))
    ++tally.wrongSigns;
  if (ulp > tally.worst.ulp)
    tally.worst = {ulp, x, y, Traits::toDouble(exact.value), *bound};
}

bool Judge::breaksOrder(const Point &before, const Point &point) const {
  const Quad &a = before.exact.value, &b = point.exact.value;
  return (a <= b && before.y > point.y) || (a >= b && before.y < point.y);
}

bool Judge::breaksSymmetry(const Point &point, double mirrored) const {
  double want = task.symmetry == Symmetry::Odd ? -point.y : point.y;
  return !(mirrored == want || (std::isnan(mirrored) && std::isnan(want)));
}

BlockResult Judge::judge(uint64_t begin, uint64_t end) {
  // The one before shows whether the first is in order.
  uint64_t from = begin == 0 ? 0 : begin - 1;
  std::vector<uint64_t> places, mirrors;
  const SweepPlan &plan = task.plan;
  for (uint64_t i = from; i < end; ++i) {
    places.push_back(plan.placeAt(i));
    mirrors.push_back(plan.getElements().last() - places.back());
  }
  tools::Array inputs = plan.getElements().at(places);
  tools::Array results = task.kernel.run(inputs);
  std::optional<tools::Array> mirrored;
  if (task.symmetry == Symmetry::Odd || task.symmetry == Symmetry::Even)
    mirrored = task.kernel.run(plan.getElements().at(mirrors));

  BlockResult block;
  std::optional<Point> before;
  for (auto i : llvm::seq<int64_t>(0, inputs.size())) {
    double x = inputs.get(i);
    Point point{x, results.get(i), exacts.at(x)};
    if (from + i >= begin) {
      Tally &tally = block.regions[unsigned(regionOf(point))];
      count(point, tally);
      tally.orderBreaks += before && breaksOrder(*before, point);
      // Each pair once.
      if (mirrored && x > 0)
        tally.symmetryBreaks += breaksSymmetry(point, mirrored->get(i));
    }
    before = point;
  }
  for (const Tally &tally : block.regions)
    block.maxUlp = std::max(block.maxUlp, tally.worst.ulp);
  return block;
}

namespace {
/// Blocks done so far, merged in their order.
class Progress {
public:
  Progress(const SweepPlan &plan, uint64_t numBlocks)
      : plan(plan), numBlocks(numBlocks),
        perColumn((numBlocks + kMostColumns - 1) / kMostColumns),
        isShown(llvm::sys::Process::StandardErrIsDisplayed()) {}
  ~Progress() {
    if (isShown)
      llvm::errs() << "\r\033[K";
  }

  /// Adds a block; of several threads, one at a time.
  void add(uint64_t number, const BlockResult &block);
  SweepResult result;

private:
  void merge(const BlockResult &block);

  const SweepPlan &plan;
  uint64_t numBlocks, perColumn, merged = 0;
  /// Those that wait for one before them.
  std::map<uint64_t, BlockResult> waiting;
  bool isShown;
  uint64_t shown = 0;
};
} // namespace

void Progress::merge(const BlockResult &block) {
  for (auto [sum, tally] : llvm::zip(result.regions, block.regions))
    sum.add(tally);
  if (merged % perColumn == 0)
    result.columns.push_back({plan.placeAt(merged * blockSize(plan)), 0});
  double &maxUlp = result.columns.back().maxUlp;
  maxUlp = std::max(maxUlp, block.maxUlp);
  ++merged;
}

void Progress::add(uint64_t number, const BlockResult &block) {
  waiting.emplace(number, block);
  for (auto it = waiting.begin(); it != waiting.end() && it->first == merged;
       it = waiting.erase(it))
    merge(it->second);
  uint64_t permille = merged * 1000 / numBlocks;
  if (isShown && permille != shown)
    llvm::errs() << "\raccuracy: "
                 << llvm::format("%.1f%%", double(permille) / 10);
  shown = permille;
}

Tally SweepResult::total() const {
  Tally sum;
  for (const Tally &tally : regions)
    sum.add(tally);
  return sum;
}

SweepResult act::report::sweep(const SweepTask &task) {
  uint64_t size = task.plan.size(), perBlock = blockSize(task.plan);
  uint64_t numBlocks = (size + perBlock - 1) / perBlock;
  Progress progress(task.plan, numBlocks);
  std::atomic<uint64_t> next{0};
  std::mutex mutex;
  auto work = [&] {
    Judge judge(task);
    uint64_t number;
    while ((number = next++) < numBlocks) {
      uint64_t begin = number * perBlock;
      BlockResult block = judge.judge(begin, std::min(begin + perBlock, size));
      std::lock_guard lock(mutex);
      progress.add(number, block);
    }
    std::lock_guard lock(mutex);
    progress.result.byMpfr += judge.byMpfr();
  };
  std::vector<std::thread> pool;
  for (unsigned i = 1; i < task.threads; ++i)
    pool.emplace_back(work);
  work();
  for (std::thread &thread : pool)
    thread.join();
  return std::move(progress.result);
}
