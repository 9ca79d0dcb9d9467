//===- NvBuilder.h - Methods for GPUs on the host ---------------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_NVBUILDER_H
#define ACT_TEST_UNIT_NVBUILDER_H

#include "NativeBuilder.h"
#include "act/Transforms/Approximations/Nv.h"
#include <limits>

namespace act::test {

/// How wrong an approximate instruction is, in parts of the largest error that
/// NvHelpers.def states.
enum class NvError { None, Most, Least, Any };
inline constexpr NvError kNvErrors[] = {NvError::None, NvError::Most,
                                        NvError::Least, NvError::Any};

/// The instructions of NvHelpers.def in one of these modes: the exact value,
/// off by that, rounded to nearest. Subnormal operands and results are zeros.
class NvModel {
public:
  explicit NvModel(NvError mode) : mode(mode) {}

  enum Helper {
#define ACT_NV_HELPER(Enum, Name, Result, Operands, Ptx, Error, Sm, Sentence)  \
  Enum,
#include "act/NvHelpers.def"
  };

  float operator()(Helper helper, float x) {
    double z = flushed(x);
    switch (helper) {
    case Ex2:
      return off(std::exp2(z), Ex2);
    case Lg2:
      // Its error is absolute where the logarithm is below 1.
      return z > 0.5 && z < 2 ? flushed(float(std::log2(z) + error(Lg2)))
                              : off(std::log2(z), Lg2);
    case Rcp:
      return off(1 / z, Rcp);
    case Rsqrt:
      return off(1 / std::sqrt(z), Rsqrt);
    case Tanh: // without .ftz
      return float(std::tanh(double(x)) * (1 + error(Tanh)));
    default:
      assert(false && "no function of one float");
      return 0;
    }
  }

private:
  static float flushed(float x) {
    return std::fabs(x) < std::numeric_limits<float>::min()
               ? std::copysign(0.0f, x)
               : x;
  }
  double error(Helper helper) {
    static constexpr double errors[] = {
#define ACT_NV_HELPER(Enum, Name, Result, Operands, Ptx, Error, Sm, Sentence)  \
  Error,
#include "act/NvHelpers.def"
    };
    return errors[helper] * part();
  }
  float off(double y, Helper helper) {
    double part = error(helper);
    return flushed(float(y != 0 && std::isfinite(y) ? y + y * part : y));
  }
  double part() {
    if (mode != NvError::Any)
      return mode == NvError::None ? 0 : mode == NvError::Most ? 1 : -1;
    // A linear congruential generator: from -1 to 1.
    state = state * 6364136223846793005u + 1442695040888963407u;
    return double(int64_t(state)) * 0x1p-63;
  }

  NvError mode;
  uint64_t state = 1;
};

/// Runs templates as a kernel for a GPU does. An adversary need not err in
/// the same direction each time; the modes are its plain ones.
class NvBuilder : public NativeBuilder<float> {
public:
  explicit NvBuilder(NvError mode) : model(mode) {}

  static constexpr bool forGpu() { return true; }
  F div(F a, F b) { return approx::nvDivide(*this, a, b); }
  F sqrt(F a) { return approx::nvSqrt(*this, a); }
  F ex2(F a) { return model(NvModel::Ex2, a); }
  F lg2(F a) { return model(NvModel::Lg2, a); }
  F rcp(F a) { return model(NvModel::Rcp, a); }
  F rsqrt(F a) { return model(NvModel::Rsqrt, a); }
  F roughTanh(F a) { return model(NvModel::Tanh, a); }
  // Of zeros the positive one is the greater.
  static F lesser(F a, F b) {
    return std::isnan(a) || a < b || (a == b && std::signbit(a)) ? a : b;
  }
  static F greater(F a, F b) {
    return std::isnan(a) || a > b || (a == b && !std::signbit(a)) ? a : b;
  }
  F table(const char *, const double *entries, size_t size, I index) {
    return approx::nvTable(*this, entries, size, index);
  }

private:
  NvModel model;
};

} // namespace act::test

#endif // ACT_TEST_UNIT_NVBUILDER_H
