//===- BatchValuesTest.cpp - Tapes in double with their errors ------------===//

#include "BatchValues.h"
#include "Curves.h"
#include "RandomFormula.h"
#include "Rows.h"
#include "SweepPlan.h"
#include "act/Reference/MpfrNumber.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <gtest/gtest.h>
#include <random>

using namespace act;
using namespace act::report;
namespace {

using Traits = NumberTraits<MpfrNumber>;

/// Random numbers of f32, over all exponents and where functions bend; with
/// `wide` also ones that f32 does not have.
std::vector<double> randomInputs(unsigned count, std::mt19937_64 &random,
                                 bool wide = false) {
  std::uniform_real_distribution<double> near(-12, 12), far(-800, 800);
  Elements elements(DType::F32);
  std::vector<double> inputs;
  while (inputs.size() < count) {
    double x = elements.at({random() & elements.last()}).get(0);
    if (std::isfinite(x))
      inputs.push_back(x);
    inputs.push_back(wide ? near(random) : float(near(random)));
    inputs.push_back(wide ? far(random) : float(far(random)));
  }
  return inputs;
}

/// Looks at the bounds of a tape, and whether they say anything.
class Checker {
public:
  Checker(const Tape &tape, std::string name)
      : batch(tape), exact(tape), name(std::move(name)) {}

  void check(llvm::ArrayRef<double> inputs) {
    for (; !inputs.empty(); inputs = inputs.drop_front(std::min<size_t>(
                                inputs.size(), BatchValues::kBlock))) {
      auto block = inputs.take_front(BatchValues::kBlock);
      batch.evaluate(block);
      for (auto [i, x] : llvm::enumerate(block))
        checkPoint(x, batch.values()[i], batch.errors()[i]);
    }
  }

  /// Points, and those where the bound is below 2^-40 of the value.
  unsigned points = 0, sharp = 0;
  /// The largest error as a part of its bound.
  double worst = 0;

private:
  void checkPoint(double x, double value, double error) {
    ++points;
    if (!(error < HUGE_VAL))
      return;
    MpfrNumber want = exact.evaluate({x})[0];
    if (std::isinf(value)) {
      EXPECT_TRUE(want * MpfrNumber(value) > MpfrNumber(0x1p800))
          << name << " " << x;
      ++sharp;
      return;
    }
    double off = Traits::toDouble(Traits::abs(want - MpfrNumber(value)));
    EXPECT_TRUE(off <= error) << name << " at " << x << ": " << value
                              << ", off by " << off << ", bound " << error;
    if (off > 0)
      worst = std::max(worst, off / error);
    sharp += error <= 0x1p-40 * std::fabs(value) || error < 0x1p-190;
  }

  BatchValues batch;
  MpfrReference exact;
  std::string name;
};

/// The tape of one operation on the input.
Tape tapeOf(Opcode opcode, unsigned numOperands) {
  Tape tape;
  tape.numInputs = tape.numArgs = 1;
  TapeStep step;
  step.op = {opcode, 0, numOperands};
  tape.steps = {step};
  tape.results = {1};
  return tape;
}

TEST(BatchValues, BoundsOfFunctionsHold) {
  struct Function {
    Opcode opcode;
    const char *name;
    /// Part of random points where it has a value and a sharp bound.
    double part;
  };
  std::mt19937_64 random(1);
  for (auto [opcode, name, part] :
       std::initializer_list<Function>{{Opcode::Exp, "exp", 0.9},
                                       {Opcode::Expm1, "expm1", 0.9},
                                       {Opcode::Log, "log", 0.4},
                                       {Opcode::Log1p, "log1p", 0.4},
                                       {Opcode::Sqrt, "sqrt", 0.4},
                                       {Opcode::Rsqrt, "rsqrt", 0.4},
                                       {Opcode::Sin, "sin", 0.8},
                                       {Opcode::Cos, "cos", 0.8},
                                       {Opcode::Sinh, "sinh", 0.9},
                                       {Opcode::Cosh, "cosh", 0.9},
                                       {Opcode::Tanh, "tanh", 0.9},
                                       {Opcode::Erf, "erf", 0.9},
                                       {Opcode::Erfc, "erfc", 0.9},
                                       {Opcode::Sigmoid, "sigmoid", 0.9},
                                       {Opcode::Softplus, "softplus", 0.9},
                                       {Opcode::Floor, "floor", 0.9},
                                       {Opcode::Sign, "sign", 0.9},
                                       {Opcode::Abs, "abs", 0.9}}) {
    Checker checker(tapeOf(opcode, 1), name);
    checker.check(randomInputs(2400, random, /*wide=*/true));
    printf("%s: error / bound %.3g, sharp %u of %u\n", name, checker.worst,
           checker.sharp, checker.points);
    EXPECT_GE(checker.sharp, part * checker.points) << name;
  }
}

TEST(BatchValues, BoundsOfRowsAndDerivativesHold) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<ActDialect, mlir::arith::ArithDialect,
                      mlir::math::MathDialect>();
  std::mt19937_64 random(2);
  unsigned points = 0, sharp = 0;
  for (const FunctionInfo *row : unaryRows()) {
    std::optional<Curves> curves = Curves::ofRow(*row, &context, 2);
    ASSERT_TRUE(curves) << row->Name;
    for (unsigned order : {0, 1, 2}) {
      Tape tape = curves->getTape();
      tape.results = {tape.results[order]};
      if (!BatchValues::supports(tape))
        continue;
      Checker checker(
          tape, (row->Name + llvm::Twine(" ") + llvm::Twine(order)).str());
      checker.check(randomInputs(100, random));
      points += checker.points;
      sharp += checker.sharp;
    }
  }
  printf("%u points, %u sharp\n", points, sharp);
  EXPECT_GT(sharp, points * 0.8);
}

TEST(BatchValues, BoundsOfRandomFormulasHold) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<ActDialect, mlir::arith::ArithDialect,
                      mlir::math::MathDialect>();
  unsigned points = 0, sharp = 0;
  for (uint64_t seed = 0; seed < 600; ++seed) {
    RandomFormula formula = randomFormula(seed);
    if (formula.numInputs != 1)
      continue;
    auto module = parseSource(formula.text, &context);
    ASSERT_TRUE(module) << formula.text;
    FuncOp func;
    for (FuncOp each : module->getOps<FuncOp>())
      func = each;
    Tape tape = cantFail(Tape::build(func));
    if (tape.numInputs != 1 || !BatchValues::supports(tape))
      continue;
    Checker checker(tape, formula.text);
    std::vector<double> inputs;
    for (const std::vector<double> &point : randomPoints(seed, 1, 30))
      inputs.push_back(point[0]);
    checker.check(inputs);
    points += checker.points;
    sharp += checker.sharp;
  }
  printf("%u points, %u sharp\n", points, sharp);
  EXPECT_GT(points, 2000u);
  EXPECT_GT(sharp, points / 2);
}

} // namespace
