//===- FloatEnvironmentUtil.h - Runs with FTZ and DAZ set -------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_FLOATENVIRONMENTUTIL_H
#define ACT_TEST_UNIT_FLOATENVIRONMENTUTIL_H

#include <xmmintrin.h>

namespace act::test {

/// Flags of MXCSR.
inline constexpr unsigned kDAZ = 0x40, kFTZ = 0x8000, kRoundUp = 0x4000;

/// Sets flags of MXCSR in this thread and restores what was there.
class WithFlags {
public:
  explicit WithFlags(unsigned flags) : saved(_mm_getcsr()) {
    _mm_setcsr(saved | flags);
  }
  ~WithFlags() { _mm_setcsr(saved); }
  WithFlags(const WithFlags &) = delete;

private:
  unsigned saved;
};

} // namespace act::test

#endif // ACT_TEST_UNIT_FLOATENVIRONMENTUTIL_H
