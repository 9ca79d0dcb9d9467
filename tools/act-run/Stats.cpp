//===- Stats.cpp - What --stats counts and prints -------------------------===//

#include "Stats.h"
#include "act/IR/ExactNumber.h"
#include "act/Reference/Limits.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/Format.h"
#include <cmath>
#include <numeric>

using namespace act;
using namespace act::run;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using llvm::format;
using llvm::StringRef;

/// Channels that are printed one by one.
static constexpr size_t kPrinted = 5;

std::string act::run::addStats(FuncOp base) {
  auto module = base->getParentOfType<mlir::ModuleOp>();
  mlir::OpBuilder builder(base.getContext());
  builder.setInsertionPointToEnd(module.getBody());
  std::string name = base.getSymName().str() + "_stats";
  while (mlir::SymbolTable::lookupSymbolIn(module, name))
    name += "_";
  builder.create<StatsOp>(
      base.getLoc(), builder.getStringAttr(name), mlir::StringAttr(),
      mlir::FlatSymbolRefAttr::get(base.getSymNameAttr()), mlir::ArrayAttr());
  for (FuncOp func : module.getOps<FuncOp>())
    func.setPrivate();
  return succeeded(mlir::verify(module)) ? name : "";
}

Error act::run::stateLimits(mlir::ModuleOp module, StringRef name, DType dtype,
                            const Options &options) {
  auto stats = module.lookupSymbol<StatsOp>(name);
  if (!stats || options.params.empty())
    return Error::success();
  auto callee = llvm::cast<mlir::FlatSymbolRefAttr>(stats.getCallee());
  auto func = module.lookupSymbol<FuncOp>(callee);
  Expected<Tape> tape = Tape::build(func);
  if (!tape)
    return tape.takeError();
  for (auto &[param, value] : options.params)
    for (unsigned i = tape->numInputs; i < tape->numArgs; ++i)
      if (func.getArgName(i) == param)
        tape->defaults[i - tape->numInputs] = exactTextOf(
            llvm::APFloat(dtype == DType::F64 ? value : double(float(value))));
  mlir::Builder builder(module.getContext());
  llvm::SmallVector<mlir::Attribute> lists;
  for (const std::vector<std::string> &limits : finiteLimits(*tape))
    lists.push_back(builder.getStrArrayAttr(
        llvm::SmallVector<StringRef>(limits.begin(), limits.end())));
  stats.setLimitsAttr(builder.getArrayAttr(lists));
  return Error::success();
}

ChannelCounts Stats::Counted::total() const {
  ChannelCounts total;
  for (const ChannelCounts &channel : channels) {
    total.zero += channel.zero;
    total.saturated += channel.saturated;
    total.nonFinite += channel.nonFinite;
    total.inactive += channel.inactive;
  }
  return total;
}

int64_t Stats::Counted::countDead(int64_t samples) const {
  return llvm::count_if(channels, [&](const ChannelCounts &channel) {
    return channel.isDead(samples);
  });
}

Expected<Stats> Stats::create(const Data &data, const CompileResult &compiled,
                              const Options &options) {
  Stats stats;
  if (!options.stats)
    return stats;
  int64_t rank = data.shape.size();
  stats.axis = options.statsAxis.value_or(rank > 1 ? rank - 1 : -1);
  if (options.statsAxis) {
    if (stats.axis < -rank || stats.axis >= rank)
      return createStringError("--stats-axis=" + llvm::Twine(stats.axis) +
                               ": the result has " + llvm::Twine(rank) +
                               (rank == 1 ? " axis" : " axes") +
                               ", counted from 0 or, backwards, from -1");
    if (stats.axis < 0)
      stats.axis += rank;
  }
  int64_t channels = stats.axis < 0 ? 1 : data.shape[stats.axis];
  stats.samples = channels == 0 ? 0 : data.size() / channels;
  stats.dtype = data.dtype;
  // The last axis may be walked as two, blocks and what is in them.
  stats.strides.assign(data.iteration.size(), 0);
  if (stats.axis == rank - 1 && rank > 0)
    for (int64_t d = data.iteration.size(), stride = 1; d-- > rank - 1;) {
      stats.strides[d] = stride;
      stride *= data.iteration[d];
    }
  else if (stats.axis >= 0)
    stats.strides[stats.axis] = 1;
  for (const CountedResult &result : compiled.signature.counted)
    stats.results.push_back({result, std::vector<ChannelCounts>(channels)});
  return stats;
}

std::vector<RunOperand> Stats::runOperands() {
  std::vector<RunOperand> operands;
  for (Counted &counted : results)
    operands.push_back({counted.channels.data(), strides});
  return operands;
}

std::vector<llvm::MutableArrayRef<ChannelCounts>> Stats::memory() {
  std::vector<llvm::MutableArrayRef<ChannelCounts>> arrays;
  for (Counted &counted : results)
    arrays.push_back(counted.channels);
  return arrays;
}

/// A fraction in percent.
static std::string percent(int64_t count, int64_t of) {
  std::string text;
  llvm::raw_string_ostream(text)
      << format("%.4g%%", of == 0 ? 0.0 : 100 * double(count) / double(of));
  return text;
}

/// Worst first: dead channels, then those with values that are not finite, then
/// the most inactive.
static std::vector<size_t> worstOf(const std::vector<ChannelCounts> &channels,
                                   int64_t samples) {
  std::vector<size_t> order(channels.size());
  std::iota(order.begin(), order.end(), size_t(0));
  auto key = [&](size_t c) {
    const ChannelCounts &counts = channels[c];
    return std::tuple(!counts.isDead(samples), -counts.nonFinite,
                      -counts.inactive, c);
  };
  size_t printed = std::min(kPrinted, order.size());
  std::partial_sort(order.begin(), order.begin() + printed, order.end(),
                    [&](size_t a, size_t b) { return key(a) < key(b); });
  order.resize(printed);
  return order;
}

static void printRow(llvm::raw_ostream &os, StringRef name,
                     const ChannelCounts &counts, int64_t values,
                     StringRef dead) {
  os << "| " << name << " | " << percent(counts.zero, values) << " | "
     << percent(counts.saturated, values) << " | "
     << percent(counts.nonFinite, values) << " | " << dead << " |\n";
}

void Stats::print(llvm::raw_ostream &os,
                  const std::vector<std::string> &names) const {
  for (const Counted &counted : results) {
    int64_t channels = counted.channels.size();
    os << "stats " << names[counted.result.result] << ": " << channels
       << (channels == 1 ? " channel" : " channels");
    if (axis >= 0)
      os << " (axis " << axis << ")";
    os << " of " << samples << (samples == 1 ? " sample" : " samples");
    for (auto [i, limit] : llvm::enumerate(counted.result.limits))
      os << (i == 0 ? ", saturated at " : " and ")
         << tools::formatShortest(limit, elementTypeOf(dtype));
    os << "\n| channel | zero | saturated | non-finite | dead |\n"
       << "|---|---|---|---|---|\n";
    if (channels > 1)
      for (size_t c : worstOf(counted.channels, samples))
        printRow(os, std::to_string(c), counted.channels[c], samples,
                 counted.channels[c].isDead(samples) ? "yes" : "no");
    int64_t dead = counted.countDead(samples);
    printRow(os, "all", counted.total(), samples * channels,
             percent(dead, channels) + " (" + std::to_string(dead) + " of " +
                 std::to_string(channels) + ")");
    // The probability is below the least double from 1075 samples on.
    double chance = std::pow(0.5, double(samples));
    os << "  a relu unit that is 0 for half of its inputs looks dead with "
          "probability 0.5^"
       << samples;
    if (chance > 0)
      os << format(" = %.3g", chance);
    os << "\n";
  }
}

void Stats::warn(const std::vector<std::string> &names,
                 double threshold) const {
  for (const Counted &counted : results) {
    const std::string &name = names[counted.result.result];
    int64_t channels = counted.channels.size();
    if (int64_t values = counted.total().nonFinite) {
      auto first = llvm::find_if(
          counted.channels, [](auto &channel) { return channel.nonFinite; });
      llvm::errs() << "act-run: warning: " << name << ": " << values << " of "
                   << samples * channels
                   << (values == 1 ? " values is" : " values are")
                   << " infinite or NaN, the first in channel "
                   << first - counted.channels.begin() << "\n";
    }
    int64_t dead = counted.countDead(samples);
    if (double(dead) <= threshold * double(channels))
      continue;
    llvm::errs() << "act-run: warning: " << name << ": "
                 << percent(dead, channels) << " of the channels (" << dead
                 << " of " << channels
                 << ") are dead: zero or saturated in each of " << samples
                 << (samples == 1 ? " sample" : " samples")
                 << "; the threshold is " << format("%g%%", 100 * threshold)
                 << "\n";
    // Below that even a thousand healthy units rarely show one.
    if (samples < 10)
      llvm::errs() << "act-run: note: with so few samples healthy units look "
                      "dead by chance; run a larger batch\n";
  }
}
