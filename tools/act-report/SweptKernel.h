//===- SweptKernel.h - The kernel that is swept -----------------*- C++ -*-===//
#ifndef ACT_REPORT_SWEPTKERNEL_H
#define ACT_REPORT_SWEPTKERNEL_H

#include "Array.h"
#include "Subject.h"
#include "act/Jit/Compiler.h"
#include "act/Reference/Tape.h"

namespace act::report {

/// A function of one input or one of its derivatives, compiled for this
/// machine, with the tape of its formula as it was written.
struct SweptKernel {
  /// Nothing after an error, which has been printed.
  static std::optional<SweptKernel> compile(Subject &subject, unsigned order,
                                            DType type, Accuracy accuracy);

  /// What the kernel gives; safe from several threads at once.
  tools::Array run(const tools::Array &inputs) const;

  /// True for a row of the catalogue and its derivatives.
  bool isRow() const { return !compiled.identity.empty(); }

  /// With the bytes of its object as text.
  CompileResult compiled;
  Tape tape;
};

} // namespace act::report

#endif // ACT_REPORT_SWEPTKERNEL_H
