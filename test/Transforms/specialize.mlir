// RUN: act-opt %s --act-specialize="function=blend dtype=bf16 runtime=k scalar=1" | FileCheck %s
// RUN: act-opt %s --act-specialize="function=blend" | FileCheck %s --check-prefix=BOUND

// Operands get storage types, the scalar input its mark; a parameter that is
// given at run time stays one, the others are constants.
// CHECK-LABEL: act.func @blend(
// CHECK-SAME: %{{.*}}: f64 {act.storage = bf16}
// CHECK-SAME: %{{.*}}: f64 {act.scalar, act.storage = bf16}
// CHECK-SAME: %[[K:.*]]: f64 {act.default = "2",
// CHECK-SAME: -> (f64 {act.storage = f16})
// CHECK: %[[C:.*]] = act.constant "1/3" : f64
// CHECK: arith.mulf %{{.*}}, %[[K]] : f64
// CHECK: arith.addf %{{.*}}, %[[C]] : f64

// BOUND-LABEL: act.func @blend(
// BOUND-SAME: f64 {act.storage = f32}, %{{[a-z0-9]*}}: f64 {act.storage = f32})
// BOUND-DAG: act.constant "2" : f64
// BOUND-DAG: act.constant "1/3" : f64
act.func @blend(%x: f64, %y: f64, %k: f64 {act.default = "2", act.name = "k"},
                %c: f64 {act.default = "1/3", act.name = "c"})
    -> (f64 {act.storage = f16}) {
  %0 = arith.mulf %x, %k : f64
  %1 = arith.addf %y, %c : f64
  %2 = arith.addf %0, %1 : f64
  act.return %2 : f64
}

// What is not compiled becomes private.
// CHECK-LABEL: act.func private @other
act.func @other(%x: f64) -> f64 {
  act.return %x : f64
}
