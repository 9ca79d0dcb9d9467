//===- ElementType.h - Element types of arrays in files ---------*- C++ -*-===//
//
// The element types that the tools read and write: the four floating types of
// kernels, and the integers and booleans of masks and targets. An element is
// handled as its bits, in the low bytes of a uint64_t.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TOOLS_SUPPORT_ELEMENTTYPE_H
#define ACT_TOOLS_SUPPORT_ELEMENTTYPE_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>
#include <string>

namespace act::tools {

/// IEEE binary64, binary32 and binary16, the upper half of binary32, two's
/// complement integers, and a byte that is 0 or 1.
enum class ElementType { F64, F32, F16, BF16, I32, I64, Bool };

/// Bytes of one element.
size_t sizeOf(ElementType type);

/// "f64", "f32", "f16", "bf16", "i32", "i64" or "bool".
llvm::StringRef nameOf(ElementType type);

/// True for F64, F32, F16 and BF16.
bool isFloating(ElementType type);

/// The floating type that `--dtype` names: "f64", "f32", "f16" or "bf16";
/// nothing for any other text.
std::optional<ElementType> parseElementType(llvm::StringRef name);

/// The bits of `value` in `type`, rounded once, to nearest even. Beyond the
/// range a floating type gives infinity and an integer its end. A NaN stays a
/// quiet NaN of the same sign with the upper bits of its payload; as an integer
/// it is 0. As Bool everything but zero is 1.
uint64_t encode(double value, ElementType type);

/// The value of the element whose bits are `bits`: exact, except for I64 beyond
/// 2^53, which is rounded to nearest even. A NaN comes out quiet.
double decode(uint64_t bits, ElementType type);

/// The shortest decimal text that reads back as the element whose bits are
/// `bits`, spelled as std::to_chars does; "nan" for every NaN, "inf", "-inf",
/// "-0".
std::string formatBits(uint64_t bits, ElementType type);

/// The same for `value` rounded to `type`.
std::string formatShortest(double value, ElementType type);

} // namespace act::tools

#endif // ACT_TOOLS_SUPPORT_ELEMENTTYPE_H
