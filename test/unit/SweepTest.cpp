//===- SweepTest.cpp - What a sweep of a kernel goes by -------------------===//

#include "Curves.h"
#include "Judge.h"
#include "OutputFile.h"
#include "Rows.h"
#include "act/Reference/Ulp.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include <gtest/gtest.h>
#include <random>

using namespace act;
using namespace act::report;

namespace {

/// Random elements of a type, over all exponents and where functions bend.
std::vector<double> randomInputs(DType type, std::mt19937_64 &random) {
  Elements elements(type);
  std::uniform_real_distribution<double> near(-8, 8);
  std::vector<uint64_t> places;
  for (int i = 0; i < 60; ++i) {
    places.push_back(random() & elements.last());
    places.push_back(elements.placeOf(near(random)));
  }
  tools::Array array = elements.at(places);
  std::vector<double> inputs;
  for (int64_t i = 0; i < array.size(); ++i)
    if (std::isfinite(array.get(i)))
      inputs.push_back(array.get(i));
  return inputs;
}

/// Result `order` of a tape alone.
Tape onlyOrder(Tape tape, unsigned order) {
  tape.results = {tape.results[order]};
  return tape;
}

using Traits = NumberTraits<Quad>;

TEST(ExactValues, AgreeWithMpfrOnAllRows) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<ActDialect, mlir::arith::ArithDialect,
                      mlir::math::MathDialect>();
  std::mt19937_64 random(3);
  uint64_t points = 0, byMpfr = 0;
  for (const FunctionInfo *row : unaryRows()) {
    std::optional<Curves> curves = Curves::ofRow(*row, &context, 1);
    ASSERT_TRUE(curves) << row->Name;
    for (unsigned order : {0, 1})
      for (DType type : {DType::F64, DType::F32, DType::BF16}) {
        Tape tape = onlyOrder(curves->getTape(), order);
        ExactValues exacts(tape, type, /*isRow=*/true);
        MpfrReference reference(tape);
        for (double x : randomInputs(type, random)) {
          Quad got = exacts.at(x).value;
          MpfrNumber exact = reference.evaluate({x})[0];
          Quad want = quadOf(exact);
          Quad ulp = Traits::scale(Quad(1), ulpExponent(want, type));
          // Beyond the range of the type only the rounding matters.
          EXPECT_TRUE(std::isinf(roundTo(want, type)) ||
                      Traits::abs(got - want) <= ulp * 0x1p-20)
              << row->Name << " " << order << " " << nameOf(type) << " " << x;
          EXPECT_EQ(roundTo(got, type), roundTo(exact, type))
              << row->Name << " " << order << " " << nameOf(type) << " " << x;
          ++points;
        }
        byMpfr += exacts.byMpfr;
      }
  }
  printf("%zu points, %zu by MPFR\n", size_t(points), size_t(byMpfr));
  EXPECT_LT(byMpfr, points / 4);
}

/// Tallies by the screen against those by exact values alone.
TEST(Screen, VerdictsAreThoseOfExactValues) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<ActDialect, mlir::arith::ArithDialect,
                      mlir::math::MathDialect>();
  std::mt19937_64 random(5);
  unsigned points = 0, known = 0;
  for (const FunctionInfo *row : unaryRows()) {
    std::optional<Curves> curves = Curves::ofRow(*row, &context, 3);
    ASSERT_TRUE(curves) << row->Name;
    for (unsigned order : {0, 1})
      for (DType type : {DType::F32, DType::F16, DType::BF16}) {
        Tape tape = curves->getTape();
        tape.results.erase(tape.results.begin(), tape.results.begin() + order);
        NearZero nearZero = NearZero::of(tape);
        tape = onlyOrder(tape, 0);
        if (!BatchValues::supports(tape))
          continue;
        ExactValues exacts(tape, type, /*isRow=*/true);
        Screen screen(tape, type, nearZero);
        std::vector<double> x = randomInputs(type, random), y;
        std::vector<Quad> exact;
        // Results that are right, next to that, or of the other sign.
        for (double input : x) {
          exact.push_back(exacts.at(input).value);
          double best = roundTo(exact.back(), type);
          double step = Traits::toDouble(
              Traits::scale(Quad(1), ulpExponent(exact.back(), type)));
          switch (random() % 4) {
          case 0:
            best = std::fabs(best) < largestOf(type) ? best + step : best;
            break;
          case 1:
            best = -best;
          }
          y.push_back(best);
        }
        screen.judge(x, y);
        for (size_t i = 0; i < x.size(); ++i, ++points) {
          uint64_t verdict = screen.verdicts[i];
          if (!(verdict & Screen::Known))
            continue;
          ++known;
          double ulp = ulpError(y[i], exact[i], type);
          auto where = [&] {
            return (row->Name + llvm::Twine(" ") + llvm::Twine(order) + " " +
                    nameOf(type) + " " + std::to_string(x[i]))
                .str();
          };
          EXPECT_NEAR(ulp, screen.ulps[i], screen.ulpErrors[i] + 0x1p-20)
              << where();
          EXPECT_EQ(ulp >= kNegligible && y[i] != roundTo(exact[i], type),
                    (verdict & Screen::Misrounded) != 0)
              << where();
          EXPECT_EQ((y[i] > 0 && exact[i] < 0) || (y[i] < 0 && exact[i] > 0),
                    (verdict & Screen::WrongSign) != 0)
              << where();
          Quad normal = Traits::scale(Quad(1), formatOf(type).minExponent);
          EXPECT_EQ(Traits::abs(exact[i]) < normal,
                    (verdict & Screen::Subnormal) != 0)
              << where();
        }
      }
  }
  printf("%u points, %u known\n", points, known);
  EXPECT_GT(known, points * 0.9);
}

TEST(NearZero, IsFoundWhereTheSlopeIsSimple) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<ActDialect, mlir::arith::ArithDialect,
                      mlir::math::MathDialect>();
  auto nearZero = [&](llvm::StringRef name) {
    for (const FunctionInfo *row : unaryRows())
      if (name == row->Name)
        return NearZero::of(Curves::ofRow(*row, &context, 2)->getTape());
    ADD_FAILURE() << name.str();
    return NearZero();
  };
  NearZero silu = nearZero("silu");
  EXPECT_EQ(silu.slope, 0.5);
  EXPECT_EQ(silu.bend, 1);
  EXPECT_NEAR(silu.curvature, 0.25, 1e-9);
  EXPECT_EQ(nearZero("relu").slope, 0);
  EXPECT_EQ(nearZero("sigmoid").slope, 0);
  EXPECT_EQ(nearZero("mish").slope, 0);
}

TEST(Elements, StandInOrder) {
  for (DType type : {DType::F64, DType::F32, DType::F16, DType::BF16}) {
    Elements elements(type);
    uint64_t one = elements.placeOf(1), zero = elements.placeOf(0);
    tools::Array array =
        elements.at({elements.placeOf(-HUGE_VAL), zero - 2, zero - 1, zero,
                     zero + 1, one, one + 1, elements.placeOf(HUGE_VAL) + 1});
    EXPECT_EQ(array.get(0), -HUGE_VAL);
    EXPECT_EQ(array.get(1), -array.get(4));
    EXPECT_LT(array.get(1), 0);
    EXPECT_TRUE(array.get(2) == 0 && std::signbit(array.get(2)));
    EXPECT_TRUE(array.get(3) == 0 && !std::signbit(array.get(3)));
    EXPECT_EQ(array.get(6) - array.get(5),
              std::ldexp(1.0, 1 - formatOf(type).precision));
    EXPECT_TRUE(std::isnan(array.get(7)));
  }
}

TEST(SweepPlan, TakesAllAroundPlaces) {
  Elements elements(DType::F32);
  SweepPlan plan(elements, /*exhaustive=*/false, 1 << 20, {1.5});
  uint64_t middle = elements.placeOf(1.5), found = 0;
  for (uint64_t i = 0; i < plan.size(); ++i) {
    uint64_t place = plan.placeAt(i);
    EXPECT_TRUE(i == 0 || plan.placeAt(i - 1) < place);
    found += place >= middle - kDense && place <= middle + kDense;
  }
  EXPECT_EQ(found, 2 * kDense + 1);
  EXPECT_FALSE(plan.isAll());
  SweepPlan all(elements, /*exhaustive=*/true, 1, {});
  EXPECT_EQ(all.size(), uint64_t(1) << 32);
}

TEST(ErrorBound, SaysWhereAComparisonIsUndecided) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<ActDialect, mlir::arith::ArithDialect,
                      mlir::math::MathDialect>();
  auto module = parseSource("where(x * x < 0.25, 1, 2)", &context);
  auto f =
      cantFail(Interpreter<Quad>::create(*module->getOps<FuncOp>().begin()));
  ErrorBound<Quad> bound(f, DType::F32);
  double ulp;
  bound.evaluate(Quad(0.5), DType::F32, ulp);
  EXPECT_FALSE(bound.isDecided());
  bound.evaluate(Quad(0.501), DType::F32, ulp);
  EXPECT_TRUE(bound.isDecided());
}

/// The fast class is held to a part of the exact value, or to a floor; without
/// these its results that are 0 are far off.
TEST(Sweep, FastResultsHaveAFloor) {
  Options options;
  options.sources = {"exp"};
  auto subject = Subject::load(options, "accuracy");
  ASSERT_TRUE(subject);
  auto kernel = SweptKernel::compile(*subject, 0, DType::F32, Accuracy::Fast);
  ASSERT_TRUE(kernel);
  SweepPlan plan(Elements(DType::F32), /*exhaustive=*/false, 65537,
                 {-73, -80.5, -87});
  SweepTask task{*kernel, plan, {}};
  task.hasRowBound = true;
  task.accuracy = Accuracy::Fast;
  Tally held = cantFail(sweep(task)).total();
  EXPECT_EQ(held.beyondBound, 0u) << held.worst.x;
  EXPECT_GT(held.worst.ulp, 0);
  EXPECT_GE(held.worst.exact, kFastLeast);
  task.accuracy = Accuracy::Default;
  Tally plain = cantFail(sweep(task)).total();
  EXPECT_GT(plain.beyondBound, 1000u);
  EXPECT_EQ(plain.inputs, held.inputs);
}

/// A sweep of silu over f16, or another function.
class Resumed : public ::testing::Test {
protected:
  void SetUp() override {
    llvm::SmallString<128> file;
    ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("sweep", "state", file));
    path = file.str().str();
    llvm::sys::fs::remove(path);
    Options options;
    options.sources = {"silu"};
    subject = Subject::load(options, "accuracy");
    ASSERT_TRUE(subject);
    kernel = SweptKernel::compile(*subject, 0, DType::F16, Accuracy::Default);
    ASSERT_TRUE(kernel);
  }
  void TearDown() override { llvm::sys::fs::remove(path); }

  llvm::Expected<SweepResult> run(const SweepState *state,
                                  std::optional<uint64_t> stopAfter = {}) {
    SweepPlan plan(Elements(DType::F16), /*exhaustive=*/true, 1, {});
    SweepTask task{*kernel, plan, {}};
    task.threads = 2;
    task.hasRowBound = true;
    task.state = state;
    task.stopAfter = stopAfter;
    return sweep(task);
  }

  std::string path;
  std::unique_ptr<Subject> subject;
  std::optional<SweptKernel> kernel;
};

TEST_F(Resumed, SweepsGiveTheSameResult) {
  SweepResult whole = cantFail(run(nullptr));
  SweepState state(path, {{"function", "silu"}});
  for (uint64_t stop : {3, 200, 511}) {
    cantFail(run(&state, stop));
    SweepResult part;
    EXPECT_EQ(cantFail(state.read(part)), stop);
    EXPECT_LT(part.total().inputs, whole.total().inputs);
  }
  SweepResult resumed = cantFail(run(&state));
  // The texts of states hold every number of a result.
  SweepState first(path + ".1", {}), second(path + ".2", {});
  cantFail(first.write(0, whole));
  cantFail(second.write(0, resumed));
  auto text = [](const std::string &file) {
    return (*llvm::MemoryBuffer::getFile(file))->getBuffer().str();
  };
  EXPECT_EQ(text(path + ".1"), text(path + ".2"));
  EXPECT_GT(whole.total().misrounded, 0u);
  llvm::sys::fs::remove(path + ".1");
  llvm::sys::fs::remove(path + ".2");
}

TEST_F(Resumed, StatesOfOtherSweepsAreRefused) {
  SweepState state(path, {{"type", "f16"}, {"kernel", "a"}});
  cantFail(run(&state, 1));
  SweepState other(path, {{"type", "f16"}, {"kernel", "b"}});
  llvm::Expected<SweepResult> refused = run(&other);
  ASSERT_FALSE(refused);
  std::string message = llvm::toString(refused.takeError());
  EXPECT_NE(message.find("whose kernel is 'a', and here that is 'b'"),
            std::string::npos)
      << message;
}

TEST_F(Resumed, DamagedStatesAreRefused) {
  for (const char *text : {"", "{", "[]", R"({"sweep":{}})",
                           R"({"sweep":{},"blocks":1,"columns":1,)"
                           R"("numbers":["G"]})"}) {
    cantFail(
        tools::writeWhole(path, [&](llvm::raw_ostream &os) { os << text; }));
    SweepState state(path, {});
    llvm::Expected<SweepResult> refused = run(&state);
    EXPECT_FALSE(refused) << text;
    llvm::consumeError(refused.takeError());
  }
}

} // namespace
