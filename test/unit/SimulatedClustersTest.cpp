//===- SimulatedClustersTest.cpp - Blocks that wait for one another -------===//

#include "SimulationTestUtil.h"
#include "gmock/gmock.h"

using namespace act;
using namespace act::test;
using testing::HasSubstr;

namespace {

const std::string declarations = R"(
@m = internal addrspace(3) global [64 x i32] undef, align 4
declare i32 @llvm.nvvm.read.ptx.sreg.cluster.ctarank()
declare i32 @llvm.nvvm.read.ptx.sreg.cluster.nctarank()
declare void @llvm.nvvm.barrier.cluster.arrive()
declare void @llvm.nvvm.barrier.cluster.arrive.aligned()
declare void @llvm.nvvm.barrier.cluster.arrive.relaxed()
declare void @llvm.nvvm.barrier.cluster.wait()
declare void @llvm.nvvm.barrier.cluster.wait.aligned()
declare ptr @llvm.nvvm.mapa(ptr, i32)
declare ptr addrspace(3) @llvm.nvvm.mapa.shared.cluster(ptr addrspace(3), i32)
)";

const std::string arrive = "call void @llvm.nvvm.barrier.cluster.arrive()\n",
                  wait = "call void @llvm.nvvm.barrier.cluster.wait()\n",
                  meet = arrive + wait;

/// Threads of blocks that have %rank, %blocks and %mine, their place in the
/// shared memory of their block.
std::string clusterKernel(const std::string &body) {
  return kernel(R"(
  %rank = call i32 @llvm.nvvm.read.ptx.sreg.cluster.ctarank()
  %blocks = call i32 @llvm.nvvm.read.ptx.sreg.cluster.nctarank()
  %mine = getelementptr i32, ptr addrspace(3) @m, i32 %t
)" + body,
                declarations);
}

LaunchShape clusters(unsigned blocks, unsigned cluster, unsigned threads) {
  LaunchShape shape = shapeOf(blocks, threads);
  shape.cluster = cluster;
  return shape;
}

std::string runOnce(const std::string &text, const LaunchShape &shape,
                    bool reversed = false) {
  std::vector<int> x(4096), y(4096);
  SimulationOptions options;
  options.reversed = reversed;
  return run(text, shape, options, x.data(), y.data(), int(y.size()));
}

/// Each block gives its number in the grid to the next one, in a generic
/// address or one of shared memory.
std::string giveToNext(bool isGeneric, const std::string &before,
                       const std::string &after) {
  const std::string map = isGeneric ? R"(
  %generic = addrspacecast ptr addrspace(3) %mine to ptr
  %there = call ptr @llvm.nvvm.mapa(ptr %generic, i32 %to)
  store i32 %b, ptr %there)"
                                    : R"(
  %there = call ptr addrspace(3) @llvm.nvvm.mapa.shared.cluster(
      ptr addrspace(3) %mine, i32 %to)
  store i32 %b, ptr addrspace(3) %there)";
  return clusterKernel(before + R"(
  %next = add i32 %rank, 1
  %to = urem i32 %next, %blocks)" +
                       map + "\n" + after + R"(
  %r = load i32, ptr addrspace(3) %mine
)" + storeR);
}

TEST(SimulatedClusters, BlocksWriteEachOthersMemory) {
  for (bool isGeneric : {false, true})
    for (unsigned cluster : {1, 2, 4, 16}) {
      // Not whole warps, and several clusters.
      constexpr unsigned kThreads = 40;
      std::vector<int> y = runBoth(giveToNext(isGeneric, meet, meet),
                                   clusters(16, cluster, kThreads));
      for (unsigned i = 0; i < y.size(); ++i) {
        unsigned block = i / kThreads, first = block - block % cluster;
        ASSERT_EQ(y[i], int(first + (block - first + cluster - 1) % cluster));
      }
    }
}

TEST(SimulatedClusters, MissingBarriersShow) {
  using Pair = std::pair<std::string, std::string>;
  for (auto &[before, after] : {Pair("", meet), Pair(meet, "")}) {
    std::vector<int> results[2];
    for (bool reversed : {false, true}) {
      std::vector<int> x(64), &y = results[reversed];
      y.assign(64, -1);
      SimulationOptions options;
      options.reversed = reversed;
      // What came before a block's start is lost, and what comes after its end
      // is an error.
      run(giveToNext(true, before, after), clusters(2, 2, 32), options,
          x.data(), y.data(), 64);
    }
    std::vector<int> right(64, 1);
    std::fill(right.begin() + 32, right.end(), 0);
    EXPECT_FALSE(results[0] == right && results[1] == right);
  }
}

// Work of the block itself between the two halves of a barrier, for several
// phases.
TEST(SimulatedClusters, ArriveAndWaitAreApart) {
  const std::string text = clusterKernel(R"(
  call void @llvm.nvvm.barrier.cluster.arrive.relaxed()
  store i32 %rank, ptr addrspace(3) %mine
  call void @llvm.nvvm.barrier0()
  call void @llvm.nvvm.barrier.cluster.wait()
  %there = call ptr addrspace(3) @llvm.nvvm.mapa.shared.cluster(
      ptr addrspace(3) @m, i32 0)
  %p = atomicrmw add ptr addrspace(3) %there, i32 1 monotonic
  call void @llvm.nvvm.barrier.cluster.arrive.aligned()
  call void @llvm.nvvm.barrier0()
  call void @llvm.nvvm.barrier.cluster.wait.aligned()
  %r = load i32, ptr addrspace(3) %there
  store i32 %r, ptr addrspace(1) %yi
  call void @llvm.nvvm.barrier.cluster.arrive()
  call void @llvm.nvvm.barrier.cluster.wait()
  ret void)");
  EXPECT_EQ(runBoth(text, clusters(4, 2, 8)), std::vector<int>(32, 16));
}

// Those who have ended are waited for by nobody.
TEST(SimulatedClusters, ThreadsMayEndBefore) {
  const std::string text = clusterKernel(R"(
  %ends = icmp eq i32 %rank, 1
  br i1 %ends, label %end, label %go
end:
  ret void
go:
)" + meet + meet + "%r = add i32 %b, 7\n" +
                                         storeR);
  std::vector<int> y = runBoth(text, clusters(4, 2, 2));
  EXPECT_EQ(y, (std::vector<int>{7, 7, -1, -1, 9, 9, -1, -1}));
}

TEST(SimulatedClusters, BlocksHaveTheirOwnBarriersAndWarps) {
  const std::string text = clusterKernel(meet + R"(
  %v = add i32 %b, %t
  store i32 %v, ptr addrspace(3) %mine
  call void @llvm.nvvm.barrier0()
  %o = xor i32 %t, 1
  %other = getelementptr i32, ptr addrspace(3) @m, i32 %o
  %w = load i32, ptr addrspace(3) %other
  %r = call i32 @llvm.nvvm.shfl.sync.bfly.i32(i32 -1, i32 %w, i32 1, i32 31)
)" + storeR);
  std::vector<int> y = runBoth(text, clusters(2, 2, 64));
  for (int i = 0; i < 128; ++i)
    EXPECT_EQ(y[i], i / 64 + i % 64);
}

TEST(SimulatedClusters, BarriersAreInOrder) {
  LaunchShape shape = clusters(2, 2, 1);
  EXPECT_EQ(runOnce(clusterKernel(wait + "ret void"), shape),
            "kernel 'k', block (0, 0, 0): thread (0, 0, 0) waits at the "
            "cluster's barrier without having arrived there");
  EXPECT_EQ(runOnce(clusterKernel(arrive + arrive + "ret void"), shape, true),
            "kernel 'k', block (1, 0, 0): thread (0, 0, 0) arrives at the "
            "cluster's barrier again; it must wait there before");
}

TEST(SimulatedClusters, WhoNeverArrivesIsNamed) {
  const std::string text = clusterKernel(R"(
  %waits = icmp eq i32 %rank, 1
  %first = icmp eq i32 %t, 0
  %stays = and i1 %waits, %first
  br i1 %stays, label %stay, label %go
stay:
  call void @llvm.nvvm.barrier0()
  br label %go
go:
)" + meet + "ret void");
  EXPECT_EQ(runOnce(text, clusters(2, 2, 2)),
            "kernel 'k', block (0, 0, 0): thread (0, 0, 0) waits at the "
            "cluster's barrier for thread (0, 0, 0) of block (1, 0, 0), which "
            "waits at barrier 0");
}

TEST(SimulatedClusters, AddressesAreThoseOfBlocksThatThereAre) {
  auto mapped = [](const std::string &address, const std::string &rank) {
    return clusterKernel(meet + R"(
  %there = call ptr @llvm.nvvm.mapa(ptr )" +
                         address + ", i32 " + rank + R"()
  %v = load i32, ptr %there
  store i32 %v, ptr addrspace(1) %yi
)" + meet + "ret void");
  };
  const std::string own = "addrspacecast (ptr addrspace(3) @m to ptr)";
  LaunchShape shape = clusters(2, 2, 1);
  EXPECT_EQ(runOnce(mapped(own, "1"), shape), "");
  EXPECT_THAT(runOnce(mapped(own, "2"), shape),
              HasSubstr("thread (0, 0, 0) gives mapa rank 2; its cluster has 2 "
                        "blocks, which count from 0"));
  EXPECT_THAT(runOnce(mapped("null", "1"), shape),
              HasSubstr("gives mapa an address that is not in its block's "
                        "shared memory"));
}

TEST(SimulatedClusters, MemoryOfABlockThatHasEndedIsLost) {
  // In reverse the last block goes on when the first one has ended.
  auto text = [](const std::string &before, const std::string &after) {
    return clusterKernel(R"(
  %generic = addrspacecast ptr addrspace(3) %mine to ptr
  %ends = icmp eq i32 %rank, 0
)" + before + meet + R"(
  br i1 %ends, label %end, label %go
end:
  ret void
go:
)" + after + R"(
  store i32 5, ptr %there
  ret void)");
  };
  const std::string map = "%there = call ptr @llvm.nvvm.mapa(ptr %generic, "
                          "i32 0)\n";
  LaunchShape shape = clusters(2, 2, 1);
  EXPECT_THAT(
      runOnce(text("", map), shape, true),
      HasSubstr("block (1, 0, 0): thread (0, 0, 0) gives mapa rank 0, a "
                "block that has ended; blocks must meet at the "
                "cluster's barrier before one ends"));
  EXPECT_THAT(runOnce(text(map, ""), shape, true),
              HasSubstr("block (0, 0, 0): byte 0 of its shared memory was "
                        "written after it had ended"));
}

} // namespace
