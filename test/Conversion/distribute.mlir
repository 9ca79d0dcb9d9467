// RUN: act-opt %s --act-distribute=chip=sm_90 --split-input-file | FileCheck %s
// RUN: not act-opt %s --act-distribute=chip=sm_1 2>&1 | FileCheck %s --check-prefix=CHIP

// CHIP: error: unknown SM version 'sm_1'; use sm_75, {{.*}}sm_90a

// Pointers of two arrays, a value and a result; columns, rows, whether and how
// threads take chunks; two sizes and their reciprocals; four strides of each.
// CHECK: gpu.module @act
// CHECK: llvm.func @scaled(
// CHECK-SAME: %[[X:[^:]*]]: !llvm.ptr<1> {llvm.noalias, llvm.readonly},
// CHECK-SAME: %[[A:[^:]*]]: !llvm.ptr<1> {llvm.noalias, llvm.readonly},
// CHECK-SAME: %[[Y:[^:]*]]: !llvm.ptr<1> {llvm.noalias, llvm.writeonly},
// CHECK-SAME: %[[COLUMNS:[^:]*]]: i32, %[[ROWS:[^:]*]]: i32, %[[CHUNKED:[^:]*]]: i32,
// CHECK-SAME: %[[SIZE0:[^:]*]]: i32, %[[SIZE1:[^:]*]]: i32,
// CHECK-SAME: %[[RECIPROCAL0:[^:]*]]: i64, %[[RECIPROCAL1:[^:]*]]: i64,
// CHECK-SAME: {{(%[^:]*: i64, ){11}%[^:]*: i64\)}}
// CHECK-SAME: nvvm.kernel
// CHECK-SAME: nvvm.maxntid = array<i32: 256>
// In dense arrays of one row a thread has a chunk at once.
// CHECK: %[[FLAT:.*]] = arith.andi
// CHECK: scf.if %[[FLAT]] -> (vector<8xi16>,
// CHECK: llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<8xi16>
// In others, where its row is, by one dimension or by three,
// CHECK: } else {
// CHECK: nvvm.read.ptx.sreg.tid.y
// CHECK: %[[INSIDE:.*]] = arith.andi
// CHECK: %[[MANY:.*]] = arith.cmpi ult, %[[SIZE0]], %[[ROWS]] : i32
// CHECK: scf.if %[[MANY]]
// CHECK: arith.mului_extended %{{.*}}, %[[RECIPROCAL0]] : i64
// CHECK: arith.mului_extended %{{.*}}, %[[RECIPROCAL1]] : i64
// a chunk at once,
// CHECK: scf.if %[[INSIDE]]
// CHECK: scf.if %{{.*}} -> (vector<8xi16>)
// CHECK: llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<8xi16>
// or what is inside of it, one by one,
// CHECK: } else {
// CHECK-COUNT-8: llvm.load %{{.*}} {alignment = 2 : i64} : !llvm.ptr<1> -> i16
// CHECK: }
// the value once, one body,
// CHECK: llvm.load %[[A]] {alignment = 4 : i64} : !llvm.ptr<1> -> f32
// CHECK: %[[P:.*]] = arith.mulf %{{.*}}, %{{.*}} : vector<8xf32>
// CHECK-NOT: arith.mulf
// CHECK: act.nv round_bf16
// and the results the same ways.
// CHECK: scf.if %[[FLAT]]
// CHECK: llvm.store %{{.*}} {alignment = 16 : i64} : vector<8xi16>, !llvm.ptr<1>
// CHECK: } else {
// CHECK: llvm.store %{{.*}} {alignment = 16 : i64} : vector<8xi16>, !llvm.ptr<1>
// CHECK: } else {
// CHECK-COUNT-8: llvm.store %{{.*}} {alignment = 2 : i64} : i16, !llvm.ptr<1>
// CHECK-NOT: llvm.store
// CHECK: llvm.return
// CHECK-NOT: act.func
act.func @scaled(%x: f32 {act.storage = bf16, act.name = "x"},
                 %a: f32 {act.storage = f32, act.scalar, act.name = "a"})
    -> (f32 {act.storage = bf16}) {
  %y = arith.mulf %x, %a : f32
  act.return %y : f32
}
