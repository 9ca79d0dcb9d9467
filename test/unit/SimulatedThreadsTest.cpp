//===- SimulatedThreadsTest.cpp - Threads of a block that wait ------------===//

#include "SimulationTestUtil.h"
#include "gmock/gmock.h"
#include <cmath>
#include <numeric>
#include <thread>

using namespace act;
using namespace act::test;
using testing::HasSubstr;

namespace {

/// A tree over `@m`, floats of shared memory; thread 0 stores the sum of its
/// block. `wait` is what stands between the levels.
std::string blockSum(const std::string &memory, const std::string &wait) {
  return memory + R"(
define ptx_kernel void @k(ptr addrspace(1) %x, ptr addrspace(1) %y) {
entry:
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %b = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %s = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %bs = mul i32 %b, %s
  %i = add i32 %bs, %t
  %xi = getelementptr float, ptr addrspace(1) %x, i32 %i
  %v = load float, ptr addrspace(1) %xi
  %mine = getelementptr float, ptr addrspace(3) @m, i32 %t
  store float %v, ptr addrspace(3) %mine
  %half = lshr i32 %s, 1
  br label %level
level:
  %h = phi i32 [ %half, %entry ], [ %next, %joined ]
  )" + wait +
         R"(
  %more = icmp ne i32 %h, 0
  br i1 %more, label %test, label %done
test:
  %adds = icmp ult i32 %t, %h
  br i1 %adds, label %add, label %joined
add:
  %other = getelementptr float, ptr addrspace(3) %mine, i32 %h
  %a = load float, ptr addrspace(3) %mine
  %c = load float, ptr addrspace(3) %other
  %sum = fadd float %a, %c
  store float %sum, ptr addrspace(3) %mine
  br label %joined
joined:
  %next = lshr i32 %h, 1
  br label %level
done:
  %first = icmp eq i32 %t, 0
  br i1 %first, label %write, label %end
write:
  %total = load float, ptr addrspace(3) @m
  %yb = getelementptr float, ptr addrspace(1) %y, i32 %b
  store float %total, ptr addrspace(1) %yb
  br label %end
end:
  ret void
})";
}

const std::string wait = "call void @llvm.nvvm.barrier0()";
const std::string fixedMemory =
    "@m = internal addrspace(3) global [256 x float] undef, align 4\n";

/// Sums of 256 threads of each block; an error's text, or "" where right.
std::string checkBlockSums(const std::string &text, unsigned sharedBytes,
                           const SimulationOptions &options = {}) {
  std::vector<float> x(256 * 7), y(7);
  std::iota(x.begin(), x.end(), 0.0f);
  std::string error =
      run(text, shapeOf(7, 256, sharedBytes), options, x.data(), y.data());
  for (int b = 0; b < 7 && error.empty(); ++b)
    if (y[b] != 256 * (256 * b + 127.5f))
      return "wrong";
  return error;
}

TEST(SimulatedThreads, BlocksSumInSharedMemory) {
  for (bool reversed : {false, true}) {
    SimulationOptions options;
    options.reversed = reversed;
    EXPECT_EQ(checkBlockSums(blockSum(fixedMemory, wait), 0, options), "");
  }
}

TEST(SimulatedThreads, MissingBarriersShow) {
  EXPECT_EQ(checkBlockSums(blockSum(fixedMemory, ""), 0), "wrong");
}

TEST(SimulatedThreads, TheLaunchSizesSharedMemory) {
  const std::string memory =
      "@other = internal addrspace(3) global [3 x i8] undef\n"
      "@m = external addrspace(3) global [0 x float], align 4\n";
  EXPECT_EQ(checkBlockSums(blockSum(memory, wait), 1024), "");
}

TEST(SimulatedThreads, HostThreadsHaveTheirOwnBlocks) {
  SimulationOptions options;
  options.hostThreads = 3;
  auto check = [&] {
    for (int i = 0; i < 10; ++i)
      EXPECT_EQ(checkBlockSums(blockSum(fixedMemory, wait), 0, options), "");
  };
  std::thread other(check);
  check();
  other.join();
}

TEST(SimulatedThreads, SharedMemoryBeginsAsNaN) {
  const std::string text = kernel(R"(
  %v = load float, ptr addrspace(3) @m
  store float 1.0, ptr addrspace(3) @m
  store float %v, ptr addrspace(1) %yi
  ret void)",
                                  fixedMemory);
  float y[2] = {};
  ASSERT_EQ(run(text, shapeOf(2, 1), {}, nullptr, &y, 0), "");
  EXPECT_TRUE(std::isnan(y[0]) && std::isnan(y[1]));
}

TEST(SimulatedThreads, EndedThreadsAreNotWaitedFor) {
  const std::string text = kernel(R"(
  %odd = and i32 %t, 1
  %goes = icmp eq i32 %odd, 1
  br i1 %goes, label %done, label %stay
stay:
  %slot = getelementptr i32, ptr addrspace(3) @m, i32 %t
  store i32 %t, ptr addrspace(3) %slot
  call void @llvm.nvvm.barrier0()
  %other = xor i32 %t, 62
  %from = getelementptr i32, ptr addrspace(3) @m, i32 %other
  %r = load i32, ptr addrspace(3) %from
  store i32 %r, ptr addrspace(1) %yi
  ret void
done:
  ret void)",
                                  fixedMemory);
  std::vector<int> y = runBoth(text, shapeOf(2, 64));
  for (int i = 0; i < 128; ++i)
    EXPECT_EQ(y[i], i % 2 ? -1 : (i % 64) ^ 62);
}

TEST(SimulatedThreads, BarriersCountThreads) {
  const std::string text = R"(
declare i32 @llvm.nvvm.barrier0.popc(i32)
declare i32 @llvm.nvvm.barrier0.and(i32)
declare i32 @llvm.nvvm.barrier0.or(i32)
)" + kernel(R"(
  %p = icmp ult i32 %t, 10
  %w = zext i1 %p to i32
  %c = call i32 @llvm.nvvm.barrier0.popc(i32 %w)
  %all = call i32 @llvm.nvvm.barrier0.and(i32 %w)
  %any = call i32 @llvm.nvvm.barrier0.or(i32 %w)
  %n0 = mul i32 %all, 1000
  %n1 = mul i32 %any, 100
  %n2 = add i32 %n0, %n1
  %r = add i32 %n2, %c
)" + storeR);
  EXPECT_EQ(runBoth(text, shapeOf(1, 40)), std::vector<int>(40, 110));
  EXPECT_EQ(runBoth(text, shapeOf(1, 10)), std::vector<int>(10, 1110));
}

/// Two halves of a block, each at its own barrier.
TEST(SimulatedThreads, NamedBarriersAreApart) {
  const std::string text = R"(
declare void @llvm.nvvm.barrier(i32, i32)
)" + kernel(R"(
  %id = lshr i32 %t, 6
  %slot = getelementptr i32, ptr addrspace(3) @m, i32 %t
  store i32 %t, ptr addrspace(3) %slot
  call void @llvm.nvvm.barrier(i32 %id, i32 64)
  %other = xor i32 %t, 63
  %from = getelementptr i32, ptr addrspace(3) @m, i32 %other
  %r = load i32, ptr addrspace(3) %from
)" + storeR,
            fixedMemory);
  std::vector<int> y = runBoth(text, shapeOf(1, 128));
  for (int i = 0; i < 128; ++i)
    EXPECT_EQ(y[i], i ^ 63);
}

//===----------------------------------------------------------------------===//
// What never ends on hardware
//===----------------------------------------------------------------------===//

TEST(SimulatedThreads, ADivergentShuffleIsAnError) {
  const std::string text = kernel(R"(
  %few = icmp ult i32 %t, 16
  br i1 %few, label %shuffle, label %join
shuffle:
  %p = call i32 @llvm.nvvm.shfl.sync.bfly.i32(i32 -1, i32 %t, i32 1, i32 31)
  br label %join
join:
  %r = phi i32 [ %p, %shuffle ], [ 0, %entry ]
  call void @llvm.nvvm.barrier0()
)" + storeR);
  std::vector<int> y(64);
  EXPECT_EQ(run(text, shapeOf(2, 32), {}, nullptr, y.data(), 0),
            "kernel 'k', block (0, 0, 0): thread (0, 0, 0) waits at "
            "shfl.sync.bfly with mask 0xFFFFFFFF for thread (16, 0, 0), which "
            "waits at barrier 0");
}

TEST(SimulatedThreads, ABarrierForThreadsThatHaveEndedIsAnError) {
  const std::string text = kernel(R"(
  %few = icmp ult i32 %t, 32
  br i1 %few, label %stay, label %done
stay:
  call void @llvm.nvvm.barrier(i32 1, i32 64)
  ret void
done:
  ret void)",
                                  "declare void @llvm.nvvm.barrier(i32, i32)");
  EXPECT_EQ(run(text, shapeOf(1, 64), {}, nullptr, nullptr, 0),
            "kernel 'k', block (0, 0, 0): thread (0, 0, 0) waits at barrier 1 "
            "for 64 threads, of which 32 are there; 32 have ended");
}

TEST(SimulatedThreads, AMaskHasItsOwnLane) {
  const std::string text = kernel(R"(
  %r = call i32 @llvm.nvvm.shfl.sync.bfly.i32(i32 15, i32 %t, i32 1, i32 31)
)" + storeR);
  std::vector<int> y(32);
  EXPECT_EQ(run(text, shapeOf(1, 32), {}, nullptr, y.data(), 0),
            "kernel 'k', block (0, 0, 0): thread (4, 0, 0) executes "
            "shfl.sync.bfly with a mask that it is not in, 0xF");
}

TEST(SimulatedThreads, BarriersAreUsedInOneWay) {
  auto messageOf = [](const std::string &id, const std::string &count) {
    return run(kernel("%c = add i32 %t, " + count +
                          "\ncall void @llvm.nvvm.barrier(i32 " + id +
                          ", i32 %c)\nret void",
                      "declare void @llvm.nvvm.barrier(i32, i32)"),
               shapeOf(1, 64), {}, nullptr, nullptr, 0);
  };
  EXPECT_THAT(messageOf("16", "64"), HasSubstr("but there are 16"));
  EXPECT_THAT(messageOf("0", "33"), HasSubstr("no whole warps"));
}

/// An error leaves the thread of the host as it was.
TEST(SimulatedThreads, ErrorsCanBeSurvived) {
  for (int i = 0; i < 3; ++i) {
    const std::string text = kernel(
        "%r = call i32 @llvm.nvvm.shfl.sync.bfly.i32(i32 0, i32 %t, i32 1, "
        "i32 31)\n" +
        storeR);
    EXPECT_NE(run(text, shapeOf(3, 32), {}, nullptr, nullptr, 0), "");
    EXPECT_EQ(checkBlockSums(blockSum(fixedMemory, wait), 0), "");
  }
}

} // namespace
