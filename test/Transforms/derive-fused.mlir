// RUN: act-opt %s --act-fuse --act-derive | FileCheck %s

// What act-fuse makes of a function on tensors has a Jacobian-vector product.
// Inputs without a name have numbers; a mask changes nothing by a little.
// CHECK: act.func @fwd(
// CHECK-SAME: %[[TX:[^:]*]]: f64 {act.name = "tangent_0"}, %{{[^:]*}}: f64 {act.name = "tangent_1"})
// CHECK: %[[P:.*]] = act.softmax probability
// CHECK: %[[PT:.*]] = arith.mulf %[[TX]], %[[P]] : f64
// CHECK-NEXT: %[[N:.*]] = arith.negf %[[PT]]
// CHECK-NEXT: %[[S:.*]] = arith.select %{{.*}}, %[[N]]
// CHECK-NEXT: act.row sum %[[S]]
func.func @masked(%x: tensor<4x7xf32>, %m: tensor<7xi1>) -> tensor<4x7xf32> {
  %0 = act.softmax probability %x mask %m
      : (tensor<4x7xf32>, tensor<7xi1>) -> tensor<4x7xf32>
  return %0 : tensor<4x7xf32>
}
act.jvp @fwd of @masked
