//===- ToolTimingTest.cpp - The timer of the tools, and the copy ----------===//

#include "CopyBaseline.h"
#include "InterleavedTimer.h"
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

TEST(CopyBaseline, CopiesTheBytes) {
  CopyBaseline copy({100, 64}, {256});
  for (auto &[name, candidate] : copy.candidates())
    candidate();
  EXPECT_GE(copy.candidates().size(), 1u);
}
