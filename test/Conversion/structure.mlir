// RUN: act-opt %s --act-structure | FileCheck %s
// RUN: act-opt %s --act-structure --act-vectorize=width=8 | FileCheck %s --check-prefix=VECTOR

// A bf16 input travels as i16; an input that is one value is loaded once.
// CHECK-LABEL: func.func @scaled(%{{.*}}: !llvm.ptr)
// CHECK: %[[A:.*]] = llvm.load %{{.*}} {alignment = 4 : i64} : !llvm.ptr -> f32
// CHECK: scf.for
// CHECK: llvm.load %{{.*}} {alignment = 2 : i64} : !llvm.ptr -> i16
// CHECK: arith.shli
// CHECK: arith.mulf %{{.*}}, %[[A]] : f32
// CHECK: llvm.store %{{.*}} {alignment = 2 : i64} : i16, !llvm.ptr
// CHECK-NOT: act.func

// VECTOR-LABEL: func.func @scaled
// VECTOR: vector.splat %{{.*}} : vector<8xf32>
// VECTOR: scf.for
// VECTOR: llvm.load %{{.*}} : !llvm.ptr -> vector<8xi16>
// VECTOR: arith.mulf %{{.*}}, %{{.*}} : vector<8xf32>
// VECTOR: llvm.store %{{.*}} : vector<8xi16>, !llvm.ptr
act.func @scaled(%x: f32 {act.storage = bf16},
                 %a: f32 {act.storage = f32, act.scalar})
    -> (f32 {act.storage = bf16}) {
  %y = arith.mulf %x, %a : f32
  act.return %y : f32
}
