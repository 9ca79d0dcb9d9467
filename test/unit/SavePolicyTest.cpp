//===- SavePolicyTest.cpp - What forward keeps for backward ---------------===//

#include "act/Transforms/SavePolicy.h"
#include "act/Reference/MpfrNumber.h"
#include "act/Syntax/Parser.h"
#include "act/Transforms/Derive.h"
#include "act/Transforms/Expand.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Diagnostics.h"
#include <gtest/gtest.h>

using namespace act;

namespace {

/// A source with its derivatives of orders 0 and 1, and its backward from what
/// `save` keeps, as interpreters; the mask function where that is saved.
class Saved {
public:
  Saved(const std::string &source, const std::string &save)
      : context(mlir::MLIRContext::Threading::DISABLED),
        handler(&context, [this](mlir::Diagnostic &diagnostic) {
          error += diagnostic.str();
          return mlir::success();
        }) {
    module = parseSource(source, &context);
    FuncOp func = *module->getOps<FuncOp>().begin();
    for (FuncOp other : module->getOps<FuncOp>())
      if (other.isPublic())
        func = other;
    mlir::OpBuilder builder(&context);
    builder.setInsertionPointToEnd(module->getBody());
    auto callee = mlir::FlatSymbolRefAttr::get(func.getSymNameAttr());
    auto none = mlir::StringAttr();
    builder.create<DerivativeOp>(
        func.getLoc(), builder.getStringAttr("both"), none, callee, none,
        builder.getDenseI64ArrayAttr({0, 1}), none,
        save == "mask" ? builder.getUnitAttr() : mlir::UnitAttr());
    builder.create<VjpOp>(func.getLoc(), builder.getStringAttr("saved"), none,
                          callee, mlir::ArrayAttr(),
                          builder.getI64IntegerAttr(0),
                          builder.getStringAttr(save), none);
    isLegal = succeeded(resolveDerivatives(*module));
  }

  std::vector<MpfrNumber> evaluate(const char *name,
                                   std::vector<MpfrNumber> args) {
    auto func = module->lookupSymbol<FuncOp>(name);
    llvm::Expected<Tape> tape = Tape::build(func);
    Interpreter<MpfrNumber> interpreter(llvm::cantFail(std::move(tape)));
    std::vector<MpfrNumber> results(interpreter.getNumResults());
    interpreter.evaluate(args, results);
    return results;
  }

  mlir::MLIRContext context;
  std::string error;
  mlir::ScopedDiagnosticHandler handler;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  bool isLegal = false;
};

class LegalOutput : public testing::TestWithParam<const char *> {};

/// |a - b| / |b|, 0 where both are 0.
double relativeError(const MpfrNumber &a, const MpfrNumber &b) {
  using Traits = NumberTraits<MpfrNumber>;
  return a == b ? 0 : Traits::toDouble(Traits::abs(a - b) / Traits::abs(b));
}

/// f' from y = f(x) is f'(x), to the last of 400 bits.
TEST_P(LegalOutput, GivesTheDerivative) {
  MpfrPrecision precision(400);
  Saved saved(GetParam(), "output");
  ASSERT_TRUE(saved.isLegal) << saved.error;
  for (double x : {-30.0, -6.5, -2.9, -1.25, -0.75, -0.1, 0.0, 0.2, 0.8, 1.5,
                   2.75, 5.5, 6.5, 20.0}) {
    std::vector<MpfrNumber> both = saved.evaluate("both", {MpfrNumber(x)});
    MpfrNumber slope =
        saved.evaluate("saved", {both[0], MpfrNumber(1.0)}).front();
    EXPECT_LT(relativeError(slope, both[1]), 1e-80) << GetParam() << " " << x;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Formulas, LegalOutput,
    testing::Values("relu", "relu6", "leaky_relu", "elu", "celu", "selu",
                    "tanh", "sigmoid", "softplus", "hard_tanh", "hard_sigmoid",
                    "-softplus(-x)", "exp(x)", "30 * tanh(x / 30)",
                    "elu(x, alpha=2)", "3 - 2 * exp(-x)", "max(x, 0)^2",
                    "where(x > 1, 2 * x, x + 1)", "1 / (1 + exp(x))",
                    "exp(tanh(x))"));

class IllegalOutput : public testing::TestWithParam<const char *> {};

TEST_P(IllegalOutput, IsRefusedWithAReason) {
  Saved saved(GetParam(), "output");
  EXPECT_FALSE(saved.isLegal) << GetParam();
  EXPECT_NE(saved.error.find("legal are input, recompute"), std::string::npos)
      << saved.error;
}

// One output from two inputs with different slopes, a jump, a negative slope.
INSTANTIATE_TEST_SUITE_P(
    Formulas, IllegalOutput,
    testing::Values("gelu", "silu", "mish", "gelu_tanh", "x^2", "abs(x)",
                    "sin(x)", "hard_swish", "leaky_relu(x, slope=-0.5)",
                    "where(x > 0, x + 1, x)", "clamp(x, -1, 1)",
                    "where(x > 0, x, -0.5 * x)"));

TEST(SavedRange, IsStatedOnTheParameter) {
  Saved saved("f(x; slope=0.1) = where(x > 0, x, slope * x)", "output");
  ASSERT_TRUE(saved.isLegal) << saved.error;
  auto func = saved.module->lookupSymbol<FuncOp>("saved");
  auto range = func.getArgAttrOfType<mlir::StringAttr>(2, kRangeAttr);
  ASSERT_TRUE(range);
  EXPECT_EQ(range.getValue(), ">= 0");
}

TEST(SavedRange, HoldsForDefaults) {
  Saved saved("f(x; slope=-0.1) = where(x > 0, x, slope * x)", "output");
  ASSERT_TRUE(saved.isLegal);
  EXPECT_TRUE(
      failed(bindDefaults(saved.module->lookupSymbol<FuncOp>("saved"))));
  EXPECT_NE(saved.error.find("must be >= 0"), std::string::npos);
}

class LegalMask : public testing::TestWithParam<const char *> {};

TEST_P(LegalMask, GivesTheDerivative) {
  Saved saved(GetParam(), "mask");
  ASSERT_TRUE(saved.isLegal) << saved.error;
  for (double x : {-7.0, -1.0, -0.5, 0.0, 0.5, 1.0, 5.5, 6.0, 7.0}) {
    std::vector<MpfrNumber> both = saved.evaluate("both", {MpfrNumber(x)});
    ASSERT_EQ(both.size(), 3u);
    EXPECT_TRUE(both[2] == MpfrNumber(0.0) || both[2] == MpfrNumber(1.0));
    MpfrNumber slope =
        saved.evaluate("saved", {both[2], MpfrNumber(1.0)}).front();
    EXPECT_TRUE(slope == both[1]) << GetParam() << " " << x;
  }
}

INSTANTIATE_TEST_SUITE_P(Formulas, LegalMask,
                         testing::Values("relu", "relu6", "leaky_relu",
                                         "hard_tanh", "clamp(x, -1, 5.5)"));

TEST(IllegalMask, NamesTheReason) {
  Saved saved("elu", "mask");
  EXPECT_FALSE(saved.isLegal);
  EXPECT_NE(saved.error.find("more than two values"), std::string::npos);
  EXPECT_NE(saved.error.find("legal are input, recompute, output"),
            std::string::npos);
}

} // namespace
