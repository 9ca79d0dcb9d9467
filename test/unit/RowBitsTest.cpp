//===- RowBitsTest.cpp - What changes no bit of a row ---------------------===//
//
// Threads, the position of a row, the axis and strides, and the CPU level:
// sums are added in one order whatever these are.
//
//===----------------------------------------------------------------------===//

#include "RowTestUtil.h"
#include "SameBits.h"
#include <cstring>

using namespace act;
using namespace act::test;

namespace {

const char *const sources[] = {
    "softmax(x)",   "log_softmax(x)",          "softmax(x, temperature=0.3)",
    "logsumexp(x)", "x - mean(x, keepdims=1)", "softmax(x, mask=x > -1)",
    "sparsemax(x)", "entmax15(x, scale=0.1)"};

/// Lengths around a vector, the unit and blocks.
const int64_t lengths[] = {1, 7, 16, 63, 64, 65, 500, 1024, 1025, 3111};

/// Elements of one result for dense rows, as bytes.
Bytes runDense(const RowKernel &kernel, const Row &x, int64_t rows,
               unsigned threads = 1) {
  return packed(kernel.run(rows, {x}, threads).front(), kernel.subject.type);
}

void expectSame(const Bytes &a, const Bytes &b, DType type,
                const std::string &what) {
  size_t nans = 0;
  auto found = differences(a, b, type, nans);
  EXPECT_TRUE(found.empty()) << what << ": " << found.size() << " differ";
  EXPECT_EQ(nans, 0u) << what;
}

class RowBits : public testing::TestWithParam<DType> {};

TEST_P(RowBits, DoNotDependOnThreads) {
  for (const char *source : sources) {
    RowKernel kernel = compileRows({source, GetParam()});
    ASSERT_TRUE(kernel);
    Row x = normalRow(61 * 701, 3, 21, GetParam());
    Bytes expected = runDense(kernel, x, 61);
    for (unsigned threads : {2, 3, 7})
      expectSame(expected, runDense(kernel, x, 61, threads), GetParam(),
                 kernel.subject.text());
  }
}

TEST_P(RowBits, DoNotDependOnThePositionOfTheRow) {
  for (const char *source : sources) {
    RowKernel kernel = compileRows({source, GetParam()});
    ASSERT_TRUE(kernel);
    for (int64_t count : lengths) {
      Row one = normalRow(count, 3, 22, GetParam()), many;
      for (int row = 0; row < 9; ++row)
        many.insert(many.end(), one.begin(), one.end());
      Bytes expected = runDense(kernel, one, 1),
            all = runDense(kernel, many, 9);
      ASSERT_EQ(all.size(), 9 * expected.size());
      for (int row = 0; row < 9; ++row)
        EXPECT_EQ(std::memcmp(all.data() + row * expected.size(),
                              expected.data(), expected.size()),
                  0)
            << kernel.subject.text() << ", " << count << " elements, row "
            << row;
    }
  }
}

TEST_P(RowBits, DoNotDependOnTheAxis) {
  DType type = GetParam();
  for (const char *source : sources) {
    RowSubject subject{source, type};
    RowKernel kernel = compileRows(subject);
    ASSERT_TRUE(kernel);
    for (int64_t count : lengths) {
      constexpr int64_t kRows = 19;
      Row x = normalRow(kRows * count, 3, 23, type), turned(x.size());
      for (int64_t i = 0; i < kRows; ++i)
        for (int64_t j = 0; j < count; ++j)
          turned[j * kRows + i] = x[i * count + j];
      Row expected = kernel.run(kRows, {x}).front(), back(expected.size());
      bool isOne = kernel.isUniform(1);
      Bytes in = packed(turned, type), out = packed(back, type);
      runRows(kernel, {count, kRows},
              /*axis=*/0,
              {{in.data(), {kRows, 1}}, {out.data(), {isOne ? 0 : kRows, 1}}},
              2);
      Row got = unpacked(out, type);
      for (int64_t i = 0; i < kRows; ++i)
        for (int64_t j = 0; j < (isOne ? 1 : count); ++j)
          back[isOne ? i : i * count + j] = got[j * kRows + i];
      expectSame(packed(expected, type), packed(back, type), type,
                 subject.text() + ", " + std::to_string(count));
    }
  }
}

// Results of 16 MiB and more are written around the caches, in place, too.
TEST_P(RowBits, DoNotDependOnTheSizeOfTheArray) {
  DType type = GetParam();
  for (const char *source : {"softmax(x)", "log_softmax(x)"})
    for (RowWay way : kRowWays)
      for (int64_t count : {8, 36, 1024, 1031, 2048}) {
        RowSubject subject{source, type};
        subject.setWay(way);
        subject.isLong = count > kLongRow;
        if (count < 64 && way == RowWay::Along)
          continue;
        RowKernel kernel = compileRows(subject);
        ASSERT_TRUE(kernel);
        int64_t rows = (16 << 20) / (count * sizeOf(type)) + 10, size = rows;
        size *= count;
        Row few = normalRow(3 * count, 3, 26, type), many(size);
        for (int64_t i = 0; i < size; ++i)
          many[i] = few[i % (3 * count)];
        Bytes some = runDense(kernel, few, 3);
        Bytes in = packed(many, type), out(in.size() + 64);
        auto expectRows = [&](char *at) {
          runRows(kernel, {rows, count}, /*axis=*/1,
                  {{in.data(), {count, 1}}, {at, {count, 1}}}, 2);
          size_t whole = some.size(), end = size * sizeOf(type);
          for (size_t i = 0; i < end; i += whole)
            ASSERT_EQ(
                std::memcmp(at + i, some.data(), std::min(whole, end - i)), 0)
                << subject.text() << ", " << count << " elements, byte " << i;
        };
        // At the start of a line of memory, and behind it.
        for (size_t offset : {size_t(0), sizeOf(type)}) {
          auto address = reinterpret_cast<uintptr_t>(out.data());
          char *at = out.data() + (64 - address % 64) % 64;
          at -= offset != 0 && at != out.data() ? sizeOf(type) : 0;
          expectRows(at);
        }
        expectRows(in.data());
      }
}

TEST_P(RowBits, DoNotDependOnWhatIsKept) {
  for (const char *source : sources)
    for (bool inLanes : {false, true}) {
      RowSubject subject{source, GetParam()};
      subject.inLanes = inLanes;
      RowKernel keeping = compileRows(subject);
      subject.recomputes = true;
      RowKernel recomputing = compileRows(subject);
      ASSERT_TRUE(keeping && recomputing);
      EXPECT_EQ(recomputing.result.signature.rows->kept, 0u);
      for (int64_t count : lengths) {
        Row x = normalRow(17 * count, 3, 28, GetParam());
        expectSame(runDense(keeping, x, 17), runDense(recomputing, x, 17),
                   GetParam(), subject.text() + ", " + std::to_string(count));
      }
    }
}

TEST_P(RowBits, OfOneRunnerAreTheSameAgain) {
  RowKernel kernel = compileRows({"softmax(x)", GetParam()});
  ASSERT_TRUE(kernel);
  RowRunner runner(kernel.result.signature, kernel.entry(), {100, 7},
                   /*axis=*/0, {{7, 1}, {7, 1}}, 3);
  Bytes first, in = packed(normalRow(700, 2, 27, GetParam()), GetParam());
  for (int i = 0; i < 3; ++i) {
    Bytes out(in.size());
    runner.run({in.data(), out.data()}, nullptr);
    if (first.empty())
      first = out;
    EXPECT_EQ(out, first);
  }
}

// A vector then has an element of each of some rows, and a row its own sums.
TEST_P(RowBits, DoNotDependOnWhereVectorsLie) {
  for (const char *source : sources) {
    RowSubject subject{source, GetParam()};
    RowKernel along = compileRows(subject);
    for (RowWay way : {RowWay::Lanes, RowWay::Strips})
      for (const CpuLevel *level : hostLevels()) {
        subject.setWay(way);
        RowKernel across = compileRows(subject, level);
        ASSERT_TRUE(along && across);
        for (int64_t count : lengths) {
          Row x = normalRow(37 * count, 3, 25, GetParam());
          Bytes expected = runDense(along, x, 37);
          for (unsigned threads : {1, 3})
            expectSame(expected, runDense(across, x, 37, threads), GetParam(),
                       subject.text() + ", " + std::to_string(count));
        }
      }
  }
}

TEST_P(RowBits, DoNotDependOnTheLevel) {
  DType type = GetParam();
  const Emulator &emulator = Emulator::get();
  const CpuLevel &neon = *cpuLevelNamed("neon");
  bool isEmulated = emulator.missing().empty() && !hostSupports(neon);
  for (Accuracy accuracy : {Accuracy::Strict, Accuracy::Default})
    for (const char *source : sources) {
      RowSubject subject{source, type, accuracy};
      std::vector<RowKernel> kernels;
      for (const CpuLevel *level : hostLevels())
        kernels.push_back(compileRows(subject, level));
      CompileResult object;
      if (isEmulated)
        object = compileFor(neon, {source, type, 0, accuracy}, Product::Object);
      for (int64_t count : lengths) {
        Row x = normalRow(count, 3, 24, type);
        Bytes expected = runDense(kernels.front(), x, 1);
        for (const RowKernel &kernel : kernels)
          expectSame(expected, runDense(kernel, x, 1), type, subject.text());
        if (!isEmulated)
          continue;
        auto results = emulator.call(object, {packed(x, type)});
        ASSERT_TRUE(bool(results)) << llvm::toString(results.takeError());
        Bytes result = results->front();
        result.resize(expected.size()); // One value, where that is the result.
        expectSame(expected, result, type, subject.text() + " on neon");
      }
    }
  if (!isEmulated)
    printf("only levels of this machine compared: %s\n",
           emulator.missing().c_str());
}

INSTANTIATE_TEST_SUITE_P(Types, RowBits,
                         testing::Values(DType::F64, DType::F32, DType::F16,
                                         DType::BF16),
                         [](const testing::TestParamInfo<DType> &info) {
                           return std::string(nameOf(info.param));
                         });

} // namespace
