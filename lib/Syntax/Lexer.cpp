//===- Lexer.cpp - Tokens of the expression language ----------------------===//

#include "Lexer.h"
#include "act/IR/ExactNumber.h"
#include "llvm/ADT/StringExtras.h"

using namespace act;
using llvm::StringRef;

/// Length of the number at the front, 0 if there is none.
static size_t numberLength(StringRef text) {
  auto digitsFrom = [&](size_t at) {
    return text.drop_front(at).take_while(llvm::isDigit).size();
  };
  size_t length = digitsFrom(0), digits = length;
  if (text.drop_front(length).starts_with(".")) {
    size_t part = digitsFrom(length + 1);
    digits += part;
    length += 1 + part;
  }
  if (digits == 0)
    return 0;
  StringRef rest = text.drop_front(length);
  if (rest.starts_with("e") || rest.starts_with("E")) {
    size_t sign = rest.size() > 1 && (rest[1] == '-' || rest[1] == '+');
    if (size_t exponent = digitsFrom(length + 1 + sign))
      length += 1 + sign + exponent;
  }
  return length;
}

/// Length of the hexadecimal number at the front, 0 if there is none.
static size_t hexadecimalLength(StringRef text) {
  if (!text.starts_with("0x"))
    return 0;
  size_t length = 2;
  auto take = [&](auto predicate) {
    length += text.drop_front(length).take_while(predicate).size();
  };
  take([](char c) { return llvm::isHexDigit(c) || c == '.'; });
  if (length < text.size() && text[length] == 'p') {
    ++length;
    if (length < text.size() && (text[length] == '-' || text[length] == '+'))
      ++length;
    take(llvm::isDigit);
  }
  return length;
}

static Tok punctuation(StringRef text, size_t &length) {
  length = 2;
  if (text.starts_with("<="))
    return Tok::LessEqual;
  if (text.starts_with(">="))
    return Tok::GreaterEqual;
  if (text.starts_with("=="))
    return Tok::Equal;
  if (text.starts_with("!="))
    return Tok::NotEqual;
  length = 1;
  switch (text.front()) {
  case '(':
    return Tok::LParen;
  case ')':
    return Tok::RParen;
  case ',':
    return Tok::Comma;
  case ';':
    return Tok::Semicolon;
  case '=':
    return Tok::Assign;
  case '+':
    return Tok::Plus;
  case '-':
    return Tok::Minus;
  case '*':
    return Tok::Star;
  case '/':
    return Tok::Slash;
  case '@':
    return Tok::At;
  case '^':
    return Tok::Caret;
  case '<':
    return Tok::Less;
  case '>':
    return Tok::Greater;
  default:
    return Tok::End;
  }
}

/// Says what a character outside the language was probably meant to be.
static void strangeCharacter(StringRef text, SourceError &error) {
  static constexpr struct {
    StringRef seen, hint;
  } hints[] = {
      {"\xC3\x97", "write '*'"},
      {"\xC2\xB7", "write '*'"},
      {"\xE2\x8B\x85", "write '*'"},
      {"\xC3\xB7", "write '/'"},
      {"\xE2\x88\x92", "write '-'"},
      {"\xE2\x80\x93", "write '-'"},
      {"\xE2\x89\xA4", "write '<='"},
      {"\xE2\x89\xA5", "write '>='"},
      {"\xE2\x89\xA0", "write '!='"},
      {"\xCF\x80", "write 'pi'"},
      {"\xC2\xB2", "write '^2'"},
      {"\xC2\xB3", "write '^3'"},
      {"\xE2\x88\x9A", "write 'sqrt'"},
      {"?", "write 'where(c, a, b)' for a choice"},
      {"&", "nest one 'where' in another"},
      {"|", "write 'abs(x)' for a magnitude, nest 'where' for a choice"},
      {"!", "write '!=' to compare"},
      {"[", "write '('"},
      {"]", "write ')'"},
      {"{", "write '('"},
      {"}", "write ')'"},
      {":", "write ';' before parameters and after a definition"},
      {".", "a number has a digit, as in '0.5'"},
  };
  for (const auto &row : hints)
    if (text.starts_with(row.seen)) {
      error.length = row.seen.size();
      error.message =
          ("'" + row.seen + "' is not part of the language; " + row.hint).str();
      return;
    }
  unsigned char c = text.front();
  if (c == 0)
    error.message = "NUL character; a source is plain text";
  else if (llvm::isPrint(c))
    error.message = std::string("'") + char(c) +
                    "' is not part of the language; operators are + - * / ^ "
                    "@ and comparisons";
  else
    error.message = "byte 0x" + llvm::utohexstr(c, false, 2) +
                    " is not part of the language; a source is printable "
                    "ASCII";
}

/// Reads a number; false when it is malformed.
static bool lexNumber(StringRef text, size_t &length, SourceError &error) {
  length = hexadecimalLength(text);
  if (length == 0)
    length = numberLength(text);
  if (length == 0)
    return true;
  if (length < text.size() && text[length] == '.')
    error.length = length + 1;
  else if (isExactNumber(text.take_front(length)))
    return true;
  else
    error.length = length;
  error.message = "malformed number '" + text.take_front(error.length).str() +
                  "'; write a decimal such as 2.5 or 1e-3, with an exponent "
                  "of five digits at most";
  return false;
}

bool act::tokenize(StringRef text, llvm::SmallVectorImpl<Token> &tokens,
                   SourceError &error) {
  size_t at = 0;
  while (at < text.size()) {
    StringRef rest = text.drop_front(at);
    char c = rest.front();
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at;
      continue;
    }
    error.offset = at;
    size_t length = 0;
    Tok kind = Tok::Number;
    if (!lexNumber(rest, length, error))
      return false;
    if (length == 0 && (llvm::isAlpha(c) || c == '_')) {
      kind = Tok::Name;
      length =
          rest.take_while([](char c) { return llvm::isAlnum(c) || c == '_'; })
              .size();
    } else if (length == 0) {
      kind = punctuation(rest, length);
    }
    if (kind == Tok::End) {
      strangeCharacter(rest, error);
      return false;
    }
    tokens.push_back({kind, uint32_t(at), rest.take_front(length)});
    at += length;
  }
  tokens.push_back({Tok::End, uint32_t(text.size()), StringRef()});
  return true;
}
