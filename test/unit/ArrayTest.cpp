//===- ArrayTest.cpp - Element types, arrays, broadcasting ----------------===//

#include "../../tools/support/Array.h"
#include "../../tools/support/Print.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"
#include <charconv>
#include <cmath>
#include <mpfr.h>
#include <random>

using namespace act::tools;
using llvm::bit_cast;

static constexpr ElementType types16[] = {ElementType::F16, ElementType::BF16};

/// `value` rounded to a type of 16 bits by MPFR, as a double.
static double roundByMpfr(double value, ElementType type) {
  bool half = type == ElementType::F16;
  mpfr_exp_t oldMin = mpfr_get_emin(), oldMax = mpfr_get_emax();
  mpfr_t x;
  mpfr_init2(x, half ? 11 : 8);
  mpfr_set_emin(half ? -23 : -132);
  mpfr_set_emax(half ? 16 : 128);
  int ternary = mpfr_set_d(x, value, MPFR_RNDN);
  ternary = mpfr_check_range(x, ternary, MPFR_RNDN);
  mpfr_subnormalize(x, ternary, MPFR_RNDN);
  double rounded = mpfr_get_d(x, MPFR_RNDN);
  mpfr_clear(x);
  mpfr_set_emin(oldMin);
  mpfr_set_emax(oldMax);
  return rounded;
}

static void expectRoundsLikeMpfr(double value, ElementType type) {
  double want = roundByMpfr(value, type);
  double got = decode(encode(value, type), type);
  ASSERT_EQ(bit_cast<uint64_t>(got), bit_cast<uint64_t>(want))
      << nameOf(type).str() << ' ' << value;
}

static Array make(ElementType type, std::vector<int64_t> shape,
                  std::vector<double> values) {
  Array array = cantFail(allocate(type, shape));
  for (size_t i = 0; i < values.size(); ++i)
    array.set(i, values[i]);
  return array;
}

static std::string errorOf(llvm::Error error) {
  return llvm::toString(std::move(error));
}

//===----------------------------------------------------------------------===//
// Rounding
//===----------------------------------------------------------------------===//

TEST(ElementType, EveryShortValueSurvivesTheRoundTrip) {
  for (ElementType type : types16)
    for (unsigned bits = 0; bits < 65536; ++bits) {
      double value = decode(bits, type);
      if (std::isnan(value)) {
        unsigned quiet = type == ElementType::F16 ? 0x200 : 0x40;
        EXPECT_EQ(encode(value, type), bits | quiet);
      } else {
        EXPECT_EQ(encode(value, type), bits);
      }
    }
}

TEST(ElementType, Bf16IsTheUpperHalfOfF32) {
  for (unsigned bits = 0; bits < 65536; ++bits) {
    float value = bit_cast<float>(bits << 16);
    if (!std::isnan(value))
      EXPECT_EQ(decode(bits, ElementType::BF16), double(value));
  }
}

TEST(ElementType, MidpointsAndTheirNeighboursRoundLikeMpfr) {
  for (ElementType type : types16)
    for (unsigned bits = 0; bits < 0x7c00; ++bits) {
      double low = decode(bits, type), high = decode(bits + 1, type);
      if (std::isinf(low) || std::isnan(low) || std::isinf(high))
        continue;
      double middle = 0.5 * (low + high);
      for (double value :
           {middle, std::nextafter(middle, INFINITY),
            std::nextafter(middle, 0.0), -middle, low, high})
        expectRoundsLikeMpfr(value, type);
    }
}

TEST(ElementType, RandomDoublesRoundLikeMpfr) {
  std::mt19937_64 random(1);
  for (ElementType type : types16)
    for (int i = 0; i < 200000; ++i) {
      // Exponents around the range of the type, then anything.
      uint64_t bits = random();
      int width = type == ElementType::F16 ? 50 : 300;
      if (i % 4)
        bits = (bits & ~(uint64_t(0x7ff) << 52)) |
               uint64_t(1023 - width / 2 + int(random() % width)) << 52;
      double value = bit_cast<double>(bits);
      if (!std::isnan(value))
        expectRoundsLikeMpfr(value, type);
    }
}

TEST(ElementType, LargeValuesOverflowAtTheMidpoint) {
  EXPECT_EQ(encode(65519.999, ElementType::F16), 0x7bffu);
  EXPECT_EQ(encode(65520, ElementType::F16), 0x7c00u);
  EXPECT_EQ(encode(-1e300, ElementType::F16), 0xfc00u);
  EXPECT_EQ(encode(0x1.fep127, ElementType::BF16), 0x7f7fu);
  EXPECT_EQ(encode(0x1.ffp127, ElementType::BF16), 0x7f80u);
}

TEST(ElementType, NoDoubleRoundingThroughF32) {
  // Just above the midpoint of 1 and its successor; as f32 it is the midpoint.
  EXPECT_EQ(encode(1 + 0x1p-11 + 0x1p-40, ElementType::F16), 0x3c01u);
  EXPECT_EQ(encode(1 + 0x1p-8 + 0x1p-40, ElementType::BF16), 0x3f81u);
}

TEST(ElementType, NansStayNansAndKeepTheirSign) {
  for (ElementType type : {ElementType::F64, ElementType::F32,
                           ElementType::F16, ElementType::BF16}) {
    EXPECT_TRUE(std::isnan(decode(encode(NAN, type), type)));
    EXPECT_FALSE(std::signbit(decode(encode(NAN, type), type)));
    EXPECT_TRUE(std::signbit(decode(encode(-NAN, type), type)));
  }
  // A payload in bits that are cut off must not turn into infinity.
  double low = bit_cast<double>(uint64_t(0x7ff0000000000001));
  EXPECT_EQ(encode(low, ElementType::F16), 0x7e00u);
  EXPECT_EQ(encode(low, ElementType::BF16), 0x7fc0u);
}

TEST(ElementType, IntegersSaturate) {
  EXPECT_EQ(int32_t(encode(2.5, ElementType::I32)), 2);
  EXPECT_EQ(int32_t(encode(1e10, ElementType::I32)), INT32_MAX);
  EXPECT_EQ(int32_t(encode(-1e10, ElementType::I32)), INT32_MIN);
  EXPECT_EQ(int64_t(encode(0x1p63, ElementType::I64)), INT64_MAX);
  EXPECT_EQ(int64_t(encode(-0x1p63, ElementType::I64)), INT64_MIN);
  EXPECT_EQ(encode(NAN, ElementType::I64), 0u);
}

TEST(ElementType, NamesParseBack) {
  for (const char *name : {"f64", "f32", "f16", "bf16"})
    EXPECT_EQ(nameOf(*parseElementType(name)), name);
  for (const char *name : {"", "F32", "i32", "bool", "float", "f32 "})
    EXPECT_FALSE(parseElementType(name));
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

TEST(Format, EveryShortValueReadsBackFromFewestDigits) {
  for (ElementType type : types16)
    for (unsigned bits = 0; bits < 65536; ++bits) {
      double value = decode(bits, type), parsed = 0;
      if (!std::isfinite(value))
        continue;
      std::string text = formatBits(bits, type);
      std::from_chars(text.data(), text.data() + text.size(), parsed);
      ASSERT_EQ(encode(parsed, type), bits) << text;
      // No decimal of one digit less reads back: try those around the value.
      char shorter[32];
      auto end = std::to_chars(shorter, shorter + 32, parsed,
                               std::chars_format::scientific).ptr;
      std::string all(shorter, end);
      size_t e = all.find('e'), point = all.find('.');
      if (point == std::string::npos)
        continue;
      int digits = int(e - point - 1);
      double unit = std::pow(10.0, std::stoi(all.substr(e + 1)) - digits + 1);
      for (double k = -2; k <= 2; ++k) {
        std::to_chars_result result = std::to_chars(
            shorter, shorter + 32, (std::round(value / unit) + k) * unit,
            std::chars_format::scientific, digits - 1);
        double other = 0;
        std::from_chars(shorter, result.ptr, other);
        ASSERT_NE(encode(other, type), bits) << text << " is too long";
      }
    }
}

TEST(Format, Spellings) {
  EXPECT_EQ(formatShortest(NAN, ElementType::F32), "nan");
  EXPECT_EQ(formatShortest(-NAN, ElementType::F16), "nan");
  EXPECT_EQ(formatShortest(INFINITY, ElementType::BF16), "inf");
  EXPECT_EQ(formatShortest(-INFINITY, ElementType::F64), "-inf");
  for (ElementType type : {ElementType::F64, ElementType::F32,
                           ElementType::F16, ElementType::BF16})
    EXPECT_EQ(formatShortest(-0.0, type), "-0");
  EXPECT_EQ(formatShortest(0.1, ElementType::F64), "0.1");
  EXPECT_EQ(formatShortest(0.1, ElementType::F32), "0.1");
  EXPECT_EQ(formatShortest(0.1, ElementType::F16), "0.1");
  EXPECT_EQ(formatShortest(1. / 3, ElementType::F16), "0.3333");
  EXPECT_EQ(formatShortest(1. / 3, ElementType::BF16), "0.334");
  EXPECT_EQ(formatShortest(65504, ElementType::F16), "65500");
  EXPECT_EQ(formatBits(uint64_t(INT64_MAX), ElementType::I64),
            "9223372036854775807");
  EXPECT_EQ(formatShortest(-7, ElementType::I32), "-7");
  EXPECT_EQ(formatShortest(2, ElementType::Bool), "1");
}

//===----------------------------------------------------------------------===//
// Arrays
//===----------------------------------------------------------------------===//

TEST(Array, IsAlignedAndSized) {
  Array array = cantFail(allocate(ElementType::BF16, {3, 5}));
  EXPECT_EQ(reinterpret_cast<uintptr_t>(array.data()) % 64, 0u);
  EXPECT_EQ(array.size(), 15);
  EXPECT_EQ(array.sizeInBytes(), 30u);
  EXPECT_EQ(cantFail(allocate(ElementType::F64, {})).size(), 1);
  EXPECT_EQ(cantFail(allocate(ElementType::F64, {4, 0})).size(), 0);
  EXPECT_EQ(Array().size(), 0);
}

TEST(Array, AllocationErrorsNameShapeAndBytes) {
  auto message = [](std::vector<int64_t> shape) {
    return errorOf(allocate(ElementType::F32, shape).takeError());
  };
  std::string large = message({1 << 30, 1 << 30});
  EXPECT_NE(large.find("1073741824x1073741824"), std::string::npos) << large;
  EXPECT_NE(large.find("4611686018427387904 bytes"), std::string::npos);
  EXPECT_NE(message({INT64_MAX, 3}).find("2^63"), std::string::npos);
  // A product of 2^64 elements must not wrap to 0, nor hide behind a 0.
  EXPECT_NE(message({1ll << 32, 1ll << 32}).find("2^63"), std::string::npos);
  EXPECT_NE(message({0, INT64_MAX, 3}).find("2^63"), std::string::npos);
  EXPECT_NE(message({-1}).find("negative"), std::string::npos);
  EXPECT_NE(message(std::vector<int64_t>(65, 1)).find("65 dimensions"),
            std::string::npos);
}

TEST(Array, ConvertsF32ToShortTypes) {
  Array from = make(ElementType::F32, {5}, {1e-8, 65520, -0.0, NAN, 1 + 0x1p-8});
  Array half = cantFail(convert(from, ElementType::F16));
  EXPECT_EQ(half.bits(0), 0u);
  EXPECT_EQ(half.bits(1), 0x7c00u);
  EXPECT_EQ(half.bits(2), 0x8000u);
  EXPECT_TRUE(std::isnan(half.get(3)));
  EXPECT_EQ(cantFail(convert(from, ElementType::BF16)).bits(4), 0x3f80u);
  EXPECT_EQ(half.shape, from.shape);
}

TEST(Array, ConvertsLargeIntegersWithOneRounding) {
  Array from = cantFail(allocate(ElementType::I64, {3}));
  // Above a midpoint of f32 by less than a double can show.
  int64_t value = (1ll << 60) + (1ll << 36) + 1;
  from.setBits(0, uint64_t(value));
  from.setBits(1, uint64_t(-value));
  from.setBits(2, uint64_t(INT64_MIN));
  Array to = cantFail(convert(from, ElementType::F32));
  EXPECT_EQ(to.get(0), double(float(value)));
  EXPECT_EQ(to.get(1), double(float(-value)));
  EXPECT_GT(to.get(0), 0x1p60);
  EXPECT_EQ(to.get(2), -0x1p63);
}

TEST(Array, OnlyIntegersConvertToIntegers) {
  Array good = make(ElementType::F32, {2}, {3, -4});
  EXPECT_EQ(cantFail(convert(good, ElementType::I32)).get(1), -4);
  for (double bad : {0.5, 3e9, double(NAN), double(INFINITY)}) {
    Array array = make(ElementType::F64, {2}, {1, bad});
    std::string message =
        errorOf(convert(array, ElementType::I32).takeError());
    EXPECT_EQ(message, "element 1, " + formatShortest(bad, ElementType::F64) +
                           ", is no i32 number");
  }
  Array edge = make(ElementType::F64, {1}, {0x1p63});
  EXPECT_NE(errorOf(convert(edge, ElementType::I64).takeError()), "");
}

//===----------------------------------------------------------------------===//
// Broadcasting
//===----------------------------------------------------------------------===//

TEST(Broadcast, AlignsAtTheLastDimension) {
  std::vector<int64_t> x = {4, 1, 3}, y = {5, 1}, z = {}, empty = {1, 0};
  EXPECT_EQ(cantFail(broadcastShapes({{"x", x}, {"y", y}, {"z", z}})),
            (std::vector<int64_t>{4, 5, 3}));
  EXPECT_EQ(cantFail(broadcastShapes({{"e", empty}, {"y", y}})),
            (std::vector<int64_t>{5, 0}));
  EXPECT_TRUE(cantFail(broadcastShapes({})).empty());
}

TEST(Broadcast, TheErrorNamesBothOperands) {
  std::vector<int64_t> x = {2, 3}, one = {1}, y = {4, 2, 5}, empty = {0};
  EXPECT_EQ(errorOf(broadcastShapes({{"one", one}, {"x", x}, {"y", y}})
                        .takeError()),
            "'x' of shape 2x3 and 'y' of shape 4x2x5 do not broadcast: "
            "dimension 2 of the result is 3 in one and 5 in the other; they "
            "must be equal or 1");
  EXPECT_NE(errorOf(broadcastShapes({{"e", empty}, {"x", x}}).takeError()), "");
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

static std::string summaryOf(const Array &array) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  printSummary(stream, "out", array);
  return text;
}

TEST(Print, ShortArraysAreWhole) {
  EXPECT_EQ(summaryOf(make(ElementType::F16, {4}, {NAN, -0.0, 0.1, INFINITY})),
            "out\n  shape  4\n  dtype  f16\n  first  nan -0 0.1 inf\n"
            "  min    -0\n  max    inf\n  mean   inf\n  nans   1\n");
  EXPECT_EQ(summaryOf(make(ElementType::F32, {0}, {})),
            "out\n  shape  0\n  dtype  f32\n  min    none\n  max    none\n"
            "  mean   none\n  nans   0\n");
}

TEST(Print, LongArraysShowBothEndsOnce) {
  std::vector<double> values;
  for (int i = 0; i < 10; ++i)
    values.push_back(i);
  std::string ten = summaryOf(make(ElementType::F32, {2, 5}, values));
  EXPECT_NE(ten.find("shape  2x5\n"), std::string::npos);
  EXPECT_NE(ten.find("first  0 1 2 3 4 5 6 7\n  last   8 9\n"),
            std::string::npos);
  EXPECT_NE(ten.find("mean   4.5\n"), std::string::npos);
  for (int i = 10; i < 100; ++i)
    values.push_back(i);
  EXPECT_NE(summaryOf(make(ElementType::F32, {100}, values))
                .find("last   92 93 94 95 96 97 98 99\n"),
            std::string::npos);
}

TEST(Print, TheMeanNeitherOverflowsNorCancels) {
  EXPECT_NE(summaryOf(make(ElementType::F64, {2}, {1.5e308, 1.5e308}))
                .find("mean   1.5e+308\n"),
            std::string::npos);
  EXPECT_NE(summaryOf(make(ElementType::F64, {4}, {1, 1e100, 1, -1e100}))
                .find("mean   0.5\n"),
            std::string::npos);
  EXPECT_NE(summaryOf(make(ElementType::F32, {2}, {INFINITY, -INFINITY}))
                .find("mean   nan\n"),
            std::string::npos);
}
