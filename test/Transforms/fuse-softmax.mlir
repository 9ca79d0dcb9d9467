// RUN: act-opt %s --act-fuse --split-input-file --verify-diagnostics | FileCheck %s

// act.softmax on tensors is written into the function of what is around it.
// CHECK-LABEL: act.func @between(
// CHECK-SAME: %{{.*}}: f64 {act.storage = bf16}, %[[S:.*]]: f64 {act.storage = f32, act.uniform}) -> (f64 {act.spread, act.storage = f32}) attributes {act.axis = -1 : i64}
// CHECK-NEXT: %[[A:.*]] = act.apply #act.fn<silu>(%{{.*}}) : (f64) -> f64
// CHECK-NEXT: %[[C:.*]] = act.constant "1/8" : f64
// CHECK-NEXT: %[[P:.*]] = act.softmax probability %[[A]] scale %[[C]] sink %[[S]] : f64
// CHECK-NEXT: %[[R:.*]] = act.apply #act.fn<tanh>(%[[P]]) : (f64) -> f64
// CHECK-NEXT: act.return %[[R]] : f64
func.func @between(%x: tensor<?x8xbf16>, %s: tensor<?x1xf32>)
    -> tensor<?x8xf32> {
  %0 = act.apply #act.fn<silu>(%x) : (tensor<?x8xbf16>) -> tensor<?x8xbf16>
  %1 = act.softmax probability %0 scale "1/8" sink %s
      : (tensor<?x8xbf16>, tensor<?x1xf32>) -> tensor<?x8xf32>
  %2 = act.apply #act.fn<tanh>(%1) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %2 : tensor<?x8xf32>
}

// -----

// A mask of truth values is an input of numbers, and positions are inputs that
// nobody passes. The axis is counted from the last.
// CHECK-LABEL: act.func @masked(
// CHECK-SAME: %[[X:.*]]: f64 {act.storage = f16}, %[[M:.*]]: f64 {act.storage = f16}, %[[K:.*]]: f64 {act.name = "position(-2)", act.position = -2 : i64}, %[[Q:.*]]: f64 {act.name = "position(-3)", act.position = -3 : i64}
// CHECK-SAME: attributes {act.axis = -2 : i64}
// CHECK: %[[N:.*]] = arith.cmpf une, %[[M]]
// CHECK-NEXT: %[[C:.*]] = arith.cmpf ole, %[[K]], %[[Q]]
// CHECK-NEXT: %[[A:.*]] = arith.andi %[[C]], %[[N]]
// CHECK-NEXT: act.softmax log %[[X]] mask %[[A]] {empty = "zero"} : f64
func.func @masked(%x: tensor<4x?x8xf16>, %m: tensor<4x?x8xi1>)
    -> tensor<4x?x8xf16> {
  %0 = act.softmax log %x mask %m {axis = 1, causal, empty = "zero"}
      : tensor<4x?x8xf16>
  return %0 : tensor<4x?x8xf16>
}

// -----

// A sum of one value for each row is stored so.
// CHECK-LABEL: act.func @sums
// CHECK-SAME: -> (f64 {act.storage = f32}, f64 {act.spread, act.storage = f32})
func.func @sums(%x: tensor<4x8xf32>) -> (tensor<4x1xf32>, tensor<4x8xf32>) {
  %0 = act.softmax sum %x : (tensor<4x8xf32>) -> tensor<4x1xf32>
  %1 = act.softmax sum %x : tensor<4x8xf32>
  return %0, %1 : tensor<4x1xf32>, tensor<4x8xf32>
}

// -----

// A temperature that is given must be positive; one that is computed divides.
// CHECK-LABEL: act.func @tempered
// CHECK-SAME: %[[T:[^ ]*]]: f64 {act.range = "> 0", act.storage = f32, act.uniform}
// CHECK: %[[I:.*]] = arith.divf %{{.*}}, %[[T]] : f64
// CHECK-NEXT: %[[P:.*]] = act.softmax probability %{{.*}} scale %[[I]] : f64
// CHECK-NEXT: %[[E:.*]] = act.apply #act.fn<tanh>(%[[T]]) : (f64) -> f64
// CHECK-NEXT: %[[D:.*]] = arith.divf %[[P]], %[[E]] : f64
// CHECK-NEXT: act.softmax probability %[[D]] : f64
func.func @tempered(%x: tensor<?xf32>, %t: tensor<f32>) -> tensor<?xf32> {
  %0 = act.softmax probability %x temperature %t
      : (tensor<?xf32>, tensor<f32>) -> tensor<?xf32>
  %1 = act.apply #act.fn<tanh>(%t) : (tensor<f32>) -> tensor<f32>
  %2 = act.softmax probability %0 temperature %1
      : (tensor<?xf32>, tensor<f32>) -> tensor<?xf32>
  return %2 : tensor<?xf32>
}

// -----

// One function combines rows along one axis.
// CHECK-LABEL: func.func @two
func.func @two(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = act.softmax probability %x {axis = 0} : tensor<4x8xf32>
  // expected-remark @+1 {{is not fused into a kernel: its rows run along axis -1 and others' along -2, counted from the last; split the function between them}}
  %1 = act.softmax probability %0 : tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}

// -----

// What reads truth values otherwise is left alone.
// CHECK-LABEL: func.func @truths
func.func @truths(%x: tensor<4xf32>, %m: tensor<4xi1>) -> tensor<4xf32> {
  %0 = act.softmax probability %x mask %m : tensor<4xf32>
  %1 = arith.select %m, %0, %x : tensor<4xi1>, tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// A function whose input is a position is applied without it.
// CHECK-LABEL: act.func @applied
// CHECK-SAME: %[[X:.*]]: f64 {act.storage = f32}, %[[P:.*]]: f64 {act.name = "position(-1)", act.position = -1 : i64})
// CHECK: act.apply @causal(%[[P]], %[[X]])
act.func private @causal(%p: f64 {act.position = 1 : i64}, %x: f64) -> f64
    attributes {act.axis = 1 : i64} {
  %0 = arith.mulf %x, %p : f64
  %1 = act.row sum %0 : f64
  act.return %1 : f64
}
func.func @applied(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = act.apply @causal(%x) : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}
