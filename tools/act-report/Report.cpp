//===- Report.cpp - A report in any format --------------------------------===//

#include "Report.h"
#include "Array.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include <algorithm>
#include <cmath>

using namespace act::report;
using llvm::raw_ostream;
using llvm::StringRef;
using llvm::json::Value;

std::optional<Format> act::report::formatNamed(StringRef name) {
  return llvm::StringSwitch<std::optional<Format>>(name)
      .Case("md", Format::Markdown)
      .Case("json", Format::Json)
      .Case("csv", Format::Csv)
      .Default(std::nullopt);
}

/// JSON has no infinities; they are texts.
static Value finite(const Value &value) {
  std::optional<double> number = value.getAsNumber();
  if (!number || std::isfinite(*number))
    return value;
  return std::isnan(*number) ? "nan" : *number > 0 ? "inf" : "-inf";
}

/// Key of the object that stands for a number with all its digits.
static constexpr llvm::StringLiteral kDigitsKey = "digits";

/// Its text, where a value is such a number.
static std::optional<StringRef> digitsOf(const Value &value) {
  const llvm::json::Object *object = value.getAsObject();
  return object ? object->getString(kDigitsKey) : std::nullopt;
}

Value act::report::numberAsText(StringRef text) {
  return llvm::json::Object{{kDigitsKey, text.str()}};
}

/// The text of one value; nothing of null. A parameter is "name=default".
static std::string textOf(const Value &value) {
  if (std::optional<StringRef> digits = digitsOf(value))
    return digits->str();
  if (const llvm::json::Object *parameter = value.getAsObject())
    return textOf(*parameter->get("name")) + "=" +
           textOf(*parameter->get("default"));
  if (std::optional<bool> truth = value.getAsBoolean())
    return *truth ? "yes" : "no";
  Value plain = finite(value);
  if (std::optional<StringRef> text = plain.getAsString())
    return text->str();
  if (plain.kind() == Value::Null)
    return "";
  if (std::optional<int64_t> integer = value.getAsInteger())
    return std::to_string(*integer);
  return act::tools::formatShortest(*value.getAsNumber(),
                                    act::tools::ElementType::F64);
}

/// The texts of an array, or the one of any other value.
static std::vector<std::string> textsOf(const Value &value) {
  std::vector<std::string> texts;
  if (const llvm::json::Array *array = value.getAsArray()) {
    for (const Value &element : *array)
      texts.push_back(textOf(element));
  } else if (value.kind() != Value::Null) {
    texts.push_back(textOf(value));
  }
  return texts;
}

Value act::report::parameterOf(StringRef name, StringRef defaultText) {
  return llvm::json::Object{{"name", name.str()},
                            {"default", defaultText.str()}};
}

//===----------------------------------------------------------------------===//
// Markdown
//===----------------------------------------------------------------------===//

static std::string headingOf(StringRef key) {
  std::string text = key.str();
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

static std::string markdownOf(const Label &label, const Value &value) {
  std::string text;
  for (const std::string &part : textsOf(value)) {
    text += text.empty() ? "" : ", ";
    std::string escaped;
    for (char c : part)
      escaped += c == '|' ? "\\|" : std::string(1, c);
    text += label.isCode ? "`" + escaped + "`" : escaped;
  }
  return text;
}

static void writeMarkdown(raw_ostream &os, const Report &report) {
  os << "# " << report.title << "\n";
  if (!report.summary.empty())
    os << "\n" << report.summary << "\n";
  if (!report.facts.empty())
    os << "\n";
  for (const Fact &fact : report.facts) {
    std::string text = markdownOf(fact.label, fact.value);
    os << "- " << headingOf(fact.label.key) << ": "
       << (text.empty() ? "none" : text) << "\n";
  }
  for (const Table &table : report.tables) {
    std::string title = headingOf(table.key);
    title[0] = llvm::toUpper(title[0]);
    os << "\n## " << title << "\n\n|";
    for (const Label &column : table.columns)
      os << " " << headingOf(column.key) << " |";
    os << "\n|";
    for (size_t i = 0; i < table.columns.size(); ++i)
      os << "---|";
    os << "\n";
    for (const auto &row : table.rows) {
      os << "|";
      for (auto [column, value] : llvm::zip_equal(table.columns, row))
        os << " " << markdownOf(column, value) << " |";
      os << "\n";
    }
  }
}

//===----------------------------------------------------------------------===//
// JSON and CSV
//===----------------------------------------------------------------------===//

static void writeValue(llvm::json::OStream &json, const Value &value) {
  if (std::optional<StringRef> digits = digitsOf(value))
    return json.rawValue(*digits);
  const llvm::json::Array *array = value.getAsArray();
  if (!array)
    return json.value(finite(value));
  json.array([&] {
    for (const Value &element : *array)
      writeValue(json, element);
  });
}

/// One line, so that a change of a row is a change of a line.
static std::string jsonOf(const Table &table, const std::vector<Value> &row) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::json::OStream json(os);
  json.object([&] {
    for (auto [column, value] : llvm::zip_equal(table.columns, row))
      json.attributeBegin(column.key), writeValue(json, value),
          json.attributeEnd();
  });
  return text;
}

static void writeJson(raw_ostream &os, const Report &report) {
  llvm::json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    if (!report.summary.empty())
      json.attribute("summary", report.summary);
    for (const Fact &fact : report.facts)
      json.attributeBegin(fact.label.key), writeValue(json, fact.value),
          json.attributeEnd();
    for (const Table &table : report.tables)
      json.attributeArray(table.key, [&] {
        for (const auto &row : table.rows)
          json.rawValue(jsonOf(table, row));
      });
  });
  os << "\n";
}

/// Quoted where a field has a comma, a quote or a line break (RFC 4180).
static void writeField(raw_ostream &os, StringRef text) {
  if (text.find_first_of(",\"\r\n") == StringRef::npos) {
    os << text;
    return;
  }
  os << '"';
  for (char c : text)
    os << (c == '"' ? "\"\"" : StringRef(&c, 1));
  os << '"';
}

static void writeCsv(raw_ostream &os, const Report &report) {
  if (report.tables.empty()) {
    os << "key,value\n";
    for (const Fact &fact : report.facts) {
      os << fact.label.key << ",";
      writeField(os, llvm::join(textsOf(fact.value), "; "));
      os << "\n";
    }
    return;
  }
  const Table &table = report.tables.front();
  llvm::interleave(
      table.columns, os, [&](const Label &column) { os << column.key; }, ",");
  os << "\n";
  for (const auto &row : table.rows) {
    llvm::interleave(
        row, os,
        [&](const Value &value) {
          writeField(os, llvm::join(textsOf(value), "; "));
        },
        ",");
    os << "\n";
  }
}

void act::report::write(raw_ostream &os, const Report &report, Format format) {
  switch (format) {
  case Format::Markdown:
    return writeMarkdown(os, report);
  case Format::Json:
    return writeJson(os, report);
  case Format::Csv:
    return writeCsv(os, report);
  }
}
