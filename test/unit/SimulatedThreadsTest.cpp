//===- SimulatedThreadsTest.cpp - Threads that wait for one another -------===//

#include "SimulationTestUtil.h"
#include "gmock/gmock.h"
#include <cmath>
#include <numeric>
#include <thread>

using namespace act;
using namespace act::test;
using testing::HasSubstr;

namespace {

LaunchShape shapeOf(unsigned blocks, unsigned threads, unsigned shared = 0) {
  LaunchShape shape;
  shape.grid[0] = blocks;
  shape.block[0] = threads;
  shape.sharedBytes = shared;
  return shape;
}

/// Runs a kernel of words in both orders of threads, which must agree.
std::vector<int> runBoth(const std::string &text, const LaunchShape &shape,
                         std::vector<int> x = {}) {
  unsigned count = shape.grid[0] * shape.block[0];
  x.resize(count);
  std::vector<int> results[2];
  for (bool reversed : {false, true}) {
    SimulationOptions options;
    options.reversed = reversed;
    std::vector<int> &y = results[reversed];
    y.assign(count, -1);
    EXPECT_EQ(run(text, shape, options, x.data(), y.data(), int(count)), "");
  }
  EXPECT_EQ(results[0], results[1]);
  return results[0];
}

/// Stores %r and returns.
const std::string storeR = "store i32 %r, ptr addrspace(1) %yi\nret void";

/// Calls one intrinsic on each lane's number: `call` is its name, and operands.
std::string lanes(const std::string &declaration, const std::string &call,
                  const std::string &after = "") {
  return kernel("%l = call i32 @llvm.nvvm.read.ptx.sreg.laneid()\n" + call +
                    "\n" + after + storeR,
                declaration);
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

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
// Warps
//===----------------------------------------------------------------------===//

/// Adds up over groups of so many lanes, whose mask is %mask.
std::string warpSum(const std::string &mask, unsigned width) {
  std::string body = mask + "%v0 = load float, ptr addrspace(1) %xi\n";
  std::string value = "%v0";
  for (unsigned step = width / 2; step > 0; step /= 2) {
    std::string n = std::to_string(step);
    body += "%s" + n +
            " = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 %mask, float " +
            value + ", i32 " + n + ", i32 31)\n%v" + n + " = fadd float " +
            value + ", %s" + n + "\n";
    value = "%v" + n;
  }
  return kernel(body + "store float " + value +
                ", ptr addrspace(1) %yi\nret void");
}

void checkWarpSums(const std::string &text, unsigned threads, unsigned width) {
  std::vector<float> x(threads), y(threads);
  std::iota(x.begin(), x.end(), 1.0f);
  ASSERT_EQ(run(text, shapeOf(1, threads), {}, x.data(), y.data(), 0), "");
  for (unsigned i = 0; i < threads; ++i) {
    float first = i / width * width + 1;
    ASSERT_EQ(y[i], width * (first + first + width - 1) / 2) << i;
  }
}

TEST(SimulatedThreads, WarpsSum) {
  checkWarpSums(warpSum("%mask = or i32 -1, 0\n", 32), 96, 32);
}

TEST(SimulatedThreads, PartsOfWarpsSum) {
  // Each group of 8 lanes by itself, and a block that is no whole warp.
  const std::string mask = "%l = and i32 %t, 24\n%mask = shl i32 255, %l\n";
  checkWarpSums(warpSum(mask, 8), 64, 8);
  checkWarpSums(warpSum(mask, 8), 8, 8);
  checkWarpSums(warpSum("%mask = or i32 -1, 0\n", 8), 40, 8);
}

/// The first warp of a block adds up what each warp has, as the last step of a
/// sum over a block, while the others wait.
TEST(SimulatedThreads, SomeWarpsShuffleWhileOthersWait) {
  const std::string text = kernel(R"(
  %few = icmp ult i32 %t, 8
  br i1 %few, label %shuffle, label %join
shuffle:
  %p = call i32 @llvm.nvvm.shfl.sync.bfly.i32(i32 255, i32 %t, i32 7, i32 31)
  br label %join
join:
  %r = phi i32 [ %p, %shuffle ], [ -7, %entry ]
  call void @llvm.nvvm.barrier0()
)" + storeR);
  std::vector<int> y = runBoth(text, shapeOf(1, 64));
  for (int i = 0; i < 64; ++i)
    EXPECT_EQ(y[i], i < 8 ? 7 - i : -7);
}

TEST(SimulatedThreads, ShufflesOfAllKinds) {
  struct Case {
    const char *mode;
    int b, c;
    int (*source)(int lane);
  };
  // Segments of 8 lanes have 0x1800 in c, and their last lane.
  const Case cases[] = {
      {"up", 3, 0, [](int l) { return l >= 3 ? l - 3 : -1; }},
      {"up", 3, 0x1800, [](int l) { return l % 8 >= 3 ? l - 3 : -1; }},
      {"down", 5, 31, [](int l) { return l + 5 < 32 ? l + 5 : -1; }},
      {"down", 5, 0x1807, [](int l) { return l % 8 < 3 ? l + 5 : -1; }},
      {"bfly", 9, 31, [](int l) { return l ^ 9; }},
      {"bfly", 9, 0x1807, [](int l) { return l / 8 % 2 ? l ^ 9 : -1; }},
      {"idx", 6, 31, [](int l) { return 6; }},
      {"idx", 6, 0x1807, [](int l) { return l / 8 * 8 + 6; }},
      {"idx", 6, 0x1803, [](int l) { return -1; }}};
  for (const Case &c : cases) {
    std::string name = "@llvm.nvvm.shfl.sync." + std::string(c.mode) + ".i32p";
    std::string text =
        lanes("declare {i32, i1} " + name + "(i32, i32, i32, i32)",
              "%v = or i32 %l, 64\n%pair = call {i32, i1} " + name +
                  "(i32 -1, i32 %v, i32 " + std::to_string(c.b) + ", i32 " +
                  std::to_string(c.c) + ")",
              "%d = extractvalue {i32, i1} %pair, 0\n"
              "%p = extractvalue {i32, i1} %pair, 1\n"
              "%r = select i1 %p, i32 %d, i32 -1\n");
    std::vector<int> y = runBoth(text, shapeOf(1, 32));
    for (int lane = 0; lane < 32; ++lane) {
      int source = c.source(lane);
      EXPECT_EQ(y[lane], source < 0 ? -1 : 64 + source)
          << c.mode << " " << c.c << " lane " << lane;
    }
  }
}

TEST(SimulatedThreads, LanesThatDoNotTakePartGiveNaN) {
  const std::string text = kernel(R"(
  %in = icmp ult i32 %t, 4
  br i1 %in, label %shuffle, label %done
shuffle:
  %v = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 15, float 1.0, i32 4,
                                                i32 31)
  store float %v, ptr addrspace(1) %yi
  ret void
done:
  ret void)");
  std::vector<float> y(32);
  ASSERT_EQ(run(text, shapeOf(1, 32), {}, nullptr, y.data(), 0), "");
  EXPECT_TRUE(std::isnan(y[0]) && std::isnan(y[3]));
}

TEST(SimulatedThreads, Votes) {
  auto voteOf = [](const std::string &name, const std::string &predicate) {
    bool isBallot = name == "ballot";
    std::string type = isBallot ? "i32" : "i1";
    std::string callee = "@llvm.nvvm.vote." + name + ".sync";
    return runBoth(
        lanes("declare " + type + " " + callee + "(i32, i1)",
              "%p = icmp " + predicate + "\n%v = call " + type + " " + callee +
                  "(i32 -1, i1 %p)",
              isBallot ? "%r = or i32 %v, 0\n" : "%r = zext i1 %v to i32\n"),
        shapeOf(1, 32));
  };
  auto same = [](int value) { return std::vector<int>(32, value); };
  EXPECT_EQ(voteOf("all", "ult i32 %l, 31"), same(0));
  EXPECT_EQ(voteOf("all", "ult i32 %l, 32"), same(1));
  EXPECT_EQ(voteOf("any", "ult i32 %l, 1"), same(1));
  EXPECT_EQ(voteOf("any", "ult i32 %l, 0"), same(0));
  EXPECT_EQ(voteOf("uni", "ult i32 %l, 0"), same(1));
  EXPECT_EQ(voteOf("uni", "ult i32 %l, 9"), same(0));
  EXPECT_EQ(voteOf("ballot", "ult i32 %l, 9"), same(0x1ff));
}

TEST(SimulatedThreads, Reductions) {
  struct Case {
    const char *name;
    int want;
  };
  // Lanes 4 to 7 have -4 to -1, the others nothing to say.
  for (Case c :
       {Case{"add", -10}, Case{"min", -4}, Case{"max", -1}, Case{"umin", -4},
        Case{"umax", -1}, Case{"and", -4}, Case{"or", -1}, Case{"xor", 0}}) {
    std::string callee = "@llvm.nvvm.redux.sync." + std::string(c.name);
    const std::string text = kernel(R"(
  %l = sub i32 %t, 4
  %in = icmp ult i32 %l, 4
  br i1 %in, label %reduce, label %done
reduce:
  %v = sub i32 %l, 4
  %r = call i32 )" + callee + "(i32 %v, i32 240)\n" +
                                        storeR + "\ndone:\nret void",
                                    "declare i32 " + callee + "(i32, i32)");
    std::vector<int> y = runBoth(text, shapeOf(1, 32));
    for (int i = 0; i < 32; ++i)
      EXPECT_EQ(y[i], i / 4 == 1 ? c.want : -1) << c.name;
  }
}

/// Threads may also wait in a function that the kernel calls.
TEST(SimulatedThreads, FunctionsWait) {
  const std::string text = R"(
define internal i32 @exchange(i32 %v) noinline {
  call void @llvm.nvvm.bar.warp.sync(i32 -1)
  %l = call i32 @llvm.nvvm.read.ptx.sreg.laneid()
  %p = call i32 @llvm.nvvm.shfl.sync.bfly.i32(i32 -1, i32 %v, i32 1, i32 31)
  %r = add i32 %p, %l
  ret i32 %r
}
declare void @llvm.nvvm.bar.warp.sync(i32)
)" + kernel("%r = call i32 @exchange(i32 %t)\n" + storeR);
  std::vector<int> y = runBoth(text, shapeOf(2, 32));
  for (int i = 0; i < 64; ++i)
    EXPECT_EQ(y[i], (i % 32 ^ 1) + i % 32);
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
