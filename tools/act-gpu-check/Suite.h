//===- Suite.h - What is checked on a GPU -----------------------*- C++ -*-===//
#ifndef ACT_GPUCHECK_SUITE_H
#define ACT_GPUCHECK_SUITE_H

#include "Kernel.h"
#include <functional>
#include <string>
#include <vector>

namespace act::gpucheck {

/// How a case ended. Whatever goes wrong on the way is an error, and so a
/// failure.
struct Outcome {
  enum State { Passed, Failed, Skipped };
  State state = Passed;
  /// What was measured, or why it failed or was skipped.
  std::string text;
};

/// One case. It may run beside others, each at a place of its own.
struct Case {
  std::string name;
  /// It takes well under a second on the simulator.
  bool isSmall = false;
  /// No other case runs meanwhile: it needs much memory, or captures.
  bool isAlone = false;
  std::function<llvm::Expected<Outcome>(const Place &)> run;
};

/// Values of rows of the catalogue and of their first derivatives.
void addRowCases(std::vector<Case> &cases);
/// Gates and their gradients, in every layout.
void addGateCases(std::vector<Case> &cases);
/// Softmax and other functions of a row.
void addSoftmaxCases(std::vector<Case> &cases);
/// Arrays of any width, alignment, stride and size.
void addLayoutCases(std::vector<Case> &cases);
/// What only a device does: graphs, errors, the cache.
void addDeviceCases(std::vector<Case> &cases);

} // namespace act::gpucheck

#endif // ACT_GPUCHECK_SUITE_H
