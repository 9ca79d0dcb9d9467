// RUN: act-opt %s --act-structure | FileCheck %s
// RUN: act-opt %s --act-structure --act-vectorize=width=8 | FileCheck %s --check-prefix=VECTOR
// RUN: act-opt %s --act-structure --act-vectorize=width=16 | FileCheck %s --check-prefix=WIDE

// What is stored is compared as an integer: without its sign with zero, and
// with the other limits. A limit of 0 needs no comparison of its own. Only if
// the largest magnitude is infinite or more a second loop looks for those.
// CHECK-LABEL: func.func @counted
// CHECK: %[[LARGEST:.*]] = scf.for
// CHECK: llvm.store %[[Y:.*]], %{{.*}} {alignment = 4 : i64} : f32, !llvm.ptr
// CHECK: %[[BITS:.*]] = arith.bitcast %[[Y]] : f32 to i32
// CHECK: %[[MAGNITUDE:.*]] = arith.andi %[[BITS]], %{{.*}} : i32
// CHECK: %[[ZERO:.*]] = arith.cmpi eq, %[[MAGNITUDE]], %{{.*}} : i32
// CHECK: llvm.store %[[ZERO]], %{{.*}} : i1, !llvm.ptr
// CHECK: %[[LIMIT:.*]] = arith.cmpi eq, %[[BITS]], %{{.*}} : i32
// CHECK: llvm.store %[[LIMIT]], %{{.*}} : i1, !llvm.ptr
// CHECK-NOT: i1, !llvm.ptr
// CHECK: arith.maxui
// CHECK: %[[ANY:.*]] = arith.cmpi uge, %[[LARGEST]], %{{.*}} : i32
// CHECK: scf.if %[[ANY]]
// CHECK: scf.for
// CHECK: arith.cmpi sge, %{{.*}} : i32
// CHECK: llvm.store %{{.*}} : i1, !llvm.ptr

// A vector's bits are a byte, or two. The lanes of what the loop carries are
// combined behind it.
// VECTOR-LABEL: func.func @counted
// VECTOR: %[[BITS:.*]] = llvm.bitcast %{{.*}} : vector<8xi1> to i8
// VECTOR: llvm.store %[[BITS]], %{{.*}} : i8, !llvm.ptr
// VECTOR: vector.reduction <maxui>, %{{.*}} : vector<8xi32> into i32
// WIDE-LABEL: func.func @counted
// WIDE: %[[BITS:.*]] = llvm.bitcast %{{.*}} : vector<16xi1> to i16
// WIDE: llvm.store %[[BITS]], %{{.*}} : i16, !llvm.ptr
act.func @counted(%x: f32 {act.storage = f32})
    -> (f32 {act.stats = ["0", "6"], act.storage = f32}) {
  %y = arith.negf %x : f32
  act.return %y : f32
}


// Limits of both signs are one comparison.
// CHECK-LABEL: func.func @odd
// CHECK: %[[MAGNITUDE:.*]] = arith.andi
// CHECK: %[[LIMIT:.*]] = arith.cmpi eq, %[[MAGNITUDE]], %c1065353216
// CHECK-NEXT: %{{.*}} = llvm.getelementptr
// CHECK-NEXT: llvm.store %[[LIMIT]], %{{.*}} : i1, !llvm.ptr
act.func @odd(%x: f32 {act.storage = f32})
    -> (f32 {act.stats = ["-1", "1"], act.storage = f32}) {
  %y = arith.negf %x : f32
  act.return %y : f32
}

// Sixteen bits are compared as integers, after they were rounded.
// CHECK-LABEL: func.func @rounded
// CHECK: llvm.store %[[Y:.*]], %{{.*}} {alignment = 2 : i64} : i16, !llvm.ptr
// CHECK: %[[MAGNITUDE:.*]] = arith.andi %[[Y]], %{{.*}} : i16
// CHECK: arith.cmpi eq, %[[MAGNITUDE]], %{{.*}} : i16
// CHECK: arith.maxui %{{.*}}, %{{.*}} : i16
// CHECK: arith.cmpi sge, %{{.*}}, %{{.*}} : i16
act.func @rounded(%x: f32 {act.storage = bf16})
    -> (f32 {act.stats = [], act.storage = bf16}) {
  %y = arith.negf %x : f32
  act.return %y : f32
}
