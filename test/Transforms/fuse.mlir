// RUN: act-opt %s --act-fuse --split-input-file | FileCheck %s

// A chain on tensors is one function of scalars; types become storage types.
// CHECK-LABEL: act.func @swiglu(
// CHECK-SAME: %[[G:.*]]: f64 {act.storage = f32}, %[[U:.*]]: f64 {act.storage = bf16})
// CHECK-SAME: -> (f64 {act.storage = bf16})
// CHECK-NEXT: %[[S:.*]] = act.apply #act.fn<silu>(%[[G]]) : (f64) -> f64
// CHECK-NEXT: %[[P:.*]] = act.apply @product(%[[S]], %[[U]]) : (f64, f64) -> f64
// CHECK-NEXT: act.return %[[P]] : f64
// CHECK-NOT: func.func
func.func @swiglu(%g: tensor<4xf32>, %u: tensor<4xbf16>) -> tensor<4xbf16> {
  %0 = act.apply #act.fn<silu>(%g) : (tensor<4xf32>) -> tensor<4xf32>
  %1 = act.apply @product(%0, %u)
      : (tensor<4xf32>, tensor<4xbf16>) -> tensor<4xbf16>
  return %1 : tensor<4xbf16>
}
act.func private @product(%a: f64, %b: f64) -> f64 {
  %0 = arith.mulf %a, %b : f64
  act.return %0 : f64
}

// -----

// Values that are used twice, and several results, are kept; so are
// parameters and visibility.
// CHECK-LABEL: act.func private @both(
// CHECK: %[[Y:.*]] = act.apply #act.fn<leaky_relu, slope = 0.2>(%{{.*}})
// CHECK: %[[Z:.*]] = act.apply #act.fn<tanh>(%[[Y]])
// CHECK: act.return %[[Y]], %[[Z]] : f64, f64
func.func private @both(%x: tensor<?xf16>) -> (tensor<?xf16>, tensor<?xf16>) {
  %0 = act.apply #act.fn<leaky_relu, slope = 0.2>(%x)
      : (tensor<?xf16>) -> tensor<?xf16>
  %1 = act.apply #act.fn<tanh>(%0) : (tensor<?xf16>) -> tensor<?xf16>
  return %0, %1 : tensor<?xf16>, tensor<?xf16>
}

// -----

// What is no chain is left alone: another operation, an operand that is no
// tensor, and a function without a body.
// CHECK-LABEL: func.func @other
// CHECK: arith.addf
func.func @other(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = act.apply #act.fn<silu>(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %1 = arith.addf %0, %x : tensor<4xf32>
  return %1 : tensor<4xf32>
}

// CHECK-LABEL: func.func @vector
func.func @vector(%x: vector<4xf32>) -> vector<4xf32> {
  %0 = act.apply #act.fn<silu>(%x) : (vector<4xf32>) -> vector<4xf32>
  return %0 : vector<4xf32>
}

// CHECK-LABEL: func.func private @declared
func.func private @declared(tensor<4xf32>) -> tensor<4xf32>

// -----

// So is a function that is called.
// CHECK-LABEL: func.func private @called
func.func private @called(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = act.apply #act.fn<silu>(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @caller(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = func.call @called(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
