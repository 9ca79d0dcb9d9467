//===- Report.h - A report in any format ------------------------*- C++ -*-===//
#ifndef ACT_REPORT_REPORT_H
#define ACT_REPORT_REPORT_H

#include "Plot.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include <optional>
#include <string>
#include <vector>

namespace act::report {

enum class Format { Markdown, Json, Csv };

/// md, json or csv.
std::optional<Format> formatNamed(llvm::StringRef name);

/// What a fact or a column holds.
struct Label {
  /// In snake_case: the JSON and CSV name, and with spaces the heading.
  std::string key;
  /// Formulas and names of the language stand in code spans.
  bool isCode = false;
};

/// A parameter and its exact default as a value of a fact or a cell.
llvm::json::Value parameterOf(llvm::StringRef name,
                              llvm::StringRef defaultText);

/// A number of more digits than a double has, by its decimal text. JSON has it
/// as a number.
llvm::json::Value numberAsText(llvm::StringRef text);

/// Null for an empty text.
inline llvm::json::Value orNull(llvm::StringRef text) {
  return text.empty() ? llvm::json::Value(nullptr)
                      : llvm::json::Value(text.str());
}

/// One thing that is known: text, a number (also as text), a parameter, a truth
/// value, null, or an array of these.
struct Fact {
  Label label;
  llvm::json::Value value;
};

struct Table {
  /// Key in JSON, heading in Markdown.
  std::string key;
  std::vector<Label> columns;
  std::vector<std::vector<llvm::json::Value>> rows;
};

/// What a verb found out. JSON has all of it in one object; CSV has the first
/// table, or the facts where there is none.
struct Report {
  /// Heading in Markdown.
  std::string title;
  /// A sentence under the title; may be empty.
  std::string summary;
  std::vector<Fact> facts;
  std::vector<Table> tables;
  /// Why the tool fails after the report; empty where it does not.
  std::string failure;
  /// What --plot draws.
  std::optional<Plot> plot;
};

/// Writes the report. Numbers are printed to round-trip; those that are not
/// finite are the texts "nan", "inf" and "-inf".
void write(llvm::raw_ostream &os, const Report &report, Format format);

} // namespace act::report

#endif // ACT_REPORT_REPORT_H
