//===- ExactNumber.h - The text of exact constants --------------*- C++ -*-===//
//
// Constants of the dialect are texts that mean exact real numbers. This is the
// one place that says which texts are legal and takes them apart; how a text
// becomes a number of some precision is act/Reference/Number.h.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_IR_EXACTNUMBER_H
#define ACT_IR_EXACTNUMBER_H

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace act {

/// True for a decimal with optional sign and exponent (no inf, no nan), a
/// ratio "p/q" of two decimals with q not zero, a C99 hexadecimal floating
/// literal, "pi" or "e", each optionally negated.
bool isExactNumber(llvm::StringRef text);

/// True for one plain decimal with optional sign and exponent.
bool isDecimal(llvm::StringRef text);

/// True for the text of a number above 0.
bool isPositiveNumber(llvm::StringRef text);

/// The exact hexadecimal text of a finite floating-point value.
std::string exactTextOf(const llvm::APFloat &value);

} // namespace act

#endif // ACT_IR_EXACTNUMBER_H
