//===- LatexReader.h - LaTeX formulas back to the language ------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_LATEXREADER_H
#define ACT_TEST_UNIT_LATEXREADER_H

#include "llvm/ADT/StringRef.h"
#include <string>

/// Reads what printLatex writes, as one who knows mathematics but not how it
/// was printed: every brace, delimiter and environment must be closed, and a
/// symbol has one exponent.
class LatexReader {
public:
  explicit LatexReader(llvm::StringRef text) : rest(text) {}

  /// The formula in the language, or "" if it is not well formed.
  std::string read();

private:
  /// Takes a token that stands next; a command only as a whole.
  bool take(llvm::StringRef token);
  void expect(llvm::StringRef token) { isRead &= take(token); }
  std::string takeWhile(bool (*accepts)(char));

  std::string sum();
  std::string product();
  std::string factor();
  std::string primary();
  std::string cases();
  std::string symbol();
  std::string call(llvm::StringRef name);
  std::string group();

  llvm::StringRef rest;
  bool isRead = true;
};

#endif // ACT_TEST_UNIT_LATEXREADER_H
