// RUN: act-opt %s --act-derive --split-input-file --verify-diagnostics | FileCheck %s
// RUN: act-opt %s --act-derive --act-fuse --split-input-file --verify-diagnostics | FileCheck %s --check-prefix=FUSED

// Operations on tensors build their own backwards, walked in reverse; a value
// that is used twice has the sum of two gradients.

act.func private @product(%a: f64, %b: f64) -> f64 {
  %0 = arith.mulf %a, %b : f64
  act.return %0 : f64
}
func.func @block(%x: tensor<4x7xf32>, %g: tensor<7xf32>) -> tensor<4x7xf32> {
  %0 = act.apply #act.fn<silu>(%x) : (tensor<4x7xf32>) -> tensor<4x7xf32>
  %1 = act.apply @product(%0, %g)
      : (tensor<4x7xf32>, tensor<7xf32>) -> tensor<4x7xf32>
  %2 = act.apply @product(%1, %x)
      : (tensor<4x7xf32>, tensor<4x7xf32>) -> tensor<4x7xf32>
  return %2 : tensor<4x7xf32>
}
act.vjp @bwd of @block
// CHECK-LABEL: func.func @bwd(
// CHECK-SAME: %[[X:.*]]: tensor<4x7xf32>, %[[G:.*]]: tensor<7xf32>, %[[DY:.*]]: tensor<4x7xf32>) -> (tensor<4x7xf32>, tensor<7xf32>)
// CHECK: %[[S:.*]] = act.apply #act.fn<silu>(%[[X]])
// CHECK: %[[P:.*]] = act.apply @product(%[[S]], %[[G]])
// CHECK: %[[D:.*]]:2 = act.apply @product_vjp(%[[P]], %[[X]], %[[DY]])
// CHECK: %[[E:.*]]:2 = act.apply @product_vjp(%[[S]], %[[G]], %[[D]]#0) reduced [1]
// CHECK: %[[DS:.*]] = act.apply @silu_vjp(%[[X]], %[[E]]#0)
// CHECK: %[[DX:.*]] = act.apply @act_sum(%[[D]]#1, %[[DS]])
// CHECK: return %[[DX]], %[[E]]#1

// FUSED-LABEL: act.func @bwd
// FUSED-SAME: -> (f64 {act.storage = f32}, f64 {act.reduce, act.storage = f32})

// -----

// What an argument does not reach has the gradient 0.
func.func @unused(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = act.apply #act.fn<tanh>(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
act.vjp @bwd of @unused
// CHECK-LABEL: func.func @bwd
// CHECK: act.apply @act_zero

// -----

func.func @opaque(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{has no backward; act.vjp of a function on tensors takes operations that build their own}}
  %0 = math.exp %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}
act.vjp @bwd of @opaque

// -----

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = act.apply #act.fn<tanh>(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
// expected-error @+1 {{wrt, order, save and kink are for functions of scalars}}
act.vjp @bwd of @f {order = 1 : i64}
