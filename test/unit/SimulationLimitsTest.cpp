//===- SimulationLimitsTest.cpp - What the simulator refuses --------------===//

#include "SimulationTestUtil.h"
#include "gmock/gmock.h"

using namespace act;
using namespace act::test;
using testing::HasSubstr;

namespace {

TEST(SimulationLimits, WhatHasNoSimulationIsNamed) {
  auto messageOf = [](const std::string &body, const std::string &others) {
    return run(kernel(body + "\nret void", others), {}, {}, nullptr, nullptr,
               0);
  };
  EXPECT_THAT(messageOf("call void @llvm.nvvm.cp.async.wait.all()",
                        "declare void @llvm.nvvm.cp.async.wait.all()"),
              HasSubstr("function 'k' calls 'llvm.nvvm.cp.async.wait.all', "
                        "which has no simulation"));
  EXPECT_THAT(messageOf("%c = call i32 @llvm.nvvm.read.ptx.sreg.clock()",
                        "declare i32 @llvm.nvvm.read.ptx.sreg.clock()"),
              HasSubstr("llvm.nvvm.read.ptx.sreg.clock"));
  EXPECT_THAT(messageOf("call void asm sideeffect \"bar.sync 0;\", \"\"()", ""),
              HasSubstr("inline PTX, \"bar.sync 0;\""));
  EXPECT_THAT(messageOf("call void @library()", "declare void @library()"),
              HasSubstr("'library', which nothing defines"));
  EXPECT_THAT(
      messageOf("call void @act.nv.other()", "declare void @act.nv.other()"),
      HasSubstr("act.nv.other"));
  EXPECT_THAT(messageOf("store i32 0, ptr addrspace(3) @m",
                        "@m = internal addrspace(3) global i32 0"),
              HasSubstr("shared memory 'm' has an initial value"));
}

TEST(SimulationLimits, FlushingByAttributeIsRefused) {
  const std::string text = R"(
define ptx_kernel void @k() #0 {
  ret void
}
attributes #0 = {"denormal-fp-math-f32"="preserve-sign,preserve-sign"})";
  EXPECT_THAT(run(text, {}, {}, 0), HasSubstr("write flushing out"));
}

TEST(SimulationLimits, LaunchesThatHardwareRefusesFail) {
  const std::string text = "define ptx_kernel void @k() { ret void }";
  auto messageOf = [&](auto change) {
    LaunchShape shape;
    change(shape);
    return run(text, shape, {}, 0);
  };
  EXPECT_EQ(messageOf([](LaunchShape &s) { s.block[1] = 1024; }), "");
  EXPECT_THAT(messageOf([](LaunchShape &s) { s.block[1] = 1025; }),
              HasSubstr("1025 threads of a block along y"));
  EXPECT_THAT(messageOf([](LaunchShape &s) { s.block[0] = 0; }),
              HasSubstr("0 threads"));
  EXPECT_THAT(messageOf([](LaunchShape &s) { s.block[0] = s.block[1] = 33; }),
              HasSubstr("kernel 'k' cannot start: 1089 threads of a block"));
  EXPECT_THAT(messageOf([](LaunchShape &s) { s.grid[2] = 65536; }),
              HasSubstr("65536 blocks along z"));
  EXPECT_THAT(messageOf([](LaunchShape &s) { s.sharedBytes = 227 * 1024 + 1; }),
              HasSubstr("232449 bytes of shared memory"));
  EXPECT_THAT(messageOf([](LaunchShape &s) { s.cluster = 0; }),
              HasSubstr("clusters of 0"));
  EXPECT_THAT(messageOf([](LaunchShape &s) { s.cluster = s.grid[0] = 17; }),
              HasSubstr("clusters of 17 blocks; at most 16 are possible"));
}

TEST(SimulationLimits, KernelsSayHowLargeBlocksAre) {
  const std::string text = R"(
define void @k() {
  ret void
}
!nvvm.annotations = !{!0, !1}
!0 = !{ptr @k, !"maxntidx", i32 32, !"maxntidy", i32 3}
!1 = !{ptr @k, !"kernel", i32 1})";
  LaunchShape shape;
  shape.block[0] = 48;
  shape.block[1] = 2;
  EXPECT_EQ(run(text, shape, {}, 0), "");
  shape.block[0] = 49;
  EXPECT_EQ(run(text, shape, {}, 0), "kernel 'k' cannot start: 98 threads of "
                                     "a block; it was compiled for 96");
}

TEST(SimulationLimits, KernelsAreFoundByName) {
  auto module = simulated("define ptx_kernel void @a() { ret void }\n"
                          "define ptx_kernel void @b() { ret void }\n"
                          "define void @c() { ret void }");
  ASSERT_TRUE(bool(module)) << toString(module.takeError());
  EXPECT_TRUE(bool((*module)->kernel("b")));
  EXPECT_EQ(toString((*module)->kernel("c").takeError()),
            "the module has no kernel 'c'; it has: a, b");
  int stream = 0;
  EXPECT_THAT(
      toString(
          llvm::cantFail((*module)->kernel("a"))->launch({}, nullptr, &stream)),
      HasSubstr("the simulator has no streams"));
}

} // namespace
