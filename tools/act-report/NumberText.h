//===- NumberText.h - Exact numbers in reports ------------------*- C++ -*-===//
#ifndef ACT_REPORT_NUMBERTEXT_H
#define ACT_REPORT_NUMBERTEXT_H

#include "act/Analysis/Image.h"
#include "act/Analysis/Saturation.h"
#include "act/Reference/MpfrNumber.h"
#include "llvm/Support/JSON.h"

namespace act::report {

/// Significant digits of numbers that are found, not stored.
inline constexpr unsigned kDigits = 20;

/// The shortest text of at most `digits` digits: "-0.27846454276107379511",
/// "1.5", "inf".
std::string textOf(const MpfrNumber &x, unsigned digits = kDigits);

/// The same as a value of a report; null for nothing.
llvm::json::Value numberOf(const MpfrNumber &x, unsigned digits = kDigits);
llvm::json::Value numberOf(const std::optional<MpfrNumber> &x,
                           unsigned digits = kDigits);

/// "[-0.27846454276107379511, inf)", "{0}".
std::string textOf(const ValueRange<MpfrNumber> &range);
/// Joined by "and"; beyond six their number only.
std::string textOf(llvm::ArrayRef<ValueRange<MpfrNumber>> ranges);
/// Open: "(-inf, 2)".
std::string textOf(const Interval<MpfrNumber> &interval,
                   unsigned digits = kDigits);

/// Where an extreme is: numbers, "-inf" and "inf", "3-" and "3+" for limits
/// from one side, "x <= 0" and the like for intervals, "everywhere". At most
/// the `most` places nearest to 0, then "...".
llvm::json::Value placesOf(const Extreme<MpfrNumber> &extreme,
                           unsigned most = 5);

} // namespace act::report

#endif // ACT_REPORT_NUMBERTEXT_H
