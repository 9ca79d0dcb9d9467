//===- RowResultsTest.cpp - Results that go around the caches -------------===//
//
// Kernels of rows store large results a row later than others. Called here as
// the runtime calls them for arrays of many MiB, on few rows: what they store
// is what they store otherwise.
//
//===----------------------------------------------------------------------===//

#include "RowTestUtil.h"
#include "act/KernelABI.h"
#include <cstring>

using namespace act;
using namespace act::test;

namespace {

const RowSubject subjects[] = {
    {"softmax(x)"},
    {"log_softmax(x)"},
    {"softmax(x, mask=m)"},
    {"softmax(x, temperature=t)", DType::F32, Accuracy::Default,
     /*isBackward=*/false, /*uniformInputs=*/{1}},
    {"sparsemax(x)"},
    {"x - mean(x, keepdims=1)"},
    {"x / sqrt(mean(x^2, keepdims=1) + 1e-5)"},
    {"silu(x) * softmax(y)"},
    {"softmax(x) * t", DType::F32, Accuracy::Strict, /*isBackward=*/false,
     /*uniformInputs=*/{1}},
    {"softmax(x)", DType::F32, Accuracy::Default, /*isBackward=*/true},
    {"log_softmax(x)", DType::F32, Accuracy::Strict, /*isBackward=*/true},
    // Gradients of elements and one that is a sum of the row.
    {"softmax(x, temperature=t)", DType::F32, Accuracy::Default,
     /*isBackward=*/true, /*uniformInputs=*/{1}},
    {"logsumexp(x)", DType::F32, Accuracy::Default, /*isBackward=*/true},
};

constexpr int64_t kRows = 5;

int64_t padded(int64_t count) {
  return (count + kRowUnit - 1) / kRowUnit * kRowUnit;
}

/// Operands that begin with a line of memory, each with a line behind it.
struct Operands {
  Operands(const RowKernel &kernel, int64_t count) {
    for (unsigned k = 0; k < kernel.numInputs() + kernel.numResults(); ++k) {
      int64_t stride = kernel.isUniform(k) ? 1 : count;
      DType type = kernel.typeOf(k);
      Row values = k < kernel.numInputs()
                       ? normalRow(kRows * stride, 2, 71 + k, type)
                       : Row(kRows * stride, -7);
      // Temperatures are positive.
      if (kernel.isUniform(k) && k < kernel.numInputs())
        for (double &value : values)
          value = 1 + std::abs(value);
      strides.push_back(stride);
      bytes.push_back(packed(values, type));
      bytes.back().resize(bytes.back().size() + 128);
      auto address = reinterpret_cast<uintptr_t>(bytes.back().data());
      size_t away = (64 - address % 64) % 64;
      std::memmove(bytes.back().data() + away, bytes.back().data(),
                   bytes.back().size() - 128);
      data.push_back(bytes.back().data() + away);
    }
  }

  std::vector<std::vector<char>> bytes;
  std::vector<int64_t> strides;
  std::vector<void *> data;
};

void call(const RowKernel &kernel, Operands &operands, int64_t count,
          bool streams, int64_t rows) {
  const RowSignature &form = *kernel.result.signature.rows;
  std::vector<double> scratch(form.kept * padded(count) +
                              form.keptOfBlocks * padded(rowBlocks(count)) +
                              kRowUnit);
  std::vector<int64_t> elementStrides(operands.strides.size(), 1);
  KernelArgs args{};
  args.operands = operands.data.data();
  args.count = count;
  args.strides = elementStrides.data();
  args.rows = rows;
  args.rowStrides = operands.strides.data();
  args.scratch =
      scratch.data() +
      (64 - reinterpret_cast<uintptr_t>(scratch.data()) % 64) % 64 / 8;
  args.streams = streams;
  kernel.entry()(&args);
}

class RowResults : public testing::TestWithParam<DType> {};

TEST_P(RowResults, AroundTheCachesAreTheSame) {
  for (RowSubject subject : subjects) {
    subject.type = GetParam();
    RowKernel whole = compileRows(subject);
    subject.isLong = true;
    RowKernel inBlocks = compileRows(subject);
    ASSERT_TRUE(whole && inBlocks);
    for (int64_t count : {16, 64, 100, 192, 1000, 1024, 1040, 2048, 3136}) {
      const RowKernel &kernel = count > kLongRow ? inBlocks : whole;
      for (int64_t rows : {int64_t(1), int64_t(2), kRows}) {
        Operands expected(kernel, count), got(kernel, count);
        call(kernel, expected, count, /*streams=*/false, rows);
        call(kernel, got, count, /*streams=*/true, rows);
        for (unsigned k = 0; k < got.data.size(); ++k)
          ASSERT_EQ(
              std::memcmp(got.data[k], expected.data[k],
                          kRows * got.strides[k] * sizeOf(kernel.typeOf(k))),
              0)
              << subject.text() << ", operand " << k << ", " << rows
              << " rows of " << count;
      }
    }
  }
}

// The results of a row take the place of an input while the next row is read.
TEST_P(RowResults, TakeThePlaceOfInputs) {
  for (const char *source : {"softmax(x)", "log_softmax(x)", "sparsemax(x)",
                             "x - mean(x, keepdims=1)"})
    for (int64_t count : {64, 1024, 3136}) {
      RowSubject subject{source, GetParam()};
      subject.isLong = count > kLongRow;
      RowKernel kernel = compileRows(subject);
      ASSERT_TRUE(kernel);
      Operands expected(kernel, count), got(kernel, count);
      call(kernel, expected, count, /*streams=*/false, kRows);
      got.data[1] = got.data[0];
      call(kernel, got, count, /*streams=*/true, kRows);
      EXPECT_EQ(std::memcmp(got.data[0], expected.data[1],
                            kRows * count * sizeOf(GetParam())),
                0)
          << subject.text() << ", rows of " << count;
    }
}

INSTANTIATE_TEST_SUITE_P(Types, RowResults,
                         testing::Values(DType::F64, DType::F32, DType::F16,
                                         DType::BF16),
                         [](const testing::TestParamInfo<DType> &info) {
                           return std::string(nameOf(info.param));
                         });

} // namespace
