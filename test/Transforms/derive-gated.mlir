// RUN: act-opt %s --act-fuse --act-derive | FileCheck %s

act.func private @glu(%g: f64, %u: f64) -> f64 {
  %y = arith.mulf %g, %u : f64
  act.return %y : f64
}
func.func @gate(%x: tensor<4x8xf32> {act.name = "x"}) -> tensor<4x4xf32> {
  %0 = act.gated @glu(%x) layout(#act.layout<interleaved>)
      : (tensor<4x8xf32>) -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}

// The gradients are the parts of one packed array, that of x.
// CHECK-LABEL: act.func @backward(
// CHECK-SAME: %[[G:.*]]: f64 {act.name = "x.gate", act.part = #act.part<gate, array = "x", layout = interleaved>}
// CHECK-SAME: %[[U:.*]]: f64 {act.name = "x.up", act.part = #act.part<up, array = "x", layout = interleaved>}
// CHECK-SAME: %[[D:.*]]: f64 {act.name = "cotangent"}
// CHECK-SAME: -> (f64 {act.name = "x.gate", act.part = #act.part<gate, array = "x", layout = interleaved>
// CHECK-SAME: f64 {act.name = "x.up", act.part = #act.part<up, array = "x", layout = interleaved>
// CHECK-DAG: %[[DG:.*]] = arith.mulf %[[U]], %[[D]]
// CHECK-DAG: %[[DU:.*]] = arith.mulf %[[G]], %[[D]]
// CHECK: act.return %[[DG]], %[[DU]]
act.vjp @backward of @gate

// A backward of the backward has them, too; its other gradient is an array.
// CHECK-LABEL: act.func @twice(
// CHECK-SAME: -> (f64 {act.name = "x.gate", act.part = #act.part<gate
// CHECK-SAME: f64 {act.name = "x.up", act.part = #act.part<up
// CHECK-SAME: f64 {act.name = "cotangent", act.reduce})
act.vjp @twice of @backward
