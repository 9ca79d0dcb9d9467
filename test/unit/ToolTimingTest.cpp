//===- ToolTimingTest.cpp - The timer of the tools, and the copy ----------===//

#include "CopyBaseline.h"
#include "InterleavedTimer.h"
#include <algorithm>
#include <gtest/gtest.h>

using namespace act::tools;

TEST(Timer, MeasuresEachCandidate) {
  int first = 0, second = 0;
  auto timings = timeInterleaved({[&] { ++first; }, [&] { ++second; }}, 0, 3);
  ASSERT_EQ(timings.size(), 2u);
  EXPECT_GE(first, 3);
  EXPECT_GE(second, 3);
  EXPECT_LE(timings[0].minSeconds, timings[0].medianSeconds);
}

TEST(CopyBaseline, JoinsInputsOfAnySizes) {
  // Inputs 0 and 1, of bytes 1 and 2, are rounded up to 128 and 64 bytes.
  CopyBaseline copy({100, 64}, {256});
  for (auto &[name, candidate] : copy.candidates()) {
    llvm::MutableArrayRef<char> out = copy.output(0);
    std::fill(out.begin(), out.end(), -1);
    candidate();
    std::string expected =
        std::string(64, 3) + std::string(64, 1) + std::string(128, 0);
    EXPECT_EQ(std::string(out.begin(), out.end()), expected) << name;
  }
}

TEST(CopyBaseline, DealsInputsToOutputs) {
  CopyBaseline copy({64, 64, 64, 64, 64, 64}, {64, 64});
  for (auto &[name, candidate] : copy.candidates()) {
    copy.output(0)[0] = copy.output(1)[63] = 0;
    candidate();
    EXPECT_EQ(copy.output(0)[0], 1 + 4 + 16) << name;
    EXPECT_EQ(copy.output(1)[63], 2 + 8 + 32) << name;
  }
}

TEST(CopyBaseline, ReadsWithoutAnOutput) {
  CopyBaseline copy({64, 640, 0, 64, 64, 64}, {});
  for (auto &[name, candidate] : copy.candidates())
    candidate();
}
