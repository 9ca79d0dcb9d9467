//===- CubinTest.cpp - The reader of cubins -------------------------------===//

#include "Cubin.h"
#include "PtxTestUtil.h"
#include "Ptxas.h"
#include "gmock/gmock.h"

using namespace act;
using namespace act::test;
using testing::HasSubstr;

namespace {

/// A line of PTX, and the instructions that it adds to a kernel.
struct Sample {
  const char *ptx, *name;
  unsigned times = 1;
  /// The first capability that has it.
  unsigned from = 75, to = 90;
};

/// Too long to be predicated, and the threads meet behind it.
const char kBranch[] = R"(
  setp.lt.f32 %p1, %f1, %f2;
  @%p1 bra L;
  ld.volatile.global.f32 %f4, [%rd1];
  ld.volatile.global.f32 %f5, [%rd1];
  ld.volatile.global.f32 %f6, [%rd1];
  sin.approx.f32 %f4, %f4;
  fma.rn.f32 %f4, %f4, %f5, %f6;
  sin.approx.f32 %f4, %f4;
  fma.rn.f32 %f4, %f4, %f5, %f6;
  sin.approx.f32 %f1, %f4;
L:
  bar.sync 0;)";

const Sample samples[] = {
    {"add.rn.f32 %f1, %f1, %f2;", "FADD"},
    {"mul.rn.f32 %f1, %f1, %f2;", "FMUL"},
    {"fma.rn.f32 %f1, %f1, %f2, %f3;", "FFMA"},
    {"fma.rn.f32 %f1, %f1, %f2, 0f3F9D70A4;", "FFMA"},
    {"fma.rn.f32 %f1, %f1, 0f3F9D70A4, %f3;", "FFMA"},
    {"max.f32 %f1, %f1, %f2;", "FMNMX"},
    {"max.NaN.f32 %f1, %f1, %f2;", "FMNMX", 1, 80},
    {"setp.lt.f32 %p1, %f1, %f2; selp.f32 %f1, %f3, %f1, %p1;", "FSETP"},
    {"setp.lt.f32 %p1, %f1, %f2; selp.f32 %f1, %f3, %f1, %p1;", "FSEL"},
    {"ex2.approx.ftz.f32 %f1, %f1;", "MUFU.EX2"},
    {"lg2.approx.ftz.f32 %f1, %f1;", "MUFU.LG2"},
    {"rcp.approx.ftz.f32 %f1, %f1;", "MUFU.RCP"},
    {"rsqrt.approx.ftz.f32 %f1, %f1;", "MUFU.RSQ"},
    {"sqrt.approx.ftz.f32 %f1, %f1;", "MUFU.SQRT"},
    {"tanh.approx.f32 %f1, %f1;", "MUFU.TANH"},
    {"sin.approx.ftz.f32 %f1, %f1;", "MUFU.SIN"},
    {"cos.approx.ftz.f32 %f1, %f1;", "MUFU.COS"},
    {"cos.approx.ftz.f32 %f1, %f1; ex2.approx.ftz.f32 %f1, %f1;", "MUFU", 2},
    {"div.rn.f32 %f1, %f1, %f2;", "CALL"},
    {"div.rn.f32 %f1, %f1, %f2;", "FCHK"},
    {"div.rn.f32 %f1, %f1, %f2;", "RET"},
    {"cvt.rn.bf16x2.f32 %r1, %f1, %f2; mov.b32 %f1, %r1;", "F2FP", 1, 80},
    {"cvt.rn.f16x2.f32 %r1, %f1, %f2; mov.b32 %f1, %r1;", "F2FP", 1, 80},
    {"cvt.rn.f16.f32 %h1, %f1; mov.b32 %f1, {%h1, %h3};", "F2F", 1, 75, 75},
    {"cvt.f32.f16 %f1, %h3;", "HADD2"},
    {"cvt.rni.s32.f32 %r1, %f1; mov.b32 %f1, %r1;", "F2I"},
    {"mov.b32 %r1, %f1; cvt.rn.f32.s32 %f1, %r1;", "I2F", 1, 75, 80},
    {"mov.b32 %r1, %f1; cvt.rn.f32.s32 %f1, %r1;", "I2FP", 1, 86},
    {"cvt.rni.f32.f32 %f1, %f1;", "FRND"},
    {"cvt.f64.f32 %d1, %f1; cvt.f64.f32 %d2, %f2; "
     "fma.rn.f64 %d1, %d1, %d2, %d2; cvt.rn.f32.f64 %f1, %d1;",
     "DFMA"},
    {"cvt.f64.f32 %d1, %f1; cvt.f64.f32 %d2, %f2; "
     "add.rn.f64 %d1, %d1, %d2; cvt.rn.f32.f64 %f1, %d1;",
     "DADD"},
    {"cvt.f64.f32 %d1, %f1; cvt.f64.f32 %d2, %f2; "
     "mul.rn.f64 %d1, %d1, %d2; cvt.rn.f32.f64 %f1, %d1;",
     "DMUL"},
    {"cvt.f64.f32 %d1, %f1; cvt.f64.f32 %d2, %f2; "
     "mul.rn.f64 %d1, %d1, %d2; cvt.rn.f32.f64 %f1, %d1;",
     "F2F", 3},
    {"mov.b32 %r1, %f1; mov.b32 %r2, %f2; and.b32 %r1, %r1, %r2; "
     "mov.b32 %f1, %r1;",
     "LOP3"},
    {"mov.b32 %r1, %f1; mov.b32 %r2, %f2; shr.u32 %r1, %r1, %r2; "
     "mov.b32 %f1, %r1;",
     "SHF"},
    {"mov.b32 %r1, %f1; mov.b32 %r2, %f2; prmt.b32 %r1, %r1, %r2, 0x7632; "
     "mov.b32 %f1, %r1;",
     "PRMT"},
    {"mov.b32 %r1, %f1; mov.b32 %r2, %f2; mov.b32 %r3, %f3; "
     "add.s32 %r1, %r1, %r2; add.s32 %r1, %r1, %r3; mov.b32 %f1, %r1;",
     "IADD3"},
    {"mov.b32 %r1, %f1; mov.b32 %r2, %f2; mul.lo.s32 %r1, %r1, %r2; "
     "mov.b32 %f1, %r1;",
     "IMAD"},
    {"mov.b32 %r1, %f1; mov.b32 %r2, %f2; min.s32 %r1, %r1, %r2; "
     "mov.b32 %f1, %r1;",
     "IMNMX", 1, 75, 89},
    {"mov.b32 %r1, %f1; mov.b32 %r2, %f2; min.s32 %r1, %r1, %r2; "
     "mov.b32 %f1, %r1;",
     "VIMNMX", 1, 90},
    {"mov.b32 %r1, %f1; popc.b32 %r1, %r1; mov.b32 %f1, %r1;", "POPC"},
    {"mov.b32 %r1, %f1; mov.b32 %r2, %f2; fma.rn.f16x2 %r1, %r1, %r2, %r2; "
     "mov.b32 %f1, %r1;",
     "HFMA2"},
    {"mov.b32 %r1, %f1; shfl.sync.bfly.b32 %r1, %r1, 16, 31, -1; "
     "mov.b32 %f1, %r1;",
     "SHFL"},
    {"mov.b32 %r1, %f1; mov.b32 %r2, %f2; "
     "shfl.sync.idx.b32 %r1, %r1, %r2, 31, -1; mov.b32 %f1, %r1;",
     "SHFL"},
    {"mov.b32 %r1, %f1; redux.sync.add.s32 %r1, %r1, -1; mov.b32 %f1, %r1;",
     "REDUX", 1, 80},
    {"bar.sync 0;", "BAR"},
    {"st.shared.f32 [s], %f1; bar.sync 0; ld.shared.f32 %f1, [s+64];",
     "STS.32"},
    {"st.shared.f32 [s], %f1; bar.sync 0; ld.shared.f32 %f1, [s+64];",
     "LDS.32"},
    {"st.shared.v4.f32 [s], {%f1, %f1, %f2, %f3};", "STS.128"},
    {"ld.global.u8 %r1, [%rd1+32]; mov.b32 %f1, %r1;", "LDG.8"},
    {"ld.global.u16 %h1, [%rd1+32]; mov.b32 %f1, {%h1, %h3};", "LDG.16"},
    {"ld.global.nc.f32 %f4, [%rd1+32]; add.f32 %f1, %f1, %f4;", "LDG.32"},
    {"ld.global.v2.f32 {%f1, %f2}, [%rd1+32]; add.f32 %f1, %f1, %f2;",
     "LDG.64"},
    {"ld.global.nc.v4.f32 {%f1, %f2, %f3, %f4}, [%rd1+32]; "
     "add.f32 %f1, %f1, %f2; add.f32 %f1, %f1, %f3; add.f32 %f1, %f1, %f4;",
     "LDG.128"},
    {"st.global.u8 [%rd2+32], %h3;", "STG.8"},
    {"st.global.u16 [%rd2+32], %h3;", "STG.16"},
    {"st.global.f32 [%rd2+32], %f2;", "STG.32"},
    {"st.global.v2.f32 [%rd2+32], {%f1, %f2};", "STG.64"},
    {"st.global.v4.f32 [%rd2+32], {%f1, %f2, %f3, %f1};", "STG.128"},
    {"st.f32 [%rd2+32], %f2;", "ST.32"},
    {"ld.f32 %f1, [%rd1+32];", "LD.32"},
    {"red.global.add.f32 [%rd2+64], %f2;", "RED"},
    {"atom.global.add.f32 %f1, [%rd2+64], %f2;", "ATOMG"},
    {"mov.u32 %r1, s; cp.async.cg.shared.global [%r1], [%rd1+64], 16;",
     "LDGSTS", 1, 80},
    {"mov.u32 %r1, %laneid; cvt.rn.f32.u32 %f1, %r1;", "S2R"},
    {"mov.b32 %r1, %f1; mov.b32 %r2, %f2; mul.hi.u32 %r1, %r1, %r2; "
     "mov.b32 %f1, %r1;",
     "IMAD.HI"},
    {"mov.b32 %r1, %f1; mov.b32 %r2, %f2; mul.wide.u32 %rd4, %r1, %r2; "
     "st.global.u64 [%rd2+64], %rd4;",
     "IMAD.WIDE"},
    {"mov.b32 %r1, %f1; mov.b32 %r2, %f2; setp.lt.s32 %p1, %r1, %r2; "
     "selp.f32 %f1, %f3, %f1, %p1;",
     "ISETP"},
    {"mov.b32 %r1, %f1; clz.b32 %r1, %r1; mov.b32 %f1, %r1;", "FLO"},
    {"mov.b32 %r1, %f1; mov.b32 %r2, %f2; mul.f16x2 %r1, %r1, %r2; "
     "mov.b32 %f1, %r1;",
     "HMUL2", 1, 75, 89},
    {"setp.lt.f32 %p1, %f1, %f2; vote.sync.ballot.b32 %r1, %p1, -1; "
     "mov.b32 %f1, %r1;",
     "VOTE"},
    {"cvt.f64.f32 %d1, %f1; rcp.approx.ftz.f64 %d1, %d1; "
     "cvt.rn.f32.f64 %f1, %d1;",
     "MUFU.RCP64H"},
    {kBranch, "BRA"},
    {kBranch, "BSSY"},
    {kBranch, "BSYNC"},
    {"setp.lt.f32 %p1, %f1, %f2; @%p1 ret;", "EXIT"},
};

TEST(Cubin, NamesWhatPtxasMakes) {
  ACT_SKIP_WITHOUT_PTXAS();
  for (const GpuLevel &level : gpuLevels()) {
    std::vector<std::string> modules = {sampleKernel(level, "")};
    std::vector<const Sample *> tried;
    for (const Sample &sample : samples) {
      if (level.capability < sample.from || level.capability > sample.to)
        continue;
      tried.push_back(&sample);
      modules.push_back(sampleKernel(level, sample.ptx));
    }
    auto kernels = Ptxas::get().assembleAll(modules, level.name);
    ASSERT_TRUE(bool(kernels)) << toString(kernels.takeError());
    const KernelSass &bare = (*kernels)[0].at(0);
    for (auto [i, sample] : llvm::enumerate(tried)) {
      ASSERT_EQ((*kernels)[i + 1].size(), 1u);
      const KernelSass &found = (*kernels)[i + 1][0];
      EXPECT_EQ(found.name, "k");
      EXPECT_EQ(found.count(sample->name) - bare.count(sample->name),
                sample->times)
          << level.name << " " << sample->ptx << "\n"
          << found.text();
      EXPECT_EQ(found.count("MUFU.?"), 0u) << found.text();
    }
  }
}

/// Moves 16 bytes, with other lines in front of the store.
std::string moveOf(const std::string &lines) {
  return R"(.version 7.8
.target sm_90
.address_size 64
.visible .entry k(.param .u64 x, .param .u64 y, .param .u32 n) {
  .reg .b32 %r<9>; .reg .b64 %rd<5>; .reg .pred %p<3>;
  ld.param.u64 %rd1, [x]; ld.param.u64 %rd2, [y]; ld.param.u32 %r5, [n];
  cvta.to.global.u64 %rd1, %rd1; cvta.to.global.u64 %rd2, %rd2;
  ld.global.v4.u32 {%r1, %r2, %r3, %r4}, [%rd1];
)" + lines +
         R"(
  st.global.v4.u32 [%rd2], {%r1, %r2, %r3, %r4};
  ret;
})";
}

TEST(Cubin, WhatAThreadIssuesIsTheShortestWay) {
  ACT_SKIP_WITHOUT_PTXAS();
  const std::string aside = R"(
  setp.eq.u32 %p1, %r5, 0;
  @%p1 bra L;
M:
  ld.volatile.global.u32 %r6, [%rd2];
  ld.volatile.global.u32 %r7, [%rd2];
  mad.lo.u32 %r1, %r6, %r1, %r7;
  ld.volatile.global.u32 %r6, [%rd2];
  ld.volatile.global.u32 %r7, [%rd2];
  mad.lo.u32 %r2, %r6, %r2, %r7;
  sub.u32 %r5, %r5, 1;
  setp.ne.u32 %p2, %r5, 0;
  @%p2 bra M;
L:)";
  auto kernels = Ptxas::get().assembleAll({moveOf(""), moveOf(aside)}, "sm_90");
  ASSERT_TRUE(bool(kernels)) << toString(kernels.takeError());
  const KernelSass &straight = (*kernels)[0].at(0), &both = (*kernels)[1].at(0);
  EXPECT_EQ(straight.issued(1, 1), straight.instructions);
  EXPECT_EQ(straight.issued(2, 1), std::nullopt);
  EXPECT_GE(both.instructions, straight.instructions + 9) << both.text();
  ASSERT_TRUE(both.issued(1, 1)) << both.text();
  EXPECT_GE(*both.issued(1, 1), straight.instructions);
  EXPECT_LE(*both.issued(1, 1), straight.instructions + 6) << both.text();
}

} // namespace
