// RUN: act-opt %s | act-opt | FileCheck %s
// RUN: act-opt %s --canonicalize | FileCheck %s --check-prefix=DEAD

// CHECK-LABEL: func.func @one_type
func.func @one_type(%x: tensor<4x?xf32>, %m: tensor<4x?xi1>)
    -> tensor<4x?xf32> {
  // CHECK: act.softmax probability %{{.*}} : tensor<4x?xf32>
  %0 = act.softmax probability %x {empty = "nan"} : tensor<4x?xf32>
  // CHECK-NEXT: act.softmax log %{{.*}} scale "1/8" bias %{{.*}} mask %{{.*}} {axis = 0 : i64} : tensor<4x?xf32>
  %1 = act.softmax log %0 scale "1/8" bias %x mask %m {axis = 0}
      : tensor<4x?xf32>
  return %1 : tensor<4x?xf32>
}

// CHECK-LABEL: func.func @types
func.func @types(%x: tensor<2x4x?xbf16>, %m: tensor<4x?xf32>,
                 %t: tensor<f32>, %s: tensor<2x4x1xf32>)
    -> tensor<2x4x?xf32> {
  // CHECK: act.softmax probability %{{.*}} softcap "30" temperature %{{.*}} mask %{{.*}} sink %{{.*}} causal_offset "2" {causal, empty = "zero"} : (tensor<2x4x?xbf16>, tensor<f32>, tensor<4x?xf32>, tensor<2x4x1xf32>) -> tensor<2x4x?xf32>
  %0 = act.softmax probability %x softcap "30" temperature %t mask %m sink %s
      causal_offset "2" {causal, empty = "zero"}
      : (tensor<2x4x?xbf16>, tensor<f32>, tensor<4x?xf32>, tensor<2x4x1xf32>)
        -> tensor<2x4x?xf32>
  return %0 : tensor<2x4x?xf32>
}

// `sum` may have one value for a row, or one for each element.
// CHECK-LABEL: func.func @sums
func.func @sums(%x: tensor<?x?xf32>) -> (tensor<?x1xf32>, tensor<?x?xf32>) {
  // CHECK: act.softmax sum %{{.*}} : (tensor<?x?xf32>) -> tensor<?x1xf32>
  %0 = act.softmax sum %x : (tensor<?x?xf32>) -> tensor<?x1xf32>
  // CHECK-NEXT: act.softmax sum %{{.*}} : tensor<?x?xf32>
  %1 = act.softmax sum %x : tensor<?x?xf32>
  return %0, %1 : tensor<?x1xf32>, tensor<?x?xf32>
}

// Without effects: what nobody reads is gone, and it moves freely.
// DEAD-LABEL: func.func @dead
// DEAD-NEXT: return
func.func @dead(%x: tensor<4xf32>) {
  %0 = act.softmax probability %x : tensor<4xf32>
  return
}
