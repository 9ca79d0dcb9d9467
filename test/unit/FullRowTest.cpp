//===- FullRowTest.cpp - How wrong long rows are --------------------------===//

#include "RowAccuracy.h"

using namespace act;
using namespace act::test;

TEST(FullRow, Accuracy) {
  for (double sigma : {1.0, 4.0, 16.0})
    for (size_t count : {65536, 1 << 20})
      expectAccurate(count, sigma);
}
