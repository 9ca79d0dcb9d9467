//===- GoldenTest.h - Derivatives against published values -----*- C++ -*-===//
#ifndef ACT_TEST_UNIT_GOLDENTEST_H
#define ACT_TEST_UNIT_GOLDENTEST_H

#include "GoldenSources.h"
#include "JetTestUtil.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>
#include <fstream>

/// Half a unit of the last digit of a decimal, relative to it.
inline double roundingOf(llvm::StringRef text) {
  size_t digits = 0;
  for (char c : text.take_until([](char c) { return c == 'e'; }).ltrim("-0."))
    digits += llvm::isDigit(c);
  return 5 * std::pow(10.0, -double(digits));
}

/// Compares `derivatives(name, x)`, the value and two derivatives of a
/// function of goldenSources, with every row of test/data/golden.csv.
template <class Function> void compareWithGolden(Function derivatives) {
  std::ifstream file(ACT_TEST_DATA "/golden.csv");
  ASSERT_TRUE(file) << "test/data/golden.csv is missing";
  std::string line;
  std::getline(file, line);
  unsigned count = 0;
  while (std::getline(file, line)) {
    llvm::SmallVector<llvm::StringRef, 5> cells;
    llvm::StringRef(line).split(cells, ',');
    ASSERT_EQ(cells.size(), 5u) << line;
    std::string name = cells[0].str();
    ASSERT_TRUE(goldenSources.count(name)) << name;
    std::vector<act::MpfrNumber> got =
        derivatives(name, Traits::fromText(cells[1]));
    for (unsigned k = 0; k <= 2; ++k) {
      llvm::StringRef text = cells[2 + k].trim();
      if (text.empty())
        continue;
      ++count;
      act::MpfrNumber want = Traits::fromText(text);
      // What no format can hold needs no digits; some of it was given as 0.
      if (want == act::MpfrNumber(0) || Traits::exponentOf(want) < -1080) {
        EXPECT_TRUE(Traits::abs(got[k]) < act::MpfrNumber(1e-60)) << line;
        continue;
      }
      EXPECT_LE(relativeError(got[k], want), std::max(1e-20, roundingOf(text)))
          << line << " derivative " << k << " got " << Traits::toDouble(got[k]);
    }
  }
  EXPECT_GT(count, 23u * 53u * 3u - 40u);
}

#endif // ACT_TEST_UNIT_GOLDENTEST_H
