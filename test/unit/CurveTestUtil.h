//===- CurveTestUtil.h - Curves of sources, tables of facts -----*- C++ -*-===//
#ifndef ACT_TEST_UNIT_CURVETESTUTIL_H
#define ACT_TEST_UNIT_CURVETESTUTIL_H

#include "JetTestUtil.h"
#include "act/Analysis/MpfrCurve.h"
#include "act/Transforms/Derive.h"
#include "act/Transforms/Expand.h"
#include <fstream>
#include <map>

/// f and its derivatives as one tape.
inline act::Tape orderTapeOf(llvm::StringRef source, unsigned highestOrder) {
  act::FuncOp func;
  auto module = parsed(source, func);
  EXPECT_TRUE(succeeded(act::expandBody(func)));
  auto derived = act::withDerivatives(func, highestOrder);
  EXPECT_TRUE(succeeded(derived)) << source.str();
  return cantFail(act::Tape::build(**derived));
}

inline act::Curve<act::MpfrNumber> curveOf(llvm::StringRef source,
                                           unsigned highestOrder = 3) {
  return act::makeMpfrCurve(orderTapeOf(source, highestOrder));
}

/// The fields of a line of comma-separated values (RFC 4180).
inline std::vector<std::string> fieldsOf(const std::string &line) {
  std::vector<std::string> fields(1);
  bool isQuoted = false;
  for (char c : line)
    if (c == '"')
      isQuoted = !isQuoted;
    else if (c == ',' && !isQuoted)
      fields.emplace_back();
    else if (c != '\r')
      fields.back() += c;
  return fields;
}

using Facts = std::map<std::string, std::string>;

/// The rows of test/data/activations.csv, each by the names of its columns.
inline std::vector<Facts> activationFacts() {
  std::ifstream file(ACT_TEST_DATA "/activations.csv");
  std::string line;
  std::getline(file, line);
  std::vector<std::string> columns = fieldsOf(line);
  std::vector<Facts> rows;
  while (std::getline(file, line)) {
    Facts facts;
    for (auto [column, field] : llvm::zip(columns, fieldsOf(line)))
      facts[column] = field;
    rows.push_back(facts);
  }
  return rows;
}

/// The source that a row of the facts is about: some are not at the defaults.
inline std::string sourceOf(const Facts &facts) {
  const std::string &name = facts.at("name");
  if (name == "celu")
    return "celu(x, alpha=2)";
  if (name == "swish_beta")
    return "swish_beta(x, beta=1.5)";
  // The facts leave out the clamp of expm1's argument, which makes a step of
  // 8e-7 at 0.
  if (name == "xielu")
    return "xielu(x, eps=0)";
  return name;
}

#endif // ACT_TEST_UNIT_CURVETESTUTIL_H
