//===- NvModels.cpp - GPU instructions on the host ------------------------===//
//
// Values are evaluated in f64, whose error, some 2^-52, is nothing beside the
// errors that the instructions have. What they do to special values is in the
// PTX ISA's tables of each (section 9.7.3, Floating-Point Instructions).
//
//===----------------------------------------------------------------------===//

#include "NvModels.h"
#include "llvm/ADT/bit.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>

using namespace act;

namespace {

enum Helper {
#define ACT_NV_HELPER(Enum, ...) Enum,
#include "act/NvHelpers.def"
};

/// What the models need of a row.
struct Row {
  bool flushes;
  double error;
};

constexpr Row rows[] = {
#define ACT_NV_HELPER(Enum, Name, Result, Operands, Ptx, Error, Sm, Sentence)  \
  {std::string_view(Ptx).find(".ftz") != std::string_view::npos, Error},
#include "act/NvHelpers.def"
};

thread_local SimulatedError appliedError = SimulatedError::None;
thread_local uint64_t appliedSeed = 0;

} // namespace

AppliedError::AppliedError(SimulatedError error, uint64_t seed)
    : errorBefore(appliedError), seedBefore(appliedSeed) {
  appliedError = error;
  appliedSeed = seed;
}

AppliedError::~AppliedError() {
  appliedError = errorBefore;
  appliedSeed = seedBefore;
}

/// A number from -1 to 1 (Steele, Lea, Flood, "Fast splittable pseudorandom
/// number generators", OOPSLA 2014, the finisher of SplitMix64).
static double hashed(Helper helper, float x) {
  uint64_t z = appliedSeed * 0x9e3779b97f4a7c15 + llvm::bit_cast<uint32_t>(x) +
               (uint64_t(helper) << 32) + 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  z ^= z >> 31;
  return double(int64_t(z)) * 0x1p-63;
}

/// The share of the largest error that applies to an operand.
static double errorShare(Helper helper, float x) {
  switch (appliedError) {
  case SimulatedError::None:
    return 0;
  case SimulatedError::Largest:
    return 1;
  case SimulatedError::Smallest:
    return -1;
  case SimulatedError::Seeded:
    return hashed(helper, x);
  }
  return 0;
}

static float flushed(Helper helper, float x) {
  bool isSubnormal = std::abs(x) < std::numeric_limits<float>::min();
  return rows[helper].flushes && isSubnormal ? std::copysign(0.0f, x) : x;
}

/// The instruction's result where `value` is the exact one in f64. GPUs have
/// one NaN. `isAbsolute` says that the error is not relative to the result.
static float inexact(Helper helper, float x, double value,
                     bool isAbsolute = false) {
  if (std::isnan(value))
    return llvm::bit_cast<float>(0x7fffffffu);
  float rounded = float(value);
  bool isExact = std::isinf(rounded) || (rounded == 0 && !isAbsolute);
  if (isExact)
    return rounded;
  double error = rows[helper].error * errorShare(helper, x);
  double scale = isAbsolute ? 1 : double(rounded);
  return flushed(helper, float(rounded + scale * error));
}

static float modelEx2(float x) {
  x = flushed(Ex2, x);
  return inexact(Ex2, x, std::exp2(double(x)));
}

static float modelLg2(float x) {
  x = flushed(Lg2, x);
  return inexact(Lg2, x, std::log2(double(x)), x > 0.5f && x < 2);
}

static float modelRcp(float x) {
  x = flushed(Rcp, x);
  return inexact(Rcp, x, 1 / double(x));
}

static float modelRsqrt(float x) {
  x = flushed(Rsqrt, x);
  return inexact(Rsqrt, x, 1 / std::sqrt(double(x)));
}

static float modelTanh(float x) {
  return inexact(Tanh, x, std::tanh(double(x)));
}

static uint16_t modelRoundBF16(float x) {
  if (std::isnan(x))
    return 0x7fff;
  uint32_t bits = llvm::bit_cast<uint32_t>(x);
  return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

static uint32_t modelRoundTwoBF16(float high, float low) {
  return uint32_t(modelRoundBF16(high)) << 16 | modelRoundBF16(low);
}

/// The 8-bit float nearest to x, with so many bits behind the point, this
/// exponent of its least normal number and this largest one, which is nearest
/// to all that are larger. GPUs have one NaN.
static uint16_t roundedToByte(float x, int mantissa, int leastExponent,
                              float largest) {
  if (std::isnan(x))
    return 0x7f;
  float magnitude = std::min(std::abs(x), largest);
  int exponent = magnitude == 0
                     ? leastExponent
                     : std::max(std::ilogb(magnitude), leastExponent);
  auto units = unsigned(
      std::nearbyint(std::ldexp(double(magnitude), mantissa - exponent)));
  unsigned pattern = (unsigned(exponent - leastExponent) << mantissa) + units;
  return pattern | (std::signbit(x) ? 0x80 : 0);
}

static uint16_t modelPackE4M3(float high, float low) {
  return roundedToByte(high, 3, -6, 448) << 8 | roundedToByte(low, 3, -6, 448);
}

static uint16_t modelPackE5M2(float high, float low) {
  return roundedToByte(high, 2, -14, 57344) << 8 |
         roundedToByte(low, 2, -14, 57344);
}

static uint32_t modelPackBytes(uint32_t a, uint32_t b) {
  return (a & 0xff) * 0x01010001u | (b & 0xff) << 8;
}

static uint32_t modelPackHalves(uint32_t a, uint32_t b) {
  return (a & 0xffff) | b << 16;
}

llvm::ArrayRef<HostFunction> act::nvModels() {
  static const HostFunction models[] = {
#define ACT_NV_HELPER(Enum, Name, Result, Operands, Ptx, Error, Sm, Sentence)  \
  {"act.nv." Name,                                                             \
   reinterpret_cast<void *>(static_cast<Result(*) Operands>(model##Enum))},
#include "act/NvHelpers.def"
  };
  return models;
}
