//===- SimulationTest.cpp - Threads that run alone ------------------------===//

#include "SimulationTestUtil.h"
#include "gmock/gmock.h"
#include <cfenv>
#include <numeric>
#include <thread>

using namespace act;
using namespace act::test;
using testing::HasSubstr;

namespace {

std::vector<float> ramp(size_t count) {
  std::vector<float> values(count);
  std::iota(values.begin(), values.end(), 1.0f);
  return values;
}

/// 8 elements a thread; the last thread of all does the rest one by one.
const std::string vectorCopy = kernel(R"(
  %first = mul i32 %i, 8
  %end = add i32 %first, 8
  %whole = icmp ule i32 %end, %n
  br i1 %whole, label %vector, label %rest
vector:
  %xv = getelementptr float, ptr addrspace(1) %x, i32 %first
  %yv = getelementptr float, ptr addrspace(1) %y, i32 %first
  %v = load <8 x float>, ptr addrspace(1) %xv, align 16
  %v2 = fadd <8 x float> %v, %v
  store <8 x float> %v2, ptr addrspace(1) %yv, align 16
  ret void
rest:
  %at = phi i32 [ %first, %entry ], [ %next, %element ]
  %inside = icmp ult i32 %at, %n
  br i1 %inside, label %element, label %done
element:
  %xe = getelementptr float, ptr addrspace(1) %x, i32 %at
  %ye = getelementptr float, ptr addrspace(1) %y, i32 %at
  %e = load float, ptr addrspace(1) %xe
  %e2 = fadd float %e, %e
  store float %e2, ptr addrspace(1) %ye
  %next = add i32 %at, 1
  br label %rest
done:
  ret void)");

TEST(Simulation, VectorsAndTheRestOfThem) {
  for (int n : {0, 1, 7, 8, 1000, 1001, 1007}) {
    std::vector<float> x = ramp(1008), y(1008, -1);
    ASSERT_EQ(run(vectorCopy, shapeOf(5, 32), {}, x.data(), y.data(), n), "");
    for (int i = 0; i < 1008; ++i)
      ASSERT_EQ(y[i], i < n ? 2 * x[i] : -1) << i << " of " << n;
  }
}

TEST(Simulation, LoopsOverTheGrid) {
  const std::string text = kernel(R"(
  %g = call i32 @llvm.nvvm.read.ptx.sreg.nctaid.x()
  %stride = mul i32 %g, %s
  br label %test
test:
  %at = phi i32 [ %i, %entry ], [ %next, %body ]
  %inside = icmp slt i32 %at, %n
  br i1 %inside, label %body, label %done
body:
  %xa = getelementptr float, ptr addrspace(1) %x, i32 %at
  %ya = getelementptr float, ptr addrspace(1) %y, i32 %at
  %e = load float, ptr addrspace(1) %xa
  store float %e, ptr addrspace(1) %ya
  %next = add i32 %at, %stride
  br label %test
done:
  ret void)");
  std::vector<float> x = ramp(1000), y(1000);
  for (bool reversed : {false, true}) {
    SimulationOptions options;
    options.reversed = reversed;
    ASSERT_EQ(run(text, shapeOf(3, 64), options, x.data(), y.data(), 1000), "");
    EXPECT_EQ(x, y);
  }
}

TEST(Simulation, GridsAndBlocksOfSeveralDimensions) {
  const std::string text = R"(
define ptx_kernel void @k(ptr addrspace(1) %y) {
  %tx = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %ty = call i32 @llvm.nvvm.read.ptx.sreg.tid.y()
  %tz = call i32 @llvm.nvvm.read.ptx.sreg.tid.z()
  %bx = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %by = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.y()
  %nx = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %ny = call i32 @llvm.nvvm.read.ptx.sreg.ntid.y()
  %gx = call i32 @llvm.nvvm.read.ptx.sreg.nctaid.x()
  %n0 = mul i32 %by, %gx
  %n1 = add i32 %n0, %bx
  %n2 = mul i32 %n1, 2
  %n3 = add i32 %n2, %tz
  %n4 = mul i32 %n3, %ny
  %n5 = add i32 %n4, %ty
  %n6 = mul i32 %n5, %nx
  %n7 = add i32 %n6, %tx
  %lane = call i32 @llvm.nvvm.read.ptx.sreg.laneid()
  %p = getelementptr i32, ptr addrspace(1) %y, i32 %n7
  %old = atomicrmw add ptr addrspace(1) %p, i32 %lane monotonic
  ret void
})";
  LaunchShape shape;
  shape.grid[0] = 2;
  shape.grid[1] = 3;
  shape.block[0] = 5;
  shape.block[1] = 4;
  shape.block[2] = 2;
  std::vector<int> y(240, 100);
  ASSERT_EQ(run(text, shape, {}, y.data()), "");
  for (int i = 0; i < 240; ++i)
    ASSERT_EQ(y[i], 100 + i % 40 % 32) << i;
}

TEST(Simulation, ClustersAlongX) {
  const std::string text = kernel(R"(
  %r = call i32 @llvm.nvvm.read.ptx.sreg.cluster.ctarank()
  %c = call i32 @llvm.nvvm.read.ptx.sreg.clusterid.x()
  %size = call i32 @llvm.nvvm.read.ptx.sreg.cluster.nctaid.x()
  %n0 = mul i32 %c, 10
  %n1 = add i32 %n0, %r
  %n2 = mul i32 %size, 100
  %n3 = add i32 %n1, %n2
  store i32 %n3, ptr addrspace(1) %yi
  ret void)",
                                  R"(
declare i32 @llvm.nvvm.read.ptx.sreg.cluster.ctarank()
declare i32 @llvm.nvvm.read.ptx.sreg.clusterid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.cluster.nctaid.x())");
  LaunchShape shape;
  shape.grid[0] = 4;
  shape.cluster = 2;
  std::vector<int> y(4);
  ASSERT_EQ(run(text, shape, {}, y.data(), y.data(), 0), "");
  EXPECT_EQ(y, (std::vector<int>{200, 201, 210, 211}));
  shape.grid[0] = 3;
  EXPECT_THAT(run(text, shape, {}, y.data(), y.data(), 0),
              HasSubstr("clusters of 2 blocks do not divide the 3 blocks"));
}

/// A copy between spaces, as of a structure, and all that AddressSpaces has.
TEST(Simulation, IsCompiledForEveryLevel) {
  const std::string text = kernel(R"(
  %own = alloca [200 x i8], align 4, addrspace(5)
  call void @llvm.memcpy.p5.p1.i64(ptr addrspace(5) %own, ptr addrspace(1) %x,
                                   i64 200, i1 false)
  call void @llvm.memcpy.p3.p5.i64(ptr addrspace(3) @m, ptr addrspace(5) %own,
                                   i64 200, i1 false)
  %generic = addrspacecast ptr addrspace(3) @m to ptr
  %v = atomicrmw fadd ptr %generic, float 1.0 syncscope("device") monotonic
  %g = fadd float %v, %v
  store atomic float %g, ptr addrspace(1) %yi release, align 4
  call void @llvm.nvvm.membar.gl()
  fence syncscope("block") seq_cst
  ret void)",
                                  R"(
@m = internal addrspace(3) global [50 x float] undef, align 16
declare void @llvm.nvvm.membar.gl()
declare void @llvm.memcpy.p5.p1.i64(ptr addrspace(5), ptr addrspace(1), i64, i1)
declare void @llvm.memcpy.p3.p5.i64(ptr addrspace(3), ptr addrspace(5), i64, i1)
)");
  for (const CpuLevel &level : cpuLevels()) {
    auto object = simulatedObject(text, level);
    EXPECT_TRUE(bool(object)) << level.name << toString(object.takeError());
  }
  std::vector<float> x = ramp(50);
  float y = 0;
  ASSERT_EQ(run(text, {}, {}, x.data(), &y, 0), "");
  EXPECT_EQ(y, 2);
}

/// A table in constant memory by way of a generic pointer, and an array of the
/// thread's own.
TEST(Simulation, AddressSpaces) {
  const std::string text =
      kernel(R"(
  %own = alloca [4 x float], align 4, addrspace(5)
  %slot = getelementptr float, ptr addrspace(5) %own, i32 %t
  %one = getelementptr float, ptr getelementptr (float, ptr addrspacecast
      (ptr addrspace(4) @table to ptr), i32 1), i32 %t
  %v = load float, ptr %one
  store float %v, ptr addrspace(5) %slot
  %generic = addrspacecast ptr addrspace(5) %slot to ptr
  %w = load float, ptr %generic
  store float %w, ptr addrspace(1) %yi
  ret void)",
             "@table = internal addrspace(4) constant [5 x float] "
             "[float 0.0, float 2.0, float 4.0, float 8.0, float 16.0]");
  std::vector<float> y(4);
  ASSERT_EQ(run(text, shapeOf(1, 4), {}, y.data(), y.data(), 0), "");
  EXPECT_EQ(y, (std::vector<float>{2, 4, 8, 16}));
}

TEST(Simulation, ParametersOfAllTypes) {
  const std::string text = R"(
define void @k(ptr addrspace(1) %y, i1 %flag, i8 %byte, half %h, double %d,
               ptr byval({i32, float}) align 4 %pair) {
  %int = load i32, ptr %pair
  %second = getelementptr {i32, float}, ptr %pair, i32 0, i32 1
  %float = load float, ptr %second
  %n0 = uitofp i1 %flag to double
  %n1 = sitofp i8 %byte to double
  %n2 = fpext half %h to double
  %n3 = sitofp i32 %int to double
  %n4 = fpext float %float to double
  %n5 = fadd double %n0, %n1
  %n6 = fadd double %n2, %n3
  %n7 = fadd double %n4, %d
  %n8 = fadd double %n5, %n6
  %n9 = fadd double %n7, %n8
  store double %n9, ptr addrspace(1) %y
  ret void
}
!nvvm.annotations = !{!0}
!0 = !{ptr @k, !"maxntidx", i32 32, !"kernel", i32 1})";
  double y = 0;
  struct {
    int i;
    float f;
  } pair = {1000, 0.5f};
  ASSERT_EQ(
      run(text, {}, {}, &y, true, int8_t(-3), uint16_t(0x5640), 20000.0, pair),
      "");
  EXPECT_EQ(y, 1 - 3 + 100 + 1000 + 0.5 + 20000);
}

/// What fptrunc is on a GPU from sm_80 on.
TEST(Simulation, BF16IsRounded) {
  const std::string text = kernel(R"(
  %v = load float, ptr addrspace(1) %xi
  %r = fptrunc float %v to bfloat
  %e = fpext bfloat %r to float
  store float %e, ptr addrspace(1) %yi
  ret void)");
  const std::vector<std::pair<uint32_t, uint32_t>> cases = {
      {0x3f808000, 0x3f800000}, {0x3f818000, 0x3f820000},
      {0x3f808001, 0x3f810000}, {0x7f7fffff, 0x7f800000},
      {0x00008001, 0x00010000}, {0xffc12345, 0x7fff0000}};
  for (auto [x, want] : cases) {
    uint32_t y = 0;
    ASSERT_EQ(run(text, {}, {}, &x, &y, 1), "");
    EXPECT_EQ(y, want) << std::hex << x;
  }
}

TEST(Simulation, CallersEnvironmentIsNotTheKernels) {
  const std::string text = kernel(R"(
  %v = load float, ptr addrspace(1) %xi
  %h = fmul float %v, 0x3FD3333340000000
  store float %h, ptr addrspace(1) %yi
  ret void)");
  float x = 0x1p-126f, y = 0, want = x * 0.3f;
  std::fesetround(FE_UPWARD);
  std::string error = run(text, {}, {}, &x, &y, 1);
  int rounding = std::fegetround();
  std::fesetround(FE_TONEAREST);
  ASSERT_EQ(error, "");
  EXPECT_EQ(rounding, FE_UPWARD);
  EXPECT_EQ(y, want);
}

TEST(Simulation, SeveralHostThreadsRunBlocksAndLaunches) {
  SimulationOptions options;
  options.hostThreads = 3;
  auto module = simulated(vectorCopy, options);
  ASSERT_TRUE(bool(module)) << toString(module.takeError());
  auto kernel = (*module)->kernel("k");
  ASSERT_TRUE(bool(kernel));
  std::vector<float> x = ramp(8 * 32 * 100);
  auto launch = [&](std::vector<float> &y) {
    void *xs = x.data(), *ys = y.data();
    auto n = int(x.size());
    void *parameters[] = {&xs, &ys, &n};
    EXPECT_FALSE(
        bool((*kernel)->launch(shapeOf(100, 32), parameters, nullptr)));
  };
  std::vector<float> y(x.size()), z(x.size());
  std::thread other(launch, std::ref(z));
  launch(y);
  other.join();
  for (size_t i = 0; i < x.size(); ++i)
    ASSERT_TRUE(y[i] == 2 * x[i] && z[i] == 2 * x[i]) << i;
}

} // namespace
