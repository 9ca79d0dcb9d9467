//===- FloatEnvironmentTest.cpp - Flags of the thread that runs -----------===//

#include "act/Target/FloatEnvironment.h"
#include "FloatEnvironmentUtil.h"
#include "KernelTestUtil.h"
#include "llvm/ADT/StringExtras.h"

using namespace act;
using namespace act::test;

/// The error of checkFloatEnvironment with these flags set, or "".
static std::string problemWith(unsigned flags, bool flushes) {
  WithFlags scope(flags);
  return llvm::toString(checkFloatEnvironment(flushes));
}

TEST(FloatEnvironment, NamesTheFlagThatIsSet) {
  EXPECT_EQ(problemWith(0, false), "");
  EXPECT_EQ(problemWith(kFTZ, false),
            "flush-to-zero (FTZ) is set in MXCSR of this thread, with which "
            "the bounds of kernels do not hold; clear it or compile with "
            "flush");
  EXPECT_EQ(problemWith(kDAZ, false),
            "denormals-are-zero (DAZ) is set in MXCSR of this thread, with "
            "which the bounds of kernels do not hold; clear it or compile with "
            "flush");
}

TEST(FloatEnvironment, FlushKernelsRunUnderFTZButNotOtherRounding) {
  EXPECT_EQ(problemWith(kFTZ | kDAZ, true), "");
  EXPECT_EQ(problemWith(kRoundUp, true),
            "a rounding mode other than to nearest (RC) is set in MXCSR of "
            "this thread, with which the bounds of kernels do not hold; clear "
            "it");
  EXPECT_EQ(problemWith(kRoundUp, false), problemWith(kRoundUp, true));
}

/// The error of compiling silu with these flags set, or "".
static std::string compileErrorWith(unsigned flags, bool flush) {
  auto context = createContext();
  auto module = parseSource("silu", context.get());
  CompileOptions options;
  options.level = bestHostLevel();
  options.flush = flush;
  WithFlags scope(flags);
  auto result = compile(*module, options);
  EXPECT_EQ(_mm_getcsr() & (kFTZ | kDAZ | 0x6000), flags);
  return result ? "" : llvm::toString(result.takeError());
}

TEST(FloatEnvironment, PreparingAKernelReadsIt) {
  EXPECT_TRUE(llvm::StringRef(compileErrorWith(kFTZ, false)).contains("(FTZ)"));
  EXPECT_TRUE(llvm::StringRef(compileErrorWith(kDAZ, false)).contains("(DAZ)"));
  EXPECT_TRUE(
      llvm::StringRef(compileErrorWith(kRoundUp, true)).contains("rounding"));
  EXPECT_EQ(compileErrorWith(0, false), "");
  EXPECT_EQ(compileErrorWith(kFTZ | kDAZ, true), "");
}

TEST(FloatEnvironment, RunningDoesNotChangeIt) {
  for (bool flush : {false, true}) {
    CompileOptions options;
    options.flush = flush;
    TestKernel kernel =
        compileDerivative("silu", DType::F32, {{0}}, false, options);
    ASSERT_TRUE(kernel);
    std::vector<double> inputs = {-3, 1e-40, 5}, want = kernel.run(inputs)[0];
    for (unsigned flags : {0u, kFTZ, kDAZ, kFTZ | kDAZ}) {
      WithFlags scope(flags);
      kernel.run(inputs);
      EXPECT_EQ(_mm_getcsr() & (kFTZ | kDAZ | 0x6000), flags);
    }
    EXPECT_EQ(kernel.run(inputs)[0], want);
  }
}

/// Machine code of a flush kernel, as assembly, made with these flags set.
static std::string assemblyWith(unsigned flags, llvm::StringRef source,
                                DType type) {
  auto context = createContext();
  auto module = parseSource(source, context.get());
  CompileOptions options;
  options.level = bestHostLevel();
  options.dtype = nameOf(type);
  options.flush = true;
  options.product = Product::Assembly;
  WithFlags scope(flags);
  auto result = compile(*module, options);
  EXPECT_TRUE(bool(result));
  return result ? result->text : llvm::toString(result.takeError());
}

TEST(FloatEnvironment, CompilingUnderItGivesTheSameCode) {
  for (DType type : {DType::F64, DType::F32, DType::BF16})
    for (const char *source : {"gelu", "mish", "x * 1e-39 + 1e-320", "selu"})
      EXPECT_EQ(assemblyWith(0, source, type),
                assemblyWith(kFTZ | kDAZ, source, type))
          << source << " " << nameOf(type);
}
