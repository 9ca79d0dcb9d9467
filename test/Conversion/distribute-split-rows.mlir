// RUN: act-opt %s --act-distribute=chip=sm_90 --split-input-file | FileCheck %s

// Kernels of whole rows, then one that combines each part and one that brings
// parts together; what they need is said on the module.
// CHECK: gpu.module @act attributes {act.cluster_kernel, act.split_kernels = 2 : i64, act.split_values = 1 : i64}
// CHECK: llvm.func @centred_1(
// CHECK: llvm.func @centred_4(
// CHECK: llvm.func @centred_loop(

// Scratch memory and the first row are the last parameters.
// CHECK: llvm.func @centred_split0({{.*}}, %[[SCRATCH:[^:]*]]: !llvm.ptr<1>, %[[FIRST:[^:]*]]: i32)
// CHECK-SAME: nvvm.maxntid = array<i32: 512>
// CHECK: %[[PART:.*]] = nvvm.read.ptx.sreg.ctaid.x
// CHECK: %[[Y:.*]] = nvvm.read.ptx.sreg.ctaid.y
// CHECK: arith.addi %[[FIRST]], %[[Y]] : i32
// The threads of a block combine theirs; one of them keeps what that is.
// CHECK: nvvm.shfl.sync
// CHECK: nvvm.barrier0
// CHECK: scf.if
// CHECK: llvm.store %{{.*}}, %{{.*}} {alignment = 4 : i64} : f32, !llvm.ptr<1>
// CHECK-NOT: vector<4xf32>, !llvm.ptr
// CHECK: llvm.return

// The next kernel walks the parts, and writes its own one.
// CHECK: llvm.func @centred_split1(
// CHECK: %[[SUM:.*]] = scf.for
// CHECK: llvm.load %{{.*}} {alignment = 4 : i64} : !llvm.ptr<1> -> f32
// CHECK: nvvm.barrier0
// CHECK: llvm.store %{{.*}} {alignment = 16 : i64} : vector<4xf32>, !llvm.ptr<1>
// CHECK: llvm.return
act.func @centred(%x: f32 {act.name = "x", act.storage = f32})
    -> (f32 {act.storage = f32}) attributes {act.axis = -1 : i64} {
  %s = act.row sum %x : f32
  %y = arith.subf %x, %s : f32
  act.return %y : f32
}
act.func private @centred_0(%x: f32 {act.name = "x", act.storage = f32})
    -> (f32 {act.storage = f32})
    attributes {act.axis = -1 : i64, act.split} {
  %s = act.row sum %x : f32
  %y = arith.subf %x, %s : f32
  act.return %y : f32
}

// -----

// Functions without a copy are not split.
// CHECK: gpu.module @act {
// CHECK-NOT: split
act.func @plain(%x: f32 {act.name = "x", act.storage = f32})
    -> (f32 {act.storage = f32}) attributes {act.axis = -1 : i64} {
  %s = act.row sum %x : f32
  %y = arith.subf %x, %s : f32
  act.return %y : f32
}
