//===- HigherDerivativeKernelTest.cpp - Order 2 and more; any formula -----===//

#include "RandomFormula.h"
#include "RandomKernels.h"
#include "Rows.h"
#include <cmath>

using namespace act;
using namespace act::test;

/// True for a row without kinks.
static bool isSmooth(const FunctionInfo &row) {
  return llvm::all_of(tapeOf(row.Name).steps, [](const TapeStep &step) {
    return step.op.opcode != Opcode::Abs && step.op.opcode != Opcode::Min &&
           step.op.opcode != Opcode::Max && step.op.opcode != Opcode::Select &&
           step.op.opcode != Opcode::Clamp;
  });
}

static std::vector<const FunctionInfo *> smoothRows() {
  std::vector<const FunctionInfo *> all;
  for (const FunctionInfo *row : rowsWithSlope())
    if (isSmooth(*row) && row->Name != std::string("identity"))
      all.push_back(row);
  return all;
}

namespace {
using RowAndOrder = std::tuple<const FunctionInfo *, int>;
class HigherDerivative : public testing::TestWithParam<RowAndOrder> {};
} // namespace

TEST_P(HigherDerivative, StaysWithinItsBound) {
  auto [row, order] = GetParam();
  TestKernel kernel = compileDerivative(row->Name, DType::F64, {{order}});
  ASSERT_TRUE(kernel);
  std::vector<double> inputs;
  for (int i = -300; i <= 300; ++i)
    inputs.push_back(i * std::fabs(i) / 7500.0 + 1 / 1024.0);
  std::vector<double> computed = kernel.run(inputs).front();
  // gelu_tanh has 1 + tanh(z), here down to 2^-210.
  MpfrPrecision scope(700);
  JetInterpreter<MpfrNumber> jets(tapeOf(row->Name));
  Worst worst;
  for (auto [x, y] : llvm::zip(inputs, computed)) {
    MpfrNumber exact = jets.derivatives(MpfrNumber(x), 0, order)[0][order];
    double ulp = ulpError(y, exact, DType::F64);
    EXPECT_TRUE(kernel.reference->isWithinBound(y, {x}, 8))
        << row->Name << " at " << x << ": " << y << " for "
        << Traits::toDouble(exact) << ", " << ulp << " ulp";
    // Where the reference would miss what the jets see.
    EXPECT_DOUBLE_EQ(kernel.reference->value({x}), Traits::toDouble(exact))
        << row->Name << " at " << x;
    if (ulp > worst.ulp)
      worst = {ulp, x, y, Traits::toDouble(exact)};
  }
  printf("%s order %d: %.3f ulp at %.17g (%.9g for %.9g)\n", row->Name, order,
         worst.ulp, worst.x, worst.computed, worst.exact);
}

INSTANTIATE_TEST_SUITE_P(Table, HigherDerivative,
                         testing::Combine(testing::ValuesIn(smoothRows()),
                                          testing::Values(2, 3, 4)),
                         [](const testing::TestParamInfo<RowAndOrder> &info) {
                           return std::string(std::get<0>(info.param)->Name) +
                                  "_" + std::to_string(std::get<1>(info.param));
                         });

//===----------------------------------------------------------------------===//
// Several orders in one kernel
//===----------------------------------------------------------------------===//

TEST(DerivativeKernel, OrdersTogetherHaveTheBitsOfOrdersApart) {
  for (const FunctionInfo *row : rowsWithSlope())
    for (DType type : {DType::F32, DType::F64}) {
      std::vector<double> inputs = sweepInputs(type);
      auto both = compileDerivative(row->Name, type, {{0, 1}}).run(inputs);
      ASSERT_EQ(both.size(), 2u);
      for (int64_t order : {0, 1}) {
        auto apart =
            compileDerivative(row->Name, type, {{order}}).run(inputs)[0];
        size_t different = 0, first = 0;
        for (size_t i = 0; i < inputs.size(); ++i)
          if (!(apart[i] == both[order][i]) &&
              !(std::isnan(apart[i]) && std::isnan(both[order][i])) &&
              different++ == 0)
            first = i;
        EXPECT_EQ(different, 0u)
            << row->Name << " order " << order << " " << nameOf(type)
            << ", the first at " << inputs[first] << ": " << both[order][first]
            << " and " << apart[first];
      }
    }
}

//===----------------------------------------------------------------------===//
// Formulas that nobody thought of
//===----------------------------------------------------------------------===//

TEST(DerivativeKernel, MagnitudesApplyTheExponentOnce) {
  for (const char *source : {"abs(exp(x))", "abs(exp(x)) * x",
                             "abs(-sigmoid(x))", "1 / abs(exp(x) / 3)"})
    for (int64_t order : {0, 1}) {
      TestKernel kernel = compileDerivative(source, DType::F64, {{order}});
      ASSERT_TRUE(kernel);
      for (double x : {-40.5, -3.73, 0.2252686, 7.25})
        EXPECT_LE(kernel.reference->error(kernel.run({x}).front().front(), {x},
                                          DType::F64),
                  8)
            << source << " order " << order << " at " << x;
    }
}

TEST(DerivativeKernel, RandomFormulasStayWithinTheBoundOfCheck) {
  EXPECT_GT(checkRandomKernels(300), 1200u);
}
