//===- ToolSupportTest.cpp - Arrays, files and inputs of the tools --------===//

#include "Array.h"
#include "Inputs.h"
#include "Npy.h"
#include "Print.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <random>

using namespace act::tools;

/// A version-1 file with this dictionary and these bytes after it.
static std::string npy(std::string dictionary, std::string body) {
  dictionary += "\n";
  std::string text("\x93NUMPY\x01\x00", 8);
  text += char(dictionary.size() & 255);
  text += char(dictionary.size() >> 8);
  return text + dictionary + body;
}

static std::string errorOf(const std::string &bytes) {
  auto array = parseNpy(bytes, "f.npy");
  if (array)
    return "";
  return llvm::toString(array.takeError());
}

TEST(Array, SixteenBitValuesRoundTrip) {
  for (ElementType type : {ElementType::F16, ElementType::BF16}) {
    Array array = llvm::cantFail(allocate(type, {1}));
    auto *bits = static_cast<uint16_t *>(array.data());
    for (unsigned i = 0; i < 65536; ++i) {
      *bits = uint16_t(i);
      double value = array.get(0);
      array.set(0, value);
      if (!std::isnan(value))
        ASSERT_EQ(*bits, i) << nameOf(type);
      else
        ASSERT_TRUE(std::isnan(array.get(0)));
    }
  }
}

TEST(Array, RoundsOnceFromDouble) {
  // Just above a tie of f16 that f32 would round onto the tie.
  Array array = llvm::cantFail(allocate(ElementType::F16, {1}));
  array.set(0, 1 + 0x1p-11 + 0x1p-40);
  EXPECT_EQ(array.get(0), 1 + 0x1p-10);
}

TEST(Array, FormatsTheShortestText) {
  EXPECT_EQ(formatShortest(0.1f, ElementType::F32), "0.1");
  EXPECT_EQ(formatShortest(20, ElementType::F32), "20");
  EXPECT_EQ(formatShortest(-0.0, ElementType::F64), "-0");
  EXPECT_EQ(formatShortest(NAN, ElementType::F64), "nan");
  EXPECT_EQ(formatShortest(1.0 / 3, ElementType::F64), "0.3333333333333333");
}

TEST(Array, FormatsWithTheFewestDigitsOfTheType) {
  EXPECT_EQ(formatShortest(65504, ElementType::F16), "65504");
  EXPECT_EQ(formatShortest(0.1, ElementType::F16), "0.1");
  // The nearest decimal of four digits, 0.01562, is another number.
  EXPECT_EQ(formatShortest(0x1p-6, ElementType::F16), "0.01563");
  EXPECT_EQ(formatShortest(0x1p-1017, ElementType::F64),
            "7.120236347223045e-307");
  EXPECT_EQ(formatShortest(-0x1p64, ElementType::BF16), "-1.85e+19");
}

TEST(Array, ReadsBackWhatItFormats) {
  for (ElementType type : {ElementType::F16, ElementType::BF16}) {
    Array array = llvm::cantFail(loadInput("all", type));
    for (int64_t i = 0; i < array.size(); ++i) {
      double value = array.get(i);
      std::optional<double> back =
          parseDecimal(formatShortest(value, type), type);
      ASSERT_TRUE(back);
      ASSERT_TRUE(*back == value || std::isnan(value)) << nameOf(type);
    }
  }
}

TEST(Array, RefusesWhatDoesNotFit) {
  for (std::vector<int64_t> shape :
       {std::vector<int64_t>{INT64_MAX, INT64_MAX}, {int64_t(1) << 50}}) {
    auto array = allocate(ElementType::F64, shape);
    ASSERT_FALSE(bool(array));
    EXPECT_NE(llvm::toString(array.takeError()).find("more memory"),
              std::string::npos);
  }
  EXPECT_EQ(llvm::cantFail(allocate(ElementType::F64, {0, 5})).size(), 0);
}

TEST(Npy, ReadsEveryTypeAndOrder) {
  float values[] = {1, 2, 3, 4, 5, 6};
  std::string body(reinterpret_cast<char *>(values), sizeof(values));
  Array array = llvm::cantFail(parseNpy(
      npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", body),
      "f.npy"));
  EXPECT_EQ(array.get(1), 3); // Row 0, column 1 of a column-major array.
  EXPECT_EQ(array.get(3), 2);
  std::string big("\x3f\x80\x00\x00", 4);
  Array swapped = llvm::cantFail(parseNpy(
      npy("{'shape': (), 'fortran_order': False, 'descr': '>f4'}", big), "f"));
  EXPECT_EQ(swapped.get(0), 1);
  EXPECT_TRUE(swapped.shape.empty());
}

TEST(Npy, NamesWhatIsWrong) {
  std::string good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}";
  const std::pair<std::string, const char *> cases[] = {
      {"", "is no .npy file"},
      {"PK\x03\x04", "is no .npy file"},
      {npy(good, "").substr(0, 20), "ends within its header"},
      {npy(good, "1234"), "holds 4 of 8 bytes"},
      {npy(good, "123456789"), "1 bytes after its array"},
      {npy("{'descr': '<U4', 'fortran_order': False, 'shape': (2,)}", ""),
       "elements of type '<U4'"},
      {npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}",
           ""),
       "structured array"},
      {npy("{'descr': '<f4', 'shape': (2,)}", ""), "is missing"},
      {npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", ""),
       "something other than sizes"},
      {npy("{'descr': '<f4', 'fortran_order': False, 'shape': "
           "(9999999999, 9999999999)}",
           ""),
       "more memory"},
      {npy("no dictionary", ""), "it is no dictionary"},
  };
  for (auto &[bytes, message] : cases)
    EXPECT_NE(errorOf(bytes).find(message), std::string::npos)
        << errorOf(bytes);
}

TEST(Npy, SurvivesMutations) {
  std::string good = npy(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "12345678");
  std::mt19937 random(1);
  unsigned valid = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string mutated = good;
    for (unsigned k = random() % 4; k-- > 0;)
      mutated[random() % mutated.size()] = char(random());
    mutated.resize(random() % 4 ? mutated.size() : random() % good.size());
    auto array = parseNpy(mutated, "f.npy");
    valid += bool(array);
    if (!array)
      llvm::consumeError(array.takeError());
  }
  EXPECT_GT(valid, 1000u);
}

TEST(Npy, WritesWhatItReads) {
  llvm::SmallString<64> folder;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("act-npy", folder));
  std::string path = (folder + "/out.npy").str();
  for (ElementType type : {ElementType::F64, ElementType::F32, ElementType::F16,
                           ElementType::BF16}) {
    Array array = llvm::cantFail(loadInput("1,-2.5,inf", type));
    ASSERT_FALSE(bool(writeNpy(path, array)));
    Array back = llvm::cantFail(readNpy(path));
    EXPECT_EQ(back.type, type);
    EXPECT_EQ(back.shape, array.shape);
    EXPECT_EQ(back.get(1), -2.5);
  }
  llvm::consumeError(writeNpy(path + "/below", llvm::cantFail(readNpy(path))));
  EXPECT_TRUE(bool(readNpy(path)));
  llvm::sys::fs::remove_directories(folder);
}

TEST(Inputs, SplitsNames) {
  EXPECT_EQ(llvm::cantFail(parseInputSpec("x=1")).name, "x");
  EXPECT_EQ(llvm::cantFail(parseInputSpec("1,2")).name, "");
  EXPECT_EQ(llvm::cantFail(parseInputSpec("@a=b.npy")).value, "@a=b.npy");
}

TEST(Inputs, GeneratesWhatItSays) {
  Array line = llvm::cantFail(loadInput("linspace:-1:1:5", std::nullopt));
  EXPECT_EQ(line.get(0), -1);
  EXPECT_EQ(line.get(2), 0);
  EXPECT_EQ(line.get(4), 1);
  Array wide = llvm::cantFail(
      loadInput("linspace:-1.7e308:1.7e308:5", ElementType::F64));
  EXPECT_EQ(wide.get(3), 8.5e307);
  EXPECT_EQ(wide.get(4), 1.7e308);
  Array normal =
      llvm::cantFail(loadInput("normal:7:100x1000", ElementType::F64));
  double sum = 0, squares = 0;
  for (int64_t i = 0; i < normal.size(); ++i) {
    sum += normal.get(i);
    squares += normal.get(i) * normal.get(i);
  }
  EXPECT_NEAR(sum / 1e5, 0, 0.02);
  EXPECT_NEAR(squares / 1e5, 1, 0.02);
  EXPECT_EQ(llvm::cantFail(loadInput("all", ElementType::BF16)).size(), 65536);
  EXPECT_TRUE(
      std::signbit(llvm::cantFail(loadInput("-nan", ElementType::F64)).get(0)));
}

TEST(Inputs, RoundsLiteralsOnce) {
  // Just above a tie of f16 by less than a double holds.
  EXPECT_EQ(
      llvm::cantFail(loadInput("1.000488281250000000000001", ElementType::F16))
          .get(0),
      1 + 0x1p-10);
  EXPECT_EQ(llvm::cantFail(loadInput("1.00048828125", ElementType::F16)).get(0),
            1);
  EXPECT_EQ(llvm::cantFail(loadInput("65520,1e-9", ElementType::F16)).get(0),
            HUGE_VAL);
}

TEST(Inputs, NamesTheRemedyForSwappedBounds) {
  auto array = loadInput("uniform:1:-1:7:4", std::nullopt);
  ASSERT_FALSE(bool(array));
  EXPECT_NE(llvm::toString(array.takeError()).find("uniform:-1:1:7:4"),
            std::string::npos);
}

TEST(Inputs, RefusesMalformedOnes) {
  for (const char *value :
       {"linspace:0:1", "linspace:0:1:0", "linspace:0:inf:3", "normal:x:4",
        "normal:1:4y4", "uniform:0:1:4", "1,,2", "abc", "0x10", "0x1p4", "1e",
        "all"}) {
    auto array = loadInput(value, std::nullopt);
    EXPECT_FALSE(bool(array)) << value;
    if (!array)
      llvm::consumeError(array.takeError());
  }
}

TEST(Inputs, BroadcastsAsNumPy) {
  EXPECT_EQ(llvm::cantFail(broadcastShapes({{"a", {4, 1}}, {"b", {3}}})),
            (std::vector<int64_t>{4, 3}));
  EXPECT_EQ(llvm::cantFail(broadcastShapes({{"a", {0, 1}}, {"b", {3}}})),
            (std::vector<int64_t>{0, 3}));
  auto shape = broadcastShapes({{"a", {4}}, {"b", {3}}});
  ASSERT_FALSE(bool(shape));
  llvm::consumeError(shape.takeError());
}

TEST(Print, CompensatesTheMean) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printSummary(os, "y",
               llvm::cantFail(loadInput("1e16,1,-1e16,2", ElementType::F64)));
  printSummary(os, "z", llvm::cantFail(loadInput("inf,1", ElementType::F64)));
  EXPECT_NE(text.find("mean 0.75 "), std::string::npos) << text;
  EXPECT_NE(text.find("mean inf "), std::string::npos) << text;
}
