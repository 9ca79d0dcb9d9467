// RUN: act-opt %s --act-structure | FileCheck %s
// RUN: act-opt %s --act-structure --act-vectorize=width=8 | FileCheck %s --check-prefix=VECTOR
// RUN: act-opt %s --act-structure --act-vectorize=width=16 | FileCheck %s --check-prefix=WIDE

// What is stored is compared: with zero, with the other limits, and by its
// class. A limit of 0 needs no comparison of its own.
// CHECK-LABEL: func.func @counted
// CHECK: llvm.store %[[Y:.*]], %{{.*}} {alignment = 4 : i64} : f32, !llvm.ptr
// CHECK: %[[ZERO:.*]] = arith.cmpf oeq, %[[Y]], %{{.*}} : f32
// CHECK: llvm.store %[[ZERO]], %{{.*}} : i1, !llvm.ptr
// CHECK: %[[CLASS:.*]] = "llvm.intr.is.fpclass"(%[[Y]])
// CHECK: llvm.store %[[CLASS]], %{{.*}} : i1, !llvm.ptr
// CHECK: %[[LIMIT:.*]] = arith.cmpf oeq, %[[Y]], %{{.*}} : f32
// CHECK: llvm.store %[[LIMIT]], %{{.*}} : i1, !llvm.ptr
// CHECK-NOT: i1, !llvm.ptr

// A vector's bits are a byte, or two.
// VECTOR-LABEL: func.func @counted
// VECTOR: %[[BITS:.*]] = llvm.bitcast %{{.*}} : vector<8xi1> to i8
// VECTOR: llvm.store %[[BITS]], %{{.*}} : i8, !llvm.ptr
// WIDE-LABEL: func.func @counted
// WIDE: %[[BITS:.*]] = llvm.bitcast %{{.*}} : vector<16xi1> to i16
// WIDE: llvm.store %[[BITS]], %{{.*}} : i16, !llvm.ptr
// WIDE: llvm.call_intrinsic "llvm.x86.avx512.fpclass.ps.512"
act.func @counted(%x: f32 {act.storage = f32})
    -> (f32 {act.stats = ["0", "6"], act.storage = f32}) {
  %y = arith.negf %x : f32
  act.return %y : f32
}



// Sixteen bits are compared as integers, after they were rounded.
// CHECK-LABEL: func.func @rounded
// CHECK: llvm.store %[[Y:.*]], %{{.*}} {alignment = 2 : i64} : i16, !llvm.ptr
// CHECK: %[[MAGNITUDE:.*]] = arith.andi %[[Y]], %{{.*}} : i16
// CHECK: arith.cmpi eq, %[[MAGNITUDE]], %{{.*}} : i16
// CHECK: arith.cmpi sge, %[[MAGNITUDE]], %{{.*}} : i16
act.func @rounded(%x: f32 {act.storage = bf16})
    -> (f32 {act.stats = [], act.storage = bf16}) {
  %y = arith.negf %x : f32
  act.return %y : f32
}
