// RUN: act-opt %s --act-distribute=chip=sm_90 | FileCheck %s

// What a block counts is in shared memory; counts are an operand behind the
// result, and two more numbers say how often a thread loops and what channels
// are.
// CHECK: gpu.module @act
// CHECK: llvm.mlir.global internal @counts0() {addr_space = 3 : i32{{.*}}} : !llvm.array<768 x i32>
// CHECK: llvm.func @counting(
// CHECK-SAME: !llvm.ptr<1> {llvm.noalias, llvm.readonly},
// CHECK-SAME: !llvm.ptr<1> {llvm.noalias, llvm.writeonly},
// CHECK-SAME: %[[COUNTS:[^:]*]]: !llvm.ptr<1> {llvm.noalias}, %[[COLUMNS:[^:]*]]: i32, %[[ROWS:[^:]*]]: i32, %{{[^:]*}}: i32,
// CHECK-SAME: %{{[^:]*}}: i32, %{{[^:]*}}: i32, %{{[^:]*}}: i64, %{{[^:]*}}: i64,
// CHECK-SAME: %[[STEPS:[^:]*]]: i32, %[[OF:[^:]*]]: i32,
// CHECK: nvvm.barrier0
// A thread's numbers of its elements,
// CHECK: scf.for %{{.*}} to %[[STEPS]] {{.*}} -> (vector<8xi32>)
// of +0 and -0, infinities and NaN, and a limit of both signs,
// CHECK: act.nv round_bf16
// CHECK: %[[Z:.*]] = arith.cmpi eq, %{{.*}} : vector<8xi16>
// CHECK: arith.select %[[Z]], %{{.*}} : vector<8xi1>, vector<8xi32>
// CHECK: %[[N:.*]] = arith.cmpi sge, %{{.*}} : vector<8xi16>
// CHECK: arith.select %[[N]]
// CHECK: %[[L:.*]] = arith.cmpi eq, %{{.*}} : vector<8xi16>
// CHECK: arith.select %[[L]]
// which go to memory where neither rows nor columns are channels,
// CHECK: llvm.atomicrmw add %{{.*}} monotonic : !llvm.ptr<1>, i64
// and else to the block, which adds them then.
// CHECK: llvm.atomicrmw add %{{.*}} monotonic : !llvm.ptr<3>, i32
// CHECK: nvvm.barrier0
// CHECK: llvm.load %{{.*}} : !llvm.ptr<3> -> i32
// CHECK: llvm.atomicrmw add %{{.*}} monotonic : !llvm.ptr<1>, i64

// CHECK: llvm.func @counting_clear(%{{.*}}: !llvm.ptr<1>, %{{.*}}: i64)
// CHECK-COUNT-4: llvm.store
act.func @counting(%x: f32 {act.storage = bf16})
    -> (f32 {act.storage = bf16, act.stats = ["-1", "1"]}) {
  act.return %x : f32
}
