//===- Diagnostic.cpp - An error with its line and a caret ----------------===//

#include "act/Syntax/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SourceMgr.h"

using namespace act;
using llvm::StringRef;

/// Line number `line` of the text, without its end.
static StringRef lineOf(StringRef text, unsigned line) {
  for (; line > 1; --line)
    text = text.split('\n').second;
  return text.split('\n').first.rtrim('\r');
}

void SourceDiagnostic::print(llvm::raw_ostream &os, StringRef text,
                             StringRef fileName, bool colors) const {
  constexpr unsigned before = 60, after = 60;
  StringRef whole = lineOf(text, line);
  unsigned at = std::min<size_t>(column - 1, whole.size());
  unsigned begin = at > before ? at - before : 0;
  std::string shown = whole.slice(begin, at + after).str();
  // Bytes that a terminal might take for something else.
  for (char &c : shown)
    if (!llvm::isPrint(c) && c != '\t')
      c = '?';
  at -= begin;
  unsigned end =
      std::max<size_t>(at + 1, std::min<size_t>(at + length, shown.size()));
  llvm::SourceMgr none;
  std::pair<unsigned, unsigned> range(at, end);
  // Line and column are printed here: the column is that of the whole line.
  os << fileName << ':' << line << ':' << column << ": ";
  llvm::SMDiagnostic(none, llvm::SMLoc(), "", /*Line=*/1, at,
                     llvm::SourceMgr::DK_Error, message, shown, range)
      .print(nullptr, os, colors);
}
