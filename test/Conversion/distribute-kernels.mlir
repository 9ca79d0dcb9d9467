// RUN: act-opt %s --act-distribute | FileCheck %s --check-prefix=ALL
// RUN: act-opt %s --act-distribute="kernels=_4,_4_any,_aside" | FileCheck %s
// RUN: act-opt %s --act-distribute=kernels=none \
// RUN:   | FileCheck %s --check-prefix=NONE

// A function of a row has a kernel for each way its rows may lie.
// ALL:     llvm.func @norm_1(
// ALL:     llvm.func @norm_1_any(
// ALL:     llvm.func @norm_4(
// ALL:     llvm.func @norm_4_any(
// ALL:     llvm.func @norm_loop(
// ALL:     llvm.func @norm_loop_any(
// ALL:     llvm.func @norm_aside(

// Rows of whole chunks have a kernel that loads and stores nothing else.
// CHECK-NOT: llvm.func
// CHECK:     llvm.func @norm_4(
// CHECK-NOT: llvm.load {{.*}} -> f32
// CHECK:     llvm.load {{.*}} {alignment = 16 : i64} {{.*}} -> vector<4xf32>
// CHECK-NOT: llvm.func
// CHECK:     llvm.func @norm_4_any(
// CHECK:     llvm.load {{.*}} {alignment = 16 : i64} {{.*}} -> vector<4xf32>
// CHECK:     llvm.load {{.*}} -> f32
// CHECK-NOT: llvm.func
// CHECK:     llvm.func @norm_aside(
// CHECK-NOT: llvm.func

// NONE:     gpu.module @act
// NONE-NOT: llvm.func
act.func @norm(%x: f32) -> f32 {
  %0 = act.row sum %x : f32
  %1 = arith.mulf %x, %0 : f32
  act.return %1 : f32
}
