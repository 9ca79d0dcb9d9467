//===- PtxTestUtil.h - Small kernels of PTX ---------------------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_PTXTESTUTIL_H
#define ACT_TEST_UNIT_PTXTESTUTIL_H

#include "act/Target/Gpu.h"
#include <algorithm>
#include <string>

namespace act::test {

/// A kernel "k" of PTX: each thread has %f1-%f3 and %h3 of its own from memory,
/// and stores %f1 after the body.
inline std::string sampleKernel(const GpuLevel &level, const std::string &body,
                                const std::string &attributes = "") {
  std::string version = std::to_string(std::max(level.ptxVersion, 70u));
  version.insert(1, ".");
  return ".version " + version + "\n.target " + level.name +
         "\n.address_size 64\n"
         ".visible .entry k(.param .u64 x, .param .u64 y) " +
         attributes + R"({
  .shared .align 16 .b8 s[256];
  .reg .b64 %rd<9>; .reg .f32 %f<9>; .reg .b32 %r<9>; .reg .b16 %h<9>;
  .reg .f64 %d<9>; .reg .pred %p<4>;
  ld.param.u64 %rd1, [x];
  ld.param.u64 %rd2, [y];
  mov.u32 %r0, %tid.x;
  mul.wide.u32 %rd3, %r0, 256;
  add.s64 %rd1, %rd1, %rd3;
  add.s64 %rd2, %rd2, %rd3;
  ld.volatile.global.f32 %f1, [%rd1];
  ld.volatile.global.f32 %f2, [%rd1+4];
  ld.volatile.global.f32 %f3, [%rd1+8];
  ld.volatile.global.u16 %h3, [%rd1+12];
  )" + body +
         "\n  st.global.f32 [%rd2], %f1;\n  ret;\n}\n";
}

} // namespace act::test

#endif // ACT_TEST_UNIT_PTXTESTUTIL_H
