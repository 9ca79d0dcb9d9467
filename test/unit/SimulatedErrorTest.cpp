//===- SimulatedErrorTest.cpp - Models of GPU instructions ----------------===//

#include "SimulationTestUtil.h"
#include "llvm/ADT/bit.h"
#include <cmath>
#include <cstring>
#include <limits>

using namespace act;
using namespace act::test;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNormal = std::numeric_limits<float>::min();

/// A helper from f32 to f32 and what it approximates. long double has 11 bits
/// more than f64, which the models evaluate in.
struct Function {
  const char *name;
  double error;
  bool flushes;
  long double (*exact)(long double);
};

long double reciprocal(long double x) { return 1 / x; }
long double reciprocalRoot(long double x) { return 1 / std::sqrt(x); }

#define ACT_NV_HELPER(Enum, Name, Result, Operands, Ptx, Error, Sm, Sentence)  \
  constexpr double error##Enum = Error;
#include "act/NvHelpers.def"

const Function functions[] = {
    {"ex2", errorEx2, true, std::exp2},
    {"lg2", errorLg2, true, std::log2},
    {"rcp", errorRcp, true, reciprocal},
    {"rsqrt", errorRsqrt, true, reciprocalRoot},
    {"tanh", errorTanh, false, std::tanh},
};

std::vector<float> applied(const Function &function, std::vector<float> x,
                           SimulatedError error, uint64_t seed = 0) {
  std::string callee = "@act.nv." + std::string(function.name);
  const std::string text = kernel(R"(
  %in = icmp ult i32 %i, %n
  br i1 %in, label %work, label %done
work:
  %v = load float, ptr addrspace(1) %xi
  %r = call float )" + callee + R"((float %v)
  store float %r, ptr addrspace(1) %yi
  ret void
done:
  ret void)",
                                  "declare float " + callee + "(float)");
  SimulationOptions options;
  options.error = error;
  options.seed = seed;
  LaunchShape shape;
  shape.block[0] = 256;
  shape.grid[0] = (x.size() + 255) / 256;
  std::vector<float> y(x.size());
  EXPECT_EQ(run(text, shape, options, x.data(), y.data(), int(x.size())), "");
  return y;
}

/// Numbers of all magnitudes and both signs, and special ones.
std::vector<float> sweep() {
  std::vector<float> x = {
      0.0f,  -0.0f,     1,          2,       0.5f,
      0.25f, kInfinity, -kInfinity, kNormal, std::nextafter(kNormal, 0.0f)};
  for (uint64_t bits = 0; bits < 1ull << 32; bits += 65521)
    x.push_back(llvm::bit_cast<float>(uint32_t(bits)));
  return x;
}

float flushed(const Function &function, float x) {
  return function.flushes && std::abs(x) < kNormal ? std::copysign(0.0f, x) : x;
}

float ulpOf(float x) {
  x = std::max(std::abs(x), kNormal);
  return x - std::nextafter(x, 0.0f);
}

/// The exact result, in which the share `share` of the largest error is.
long double resultWith(const Function &function, float x, double share) {
  long double exact = function.exact(flushed(function, x));
  bool isAbsolute =
      llvm::StringRef(function.name) == "lg2" && x > 0.5f && x < 2;
  if (std::isinf(exact) || (exact == 0 && !isAbsolute))
    return exact;
  return exact + share * function.error * (isAbsolute ? 1 : exact);
}

/// True if `got` is `want` but for two roundings to f32, the first of the exact
/// result, and flushing.
bool isNear(const Function &function, float got, long double want,
            long double exact) {
  if (std::isnan(want))
    return llvm::bit_cast<uint32_t>(got) == 0x7fffffff;
  if (std::abs(want) >= 0x1.ffffffp127L)
    return std::abs(got) >= 0x1.fffffep127f &&
           std::signbit(got) == std::signbit(want);
  if (function.flushes && got == 0 && std::abs(want) < kNormal)
    return std::signbit(got) == std::signbit(want);
  float ulp = std::max(ulpOf(float(want)), ulpOf(float(exact)));
  return std::abs(got - want) <= 1.01L * ulp && got == flushed(function, got);
}

TEST(SimulatedError, EveryHelperHasTheErrorThatIsChosen) {
  const std::pair<SimulatedError, double> modes[] = {
      {SimulatedError::None, 0},
      {SimulatedError::Largest, 1},
      {SimulatedError::Smallest, -1}};
  std::vector<float> x = sweep();
  for (const Function &function : functions)
    for (auto [mode, share] : modes) {
      std::vector<float> y = applied(function, x, mode);
      for (size_t i = 0; i < x.size(); ++i)
        ASSERT_TRUE(isNear(function, y[i], resultWith(function, x[i], share),
                           resultWith(function, x[i], 0)))
            << function.name << "(" << x[i] << ") = " << y[i] << ", share "
            << share;
    }
}

TEST(SimulatedError, WithoutErrorResultsAreCorrectlyRounded) {
  std::vector<float> x = sweep();
  for (const Function &function : functions) {
    std::vector<float> y = applied(function, x, SimulatedError::None);
    for (size_t i = 0; i < x.size(); ++i) {
      float want =
          flushed(function, float(function.exact(flushed(function, x[i]))));
      ASSERT_TRUE(y[i] == want || std::isnan(want))
          << function.name << "(" << x[i] << ") = " << y[i];
    }
  }
}

TEST(SimulatedError, SeedsGiveErrorsUpToTheLargest) {
  std::vector<float> x = sweep();
  for (const Function &function : functions) {
    std::vector<float> y = applied(function, x, SimulatedError::Seeded, 1);
    std::vector<float> z = applied(function, x, SimulatedError::Seeded, 2);
    double least = 0, most = 0;
    size_t differing = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      long double exact = resultWith(function, x[i], 0);
      differing += y[i] != z[i] && !std::isnan(exact);
      if (!std::isfinite(exact) || std::abs(exact) < kNormal)
        continue;
      long double scale = resultWith(function, x[i], 1) - exact;
      double share = (y[i] - exact) / std::abs(scale);
      double rounding = 1.01L * ulpOf(float(exact)) / std::abs(scale);
      ASSERT_LE(std::abs(share), 1 + rounding) << function.name << x[i];
      least = std::min(least, share);
      most = std::max(most, share);
    }
    EXPECT_LT(least, -0.9) << function.name;
    EXPECT_GT(most, 0.9) << function.name;
    EXPECT_GT(differing, x.size() / 10) << function.name;
    EXPECT_EQ(
        std::memcmp(y.data(),
                    applied(function, x, SimulatedError::Seeded, 1).data(),
                    y.size() * sizeof(float)),
        0)
        << function.name;
  }
}

/// Those of the PTX ISA, whatever the error.
TEST(SimulatedError, SpecialValues) {
  struct Case {
    int function;
    float x, want;
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Case cases[] = {
      {0, -kInfinity, 0.0f},
      {0, kInfinity, kInfinity},
      {0, 128, kInfinity},
      {0, -127, 0.0f},
      {1, 0.0f, -kInfinity},
      {1, -0.0f, -kInfinity},
      {1, 1e-40f, -kInfinity},
      {1, kInfinity, kInfinity},
      {1, -1, nan},
      {2, 0.0f, kInfinity},
      {2, -0.0f, -kInfinity},
      {2, -1e-40f, -kInfinity},
      {2, kInfinity, 0.0f},
      {2, -kInfinity, -0.0f},
      {2, 0x1.8p126f, 0.0f},
      {3, -0.0f, -kInfinity},
      {3, kInfinity, 0.0f},
      {3, -1, nan},
      {3, 1e-40f, kInfinity},
      {4, -0.0f, -0.0f},
      {0, nan, nan},
      {4, nan, nan},
  };
  for (SimulatedError error :
       {SimulatedError::None, SimulatedError::Largest, SimulatedError::Smallest,
        SimulatedError::Seeded})
    for (const Function &function : functions) {
      std::vector<float> x, want;
      for (const Case &c : cases)
        if (c.function == &function - functions) {
          x.push_back(c.x);
          want.push_back(c.want);
        }
      std::vector<float> y = applied(function, x, error);
      for (size_t i = 0; i < x.size(); ++i)
        EXPECT_TRUE(std::isnan(want[i])
                        ? llvm::bit_cast<uint32_t>(y[i]) == 0x7fffffff
                        : y[i] == want[i] &&
                              std::signbit(y[i]) == std::signbit(want[i]))
            << function.name << "(" << x[i] << ") = " << y[i];
    }
}

/// All f32 near bf16 numbers and ties between them, against f64, which holds
/// both; alone, and above the negated number.
TEST(SimulatedError, BF16IsRoundedToEven) {
  const std::string text = kernel(R"(
  %v = load float, ptr addrspace(1) %xi
  %minus = fneg float %v
  %h = call i16 @act.nv.round_bf16(float %v)
  %w = call i32 @act.nv.round_two_bf16(float %v, float %minus)
  %r = zext i16 %h to i32
  %second = getelementptr i32, ptr addrspace(1) %yi, i32 %i
  %third = getelementptr i32, ptr addrspace(1) %second, i32 1
  store i32 %r, ptr addrspace(1) %second
  store i32 %w, ptr addrspace(1) %third
  ret void)",
                                  R"(
declare i16 @act.nv.round_bf16(float)
declare i32 @act.nv.round_two_bf16(float, float))");
  std::vector<uint32_t> x, y;
  for (uint32_t high = 0; high < 0x10000; high += 3)
    for (uint32_t low : {0x0000, 0x7fff, 0x8000, 0x8001})
      x.push_back(high << 16 | low);
  y.resize(2 * x.size());
  LaunchShape shape;
  shape.grid[0] = x.size();
  SimulationOptions options;
  options.error = SimulatedError::Largest;
  ASSERT_EQ(run(text, shape, options, x.data(), y.data(), 0), "");
  for (size_t i = 0; i < x.size(); ++i) {
    float value = llvm::bit_cast<float>(x[i]);
    uint32_t want = 0x7fff, negated = 0x7fff;
    if (!std::isnan(value)) {
      uint32_t below = x[i] >> 16, rest = x[i] & 0xffff;
      want = below + (rest > 0x8000 || (rest == 0x8000 && below % 2 == 1));
      negated = want ^ 0x8000;
    }
    ASSERT_EQ(y[2 * i], want) << std::hex << x[i];
    ASSERT_EQ(y[2 * i + 1], want << 16 | negated) << std::hex << x[i];
  }
}

/// silu in bf16, 8 elements a thread, over all inputs.
TEST(SimulatedError, AllInputsOfAKernel) {
  std::string body = R"(
  %at = mul i32 %i, 8
  %xv = getelementptr i16, ptr addrspace(1) %x, i32 %at
  %yv = getelementptr i16, ptr addrspace(1) %y, i32 %at
  %bits = load <8 x i16>, ptr addrspace(1) %xv, align 16
  %wide = zext <8 x i16> %bits to <8 x i32>
  %high = shl <8 x i32> %wide, splat (i32 16)
  %v = bitcast <8 x i32> %high to <8 x float>
  %scaled = fmul <8 x float> %v, splat (float 0xBFF7154760000000)
)";
  auto calls = [&](const std::string &callee, const std::string &type,
                   const std::string &from, const std::string &to) {
    std::string before = "poison";
    for (std::string k : {"0", "1", "2", "3", "4", "5", "6", "7"}) {
      std::string a = to + ".a" + k, r = to + ".r" + k;
      std::string next = k == "7" ? to : to + ".v" + k;
      body += a + " = extractelement <8 x float> " + from + ", i32 " + k +
              "\n" + r + " = call " + type + " @act.nv." + callee + "(float " +
              a + ")\n" + next + " = insertelement <8 x " + type + "> " +
              before + ", " + type + " " + r + ", i32 " + k + "\n";
      before = next;
    }
  };
  calls("ex2", "float", "%scaled", "%e");
  body += "%d = fadd <8 x float> %e, splat (float 1.0)\n";
  calls("rcp", "float", "%d", "%q");
  body += "%p = fmul <8 x float> %v, %q\n";
  calls("round_bf16", "i16", "%p", "%h");
  body += "store <8 x i16> %h, ptr addrspace(1) %yv, align 16\nret void";
  const std::string text = kernel(body, R"(
declare float @act.nv.ex2(float)
declare float @act.nv.rcp(float)
declare i16 @act.nv.round_bf16(float))");
  std::vector<uint16_t> x(65536), y(65536);
  for (unsigned i = 0; i < 65536; ++i)
    x[i] = i;
  LaunchShape shape;
  shape.grid[0] = 32;
  shape.block[0] = 256;
  ASSERT_EQ(run(text, shape, {}, x.data(), y.data(), 65536), "");
  for (unsigned i = 0; i < 65536; ++i) {
    auto value = [](uint16_t bits) {
      return double(llvm::bit_cast<float>(uint32_t(bits) << 16));
    };
    double input = value(x[i]), want = input / (1 + std::exp(-input));
    // Below, rcp flushes.
    if (std::isnan(input) || input < -87)
      continue;
    double ulp = std::ldexp(1.0, std::ilogb(want == 0 ? 1 : want) - 7);
    ASSERT_TRUE(value(y[i]) == want ||
                std::abs(value(y[i]) - want) <= 0.501 * std::max(ulp, 0x1p-133))
        << input << " " << value(y[i]);
  }
}

} // namespace
