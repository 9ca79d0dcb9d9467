//===- Sweep.cpp - Results of a kernel against exact values ---------------===//

#include "Judge.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"
#include <atomic>
#include <chrono>
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

/// How often the state is saved.
static constexpr std::chrono::seconds kSaveEvery{5};

namespace {
/// Blocks done so far, merged in their order.
class Progress {
public:
  Progress(const SweepTask &task, uint64_t numBlocks)
      : task(task), numBlocks(numBlocks),
        perColumn((numBlocks + kMostColumns - 1) / kMostColumns),
        isShown(task.showsProgress &&
                llvm::sys::Process::StandardErrIsDisplayed()) {}
  ~Progress() {
    if (isShown)
      llvm::errs() << "\r\033[K";
  }

  /// Takes over what a state has.
  llvm::Error restore();
  /// Adds a block and saves the state when it is time; of several threads, one
  /// at a time. False where the sweep must stop.
  bool add(uint64_t number, const BlockResult &block);
  llvm::Error save();

  SweepResult result;
  /// The first block that is not in the result.
  uint64_t merged = 0;
  /// Why the state could not be saved, or "".
  std::string failure;

private:
  void merge(const BlockResult &block);
  void show();

  const SweepTask &task;
  uint64_t numBlocks, perColumn;
  /// Those that wait for one before them.
  std::map<uint64_t, BlockResult> waiting;
  std::chrono::steady_clock::time_point saved =
      std::chrono::steady_clock::now();
  bool isShown, isStopped = false;
  uint64_t shown = 0;
};
} // namespace

llvm::Error Progress::restore() {
  if (!task.state)
    return llvm::Error::success();
  llvm::Expected<uint64_t> blocks = task.state->read(result);
  if (!blocks)
    return blocks.takeError();
  merged = *blocks;
  return llvm::Error::success();
}

llvm::Error Progress::save() {
  if (!task.state)
    return llvm::Error::success();
  saved = std::chrono::steady_clock::now();
  return task.state->write(merged, result);
}

void Progress::merge(const BlockResult &block) {
  for (auto [sum, tally] : llvm::zip(result.regions, block.regions))
    sum.add(tally);
  result.sources.add(block.sources);
  if (merged % perColumn == 0)
    result.columns.push_back(
        {task.plan.placeAt(merged * blockSize(task.plan)), 0});
  double &maxUlp = result.columns.back().maxUlp;
  maxUlp = std::max(maxUlp, block.maxUlp);
  ++merged;
}

void Progress::show() {
  uint64_t permille = merged * 1000 / numBlocks;
  if (isShown && permille != shown)
    llvm::errs() << "\raccuracy: "
                 << llvm::format("%.1f%%", double(permille) / 10);
  shown = permille;
}

bool Progress::add(uint64_t number, const BlockResult &block) {
  if (isStopped)
    return false;
  waiting.emplace(number, block);
  for (auto it = waiting.begin(); it != waiting.end() && it->first == merged;
       it = waiting.erase(it)) {
    merge(it->second);
    isStopped |= merged == task.stopAfter;
    if (isStopped)
      break;
  }
  show();
  if (isStopped || std::chrono::steady_clock::now() - saved > kSaveEvery)
    if (llvm::Error error = save()) {
      failure = llvm::toString(std::move(error));
      isStopped = true;
    }
  return !isStopped;
}

Tally SweepResult::total() const {
  Tally sum;
  for (const Tally &tally : regions)
    sum.add(tally);
  return sum;
}

llvm::Expected<SweepResult> act::report::sweep(const SweepTask &task) {
  uint64_t size = task.plan.size(), perBlock = blockSize(task.plan);
  uint64_t numBlocks = (size + perBlock - 1) / perBlock;
  Progress progress(task, numBlocks);
  if (llvm::Error error = progress.restore())
    return std::move(error);
  std::atomic<uint64_t> next{progress.merged};
  std::mutex mutex;
  auto work = [&] {
    Judge judge(task);
    uint64_t number;
    while ((number = next++) < numBlocks) {
      uint64_t begin = number * perBlock;
      BlockResult block = judge.judge(begin, std::min(begin + perBlock, size));
      std::lock_guard lock(mutex);
      if (!progress.add(number, block))
        return;
    }
  };
  std::vector<std::thread> pool;
  for (unsigned i = 1; i < task.threads; ++i)
    pool.emplace_back(work);
  work();
  for (std::thread &thread : pool)
    thread.join();
  if (!progress.failure.empty())
    return llvm::createStringError(progress.failure);
  if (llvm::Error error = progress.save())
    return std::move(error);
  return std::move(progress.result);
}
