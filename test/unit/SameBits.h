//===- SameBits.h - One kernel at all levels, bit by bit --------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_SAMEBITS_H
#define ACT_TEST_UNIT_SAMEBITS_H

#include "LevelKernel.h"

namespace act::test {

/// Bit patterns of one type, a multiple of 64 of them.
struct Patterns {
  DType type;
  std::vector<uint64_t> bits;

  Bytes bytes() const;
};

/// All patterns of a 16-bit type; else `samples` of them, at equal distances,
/// and the neighbourhoods of zero, infinity, NaN, powers of two and other
/// numbers at which formulas change.
Patterns patternsOf(DType type, size_t samples);

/// The patterns in another order, so that each meets others than itself.
Patterns shuffled(Patterns patterns);

/// Adds the neighbourhoods of inputs at which the result of a kernel of one
/// input changes its sign.
void addSignChanges(Patterns &inputs, const CompileResult &kernel);

/// Elements of `type` that differ in any bit, two NaNs aside; `nans` counts the
/// NaNs that differ.
std::vector<size_t> differences(const Bytes &a, const Bytes &b, DType type,
                                size_t &nans);

/// Compares all levels this machine runs and, under emulation, the others that
/// can be emulated. Reports to gtest.
void expectSameBits(const Subject &subject, size_t samples);

/// Functions of the language and of the catalogue that differ in the
/// approximations they are made of, for a quick test.
inline constexpr const char *kQuickSources[] = {
    "silu", "gelu", "tanh",   "mish",       "softplus",
    "elu",  "erf",  "sin(x)", "log1p(x^2)", "swiglu"};

} // namespace act::test

#endif // ACT_TEST_UNIT_SAMEBITS_H
