//===- Stats.h - What --stats counts and prints -----------------*- C++ -*-===//
#ifndef ACT_RUN_STATS_H
#define ACT_RUN_STATS_H

#include "Data.h"
#include "act/Jit/Compiler.h"
#include "llvm/Support/raw_ostream.h"

namespace act::run {

/// Adds the act.stats of `base` to its module and makes it the public function;
/// gives its name. Prints to stderr and gives "" on failure.
std::string addStats(FuncOp base);

/// States the limits of the function that addStats() has made for the values of
/// --param, as they are rounded to the compute type of `dtype`. Does nothing
/// where none is given.
llvm::Error stateLimits(mlir::ModuleOp module, llvm::StringRef name,
                        DType dtype, const Options &options);

/// The counts of one run. Channels are the last axis of the result or that of
/// --stats-axis, and everything else is samples; a result of one axis or none
/// is samples of one channel.
class Stats {
public:
  /// Without --stats, stats of nothing. Fails where the axis does not exist.
  static llvm::Expected<Stats> create(const Data &data,
                                      const CompileResult &compiled,
                                      const Options &options);

  /// Memory of the counts for the runner, behind `Data::runOperands`. Owned by
  /// this, which must stay where it is.
  std::vector<RunOperand> runOperands();
  /// The memory of each of these.
  std::vector<llvm::MutableArrayRef<ChannelCounts>> memory();
  /// A table of the worst channels and of all for each counted result.
  void print(llvm::raw_ostream &os,
             const std::vector<std::string> &names) const;
  /// Warnings on stderr: values that are not finite, and too many dead
  /// channels.
  void warn(const std::vector<std::string> &names, double threshold) const;

private:
  struct Counted {
    CountedResult result;
    std::vector<ChannelCounts> channels;

    ChannelCounts total() const;
    int64_t countDead(int64_t samples) const;
  };

  std::vector<Counted> results;
  std::vector<int64_t> strides;
  DType dtype = DType::F32;
  /// -1 where all values are of one channel.
  int64_t axis = -1;
  int64_t samples = 0;
};

} // namespace act::run

#endif // ACT_RUN_STATS_H
