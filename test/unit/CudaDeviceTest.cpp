//===- CudaDeviceTest.cpp - Devices, contexts, memory and streams ---------===//

#include "CudaTestUtil.h"
#include <thread>

using namespace act;
using namespace act::test;

namespace {

class CudaDeviceTest : public CudaTest {};

TEST_F(CudaDeviceTest, TellsWhatItIs) {
  auto device = open(1);
  EXPECT_EQ(device->ordinal(), 1);
  EXPECT_EQ(device->info().name, "Stand-in");
  EXPECT_EQ(device->info().capability, 90u);
  EXPECT_EQ(device->info().memoryBytes, uint64_t(1) << 37);
  EXPECT_EQ(device->info().multiprocessors, 132u);
  EXPECT_EQ(device->info().sharedBytes, 227u * 1024);
}

TEST_F(CudaDeviceTest, ADeviceThatIsNotThereIsAnError) {
  auto driver = need(load());
  EXPECT_TRUE(has(messageOf(driver->device(2)),
                  "no CUDA device 2: devices count from 0, and there "
                  "are 2"));
  EXPECT_TRUE(has(messageOf(driver->device(-1)), "no CUDA device -1"));
}

TEST_F(CudaDeviceTest, ItsContextIsKeptOnceForAllAndReleased) {
  auto driver = need(load());
  auto first = need(driver->device(0)), second = need(driver->device(0));
  EXPECT_EQ(first, second);
  auto other = need(driver->device(1));
  EXPECT_EQ(cuda.numRetained, 2);
  first.reset();
  EXPECT_EQ(cuda.numRetained, 2);
  second.reset();
  EXPECT_EQ(cuda.numRetained, 1);
  // And kept anew for who comes later.
  first = need(driver->device(0));
  EXPECT_EQ(cuda.numRetained, 2);
}

TEST_F(CudaDeviceTest, AContextThatCannotBeKeptIsAnError) {
  cuda.failing = "cuDevicePrimaryCtxRetain";
  cuda.failure = 2;
  EXPECT_TRUE(has(messageOf(need(load())->device(0)),
                  "opening CUDA device 0 (Stand-in): "
                  "CUDA_ERROR_OUT_OF_MEMORY (2): out of memory"));
}

TEST_F(CudaDeviceTest, ACallersContextIsRestoredAfterEveryCall) {
  for (unsigned long context : {0ul, 42ul, 0x1000ul}) { // the last is ours
    cuda.setCurrent(context);
    auto device = open();
    EXPECT_EQ(cuda.current(), context);
    auto module = need(device->load(kPtx));
    auto *kernel = need(module->kernel("silu"));
    auto stream = need(CudaStream::create(device));
    auto buffer = need(CudaBuffer::allocate(device, 16));
    EXPECT_EQ(messageOf(device->checkPointer(buffer.data(), "x")), "");
    EXPECT_EQ(messageOf(kernel->launch({}, nullptr, nullptr)), "");
    EXPECT_NE(messageOf(device->load("nonsense")), "");
    EXPECT_NE(messageOf(device->assemble("nonsense")), "");
    EXPECT_EQ(cuda.current(), context);
    module.reset();
    EXPECT_EQ(cuda.current(), context);
  }
}

TEST_F(CudaDeviceTest, AHostPointerIsRefusedByName) {
  auto device = open();
  float value = 0;
  EXPECT_TRUE(has(messageOf(device->checkPointer(&value, "input 'x'")),
                  "input 'x' is in host memory; a kernel for Stand-in "
                  "needs device memory"));
  EXPECT_TRUE(has(messageOf(device->checkPointer(nullptr, "input 'x'")),
                  "input 'x' is a null pointer"));
}

TEST_F(CudaDeviceTest, MemoryOfAnotherDeviceIsRefusedByNumber) {
  auto driver = need(load());
  auto here = need(driver->device(0)), there = need(driver->device(1));
  auto buffer = need(CudaBuffer::allocate(there, 64));
  // Within the buffer is as good as its beginning.
  auto *inside = static_cast<char *>(buffer.data()) + 63;
  EXPECT_EQ(messageOf(there->checkPointer(inside, "result 'y'")), "");
  EXPECT_TRUE(has(messageOf(here->checkPointer(inside, "result 'y'")),
                  "result 'y' is in the memory of CUDA device 1; this "
                  "kernel runs on device 0"));
  // Managed memory goes where it is needed.
  cuda.isManaged = true;
  EXPECT_EQ(messageOf(here->checkPointer(inside, "result 'y'")), "");
}

TEST_F(CudaDeviceTest, BuffersCarryBytesThereAndBack) {
  auto device = open();
  auto stream = need(CudaStream::create(device));
  auto a = need(CudaBuffer::allocate(device, 12));
  auto b = need(CudaBuffer::allocate(device, 12));
  const int in[3] = {1, -2, 3};
  int out[3] = {};
  EXPECT_EQ(messageOf(a.upload(in, stream)), "");
  EXPECT_EQ(messageOf(b.copy(a, stream)), "");
  EXPECT_EQ(messageOf(b.download(out, stream)), "");
  EXPECT_EQ(listOf(out), listOf({1, -2, 3}));
  EXPECT_EQ(messageOf(b.fill(0xff, stream)), "");
  EXPECT_EQ(messageOf(b.download(out, stream)), "");
  EXPECT_EQ(listOf(out), listOf({-1, -1, -1}));
  // A buffer of another size is not copied; an empty one is.
  auto empty = need(CudaBuffer::allocate(device, 0));
  EXPECT_TRUE(has(messageOf(empty.copy(a, stream)), "12 bytes"));
  EXPECT_EQ(messageOf(empty.upload(nullptr, stream)), "");
}

TEST_F(CudaDeviceTest, TooLittleMemoryIsAnErrorWithTheSizes) {
  auto device = open();
  std::string message =
      messageOf(CudaBuffer::allocate(device, (size_t(1) << 37) + 1));
  EXPECT_TRUE(has(message, "allocating 137438953473 bytes"));
  EXPECT_TRUE(has(message, "4096 of 137438953472 unused"));
  EXPECT_TRUE(has(message, "CUDA_ERROR_OUT_OF_MEMORY"));
}

TEST_F(CudaDeviceTest, EventsTellTheTimeBetweenThem) {
  auto device = open();
  auto stream = need(CudaStream::create(device));
  auto begin = need(CudaEvent::create(device));
  auto end = need(CudaEvent::create(device));
  EXPECT_EQ(messageOf(begin.record(stream)), "");
  EXPECT_EQ(messageOf(end.record(stream)), "");
  EXPECT_EQ(messageOf(end.synchronize()), "");
  EXPECT_EQ(need(end.since(begin)), 1.5f);
  cuda.failing = "cuStreamSynchronize";
  cuda.failure = 700;
  EXPECT_TRUE(has(messageOf(stream.synchronize()),
                  "waiting for CUDA device 0: CUDA error (700)"));
}

} // namespace
