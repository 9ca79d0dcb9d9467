//===- SimulatedWarpsTest.cpp - What lanes of a warp do together ----------===//

#include "SimulationTestUtil.h"
#include <cmath>
#include <numeric>

using namespace act;
using namespace act::test;

namespace {

/// Calls one intrinsic on each lane's number: `call` is its name, and operands.
std::string lanes(const std::string &declaration, const std::string &call,
                  const std::string &after = "") {
  return kernel("%l = call i32 @llvm.nvvm.read.ptx.sreg.laneid()\n" + call +
                    "\n" + after + storeR,
                declaration);
}

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

TEST(SimulatedWarps, WarpsSum) {
  checkWarpSums(warpSum("%mask = or i32 -1, 0\n", 32), 96, 32);
}

TEST(SimulatedWarps, PartsOfWarpsSum) {
  // Each group of 8 lanes by itself, and a block that is no whole warp.
  const std::string mask = "%l = and i32 %t, 24\n%mask = shl i32 255, %l\n";
  checkWarpSums(warpSum(mask, 8), 64, 8);
  checkWarpSums(warpSum(mask, 8), 8, 8);
  checkWarpSums(warpSum("%mask = or i32 -1, 0\n", 8), 40, 8);
}

/// The first warp of a block adds up what each warp has, as the last step of a
/// sum over a block, while the others wait.
TEST(SimulatedWarps, SomeWarpsShuffleWhileOthersWait) {
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

TEST(SimulatedWarps, ShufflesOfAllKinds) {
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

TEST(SimulatedWarps, LanesThatDoNotTakePartGiveNaN) {
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

TEST(SimulatedWarps, Votes) {
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

TEST(SimulatedWarps, Reductions) {
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
TEST(SimulatedWarps, FunctionsWait) {
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

} // namespace
