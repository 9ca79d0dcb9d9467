// RUN: act-opt %s --act-derive --split-input-file --verify-diagnostics | FileCheck %s
// RUN: act-opt %s --act-fuse --act-derive --split-input-file | FileCheck %s --check-prefix=FUSED

// The backward of act.softmax on tensors is that of a function it is written
// as; a mask and positions have no gradient.
// CHECK: act.func private @softmax_probability_vjp(
// CHECK: act.func private @softmax_probability(
// CHECK-SAME: %{{.*}}: f64 {act.name = "x"}, %{{.*}}: f64 {act.name = "bias"}, %{{.*}}: f64 {act.name = "mask"}, %{{.*}}: f64 {act.name = "position(-1)", act.position = -1 : i64}, %{{.*}}: f64 {act.name = "position(-2)", act.position = -2 : i64})
// CHECK-LABEL: func.func @bwd(
// CHECK-SAME: %[[X:.*]]: tensor<4x7xf32>, %[[B:.*]]: tensor<7xf32>, %[[M:.*]]: tensor<4x7xi1>, %[[DY:.*]]: tensor<4x7xf32>) -> (tensor<4x7xf32>, tensor<7xf32>)
// CHECK: %[[S:.*]] = act.apply #act.fn<silu>(%[[X]])
// CHECK: %[[N:.*]] = arith.uitofp %[[M]] : tensor<4x7xi1> to tensor<4x7xf32>
// CHECK: %[[D:.*]]:3 = act.apply @softmax_probability_vjp(%[[S]], %[[B]], %[[N]], %[[DY]]) reduced [1]
// CHECK: %[[DX:.*]] = act.apply @silu_vjp(%[[X]], %[[D]]#0)
// CHECK: return %[[DX]], %[[D]]#1

// FUSED-LABEL: act.func @bwd(
// FUSED-SAME: act.position = -1 : i64
// FUSED-SAME: act.position = -2 : i64
// FUSED-SAME: -> (f64 {act.reduce}, f64 {act.reduce}, f64 {act.reduce})
// FUSED: act.softmax probability
func.func @block(%x: tensor<4x7xf32>, %b: tensor<7xf32>, %m: tensor<4x7xi1>)
    -> tensor<4x7xf32> {
  %0 = act.apply #act.fn<silu>(%x) : (tensor<4x7xf32>) -> tensor<4x7xf32>
  %1 = act.softmax probability %0 bias %b mask %m {causal}
      : (tensor<4x7xf32>, tensor<7xf32>, tensor<4x7xi1>) -> tensor<4x7xf32>
  return %1 : tensor<4x7xf32>
}
act.vjp @bwd of @block

// -----

// Equal operations share one function.
// CHECK: act.func private @softmax_log_0_vjp(
// CHECK: act.func private @softmax_log_0(
// CHECK: act.func private @softmax_log_vjp(
// CHECK: act.func private @softmax_log(
// CHECK-NOT: act.func
// CHECK: func.func @twice(
func.func @twice(%x: tensor<?x7xf32>) -> tensor<?x7xf32> {
  %0 = act.softmax log %x : tensor<?x7xf32>
  %1 = act.softmax log %0 : tensor<?x7xf32>
  %2 = act.softmax log %1 scale "2" : tensor<?x7xf32>
  return %2 : tensor<?x7xf32>
}
act.vjp @bwd of @twice

// -----

// A sum of one value for each row has a cotangent of one; a sum that is stored
// for each element has one of each, which are added up.
// CHECK: act.func private @softmax_sum_0_vjp(
// CHECK-SAME: %{{[^:]*}}: f64 {act.name = "x"}, %[[C:[^:]*]]: f64 {act.name = "cotangent"})
// CHECK: act.row sum %[[C]]
// CHECK: act.func private @softmax_sum_0(%{{.*}}) -> (f64 {act.spread})
// CHECK: act.func private @softmax_sum_vjp(
// CHECK-SAME: %{{.*}}: f64 {act.name = "cotangent", act.uniform})
// CHECK-NOT: act.row
// CHECK: act.func private @softmax_sum(%{{.*}}) -> f64
func.func @sums(%x: tensor<4x7xf32>) -> (tensor<4x7xf32>, tensor<4x1xf32>) {
  %0 = act.softmax sum %x : tensor<4x7xf32>
  %1 = act.softmax sum %x : (tensor<4x7xf32>) -> tensor<4x1xf32>
  return %0, %1 : tensor<4x7xf32>, tensor<4x1xf32>
}
act.vjp @bwd of @sums

// -----

// So has what any function of a row gives to all elements.
// CHECK: act.func private @total_spread_vjp(
// CHECK-SAME: %{{[^:]*}}: f64 {act.name = "x"}, %[[C:[^:]*]]: f64 {act.name = "cotangent"})
// CHECK: act.row sum %[[C]]
// CHECK: func.func @bwd(
// CHECK: act.apply @total_spread_vjp(
act.func private @total(%x: f64 {act.name = "x"}) -> f64 {
  %s = act.row sum %x : f64
  act.return %s : f64
}
func.func @totals(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = act.apply @total(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
act.vjp @bwd of @totals
