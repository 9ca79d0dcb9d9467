//===- CudaDriverTest.cpp - Finding the driver, and saying why not --------===//

#include "CudaTestUtil.h"
#include "act/Target/PtxVersions.h"
#include <cstdlib>

using namespace act;
using namespace act::test;

namespace {

class CudaDriverTest : public CudaTest {};

TEST_F(CudaDriverTest, AMissingLibraryIsNamedWithTheRemedy) {
  std::string message = messageOf(CudaDriver::load("libabsent-cuda.so.1"));
  EXPECT_TRUE(has(message, "no CUDA driver found: libabsent-cuda.so.1"));
  EXPECT_TRUE(has(message, "install NVIDIA's driver"));
  EXPECT_TRUE(has(message, "ACT_CUDA_DRIVER"));
  EXPECT_TRUE(has(message, "--target=cpu"));
}

TEST_F(CudaDriverTest, ALibraryThatIsNoDriverLacksAFunction) {
  std::string message = messageOf(CudaDriver::load("libm.so.6"));
  EXPECT_TRUE(has(message, "'libm.so.6' is no CUDA driver"));
  EXPECT_TRUE(has(message, "cuDriverGetVersion"));
}

TEST_F(CudaDriverTest, ADriverThatIsTooOldNamesBothVersions) {
  cuda.version = 10020;
  std::string message = messageOf(load());
  EXPECT_TRUE(has(message, "needs a CUDA driver of version 11.0"));
  EXPECT_TRUE(has(message, "this one is of version 10.2"));
  EXPECT_EQ(cuda.count("cuInit"), 0u);
}

TEST_F(CudaDriverTest, NoDeviceIsAnErrorThatSaysWhereToLook) {
  cuda.numDevices = 0;
  std::string message = messageOf(load());
  EXPECT_TRUE(has(message, "CUDA_ERROR_NO_DEVICE (100)"));
  EXPECT_TRUE(has(message, "CUDA_VISIBLE_DEVICES"));
}

TEST_F(CudaDriverTest, ABrokenInstallationSaysHowToMendIt) {
  cuda.failing = "cuInit";
  cuda.failure = 803;
  EXPECT_TRUE(has(messageOf(load()), "kernel module"));
  cuda.failure = 34;
  EXPECT_TRUE(has(messageOf(load()), "toolkit's library"));
  // One that the driver has no words for.
  cuda.failure = 12345;
  EXPECT_TRUE(has(messageOf(load()), "CUDA error (12345)"));
}

TEST_F(CudaDriverTest, ADriverKnowsItsVersions) {
  auto driver = need(load());
  EXPECT_EQ(driver->version(), 12040u);
  EXPECT_EQ(driver->ptxVersion(), 84u);
  EXPECT_EQ(driver->deviceCount(), 2);
}

// The environment is read once, so this is said before all tests.
[[maybe_unused]] const int named =
    setenv("ACT_CUDA_DRIVER", ACT_STAND_IN_OLD_CUDA, 1);

// The second library is what the knob names: no other test loads it.
TEST_F(CudaDriverTest, NothingIsLoadedBeforeTheDriverIsAskedFor) {
  ASSERT_EQ(dlopen(ACT_STAND_IN_OLD_CUDA, RTLD_NOW | RTLD_NOLOAD), nullptr);
  auto driver = need(CudaDriver::get());
  EXPECT_NE(dlopen(ACT_STAND_IN_OLD_CUDA, RTLD_NOW | RTLD_NOLOAD), nullptr);
  EXPECT_EQ(driver->version(), 11000u);
  EXPECT_EQ(need(CudaDriver::get()), driver);

  // It lacks what came after CUDA 11.0, which only those who need it notice.
  auto device = need(driver->device(0));
  auto module = need(device->load(".version 7.0\n.target sm_80\n.entry silu("));
  const GpuKernel *kernel = need(module->kernel("silu"));
  LaunchShape shape;
  EXPECT_EQ(messageOf(kernel->launch(shape, nullptr, nullptr)), "");
  shape.cluster = 2;
  EXPECT_FALSE(module->launchesClusters());
  EXPECT_TRUE(has(messageOf(kernel->launch(shape, nullptr, nullptr)),
                  "version 11.6 or newer; this one is of version 11.0"));
  auto stream = need(CudaStream::create(device));
  EXPECT_TRUE(has(messageOf(CudaGraph::capture(
                      stream, [] { return llvm::Error::success(); })),
                  "a graph needs a CUDA driver of version 11.4"));
}

/// The toolkit's own library has all functions, and refuses to start.
TEST_F(CudaDriverTest, TheToolkitsStubIsRecognised) {
  const char *stub = "/usr/local/cuda/lib64/stubs/libcuda.so";
  if (!llvm::sys::fs::exists(stub))
    GTEST_SKIP() << "there is no CUDA toolkit";
  EXPECT_TRUE(has(messageOf(CudaDriver::load(stub)),
                  "toolkit's library to link against"));
}

TEST(PtxVersions, FollowTheReleaseNotes) {
  EXPECT_EQ(ptxVersionOfCuda(12010), 81u);
  EXPECT_EQ(ptxVersionOfCuda(11080), 78u);
  // A version without PTX of its own takes the one before; one that came
  // later takes what is known; one before all takes nothing.
  EXPECT_EQ(ptxVersionOfCuda(12060), 85u);
  EXPECT_EQ(ptxVersionOfCuda(99000), ptxVersionOfCuda(13000));
  EXPECT_EQ(ptxVersionOfCuda(9020), 0u);
  for (unsigned ptx : {63u, 70u, 78u, 80u, 81u, 85u})
    EXPECT_EQ(ptxVersionOfCuda(cudaVersionForPtx(ptx)), ptx);
  EXPECT_EQ(cudaVersionForPtx(250), 0u);
  EXPECT_EQ(ptxVersionText(81), "8.1");
  EXPECT_EQ(cudaVersionText(12040), "12.4");
}

} // namespace
