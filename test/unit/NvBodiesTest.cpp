//===- NvBodiesTest.cpp - Every row as it is on a GPU ---------------------===//
//
// The bodies that the corridor makes of all rows and their first derivatives
// for a GPU, run on the host with each approximate instruction off by its
// largest error: what is rounded to storage is near enough to the exact value.
//
//===----------------------------------------------------------------------===//

#include "BodyRunner.h"
#include "KernelTestUtil.h"
#include "Rows.h"
#include "act/Pipeline/Pipelines.h"
#include "llvm/ADT/bit.h"
#include <random>

using namespace act;
using namespace act::test;
using namespace mlir;

namespace {

struct Row {
  const FunctionInfo *info;
  int64_t order;
};

/// A row's derivative after the stage `approximate`.
struct Body {
  std::unique_ptr<MLIRContext> context = createContext();
  OwningOpRef<ModuleOp> module;
  std::unique_ptr<FastReference> reference;
  std::optional<BodyRunner> runner;

  Body(const Row &row, DType type, bool forGpu,
       Accuracy accuracy = Accuracy::Default) {
    module = parseSource(row.info->Name, context.get());
    addDerivative(*module->getOps<FuncOp>().begin(), {{row.order}});
    OwningOpRef<ModuleOp> copy = module->clone();
    FuncOp derived = resolved(*copy);
    reference = std::make_unique<FastReference>(cantFail(Tape::build(derived)));
    KernelOptions options;
    options.function = "derived";
    options.dtype = nameOf(type);
    options.accuracy = accuracy;
    options.forGpu = forGpu;
    options.level = bestHostLevel();
    PassManager pm(context.get());
    for (Stage stage :
         {Stage::Act, Stage::Derive, Stage::Stabilize, Stage::Approximate})
      populateStage(stage, pm, options);
    EXPECT_TRUE(succeeded(pm.run(*module)));
    EXPECT_TRUE(succeeded(verifyStage(*module, Stage::Approximate)));
    for (FuncOp func : module->getOps<FuncOp>())
      if (func.isPublic())
        runner.emplace(func);
  }
};

/// Numbers of a 16-bit type, every k-th by its bits, but all near 1.
std::vector<double> inputsOf(DType type, unsigned k) {
  std::vector<double> inputs;
  if (type == DType::F32) {
    inputs = sweepInputs(type);
    std::mt19937_64 random(3);
    std::uniform_real_distribution<double> shape(-12, 12);
    for (int i = 0; i < 1500; ++i)
      inputs.push_back(float(shape(random)));
  } else {
    std::vector<char> bytes(2);
    for (uint32_t bits = 0; bits < 0x10000; bits += k) {
      bytes = {char(bits & 0xff), char(bits >> 8)};
      inputs.push_back(unpacked(bytes, type)[0]);
    }
  }
  llvm::erase_if(inputs, [](double x) { return !std::isfinite(x); });
  return inputs;
}

std::string nameOfRow(const testing::TestParamInfo<Row> &info) {
  return std::string(info.param.info->Name) + "_" +
         std::to_string(info.param.order);
}

class NvBody : public testing::TestWithParam<Row> {
protected:
  /// The largest error before rounding, in ulp of the type.
  void expectWithin(DType type, double bound, unsigned k,
                    Accuracy accuracy = Accuracy::Default) {
    Body body(GetParam(), type, true, accuracy);
    ASSERT_TRUE(body.runner);
    std::vector<NvModel> models(std::begin(kNvErrors), std::end(kNvErrors));
    // From here on a number is stored as an infinity.
    double largest = type == DType::F16    ? 0x1.ffep15
                     : type == DType::BF16 ? 0x1.ffp127
                                           : 0x1p128;
    double worst = 0, at = 0, got = 0;
    for (double x : inputsOf(type, k)) {
      double last = 0;
      for (NvModel &model : models) {
        double y = body.runner->run(x, model);
        if (std::fabs(y) >= largest)
          y = std::copysign(HUGE_VAL, y);
        if (&model != models.data() && y == last)
          continue;
        last = y;
        double error = body.reference->error(y, {x}, type, 0);
        if (!(error <= worst)) {
          worst = error;
          at = x;
          got = y;
        }
      }
    }
    RecordProperty("max_ulp", std::to_string(worst));
    RecordProperty("issue_slots", std::to_string(body.runner->issueSlots()));
    EXPECT_LE(worst, bound) << "at " << at << ", which gives " << got;
  }
};

/// A quarter of an ulp is left beside rounding.
TEST_P(NvBody, BF16IsWithinAQuarter) {
  expectWithin(DType::BF16, 0.25, ACT_NV_STEP);
}
TEST_P(NvBody, F16IsWithinAQuarter) {
  expectWithin(DType::F16, 0.25, ACT_NV_STEP);
}
TEST_P(NvBody, F32HoldsItsBound) { expectWithin(DType::F32, 4, 1); }

/// What has no error in ulps: zeros have the signs, and infinities the limits,
/// that they have on a CPU.
TEST_P(NvBody, SpecialValuesAreThoseOfCpus) {
  double infinity = HUGE_VAL;
  for (DType type : {DType::F32, DType::BF16, DType::F16}) {
    Body gpu(GetParam(), type, true), cpu(GetParam(), type, false);
    for (NvError error : kNvErrors) {
      NvModel model(error);
      for (double x : {0.0, -0.0, infinity, -infinity}) {
        double y = rounded({gpu.runner->run(x, model)}, type)[0];
        double want = rounded({cpu.runner->run(x, model)}, type)[0];
        EXPECT_TRUE(std::fabs(y - want) <= std::fabs(want) * 0x1p-7 ||
                    y == want || (std::isnan(y) && std::isnan(want)))
            << nameOf(type) << " at " << x << ": " << y << ", not " << want;
        // CPUs differ in the signs of derivatives far out by their types.
        bool hasSign = x == 0 || GetParam().order == 0;
        EXPECT_TRUE(!hasSign || std::isnan(want) ||
                    std::signbit(y) == std::signbit(want))
            << nameOf(type) << " at " << x << ": the sign of " << y;
      }
      EXPECT_TRUE(std::isnan(gpu.runner->run(std::nan(""), model)) ==
                  std::isnan(cpu.runner->run(std::nan(""), model)));
    }
  }
}

std::vector<Row> rows() {
  std::vector<Row> rows;
  for (const FunctionInfo *row : unaryRows())
    rows.push_back({row, 0});
  for (const FunctionInfo *row : rowsWithSlope())
    rows.push_back({row, 1});
  return rows;
}

INSTANTIATE_TEST_SUITE_P(Rows, NvBody, testing::ValuesIn(rows()), nameOfRow);

} // namespace
