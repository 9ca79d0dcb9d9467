// RUN: act-opt %s --act-distribute="chip=sm_90 kernels=_cluster" | FileCheck %s
// RUN: act-opt %s --act-distribute="chip=sm_90a kernels=_split0" \
// RUN:   | FileCheck %s --check-prefix=OTHER
// RUN: act-opt %s --act-distribute=chip=sm_89 | FileCheck %s --check-prefix=OLD

// Blocks of a cluster read the row once, into shared memory that the launch
// gives.
// CHECK: gpu.module @act attributes {act.cluster_kernel,
// CHECK: llvm.mlir.global external @of_cluster() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<0 x i8>
// CHECK: llvm.func @centred_cluster(
// CHECK-SAME: nvvm.maxntid = array<i32: 512>, nvvm.minctasm = 2 : i32
// CHECK: nvvm.cluster.arrive {aligned}
// CHECK: %[[RANK:.*]] = nvvm.read.ptx.sreg.cluster.ctarank
// CHECK: %[[BLOCKS:.*]] = nvvm.read.ptx.sreg.cluster.nctarank
// CHECK: nvvm.read.ptx.sreg.clusterid.x
// CHECK: scf.for
// CHECK-COUNT-4: !llvm.ptr<1> -> vector<4xf32>
// CHECK-COUNT-4: : vector<4xf32>, !llvm.ptr<3>
// CHECK-NOT: !llvm.ptr<1> ->

// Once all have started each of them gives the others what it combines of its
// parts.
// CHECK: nvvm.cluster.wait {aligned}
// CHECK: scf.for
// CHECK: llvm.load {{.*}} : !llvm.ptr<3> -> vector<4xf32>
// CHECK: nvvm.shfl.sync
// CHECK: nvvm.barrier0
// CHECK: scf.for
// CHECK: nvvm.shfl.sync
// CHECK: arith.cmpi ult, %{{.*}}, %[[BLOCKS]]
// CHECK: llvm.call_intrinsic "llvm.nvvm.mapa"
// CHECK: llvm.store {{.*}} : f32, !llvm.ptr
// CHECK: nvvm.cluster.arrive {aligned}
// CHECK-NEXT: nvvm.cluster.wait {aligned}

// Then they bring all parts together, and write their own ones. Nobody has to
// do with another's memory any more, and so they may end.
// CHECK-NOT: mapa
// CHECK: llvm.load {{.*}} : !llvm.ptr<3> -> vector<4xf32>
// CHECK: : vector<4xf32>, !llvm.ptr<1>
// CHECK-NOT: cluster
// CHECK: llvm.return

// OTHER: act.cluster_kernel
// OTHER-NOT: of_cluster
// OTHER-NOT: nvvm.cluster

// OLD-NOT: cluster
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
