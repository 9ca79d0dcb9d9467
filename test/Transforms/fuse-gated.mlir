// RUN: act-opt %s --act-fuse --split-input-file --verify-diagnostics | FileCheck %s

act.func private @swiglu(%g: f64, %u: f64) -> f64 {
  %s = act.apply #act.fn<silu>(%g) : (f64) -> f64
  %y = arith.mulf %s, %u : f64
  act.return %y : f64
}

// A packed array is two inputs, beside arrays of their own.
// CHECK-LABEL: act.func @packed(
// CHECK-SAME: %[[B:.*]]: f64 {act.storage = bf16},
// CHECK-SAME: %[[G:.*]]: f64 {act.name = "x.gate", act.part = #act.part<gate, array = "x", layout = blocked<2>>, act.storage = f32},
// CHECK-SAME: %[[U:.*]]: f64 {act.name = "x.up", act.part = #act.part<up, array = "x", layout = blocked<2>>, act.storage = f32})
// CHECK-NEXT: %[[Y:.*]] = act.apply @swiglu(%[[G]], %[[U]]) : (f64, f64) -> f64
// CHECK-NEXT: %[[Z:.*]] = act.apply @swiglu(%[[Y]], %[[B]]) : (f64, f64) -> f64
// CHECK-NEXT: act.return %[[Z]] : f64
func.func @packed(%b: tensor<4xbf16>,
                  %x: tensor<3x8xf32> {act.name = "x"}) -> tensor<3x4xf16> {
  %0 = act.gated @swiglu(%x) layout(#act.layout<blocked<2>>)
      : (tensor<3x8xf32>) -> tensor<3x4xf32>
  %1 = act.apply @swiglu(%0, %b)
      : (tensor<3x4xf32>, tensor<4xbf16>) -> tensor<3x4xf16>
  return %1 : tensor<3x4xf16>
}

// With arrays of their own it is an ordinary application.
// CHECK-LABEL: act.func @separate(
// CHECK-SAME: %[[U:.*]]: f64 {act.storage = f32}, %[[G:.*]]: f64 {act.storage = f32})
// CHECK-NEXT: act.apply @swiglu(%[[G]], %[[U]])
func.func @separate(%u: tensor<4xf32>, %g: tensor<4xf32>) -> tensor<4xf32> {
  %0 = act.gated @swiglu(%g, %u) layout(#act.layout<separate>)
      : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// Two packed arrays; the second without a name.
// CHECK-LABEL: act.func @sum(
// CHECK-SAME: array = "arg0"
// CHECK-SAME: array = "arg0"
// CHECK-SAME: array = "arg1"
// CHECK-SAME: array = "arg1"
func.func @sum(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<2xf32> {
  %0 = act.gated @swiglu(%x) layout(#act.layout<up_gate>)
      : (tensor<4xf32>) -> tensor<2xf32>
  %1 = act.gated @swiglu(%y) layout(#act.layout<up_gate>)
      : (tensor<4xf32>) -> tensor<2xf32>
  %2 = act.gated @swiglu(%0, %1) layout(#act.layout<separate>)
      : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %2 : tensor<2xf32>
}

// -----

// What needs the packed array as a whole is left alone, with a reason.
act.func private @f(%g: f64, %u: f64) -> f64 {
  act.return %g : f64
}
// CHECK-LABEL: func.func @computed
func.func @computed(%x: tensor<4xf32>) -> tensor<2xf32> {
  %0 = act.apply #act.fn<silu>(%x) : (tensor<4xf32>) -> tensor<4xf32>
  // expected-remark @+1 {{its packed array must be an argument of the function}}
  %1 = act.gated @f(%0) layout(#act.layout<gate_up>)
      : (tensor<4xf32>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
}
// CHECK-LABEL: func.func @read_twice
func.func @read_twice(%x: tensor<4xf32>) -> (tensor<2xf32>, tensor<4xf32>) {
  // expected-remark @+1 {{its packed array is also read as a whole}}
  %0 = act.gated @f(%x) layout(#act.layout<gate_up>)
      : (tensor<4xf32>) -> tensor<2xf32>
  return %0, %x : tensor<2xf32>, tensor<4xf32>
}
// CHECK-LABEL: func.func @layouts
func.func @layouts(%x: tensor<4xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %0 = act.gated @f(%x) layout(#act.layout<gate_up>)
      : (tensor<4xf32>) -> tensor<2xf32>
  // expected-remark @+1 {{the function reads packed arrays of two layouts}}
  %1 = act.gated @f(%x) layout(#act.layout<up_gate>)
      : (tensor<4xf32>) -> tensor<2xf32>
  return %0, %1 : tensor<2xf32>, tensor<2xf32>
}
