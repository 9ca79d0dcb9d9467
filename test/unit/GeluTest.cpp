//===- GeluTest.cpp - What GeluForms.def claims, and what it promises -----===//

#include "CurveTestUtil.h"
#include "Elements.h"
#include "act/Analysis/Distance.h"
#include "act/Jit/Compiler.h"
#include "act/Reference/Quad.h"
#include "act/Reference/Ulp.h"
#include "act/Transforms/GeluForms.h"

using namespace act;
using llvm::StringRef;

namespace {

//===----------------------------------------------------------------------===//
// Differences
//===----------------------------------------------------------------------===//

TEST(GeluForms, TableHasEveryPairOnce) {
  for (int64_t order = 0; order <= kMaxGeluOrder; ++order)
    for (StringRef a : geluForms())
      for (StringRef b : geluForms())
        if (a < b)
          EXPECT_EQ(1, llvm::count_if(geluDistances(),
                                      [&](auto &row) {
                                        return row.order == order &&
                                               std::minmax<StringRef>(
                                                   row.form, row.other) ==
                                                   std::minmax(a, b);
                                      }))
              << a.str() << " and " << b.str() << ", order " << order;
}

TEST(GeluForms, DifferencesAreTheLargest) {
  for (const GeluDistance &row : geluDistances()) {
    SCOPED_TRACE((row.form + " - " + row.other).str());
    Curve<MpfrNumber> f = curveOf(row.form, 2), g = curveOf(row.other, 2);
    std::vector<MpfrNumber> breaks = breakPlaces(f);
    llvm::append_range(breaks, breakPlaces(g));
    auto distance = LargestDifference<MpfrNumber>(f, g, row.order)
                        .over(-16, 16, breaks, /*numSamples=*/512);
    ASSERT_TRUE(distance);
    double largest = Traits::toDouble(distance->value);
    EXPECT_GE(row.largest, largest);
    EXPECT_LE(row.largest, largest * (1 + 1e-6));
    // Even differences have both places.
    ASSERT_EQ(distance->places.size(), 2u);
    EXPECT_NEAR(Traits::toDouble(distance->places[0]), -row.at, 1e-8);
    EXPECT_NEAR(Traits::toDouble(distance->places[1]), row.at, 1e-8);
  }
}

TEST(GeluForms, DifferencesVanishFarOut) {
  for (const GeluDistance &row : geluDistances()) {
    Curve<MpfrNumber> f = curveOf(row.form, 2), g = curveOf(row.other, 2);
    for (double x = 16; x < 1e6; x *= 2)
      for (double at : {-x, x})
        EXPECT_LT(
            std::fabs(Traits::toDouble(f.value(MpfrNumber(at), row.order) -
                                       g.value(MpfrNumber(at), row.order))),
            1e-9)
            << row.form.str() << " - " << row.other.str() << " at " << at;
  }
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

/// A kernel of a form, or of its first derivative, that may be exchanged.
llvm::Expected<CompileResult> compileForm(StringRef form, int64_t order,
                                          DType type, double tolerance,
                                          Product product = Product::Kernel) {
  std::unique_ptr<mlir::MLIRContext> context = createContext();
  // What was chosen is looked at below.
  mlir::ScopedDiagnosticHandler quiet(
      context.get(), [](mlir::Diagnostic &) { return mlir::success(); });
  auto module = parseSource(form, context.get());
  if (order > 0) {
    FuncOp func = *module->getOps<FuncOp>().begin();
    mlir::OpBuilder builder(context.get());
    builder.setInsertionPointToEnd(module->getBody());
    builder.create<DerivativeOp>(func.getLoc(), "slope", func,
                                 llvm::ArrayRef(order));
    func.setPrivate();
  }
  CompileOptions options;
  options.dtype = nameOf(type);
  options.tolerance = tolerance;
  options.level = bestHostLevel();
  options.product = product;
  options.stopAfter = Stage::Approximate;
  return compile(*module, options);
}

TEST(GeluForms, EachIsCheaperThanTheNext) {
  for (DType type : {DType::F32, DType::BF16}) {
    size_t before = 0;
    for (StringRef form : geluForms()) {
      auto compiled = compileForm(form, 0, type, 0, Product::MLIR);
      ASSERT_TRUE(bool(compiled));
      size_t operations = StringRef(compiled->text).count(" = ");
      EXPECT_GT(operations, before) << form.str() << " in " << nameOf(type);
      before = operations;
    }
  }
}

/// Every finite value of 16 bits; of others a sweep over all exponents.
std::vector<double> finiteInputs(DType type) {
  std::vector<double> inputs = test::sweepInputs(type);
  if (sizeOf(type) == 2) {
    std::vector<char> bytes(2 * 65536);
    for (unsigned i = 0; i < 65536; ++i) {
      bytes[2 * i] = char(i & 255);
      bytes[2 * i + 1] = char(i >> 8);
    }
    inputs = test::unpacked(bytes, type);
  }
  llvm::erase_if(inputs, [](double x) { return !std::isfinite(x); });
  return inputs;
}

/// The results of a kernel of one input and one result.
std::vector<double> resultsOf(const CompileResult &compiled,
                              const std::vector<double> &inputs, DType type) {
  std::vector<char> input = test::packed(inputs, type), output(input.size());
  runElementwise(compiled.signature, compiled.kernel->entry(),
                 {int64_t(inputs.size())},
                 {{input.data(), {1}}, {output.data(), {1}}}, nullptr);
  return test::unpacked(output, type);
}

class GeluKernels : public testing::TestWithParam<DType> {};

/// With exactly the tolerance that a form needs, a kernel of it, or of one that
/// is cheaper still, is within that tolerance of what was asked for.
TEST_P(GeluKernels, AreWithinTheTolerance) {
  DType type = GetParam();
  std::vector<double> inputs = finiteInputs(type);
  for (StringRef asked : geluForms()) {
    Interpreter<Quad> exact(orderTapeOf(asked, kMaxGeluOrder));
    std::vector<std::vector<Quad>> wanted(inputs.size(),
                                          std::vector<Quad>(2, 0));
    for (auto [x, values] : llvm::zip(inputs, wanted))
      exact.evaluate({Quad(x)}, values);
    for (StringRef form : geluForms()) {
      for (int64_t order = 0; order <= kMaxGeluOrder; ++order) {
        double tolerance =
            geluErrorOf(asked, form, order, type, Accuracy::Default, &context())
                .total();
        auto compiled = compileForm(asked, order, type, tolerance);
        ASSERT_TRUE(bool(compiled)) << llvm::toString(compiled.takeError());
        auto place = [](StringRef name) {
          return llvm::find(geluForms(), name) - geluForms().begin();
        };
        EXPECT_LE(place(compiled->identity), place(form));
        double worst = 0, at = 0;
        for (auto [x, computed, values] :
             llvm::zip(inputs, resultsOf(*compiled, inputs, type), wanted))
          if (double error = double(computed - values[order]);
              !(std::fabs(error) <= worst)) {
            worst = std::fabs(error);
            at = x;
          }
        EXPECT_LE(worst, tolerance)
            << compiled->identity << " for " << asked.str() << ", order "
            << order << ", at " << at;
        if (form == asked)
          break;
      }
      if (form == asked)
        break;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, GeluKernels,
                         testing::Values(DType::F64, DType::F32, DType::F16,
                                         DType::BF16),
                         [](auto &info) { return nameOf(info.param); });

} // namespace
