//===- Lexer.h - Tokens of the expression language --------------*- C++ -*-===//
#ifndef ACT_LIB_SYNTAX_LEXER_H
#define ACT_LIB_SYNTAX_LEXER_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace act {

enum class Tok : uint8_t {
  End,
  Number,
  Name,
  LParen,
  RParen,
  Comma,
  Semicolon,
  Assign,
  Plus,
  Minus,
  Star,
  Slash,
  At,
  Caret,
  // Comparisons; the parser relies on their being last.
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Equal,
  NotEqual,
};

struct Token {
  Tok kind;
  /// Bytes from the start of the source.
  uint32_t offset;
  llvm::StringRef text;

  uint32_t end() const { return offset + text.size(); }
  bool is(Tok other) const { return kind == other; }
  bool isComparison() const { return kind >= Tok::Less; }
};

/// What is wrong with which bytes of a source.
struct SourceError {
  uint32_t offset = 0, length = 1;
  std::string message;
};

/// Splits a source into tokens, the last of which is End. Returns false and
/// sets `error` at the first character that cannot start a token.
bool tokenize(llvm::StringRef text, llvm::SmallVectorImpl<Token> &tokens,
              SourceError &error);

} // namespace act

#endif // ACT_LIB_SYNTAX_LEXER_H
