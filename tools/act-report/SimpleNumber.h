//===- SimpleNumber.h - The number that was meant ---------------*- C++ -*-===//
#ifndef ACT_REPORT_SIMPLENUMBER_H
#define ACT_REPORT_SIMPLENUMBER_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace act::report {

/// The exact number's text that stands for an interval lo..hi of finite
/// numbers, around `best`: `preferred` if its value lies there, else the
/// decimal of the fewest digits, or a ratio of small numbers that is shorter
/// by far. With lo = hi = best, the shortest text that reads back as it.
std::string simplestNumber(double lo, double best, double hi,
                           llvm::StringRef preferred);

} // namespace act::report

#endif // ACT_REPORT_SIMPLENUMBER_H
