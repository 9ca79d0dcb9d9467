// RUN: act-opt %s --act-structure | FileCheck %s
// RUN: act-opt %s --act-structure=recompute=true | FileCheck %s --check-prefix=TWICE
// RUN: act-opt %s --act-structure=rows-in-lanes=true --act-vectorize=width=8 | FileCheck %s --check-prefix=LANES

// A loop over the blocks with a loop for the largest and one for the sum, which
// stores results of the row before where they go around the caches; loops over
// what blocks have left; and else a loop over the blocks again.
// CHECK-LABEL: func.func @softmax
// CHECK-SAME: {act.block_scratch = 3 : i64, act.scratch = 1 : i64}
// CHECK: scf.for {{.*}} iter_args(%[[BEFORE:.*]] = %{{.*}}) -> (f32)
// CHECK: scf.for
// CHECK: arith.minsi
// CHECK: %[[B:.*]] = scf.for
// CHECK: {act.row = ["maxnum"]}
// CHECK: %[[S:.*]] = scf.if
// CHECK: %[[F:.*]] = llvm.load
// CHECK: %[[G:.*]] = arith.mulf %[[F]], %[[BEFORE]]
// CHECK: scf.for
// CHECK: arith.mulf %{{.*}}, %[[G]] : f32
// CHECK: arith.subf %{{.*}}, %[[B]] : f32
// CHECK: llvm.intr.prefetch
// CHECK: {act.row = ["sum"], act.stream}
// CHECK: arith.subf %{{.*}}, %[[B]] : f32
// CHECK: llvm.intr.prefetch
// CHECK: {act.row = ["sum"]}
// CHECK: llvm.store %[[B]]
// CHECK: llvm.store %[[S]]
// CHECK: {act.row = ["maxnum"]}
// CHECK: arith.subf
// CHECK: llvm.store
// CHECK: {act.row = ["sum"]}
// CHECK: %[[R:.*]] = arith.divf
// CHECK: scf.if
// CHECK-NEXT: } else {
// CHECK: scf.for
// CHECK: %[[G:.*]] = arith.mulf %{{.*}}, %[[R]]
// CHECK: scf.for
// CHECK: arith.mulf %{{.*}}, %[[G]] : f32
// CHECK: {act.row = []}
// CHECK: scf.yield %[[R]]

// Without scratch memory for elements, the row is read again.
// TWICE: {act.block_scratch = 3 : i64, act.scratch = 0 : i64}
// TWICE-COUNT-6: {act.row
// TWICE-NOT: {act.row

// Each lane has its own blocks.
// LANES-LABEL: func.func @softmax
// LANES: llvm.store %{{.*}} : vector<8xf32>
// LANES-NOT: act.row
act.func @softmax(%x: f32 {act.storage = f32})
    -> (f32 {act.storage = f32}) {
  %one = arith.constant 1.0 : f32
  %b = act.row maxnum %x {scope = "block"} : f32
  %m = act.row maxnum %b {scope = "blocks"} : f32
  %d = arith.subf %x, %b : f32
  %d2 = arith.mulf %d, %d : f32
  %d4 = arith.mulf %d2, %d2 : f32
  %d8 = arith.mulf %d4, %d4 : f32
  %d16 = arith.mulf %d8, %d8 : f32
  %d32 = arith.mulf %d16, %d16 : f32
  %e = arith.mulf %d32, %d32 : f32
  %l = arith.subf %b, %m : f32
  %l2 = arith.mulf %l, %l : f32
  %l4 = arith.mulf %l2, %l2 : f32
  %l8 = arith.mulf %l4, %l4 : f32
  %l16 = arith.mulf %l8, %l8 : f32
  %l32 = arith.mulf %l16, %l16 : f32
  %f = arith.mulf %l32, %l32 : f32
  %s = act.row sum %e {scope = "block"} : f32
  %t = arith.mulf %s, %f : f32
  %r = act.row sum %t {scope = "blocks"} : f32
  %i = arith.divf %one, %r : f32
  %g = arith.mulf %f, %i : f32
  %p = arith.mulf %e, %g : f32
  act.return %p : f32
}
