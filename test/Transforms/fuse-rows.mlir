// RUN: act-opt %s --act-fuse --split-input-file --verify-diagnostics | FileCheck %s

// A function of a row is applied to tensors as others are. What it is fused
// into combines rows along its axis.
act.func private @softmax(%x: f64, %t: f64) -> f64
    attributes {act.axis = 0 : i64} {
  %p = act.softmax probability %x scale %t : f64
  act.return %p : f64
}
// CHECK-LABEL: act.func @fused(
// CHECK-SAME: -> (f64 {act.spread, act.storage = f32}) attributes {act.axis = -2 : i64}
// CHECK-NEXT: %[[S:.*]] = act.apply #act.fn<silu>(%{{.*}}) : (f64) -> f64
// CHECK-NEXT: %[[P:.*]] = act.apply @softmax(%[[S]], %{{.*}}) : (f64, f64) -> f64
// CHECK-NEXT: act.return %[[P]] : f64
func.func @fused(%x: tensor<?x8xbf16>, %t: tensor<f32>) -> tensor<?x8xf32> {
  %0 = act.apply #act.fn<silu>(%x) : (tensor<?x8xbf16>) -> tensor<?x8xbf16>
  %1 = act.apply @softmax(%0, %t)
      : (tensor<?x8xbf16>, tensor<f32>) -> tensor<?x8xf32>
  return %1 : tensor<?x8xf32>
}

// -----

// One function combines rows along one axis.
act.func private @first(%x: f64) -> f64 attributes {act.axis = 0 : i64} {
  %p = act.softmax probability %x : f64
  act.return %p : f64
}
act.func private @last(%x: f64) -> f64 {
  %p = act.softmax probability %x : f64
  act.return %p : f64
}
// CHECK-LABEL: func.func @two
func.func @two(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = act.apply @first(%x) : (tensor<4x8xf32>) -> tensor<4x8xf32>
  // expected-remark @+1 {{is not fused into a kernel: its rows run along axis -1 and others' along -2, counted from the last; split the function between them}}
  %1 = act.apply @last(%0) : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}
