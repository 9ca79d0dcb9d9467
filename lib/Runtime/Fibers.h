//===- Fibers.h - Threads that take turns -----------------------*- C++ -*-===//
#ifndef ACT_LIB_RUNTIME_FIBERS_H
#define ACT_LIB_RUNTIME_FIBERS_H

#include "llvm/Support/Error.h"
#include <memory>

namespace act {

/// Stacks of one thread of the host, of which one at a time runs. They are
/// numbered from 0; the thread's own is kHost. Not safe from several threads,
/// and to be used on the one that created it.
class Fibers {
public:
  static constexpr unsigned kHost = ~0u;

  /// `body(argument, fiber)` is what each runs when it is first switched to. It
  /// must not return. Stacks are mapped memory with pages in front of each that
  /// nothing may touch; an error where there is no such memory. A thread keeps
  /// the stacks of the last fibers for the next.
  static llvm::Expected<std::unique_ptr<Fibers>>
  create(unsigned count, void (*body)(void *, unsigned), void *argument);
  ~Fibers();

  /// Goes on with `next`, which is not `current`, until something switches to
  /// `current`, which runs. What is on the stacks when they are destroyed is
  /// forgotten.
  void switchTo(unsigned current, unsigned next);

private:
  struct Context;
  class Stacks;
  Fibers();
  Context &context(unsigned fiber);
  static void begin(unsigned high, unsigned low, unsigned fiber);

  std::unique_ptr<Context[]> contexts;
  std::unique_ptr<Stacks> stacks;
  unsigned count = 0;
  void (*body)(void *, unsigned) = nullptr;
  void *argument = nullptr;
};

} // namespace act

#endif // ACT_LIB_RUNTIME_FIBERS_H
