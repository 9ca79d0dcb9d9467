//===- ExactNumber.cpp - The text of exact constants ----------------------===//

#include "act/IR/ExactNumber.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"

using namespace act;
using llvm::StringRef;

bool act::isDecimal(StringRef text) {
  (void)(text.consume_front("-") || text.consume_front("+"));
  StringRef whole = text.take_while(llvm::isDigit);
  text = text.drop_front(whole.size());
  size_t digits = whole.size();
  if (text.consume_front(".")) {
    StringRef part = text.take_while(llvm::isDigit);
    text = text.drop_front(part.size());
    digits += part.size();
  }
  if (digits == 0)
    return false;
  if (text.consume_front("e") || text.consume_front("E")) {
    (void)(text.consume_front("-") || text.consume_front("+"));
    // Five digits are more than any format's exponent and keep sums small.
    return !text.empty() && text.size() <= 5 &&
           llvm::all_of(text, llvm::isDigit);
  }
  return text.empty();
}

static bool isHexadecimal(StringRef text) {
  (void)text.consume_front("-");
  if (!text.consume_front("0x"))
    return false;
  auto [digits, exponent] = text.split('p');
  (void)(exponent.consume_front("-") || exponent.consume_front("+"));
  auto [whole, part] = digits.split('.');
  return !(whole.empty() && part.empty()) && !exponent.empty() &&
         exponent.size() <= 5 && llvm::all_of(exponent, llvm::isDigit) &&
         llvm::all_of(whole, llvm::isHexDigit) &&
         llvm::all_of(part, llvm::isHexDigit);
}

bool act::isExactNumber(StringRef text) {
  StringRef magnitude = text;
  (void)magnitude.consume_front("-");
  if (magnitude == "pi" || magnitude == "e")
    return true;
  if (text.contains('/')) {
    auto [p, q] = text.split('/');
    return isDecimal(p) && isDecimal(q) &&
           q.take_until([](char c) { return c == 'e' || c == 'E'; })
                   .find_first_of("123456789") != StringRef::npos;
  }
  return isDecimal(text) || isHexadecimal(text);
}

bool act::isPositiveNumber(StringRef text) {
  if (text == "pi" || text == "e")
    return true;
  StringRef mantissa = text.split('/').first;
  if (!mantissa.starts_with("0x"))
    mantissa = mantissa.take_front(mantissa.find_first_of("eE"));
  return !text.starts_with("-") &&
         mantissa.find_first_of("123456789") != StringRef::npos;
}

std::string act::exactTextOf(const llvm::APFloat &value) {
  char buffer[128];
  unsigned length = value.convertToHexString(
      buffer, /*hexDigits=*/0, /*upperCase=*/false,
      llvm::RoundingMode::NearestTiesToEven);
  return std::string(buffer, length);
}
