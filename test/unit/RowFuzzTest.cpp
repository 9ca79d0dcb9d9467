//===- RowFuzzTest.cpp - Kernels of rows over arrays of any shape ---------===//
//
// Random functions of a row over arrays of random shape, axis, strides and
// broadcast, in place or not, against the reference interpreter.
//
//===----------------------------------------------------------------------===//

#include "RowFuzz.h"

using namespace act;
using namespace act::test;

namespace {

/// A source; inputs behind x that `uniform` lists are one value a row.
struct FuzzSource {
  const char *text;
  std::vector<unsigned> uniform;
};

const FuzzSource sources[] = {
    {"softmax(x)", {}},
    {"log_softmax(x)", {}},
    {"softmin(x)", {}},
    {"logsumexp(x)", {}},
    {"sum(x)", {}},
    {"mean(x)", {}},
    {"rowmax(x)", {}},
    {"x - mean(x, keepdims=1)", {}},
    {"softmax(x, temperature=0.5) * y", {}},
    {"softmax(x, bias=b, scale=0.3)", {}},
    {"log_softmax(x, bias=b)", {1}},
    {"softmax(x, softcap=5)", {}},
    {"softmax(x, sink=s)", {1}},
    {"log_softmax(x, sink=s)", {1}},
    {"logsumexp(x, sink=s, mask=m > -1)", {1}},
    {"softmax(x, mask=m > -9)", {}},
    {"softmax(x, mask=m > 0, empty_row=zero)", {}},
    {"log_softmax(x, mask=m > 0, empty_row=uniform)", {}},
    {"log_softmax(x, mask=x > -1)", {}},
    {"softmax(x, temperature=1 + t^2 / 8)", {1}},
    {"exp(x) / sum(exp(x), keepdims=1)", {}},
    {"sum(x * y)", {1}},
    {"sum(x, mask=m > 0)", {}},
    {"rowmax(x, mask=x < m)", {}},
    {"sparsemax(x)", {}},
    {"sparsemax(x, temperature=t^2 + 1, mask=m > -2)", {1}},
    {"entmax15(x)", {}},
    {"entmax15(x, mask=m > 0, empty_row=uniform, scale=0.25)", {}},
};

/// Type, class, and how rows are walked.
class RowFuzz
    : public testing::TestWithParam<std::tuple<DType, Accuracy, RowWay>> {
public:
  static const char *nameOf(RowWay way) {
    return way == RowWay::Along   ? ""
           : way == RowWay::Lanes ? "lanes"
                                  : "strips";
  }
};

TEST_P(RowFuzz, IsWithinItsBound) {
  auto [type, accuracy, way] = GetParam();
  Random random(17);
  RowError worst;
  for (const FuzzSource &source : sources) {
    RowSubject subject{source.text, type, accuracy, false, source.uniform};
    subject.setWay(way);
    RowKernel kernel = compileRows(subject);
    ASSERT_TRUE(kernel) << source.text;
    for (int i = 0; i < 3 && !HasFailure(); ++i) {
      FuzzRun run(kernel, random);
      run.run();
      worst.ulp = std::max(worst.ulp, run.worst().ulp);
      worst.part = std::max(worst.part, run.worst().part);
    }
  }
  printf("%s %s %s: max %.3f ulp, %.3f of the bound\n", act::nameOf(type),
         act::nameOf(accuracy), nameOf(way), worst.ulp, worst.part);
}

INSTANTIATE_TEST_SUITE_P(
    Types, RowFuzz,
    testing::Combine(
        testing::Values(DType::F64, DType::F32, DType::F16, DType::BF16),
        testing::Values(Accuracy::Strict, Accuracy::Default, Accuracy::Fast),
        testing::ValuesIn(kRowWays)),
    [](const testing::TestParamInfo<RowFuzz::ParamType> &info) {
      std::string way = RowFuzz::nameOf(std::get<2>(info.param));
      return std::string(nameOf(std::get<0>(info.param))) + "_" +
             nameOf(std::get<1>(info.param)) + (way.empty() ? "" : "_") + way;
    });

} // namespace
