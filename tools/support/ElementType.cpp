//===- ElementType.cpp - Element types of arrays in files -----------------===//

#include "ElementType.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/ErrorHandling.h"
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

using namespace act::tools;

size_t act::tools::sizeOf(ElementType type) {
  switch (type) {
  case ElementType::F64:
  case ElementType::I64:
    return 8;
  case ElementType::F32:
  case ElementType::I32:
    return 4;
  case ElementType::F16:
  case ElementType::BF16:
    return 2;
  case ElementType::Bool:
    return 1;
  }
  llvm_unreachable("unknown element type");
}

llvm::StringRef act::tools::nameOf(ElementType type) {
  switch (type) {
  case ElementType::F64:
    return "f64";
  case ElementType::F32:
    return "f32";
  case ElementType::F16:
    return "f16";
  case ElementType::BF16:
    return "bf16";
  case ElementType::I32:
    return "i32";
  case ElementType::I64:
    return "i64";
  case ElementType::Bool:
    return "bool";
  }
  llvm_unreachable("unknown element type");
}

bool act::tools::isFloating(ElementType type) {
  return type == ElementType::F64 || type == ElementType::F32 ||
         type == ElementType::F16 || type == ElementType::BF16;
}

std::optional<ElementType> act::tools::parseElementType(llvm::StringRef name) {
  return llvm::StringSwitch<std::optional<ElementType>>(name)
      .Case("f64", ElementType::F64)
      .Case("f32", ElementType::F32)
      .Case("f16", ElementType::F16)
      .Case("bf16", ElementType::BF16)
      .Default(std::nullopt);
}

//===----------------------------------------------------------------------===//
// Bits and values
//===----------------------------------------------------------------------===//

namespace {

/// A binary format of 16 bits: a sign, exponent bits, then fraction bits.
struct Format16 {
  int fractionBits;
  int bias;

  uint64_t infinity() const { return 0x7fff >> fractionBits << fractionBits; }
  uint64_t quietBit() const { return uint64_t(1) << (fractionBits - 1); }
};

constexpr Format16 binary16{10, 15}, bfloat16{7, 127};
constexpr uint64_t fractionMask64 = (uint64_t(1) << 52) - 1;
constexpr uint64_t infinity64 = uint64_t(0x7ff) << 52;

} // namespace

static uint64_t encode16(double value, Format16 format) {
  uint64_t bits = llvm::bit_cast<uint64_t>(value);
  uint64_t sign = bits >> 63 << 15, magnitude = bits << 1 >> 1;
  if (magnitude > infinity64) {
    uint64_t payload = (magnitude & fractionMask64) >>
                       (52 - format.fractionBits);
    return sign | format.infinity() | format.quietBit() | payload;
  }
  int exponent = int(magnitude >> 52) - 1023, least = 1 - format.bias;
  if (exponent > format.bias)
    return sign | format.infinity();
  // Below the least normal exponent the unit in the last place stays.
  int drop = 52 - format.fractionBits + std::max(0, least - exponent);
  if (drop > 53)
    return sign;
  uint64_t significand = (magnitude & fractionMask64) | (uint64_t(1) << 52);
  uint64_t kept = significand >> drop;
  uint64_t rest = significand - (kept << drop);
  uint64_t half = uint64_t(1) << (drop - 1);
  kept += rest > half || (rest == half && (kept & 1));
  // `kept` holds the leading one of a normal number, which counts as one step
  // of the exponent; a carry out of the fraction is another.
  uint64_t steps = std::max(0, exponent - least);
  return sign | ((steps << format.fractionBits) + kept);
}

static double decode16(uint64_t bits, Format16 format) {
  uint64_t sign = bits >> 15 & 1, magnitude = bits & 0x7fff;
  uint64_t fraction = magnitude << (52 - format.fractionBits) & fractionMask64;
  int exponent = int(magnitude >> format.fractionBits);
  uint64_t wide;
  if (magnitude >= format.infinity()) {
    uint64_t quiet = fraction ? uint64_t(1) << 51 : 0;
    wide = infinity64 | fraction | quiet;
  } else if (exponent == 0) {
    double unit = llvm::bit_cast<double>(
        uint64_t(1024 - format.bias - format.fractionBits) << 52);
    wide = llvm::bit_cast<uint64_t>(double(magnitude) * unit);
  } else {
    wide = uint64_t(exponent - format.bias + 1023) << 52 | fraction;
  }
  return llvm::bit_cast<double>(wide | sign << 63);
}

template <class Integer> static Integer toInteger(double value) {
  using Limits = std::numeric_limits<Integer>;
  if (std::isnan(value))
    return 0;
  double rounded = std::nearbyint(value);
  // The upper limit plus one is a power of two, hence exact as a double.
  if (rounded >= -double(Limits::min()))
    return Limits::max();
  if (rounded < double(Limits::min()))
    return Limits::min();
  return Integer(rounded);
}

uint64_t act::tools::encode(double value, ElementType type) {
  switch (type) {
  case ElementType::F64:
    return llvm::bit_cast<uint64_t>(std::isnan(value) ? value + value : value);
  case ElementType::F32:
    return llvm::bit_cast<uint32_t>(float(value));
  case ElementType::F16:
    return encode16(value, binary16);
  case ElementType::BF16:
    return encode16(value, bfloat16);
  case ElementType::I32:
    return uint32_t(toInteger<int32_t>(value));
  case ElementType::I64:
    return uint64_t(toInteger<int64_t>(value));
  case ElementType::Bool:
    return value != 0;
  }
  llvm_unreachable("unknown element type");
}

double act::tools::decode(uint64_t bits, ElementType type) {
  switch (type) {
  case ElementType::F64: {
    double value = llvm::bit_cast<double>(bits);
    return std::isnan(value) ? value + value : value;
  }
  case ElementType::F32:
    return llvm::bit_cast<float>(uint32_t(bits));
  case ElementType::F16:
    return decode16(bits, binary16);
  case ElementType::BF16:
    return decode16(bits, bfloat16);
  case ElementType::I32:
    return int32_t(bits);
  case ElementType::I64:
    return double(int64_t(bits));
  case ElementType::Bool:
    return (bits & 0xff) != 0;
  }
  llvm_unreachable("unknown element type");
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

template <class Number> static std::string toChars(Number value) {
  char text[64];
  auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  return std::string(text, end);
}

/// The decimal with fewest digits that rounds to `bits`. With p digits the
/// decimal nearest to the value is tried and the one above it: at a power of
/// two the interval that rounds to the value reaches twice as far up as down.
static std::string shortest16(double value, uint64_t bits, ElementType type) {
  for (int digits = 1; digits <= 5; ++digits) {
    char text[32];
    auto end = std::to_chars(text, text + sizeof(text), std::fabs(value),
                             std::chars_format::scientific, digits - 1)
                   .ptr;
    llvm::StringRef scientific(text, end - text);
    auto [significand, exponent] = scientific.split('e');
    int units = 0, scale = 0;
    for (char c : significand)
      if (c != '.')
        units = units * 10 + (c - '0');
    std::from_chars(exponent.data() + (exponent[0] == '+'), end, scale);
    for (int tried : {units, units + 1}) {
      std::string decimal = (value < 0 ? "-" : "") + toChars(tried) + "e" +
                            toChars(scale - (digits - 1));
      double parsed = 0;
      std::from_chars(decimal.data(), decimal.data() + decimal.size(), parsed);
      if (encode(parsed, type) == bits)
        return toChars(parsed);
    }
  }
  return toChars(value);
}

std::string act::tools::formatBits(uint64_t bits, ElementType type) {
  double value = decode(bits, type);
  if (std::isnan(value))
    return "nan";
  if (std::isinf(value))
    return value < 0 ? "-inf" : "inf";
  switch (type) {
  case ElementType::F64:
    return toChars(value);
  case ElementType::F32:
    return toChars(float(value));
  case ElementType::F16:
  case ElementType::BF16:
    return value == 0 ? toChars(value)
                      : shortest16(value, bits & 0xffff, type);
  case ElementType::I32:
    return toChars(int32_t(bits));
  case ElementType::I64:
    return toChars(int64_t(bits));
  case ElementType::Bool:
    return value != 0 ? "1" : "0";
  }
  llvm_unreachable("unknown element type");
}

std::string act::tools::formatShortest(double value, ElementType type) {
  return formatBits(encode(value, type), type);
}
