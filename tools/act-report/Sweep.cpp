//===- Sweep.cpp - Results of a kernel against exact values ---------------===//

#include "Judge.h"
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

/// Parts of the inputs that a picture shows.
static constexpr uint64_t kMostColumns = 512;

/// Inputs that one thread takes at a time.
static uint64_t blockSize(const SweepPlan &plan) {
  return std::clamp<uint64_t>(plan.size() / kMostColumns, 128, 4096);
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
  result.sources.add(block.sources);
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
  };
  std::vector<std::thread> pool;
  for (unsigned i = 1; i < task.threads; ++i)
    pool.emplace_back(work);
  work();
  for (std::thread &thread : pool)
    thread.join();
  return std::move(progress.result);
}
