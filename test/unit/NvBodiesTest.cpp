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

/// In place of an order: the gradient by all inputs times a cotangent.
constexpr int64_t kGradient = -1;

struct Row {
  const FunctionInfo *info;
  int64_t order;
};

/// A row's derivative after the stage `approximate`.
struct Body {
  std::unique_ptr<MLIRContext> context = createContext();
  OwningOpRef<ModuleOp> module;
  std::unique_ptr<FastReference> reference;
  std::unique_ptr<Interpreter<double>> doubles;
  std::optional<BodyRunner> runner;
  unsigned numInputs = 0, numResults = 0;

  Body(const Row &row, DType type, bool forGpu) {
    module = parseSource(row.info->Name, context.get());
    if (row.order == kGradient)
      addVjp(*module->getOps<FuncOp>().begin());
    else
      addDerivative(*module->getOps<FuncOp>().begin(), {{row.order}});
    OwningOpRef<ModuleOp> copy = module->clone();
    FuncOp derived = resolved(*copy);
    Tape tape = cantFail(Tape::build(derived));
    doubles = std::make_unique<Interpreter<double>>(tape);
    reference = std::make_unique<FastReference>(tape);
    KernelOptions options;
    options.function = "derived";
    options.dtype = nameOf(type);
    options.gpu = forGpu ? gpuLevelNamed("sm_90") : nullptr;
    options.level = bestHostLevel();
    PassManager pm(context.get());
    for (Stage stage :
         {Stage::Act, Stage::Derive, Stage::Stabilize, Stage::Approximate})
      populateStage(stage, pm, options);
    EXPECT_TRUE(succeeded(pm.run(*module)));
    EXPECT_TRUE(succeeded(verifyStage(*module, Stage::Approximate)));
    for (FuncOp func : module->getOps<FuncOp>())
      if (func.isPublic()) {
        runner.emplace(func);
        numInputs = func.getNumInputs();
        numResults = func.getNumResults();
      }
  }
};

/// Every finite number of a 16-bit type; of f32 a sample.
std::vector<double> inputsOf(DType type) {
  std::vector<double> inputs;
  if (type == DType::F32) {
    inputs = sweepInputs(type);
    std::mt19937_64 random(3);
    std::uniform_real_distribution<double> shape(-12, 12);
    for (int i = 0; i < 1500; ++i)
      inputs.push_back(float(shape(random)));
  } else {
    std::vector<char> bytes(2);
    for (uint32_t bits = 0; bits < 0x10000; ++bits) {
      bytes = {char(bits & 0xff), char(bits >> 8)};
      inputs.push_back(unpacked(bytes, type)[0]);
    }
  }
  llvm::erase_if(inputs, [](double x) { return !std::isfinite(x); });
  return inputs;
}

std::string nameOfRow(const testing::TestParamInfo<Row> &info) {
  int64_t order = info.param.order;
  return std::string(info.param.info->Name) + "_" +
         (order == kGradient ? "gradient" : std::to_string(order));
}

class NvBody : public testing::TestWithParam<Row> {
protected:
  /// The largest error before rounding, in ulp of the type.
  void expectWithin(DType type, double bound) {
    Body body(GetParam(), type, true);
    ASSERT_TRUE(body.runner);
    std::vector<NvModel> models(std::begin(kNvErrors), std::end(kNvErrors));
    // From here on a number is stored as an infinity.
    double largest = type == DType::F16    ? 0x1.ffep15
                     : type == DType::BF16 ? 0x1.ffp127
                                           : 0x1p128;
    double worst = 0, at = 0, got = 0;
    for (double x : inputsOf(type)) {
      double exact = body.reference->valueFor({x}, type);
      for (NvModel &model : models) {
        double y = body.runner->run(x, model);
        if (std::fabs(y) >= largest)
          y = std::copysign(HUGE_VAL, y);
        double error = FastReference::errorFrom(exact, y, type);
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
TEST_P(NvBody, BF16IsWithinAQuarter) { expectWithin(DType::BF16, 0.25); }
TEST_P(NvBody, F16IsWithinAQuarter) { expectWithin(DType::F16, 0.25); }
TEST_P(NvBody, F32HoldsItsBound) { expectWithin(DType::F32, 4); }

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

/// Gates and gradients: other inputs are factors, which may make normal numbers
/// of what is far below the range.
class NvGate : public testing::TestWithParam<Row> {
protected:
  void expectWithin(DType type, double bound);
};

/// Numbers of which one is where functions have their shape or their tails, and
/// others are of any size.
std::vector<double> pointOf(std::mt19937_64 &random, size_t size, DType type) {
  std::uniform_real_distribution<double> shape(-12, 12), tail(-150, 100);
  double most = type == DType::F16 ? 12 : 100;
  std::uniform_real_distribution<double> exponent(-most, most);
  std::vector<double> point;
  for (size_t i = 0; i < size; ++i)
    point.push_back(
        random() % 3 == 0 ? shape(random)
        : random() % 2 == 0
            ? tail(random)
            : std::copysign(std::exp2(exponent(random)), shape(random)));
  return rounded(point, type);
}

void NvGate::expectWithin(DType type, double bound) {
  Body body(GetParam(), type, true), cpu(GetParam(), type, false);
  ASSERT_TRUE(body.runner && cpu.runner);
  std::vector<NvModel> models(std::begin(kNvErrors), std::end(kNvErrors));
  std::mt19937_64 random(5);
  ErrorBound<double> firstOrder(*body.doubles, DType::F32);
  std::vector<double> plain(body.numResults);
  double exact = 0;
  auto errorOf = [&](Body &from, const std::vector<double> &x, NvModel &model,
                     unsigned k) {
    double y = rounded({from.runner->run(x, model, k)}, type)[0];
    return FastReference::errorFrom(exact, y, type);
  };
  double worst = 0;
  size_t numCompared = 0, numBeyond = 0;
  constexpr size_t numPoints = 3000;
  for (size_t i = 0; i < numPoints; ++i) {
    std::vector<double> x = pointOf(random, body.numInputs, type);
    for (unsigned k = 0; k < body.numResults; ++k) {
      exact = body.reference->valueFor(x, type, k);
      // Factors of any size overflow on the way to a result on CPUs, too.
      if (!(errorOf(cpu, x, models[0], k) <= bound))
        continue;
      // What is no row is held to what a plain evaluation in f32 may lose, as
      // act-run --check does.
      firstOrder.evaluate(x, type, plain);
      double allowed = std::max(bound, plain[k]), largest = 0;
      ++numCompared;
      for (NvModel &model : models) {
        double error = errorOf(body, x, model, k);
        EXPECT_LE(error, allowed) << testing::PrintToString(x) << " " << k;
        largest = std::max(largest, error);
      }
      worst = std::max(worst, largest);
      numBeyond += largest > bound;
    }
  }
  EXPECT_GT(numCompared, numPoints / 2);
  if (type != DType::F32)
    EXPECT_EQ(numBeyond, 0u);
  RecordProperty("max_ulp", std::to_string(worst));
  RecordProperty("issue_slots", std::to_string(body.runner->issueSlots()));
}

TEST_P(NvGate, BF16) { expectWithin(DType::BF16, 1.75); }
TEST_P(NvGate, F16) { expectWithin(DType::F16, 1.75); }
TEST_P(NvGate, F32) { expectWithin(DType::F32, 5); }

std::vector<Row> gates() {
  std::vector<Row> rows;
  for (const FunctionInfo &row : allFunctions())
    if (!isUnary(row))
      rows.insert(rows.end(), {{&row, 0}, {&row, kGradient}});
  for (const FunctionInfo *row : rowsWithSlope())
    rows.push_back({row, kGradient});
  return rows;
}

INSTANTIATE_TEST_SUITE_P(Rows, NvGate, testing::ValuesIn(gates()), nameOfRow);

INSTANTIATE_TEST_SUITE_P(Rows, NvBody, testing::ValuesIn(rows()), nameOfRow);

} // namespace
