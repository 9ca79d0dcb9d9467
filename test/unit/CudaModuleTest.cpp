//===- CudaModuleTest.cpp - Loading and launching kernels -----------------===//

#include "CudaTestUtil.h"
#include <thread>

using namespace act;
using namespace act::test;

namespace {

class CudaModuleTest : public CudaTest {
protected:
  std::string refusal(llvm::StringRef ptx) {
    return messageOf(open()->load(ptx));
  }
};

TEST_F(CudaModuleTest, TheLogOfRefusedPtxReachesTheError) {
  std::string ptx = std::string(kPtx) + "nonsense";
  for (std::string message : {refusal(ptx), messageOf(open()->assemble(ptx))}) {
    EXPECT_TRUE(has(message, "CUDA_ERROR_INVALID_PTX (218)"));
    EXPECT_TRUE(has(message, "line 3; error   : Not a name of any known "
                             "instruction: 'nonsense'"));
  }
}

TEST_F(CudaModuleTest, PtxThatIsTooNewNamesBothVersionsBeforeTheDriverSeesIt) {
  cuda.version = 12000;
  std::string message = refusal(kPtx);
  EXPECT_TRUE(has(message, "PTX 8.1 (this driver takes PTX up to 8.0) "
                           "needs a CUDA driver of version 12.1"));
  EXPECT_TRUE(has(message, "this one is of version 12.0"));
  EXPECT_EQ(cuda.count("cuModuleLoadDataEx"), 0u);
  // A driver newer than all that we know of decides for itself.
  cuda.version = 20000;
  EXPECT_EQ(refusal(".version 9.9\n.target sm_90\n"), "");
}

TEST_F(CudaModuleTest, PtxForOtherDevicesIsRefused) {
  cuda.capability = 80;
  EXPECT_TRUE(has(refusal(kPtx), "a kernel for sm_90 does not run on "
                                 "CUDA device 0, Stand-in, which is an "
                                 "sm_80"));
  EXPECT_EQ(refusal(".version 7.0\n.target sm_75, debug\n"), "");
  cuda.capability = 100;
  EXPECT_EQ(refusal(kPtx), "");
  // An "a" is for one capability alone.
  EXPECT_TRUE(
      has(refusal(".version 8.1\n.target sm_90a\n"), "kernel for sm_90a"));
  cuda.capability = 90;
  EXPECT_EQ(refusal(".version 8.1\n.target sm_90a\n"), "");
}

TEST_F(CudaModuleTest, ACubinIsLoadedAsItIs) {
  auto device = open();
  auto module = need(device->load(need(device->assemble(kPtx))));
  EXPECT_EQ(messageOf(module->kernel("gelu")), "");
}

TEST_F(CudaModuleTest, AKernelIsLookedUpOnceAndKeepsItsAddress) {
  auto device = open();
  auto module = need(device->load(kPtx));
  const GpuKernel *silu = need(module->kernel("silu"));
  EXPECT_NE(need(module->kernel("gelu")), silu);
  EXPECT_EQ(need(module->kernel("silu")), silu);
  EXPECT_EQ(cuda.count("cuModuleGetFunction"), 2u);
  EXPECT_TRUE(
      has(messageOf(module->kernel("sil")), "the module has no kernel 'sil'"));
}

TEST_F(CudaModuleTest, AModuleOutlivesAllThatItCameFrom) {
  auto module = need(open()->load(kPtx));
  EXPECT_EQ(cuda.numRetained, 1);
  EXPECT_EQ(
      messageOf(need(module->kernel("silu"))->launch({}, nullptr, nullptr)),
      "");
}

TEST_F(CudaModuleTest, ALaunchReachesTheDriverUntouched) {
  auto device = open();
  auto module = need(device->load(kPtx));
  auto *kernel = need(module->kernel("silu"));
  auto stream = need(CudaStream::create(device));
  LaunchShape shape;
  for (unsigned i = 0; i < 3; ++i)
    shape.grid[i] = 10 + i, shape.block[i] = 20 + i;
  shape.sharedBytes = 100000;
  int64_t count = 7;
  void *parameters[] = {&count};
  EXPECT_EQ(messageOf(kernel->launch(shape, parameters, stream.get())), "");
  EXPECT_STREQ(cuda.launch.kernel, "silu");
  EXPECT_EQ(listOf(cuda.launch.grid), listOf({10, 11, 12}));
  EXPECT_EQ(listOf(cuda.launch.block), listOf({20, 21, 22}));
  EXPECT_EQ(listOf(cuda.launch.cluster), listOf({0, 0, 0}));
  EXPECT_EQ(cuda.launch.sharedBytes, 100000u);
  EXPECT_EQ(cuda.launch.parameters, parameters);
  EXPECT_EQ(cuda.launch.stream, stream.get());
  // What the kernel declares itself is no room for more.
  EXPECT_EQ(cuda.maxDynamicShared, 226 * 1024);
}

TEST_F(CudaModuleTest, AClusterIsAnAttributeOfTheLaunch) {
  auto device = open();
  auto module = need(device->load(kPtx));
  LaunchShape shape;
  shape.grid[0] = 32, shape.block[0] = 128, shape.cluster = 16;
  void *parameters[1] = {};
  EXPECT_EQ(
      messageOf(
          need(module->kernel("gelu"))->launch(shape, parameters, nullptr)),
      "");
  EXPECT_EQ(listOf(cuda.launch.cluster), listOf({16, 1, 1}));
  EXPECT_EQ(listOf(cuda.launch.grid), listOf({32, 1, 1}));
  EXPECT_EQ(listOf(cuda.launch.block), listOf({128, 1, 1}));
  EXPECT_EQ(cuda.launch.parameters, parameters);
}

TEST_F(CudaModuleTest, ALaunchCallsNothingThatWaitsOrAllocates) {
  auto device = open();
  auto module = need(device->load(kPtx));
  auto *kernel = need(module->kernel("silu"));
  cuda.numCalls = 0;
  EXPECT_EQ(messageOf(kernel->launch({}, nullptr, nullptr)), "");
  std::vector<std::string> calls(cuda.calls, cuda.calls + cuda.numCalls);
  EXPECT_EQ(calls,
            (std::vector<std::string>{"cuCtxGetCurrent", "cuCtxPushCurrent",
                                      "cuLaunchKernel", "cuCtxPopCurrent"}));
}

TEST_F(CudaModuleTest, ARefusedLaunchNamesTheKernelAndItsShape) {
  auto device = open();
  auto module = need(device->load(kPtx));
  cuda.failing = "cuLaunchKernel";
  cuda.failure = 2;
  LaunchShape shape;
  shape.grid[0] = 3, shape.block[1] = 4, shape.sharedBytes = 5;
  auto *kernel = need(module->kernel("silu"));
  EXPECT_EQ(messageOf(kernel->launch(shape, nullptr, nullptr)),
            "launching kernel 'silu' on CUDA device 0 with grid 3x1x1, block "
            "1x4x1 (at most 512 threads), cluster 1 and 5 bytes of shared "
            "memory (at most 231424): CUDA_ERROR_OUT_OF_MEMORY (2): out of "
            "memory");
  cuda.failure = 700;
  EXPECT_TRUE(has(messageOf(kernel->launch(shape, nullptr, nullptr)),
                  "an earlier kernel may have failed"));
}

TEST_F(CudaModuleTest, ManyThreadsLaunch) {
  auto device = open();
  auto module = need(device->load(kPtx));
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (unsigned j = 0; j < 100; ++j)
        EXPECT_EQ(
            messageOf(
                need(module->kernel("silu"))->launch({}, nullptr, nullptr)),
            "");
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(cuda.numLaunches, 400u);
  EXPECT_EQ(cuda.count("cuModuleGetFunction"), 1u);
}

TEST_F(CudaModuleTest, LaunchesAreCapturedAndReplayed) {
  auto device = open();
  auto module = need(device->load(kPtx));
  auto *kernel = need(module->kernel("silu"));
  auto stream = need(CudaStream::create(device));
  auto graph = need(CudaGraph::capture(stream, [&]() -> llvm::Error {
    LaunchShape clustered;
    clustered.cluster = 2;
    if (auto error = kernel->launch({}, nullptr, stream.get()))
      return error;
    return kernel->launch(clustered, nullptr, stream.get());
  }));
  EXPECT_TRUE(cuda.launch.wasCaptured);
  EXPECT_EQ(cuda.numLaunches, 0u);
  EXPECT_EQ(messageOf(graph.launch(stream)), "");
  EXPECT_EQ(messageOf(graph.launch(stream)), "");
  EXPECT_EQ(cuda.numLaunches, 4u);
}

TEST_F(CudaModuleTest, WhatACaptureForbidsIsAnErrorAndEndsIt) {
  auto device = open();
  auto stream = need(CudaStream::create(device));
  EXPECT_TRUE(has(messageOf(CudaGraph::capture(
                      stream, [&] { return stream.synchronize(); })),
                  "CUDA error (900)"));
  EXPECT_TRUE(has(
      messageOf(CudaGraph::capture(
          stream, [&] { return CudaBuffer::allocate(device, 1).takeError(); })),
      "allocating 1 bytes"));
  EXPECT_EQ(messageOf(stream.synchronize()), "");
}

} // namespace
