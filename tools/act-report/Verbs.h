//===- Verbs.h - What act-report can report ---------------------*- C++ -*-===//
#ifndef ACT_REPORT_VERBS_H
#define ACT_REPORT_VERBS_H

#include "Report.h"
#include <optional>

namespace act::report {

struct Options;

/// One row of Verbs.def.
struct Verb {
  const char *name;
  /// Makes the report; nothing after an error that has been printed.
  std::optional<Report> (*run)(const Options &options);
  /// Space-separated; as many words as operands. In brackets where the verb is
  /// of the catalogue without one.
  llvm::StringLiteral operands;
  const char *options;
  const char *summary;

  bool isOptional() const { return operands.starts_with("["); }
};

/// Every verb, in the order of Verbs.def.
llvm::ArrayRef<Verb> allVerbs();

#define ACT_VERB(Name, Function, Operands, TheOptions, Summary)                \
  std::optional<Report> Function(const Options &options);
#include "Verbs.def"

} // namespace act::report

#endif // ACT_REPORT_VERBS_H
