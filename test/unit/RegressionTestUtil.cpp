//===- RegressionTestUtil.cpp - What others got wrong ---------------------===//

#include "RegressionTestUtil.h"
#include <cmath>

using namespace act;
using namespace act::test;

void act::test::forEachKernel(
    llvm::StringRef source, DType type, int64_t order,
    llvm::function_ref<void(TestKernel &kernel, Accuracy accuracy)> check) {
  for (const CpuLevel &level : cpuLevels())
    for (Accuracy accuracy : kAccuracies) {
      if (!hostSupports(level))
        continue;
      SCOPED_TRACE(source.str() + " order " + std::to_string(order) + " " +
                   nameOf(type) + " " + nameOf(accuracy) + " " + level.name);
      CompileOptions options;
      options.level = &level;
      options.accuracy = accuracy;
      TestKernel kernel =
          compileDerivative(source, type, {{order}}, false, options);
      ASSERT_TRUE(kernel);
      check(kernel, accuracy);
    }
}

/// Compares one result with MPFR.
static void expectWithin(TestKernel &kernel, Accuracy accuracy, DType type,
                         double x, double y) {
  double exact = kernel.reference->value({x});
  bool hasFloor = accuracy == Accuracy::Fast && type != DType::F64;
  if (hasFloor && std::fabs(exact) < kFastFloor && std::fabs(y) < kFastFloor)
    return;
  EXPECT_LE(kernel.reference->error(y, {x}, type), rowBoundOf(type, accuracy))
      << "at " << x << ": " << y << " for " << exact;
}

void act::test::expectExact(const std::vector<Places> &all) {
  for (const Places &places : all)
    for (DType type : places.types)
      forEachKernel(places.source, type, places.order,
                    [&](TestKernel &kernel, Accuracy accuracy) {
                      std::vector<double> inputs = rounded(places.inputs, type);
                      std::vector<double> got = kernel.run(inputs).front();
                      for (auto [x, y] : llvm::zip(inputs, got))
                        expectWithin(kernel, accuracy, type, x, y);
                    });
}

void act::test::expectEqual(const Places &places, double value) {
  // Zeros, ones and infinities are exact in every class.
  bool isExact = value == 0 || std::fabs(value) == 1 || !std::isfinite(value);
  for (DType type : places.types)
    forEachKernel(places.source, type, places.order,
                  [&](TestKernel &kernel, Accuracy accuracy) {
                    // Polynomials are shorter than the type's precision asks.
                    bool isShort =
                        accuracy == Accuracy::Fast ||
                        (accuracy == Accuracy::Default && type == DType::F16);
                    std::vector<double> inputs = rounded(places.inputs, type);
                    std::vector<double> got = kernel.run(inputs).front();
                    for (auto [x, y] : llvm::zip(inputs, got)) {
                      if (isShort && !isExact) {
                        expectWithin(kernel, accuracy, type, x, y);
                        continue;
                      }
                      EXPECT_EQ(y, value) << "at " << x;
                      EXPECT_EQ(std::signbit(y), std::signbit(value))
                          << "at " << x;
                    }
                  });
}
