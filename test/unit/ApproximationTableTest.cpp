//===- ApproximationTableTest.cpp - Claims of Approximations.td -----------===//

#include "act/Transforms/ApproximationTable.h"
#include "CountingBuilder.h"
#include "KernelTestUtil.h"
#include "NvBuilder.h"
#include "act/Transforms/Approximations/All.h"
#include "act/Transforms/Derive.h"
#include "act/Transforms/Expand.h"
#include "llvm/ADT/bit.h"
#include "gtest/gtest.h"
#include <map>
#include <random>

using namespace act;
using namespace mlir;
using act::test::CountingBuilder;
using act::test::FastReference;
using act::test::NativeBuilder;
using act::test::NvBuilder;
using llvm::StringRef;

namespace {

/// A number, or m 2^n as one.
template <class B> typename B::F settle(B &, typename B::F y) { return y; }
template <class B> typename B::F settle(B &b, approx::Scaled<B> y) {
  return approx::materialize(b, y);
}
/// Of two words the first, which is the sum rounded.
template <class B> typename B::F settle(B &b, approx::Split<B> y) {
  return b.mul(y.m, y.last);
}
template <class B> typename B::F settle(B &, approx::Pair<B> y) { return y.hi; }
template <class B> typename B::F settle(B &b, approx::ScaledPair<B> y) {
  return approx::pairMaterialize(b, y).hi;
}

/// A method on each builder that tests have.
struct Method {
  void (*count)(CountingBuilder &);
  float (*f32)(float);
  double (*f64)(double);
  float (*nv)(NvBuilder &, float);
};

template <class T, class Function> T runNatively(Function function, T x) {
  NativeBuilder<T> builder;
  return settle(builder, function(builder, x));
}

/// Every template that a row may name.
const std::map<std::string, Method> &methods() {
  static const std::map<std::string, Method> methods = {
#define ACT_PLAIN(name)                                                        \
  {#name,                                                                      \
   {[](CountingBuilder &b) {                                                   \
      settle(b, approx::name(b, CountingBuilder::F()));                        \
    },                                                                         \
    [](float x) {                                                              \
      return runNatively<float>(                                               \
          [](auto &b, float x) { return approx::name(b, x); }, x);             \
    },                                                                         \
    [](double x) {                                                             \
      return runNatively<double>(                                              \
          [](auto &b, double x) { return approx::name(b, x); }, x);            \
    },                                                                         \
    [](NvBuilder &b, float x) { return settle(b, approx::name(b, x)); }}},
#include "act/Transforms/Approximations/Methods.def"
  };
  return methods;
}

TEST(ApproximationTable, CostsAreThoseOfTheOperations) {
  for (const ApproximationInfo &row : allApproximations()) {
    ASSERT_TRUE(methods().count(row.Method)) << row.Method;
    CountingBuilder builder(StringRef(row.Compute) == "f64", row.isForGpu());
    methods().at(row.Method).count(builder);
    EXPECT_EQ(row.Cost, builder.cost())
        << "of " << row.Method << " in " << row.Compute << " for " << row.Target
        << ": state this cost in Approximations.td";
  }
}

//===----------------------------------------------------------------------===//
// Bounds
//===----------------------------------------------------------------------===//

/// The exact function of a row: of a primitive, or of a row of the catalogue up
/// to the derivative.
Tape exactTape(const ApproximationInfo &row, MLIRContext *context) {
  std::string source = row.Function;
  if (!row.IsWhole)
    source += "(x)";
  OwningOpRef<ModuleOp> module = parseSource(source, context);
  auto func = *module->getOps<FuncOp>().begin();
  EXPECT_TRUE(succeeded(bindDefaults(func)) && succeeded(expandBody(func)));
  auto derived = withDerivatives(func, row.Order);
  return cantFail(Tape::build(**derived));
}

/// Numbers of the compute type: any, uniform in their bits, where functions
/// have their shape, and close to 0. Where fewer bits are asked for they are
/// those of f32.
std::vector<double> argumentsOf(const ApproximationInfo &row) {
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> shape(-15, 15), wide(-110, 95),
      exponent(-40, 0);
  bool isF64 = StringRef(row.Compute) == "f64" && row.FullRange;
  std::vector<double> arguments;
  while (arguments.size() < 12000) {
    size_t i = arguments.size() % 4;
    double x = i == 0   ? shape(random)
               : i == 1 ? wide(random)
               : i == 2
                   ? std::copysign(std::exp2(exponent(random)), shape(random))
               : isF64 ? llvm::bit_cast<double>(random())
                       : double(llvm::bit_cast<float>(uint32_t(random())));
    x = isF64 ? x : double(float(x));
    if (row.NonPositive)
      x = -std::fabs(x);
    if (std::isfinite(x))
      arguments.push_back(x);
  }
  return arguments;
}

class ApproximationRow
    : public testing::TestWithParam<const ApproximationInfo *> {};

TEST_P(ApproximationRow, HoldsItsBound) {
  const ApproximationInfo &row = *GetParam();
  bool isF64 = StringRef(row.Compute) == "f64";
  DType type = isF64 && !row.RoundsToF32 ? DType::F64 : DType::F32;
  std::unique_ptr<MLIRContext> context = createContext();
  FastReference reference(exactTape(row, context.get()));
  // Of a method for GPUs each mode in which instructions may be wrong.
  std::vector<NvBuilder> modes;
  for (test::NvError mode : test::kNvErrors)
    if (modes.empty() || row.isForGpu())
      modes.emplace_back(mode);
  double worst = 0, at = 0;
  for (double x : argumentsOf(row)) {
    // A short method's results matter where a narrower format, or an f32 that
    // is no smaller than the floor of the fast class, can hold them.
    double size = std::fabs(reference.value({x}, row.Order));
    double least = isF64 ? 0x1p-149 : kFastFloor;
    if (!row.FullRange && !(size >= least && size < 0x1p128))
      continue;
    const Method &method = methods().at(row.Method);
    for (NvBuilder &mode : modes) {
      double y = row.isForGpu() ? double(method.nv(mode, float(x)))
                 : isF64        ? method.f64(x)
                                : double(method.f32(float(x)));
      double error = reference.error(y, {x}, type, row.Order);
      if (!(error <= worst)) {
        worst = error;
        at = x;
      }
    }
  }
  RecordProperty("max_ulp", std::to_string(worst));
  EXPECT_LE(worst, row.bound())
      << row.Function << ", order " << row.Order << ", by " << row.Method
      << " in " << row.Compute << " at " << at;
}

std::vector<const ApproximationInfo *> rowsOfTable() {
  std::vector<const ApproximationInfo *> rows;
  for (const ApproximationInfo &row : allApproximations())
    rows.push_back(&row);
  return rows;
}

INSTANTIATE_TEST_SUITE_P(
    Table, ApproximationRow, testing::ValuesIn(rowsOfTable()),
    [](const testing::TestParamInfo<const ApproximationInfo *> &info) {
      const ApproximationInfo &row = *info.param;
      std::string name = row.Function + ("_" + std::to_string(row.Order)) +
                         "_" + row.Method + "_" + row.Compute;
      return row.isForGpu() ? name + (row.IsWhole ? "_nv_row" : "_nv") : name;
    });

//===----------------------------------------------------------------------===//
// The choice
//===----------------------------------------------------------------------===//

/// What a class asks for is found, and nothing that is not exact enough.
TEST(ApproximationTable, TheCheapestMethodThatIsExactEnough) {
  auto methodOf = [](const char *function, DType type, Accuracy accuracy,
                     bool isRow) {
    return std::string(
        choosePrimitive(function, arithmeticFor(type, accuracy, isRow))
            ->Method);
  };
  EXPECT_EQ(methodOf("exp", DType::F64, Accuracy::Strict, true), "expPair");
  EXPECT_EQ(methodOf("exp", DType::F64, Accuracy::Fast, true), "expScaled");
  EXPECT_EQ(methodOf("exp", DType::F32, Accuracy::Strict, false), "singleExp");
  EXPECT_EQ(methodOf("exp", DType::F16, Accuracy::Strict, true), "wideExp");
  EXPECT_EQ(methodOf("exp", DType::F32, Accuracy::Default, true), "expScaled");
  EXPECT_EQ(methodOf("exp", DType::F32, Accuracy::Fast, true), "quickExp");
  EXPECT_EQ(methodOf("exp", DType::F16, Accuracy::Default, true), "quickExp");
  EXPECT_EQ(methodOf("exp", DType::F16, Accuracy::Default, false), "expScaled");
  EXPECT_EQ(methodOf("sin", DType::F32, Accuracy::Strict, false), "sin");
}

/// A short argument has a shorter reduction, where an f32 is the result.
TEST(ApproximationTable, ShortArguments) {
  Arithmetic strict = arithmeticFor(DType::F32, Accuracy::Strict, true);
  ArgumentFacts facts;
  facts.isShort = true;
  EXPECT_STREQ(choosePrimitive("sin", strict, facts)->Method, "singleSin");
  EXPECT_STREQ(choosePrimitive("cos", strict, facts)->Method, "singleCos");
  EXPECT_STREQ(choosePrimitive("cos", strict)->Method, "cos");
}

/// Of the strict class in the type of its results, of f64 by default, too.
TEST(ApproximationTable, NearestNumbers) {
  Arithmetic f32 = arithmeticFor(DType::F32, Accuracy::Default, true);
  Arithmetic f64 = arithmeticFor(DType::F64, Accuracy::Default, true);
  Arithmetic strict32 = f32, strict64 = f64;
  strict32.forStrict = strict64.forStrict = true;
  auto methodOf = [](const char *row, int64_t order, const Arithmetic &in) {
    const ApproximationInfo *method = chooseWhole(row, order, in);
    return std::string(method ? method->Method : "none");
  };
  EXPECT_EQ(methodOf("softsign", 0, strict32), "nearestSoftsign");
  EXPECT_EQ(methodOf("softsign", 0, f32), "none");
  for (const Arithmetic &arithmetic : {strict32, strict64, f64}) {
    EXPECT_EQ(methodOf("softsign", 1, arithmetic), "nearestSoftsignSlope");
    EXPECT_EQ(methodOf("squareplus", 0, arithmetic), "nearestSquareplus");
    EXPECT_EQ(methodOf("squareplus", 1, arithmetic), "nearestSquareplusSlope");
  }
  EXPECT_EQ(methodOf("squareplus", 1, f32), "squareplusSlope");
  EXPECT_EQ(methodOf("gelu", 0, strict32), "none");
}

/// What rounds to f32 is for results that are stored so.
TEST(ApproximationTable, MethodsThatRoundToF32) {
  Arithmetic strict = arithmeticFor(DType::F32, Accuracy::Strict, true);
  EXPECT_FALSE(chooseWhole("elu", 0, strict));
  strict.toF32 = true;
  ASSERT_TRUE(chooseWhole("elu", 0, strict));
  EXPECT_STREQ(chooseWhole("elu", 0, strict)->Method, "singleElu");
}

TEST(ApproximationTable, ForSomeFunctionsThereIsNoMethod) {
  EXPECT_FALSE(choosePrimitive("floor", Arithmetic()));
  EXPECT_FALSE(chooseWhole("gelu", 7, Arithmetic()));
  EXPECT_FALSE(chooseWhole("exp", 0, Arithmetic()));
  // No function is rounded once as a whole.
  Arithmetic twoWords = arithmeticFor(DType::F64, Accuracy::Strict, true);
  EXPECT_FALSE(chooseWhole("gelu", 0, twoWords));
}

} // namespace
