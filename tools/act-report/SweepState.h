//===- SweepState.h - A sweep that goes on where it stopped -----*- C++ -*-===//
#ifndef ACT_REPORT_SWEEPSTATE_H
#define ACT_REPORT_SWEEPSTATE_H

#include "Tally.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace act::report {

/// The largest error of a stretch of inputs, for a picture.
struct SweepColumn {
  /// The place of its first input in the order of the type.
  uint64_t place = 0;
  double maxUlp = 0;
};

/// What a sweep has found out.
struct SweepResult {
  Tallies regions;
  Sources sources;
  std::vector<SweepColumn> columns;

  Tally total() const;
};

/// The file of --resume: what the first blocks of a sweep gave, and what sweep
/// that is.
class SweepState {
public:
  /// A property of a sweep and its text, such as {"type", "f32"}.
  using Property = std::pair<std::string, std::string>;

  /// Of a sweep with these properties; nothing is read or written yet.
  SweepState(std::string path, std::vector<Property> sweep)
      : path(std::move(path)), sweep(std::move(sweep)) {}

  /// Reads the file: how many blocks are done, and what they gave. 0 where
  /// there is no file. An error says what is wrong with the file, or which
  /// property its sweep has not in common with this one, and what to do.
  llvm::Expected<uint64_t> read(SweepResult &result) const;

  /// Writes the file, whole or not at all.
  llvm::Error write(uint64_t blocks, const SweepResult &result) const;

private:
  std::string path;
  std::vector<Property> sweep;
};

} // namespace act::report

#endif // ACT_REPORT_SWEEPSTATE_H
