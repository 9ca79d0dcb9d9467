//===- DeviceCompileTest.cpp - The corridor ends on a CUDA device ---------===//

#include "CudaTestUtil.h"
#include "act/Jit/Compiler.h"
#include "act/Runtime/FileCache.h"
#include "act/Runtime/GpuRunner.h"
#include "act/Syntax/Parser.h"

using namespace act;
using namespace act::test;

namespace {

class DeviceCompileTest : public CudaTest {
protected:
  llvm::Expected<CompileResult>
  compileSilu(std::shared_ptr<const CudaDevice> device,
              const FileCache *cubins = nullptr) {
    auto context = createContext(Road::Gpu);
    auto module = parseSource("silu", context.get());
    CompileOptions options;
    options.gpu = gpuLevelNamed("sm_80");
    options.device = std::move(device);
    options.cubins = cubins;
    return compile(*module, options);
  }
};

TEST_F(DeviceCompileTest, AKernelIsLoadedAndLoadingIsTimed) {
  auto result = need(compileSilu(open()));
  ASSERT_TRUE(result.gpuModule);
  EXPECT_EQ(result.times.back().stage, Stage::Executable);
  EXPECT_TRUE(has(result.text, ".target sm_80"));
  const GpuKernel *kernel = need(result.gpuModule->kernel("silu"));
  EXPECT_EQ(messageOf(kernel->launch({}, nullptr, nullptr)), "");
  EXPECT_STREQ(cuda.launch.kernel, "silu");
}

TEST_F(DeviceCompileTest, TheSecondCompileFindsTheMachineCode) {
  TemporaryFolder folder;
  auto cubins = need(FileCache::open(folder.path));
  EXPECT_FALSE(need(compileSilu(open(), cubins.get())).wasCached);
  EXPECT_EQ(cuda.count("cuLinkComplete"), 1u);
  EXPECT_TRUE(need(compileSilu(open(), cubins.get())).wasCached);
  EXPECT_EQ(cuda.count("cuLinkComplete"), 1u);
}

// Whatever else the process that left it there had asked for.
TEST_F(DeviceCompileTest, EachKernelOfARowIsKeptByItself) {
  TemporaryFolder folder;
  auto cubins = need(FileCache::open(folder.path));
  std::vector<std::string> found;
  auto run = [&](std::vector<int64_t> lengths) {
    auto context = createContext(Road::Gpu);
    auto module = parseSource("softmax(x)", context.get());
    CompileOptions options;
    options.gpu = gpuLevelNamed("sm_80");
    options.device = open();
    options.cubins = cubins.get();
    options.whenMade = [&](const KernelsMade &made) {
      EXPECT_TRUE(has(made.text, (".entry " + made.names.front()).c_str()));
      EXPECT_EQ(made.times.back().stage, Stage::Executable);
      found.push_back(made.names.front() + (made.wasCached ? " kept" : ""));
    };
    auto softmax = need(compile(*module, options));
    void *aligned[] = {nullptr, nullptr};
    for (int64_t length : lengths)
      need(GpuRunner::create(softmax.signature, *softmax.gpuModule,
                             softmax.name, {3, length},
                             {{length, 1}, {length, 1}}, 1, aligned));
  };
  run({8, 12});
  EXPECT_EQ(cuda.count("cuLinkComplete"), 1u);
  run({4096, 8});
  EXPECT_EQ(cuda.count("cuLinkComplete"), 2u);
  EXPECT_EQ(found, std::vector<std::string>(
                       {"expression_1", "expression_4", "expression_1 kept"}));
}

// Of 66 rows each is shared by a cluster of two blocks, if there are clusters.
TEST_F(DeviceCompileTest, RowsAreSharedByClustersWhereThereAreSome) {
  auto launchedBy = [&](const char *level, int capability) {
    auto context = createContext(Road::Gpu);
    auto module = parseSource("softmax(x)", context.get());
    CompileOptions options;
    options.gpu = gpuLevelNamed(level);
    cuda.capability = capability;
    options.device = open();
    auto softmax = need(compile(*module, options));
    EXPECT_EQ(softmax.gpuModule->launchesClusters(),
              capability >= 90 && options.gpu->hasClusters());
    void *aligned[] = {nullptr, nullptr};
    std::vector<int64_t> rows = {16384, 1};
    auto runner = need(GpuRunner::create(softmax.signature, *softmax.gpuModule,
                                         softmax.name, {66, 16384},
                                         {rows, rows}, 1, aligned));
    EXPECT_EQ(messageOf(runner.run(aligned, nullptr)), "");
    return std::string(cuda.launch.kernel);
  };
  EXPECT_EQ(launchedBy("sm_90", 90), "expression_cluster");
  EXPECT_EQ(cuda.launch.cluster[0], 2u);
  EXPECT_EQ(cuda.launch.grid[0], 132u);
  EXPECT_GT(cuda.launch.sharedBytes, 4 * 8192u);
  EXPECT_EQ(launchedBy("sm_80", 90), "expression_split1");
  EXPECT_EQ(cuda.launch.cluster[0], 0u);
  EXPECT_EQ(launchedBy("sm_80", 80), "expression_split1");
}

TEST_F(DeviceCompileTest, ADeviceThatDoesNotRunTheCodeIsAnError) {
  cuda.capability = 75;
  EXPECT_TRUE(has(messageOf(compileSilu(open())),
                  "a kernel for sm_80 does not run on CUDA device 0"));
}

TEST_F(DeviceCompileTest, AKernelNeedsAPlaceToRun) {
  EXPECT_TRUE(has(messageOf(compileSilu(nullptr)),
                  "is loaded on a device, or on the simulator"));
}

TEST_F(DeviceCompileTest, ADeviceHasABestLevel) {
  cuda.capability = 86;
  EXPECT_STREQ(need(levelFor(*open()))->name, "sm_86");
  cuda.capability = 120;
  EXPECT_STREQ(need(levelFor(*open()))->name, "sm_90");
  cuda.capability = 70;
  EXPECT_TRUE(has(messageOf(levelFor(*open())),
                  "is an sm_70; kernels are made for sm_75"));
}

} // namespace
