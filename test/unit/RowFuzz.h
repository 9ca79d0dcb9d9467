//===- RowFuzz.h - Kernels of rows over arrays of any shape -----*- C++ -*-===//
#ifndef ACT_TEST_UNIT_ROWFUZZ_H
#define ACT_TEST_UNIT_ROWFUZZ_H

#include "RowTestUtil.h"
#include <random>

namespace act::test {

using Random = std::mt19937_64;

/// An array over the common shape, somewhere in a larger piece of memory.
struct FuzzArray {
  std::vector<char> bytes;
  std::vector<int64_t> strides;
  /// In elements.
  int64_t offset = 0;
};

/// One run of a kernel over arrays of random shape, axis, strides and
/// broadcast, in place or not, against the reference.
class FuzzRun {
public:
  FuzzRun(const RowKernel &kernel, Random &random)
      : kernel(kernel), random(random), judge(kernel) {}

  void run();
  RowError worst() const { return judge.worst(); }

private:
  DType type() const { return kernel.subject.type; }
  void chooseShape();
  /// Dimensions in a random order in memory, with gaps, some broadcast.
  FuzzArray arrayOf(unsigned k);
  /// Calls with the place of the first element of every row.
  template <class Visit> void forRows(Visit visit);
  double value(const FuzzArray &array, int64_t place) {
    const char *at = array.bytes.data() + place * sizeOf(type());
    return unpacked(std::vector<char>(at, at + sizeOf(type())), type())[0];
  }
  void compare();
  std::string shapeText() const;

  const RowKernel &kernel;
  Random &random;
  RowJudge judge;
  std::vector<int64_t> shape;
  int64_t axis = 0;
  bool isInPlace = false;
  unsigned threads = 1;
  std::vector<FuzzArray> arrays, before;
};

} // namespace act::test

#endif // ACT_TEST_UNIT_ROWFUZZ_H
