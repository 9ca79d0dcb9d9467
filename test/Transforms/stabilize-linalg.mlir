// RUN: act-opt %s --act-stabilize-linalg 2>/dev/null | FileCheck %s
// RUN: act-opt %s --act-stabilize-linalg 2>&1 >/dev/null \
// RUN:   | FileCheck %s --check-prefix=REMARK

// REMARK-COUNT-2: remark: exp(x) / sum(exp(x)) is a softmax
// REMARK-NOT: remark:

#all = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>

// CHECK-LABEL: func.func @naive
func.func @naive(%x: tensor<4x?xf32>, %out: tensor<4x?xf32>)
    -> tensor<4x?xf32> {
  // CHECK: %[[LEAST:.*]] = arith.constant 0xFF800000 : f32
  // CHECK: %[[INIT:.*]] = linalg.fill ins(%[[LEAST]]
  // CHECK: %[[MOST:.*]] = linalg.generic {{.*}}"reduction"{{.*}} ins(%arg0{{.*}} outs(%[[INIT]]
  // CHECK: arith.maximumf
  // CHECK: %[[BELOW:.*]] = linalg.generic {{.*}} ins(%arg0, %[[MOST]]
  // CHECK: arith.subf
  // CHECK: %[[E:.*]] = linalg.exp ins(%[[BELOW]]
  // CHECK: %[[SUM:.*]] = linalg.reduce { arith.addf } ins(%[[E]]
  // CHECK: linalg.generic {{.*}} ins(%[[E]], %[[SUM]]
  // CHECK: arith.divf
  %zero = arith.constant 0.0 : f32
  %e = linalg.exp ins(%x : tensor<4x?xf32>) outs(%out : tensor<4x?xf32>)
      -> tensor<4x?xf32>
  %empty = tensor.empty() : tensor<4xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<4xf32>)
      -> tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%e : tensor<4x?xf32>)
      outs(%init : tensor<4xf32>) dimensions = [1]
  %y = linalg.generic {indexing_maps = [#all, #row, #all],
                       iterator_types = ["parallel", "parallel"]}
      ins(%e, %s : tensor<4x?xf32>, tensor<4xf32>)
      outs(%out : tensor<4x?xf32>) {
    ^bb0(%a: f32, %b: f32, %c: f32):
      %q = arith.divf %a, %b : f32
      linalg.yield %q : f32
  } -> tensor<4x?xf32>
  return %y : tensor<4x?xf32>
}

// By way of a broadcast, along the first dimension; the exponential that is a
// result of its own stays.
// CHECK-LABEL: func.func @broadcast
func.func @broadcast(%x: tensor<4x8xf32>, %out: tensor<4x8xf32>)
    -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  // CHECK-DAG: %[[PLAIN:.*]] = linalg.exp ins(%arg0
  // CHECK-DAG: %[[E:.*]] = linalg.exp ins(%{{[0-9]+}}
  // CHECK: linalg.div ins(%[[E]],
  // CHECK: return %{{.*}}, %[[PLAIN]]
  %zero = arith.constant 0.0 : f32
  %e = linalg.exp ins(%x : tensor<4x8xf32>) outs(%out : tensor<4x8xf32>)
      -> tensor<4x8xf32>
  %empty = tensor.empty() : tensor<8xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<8xf32>)
      -> tensor<8xf32>
  %s = linalg.reduce { arith.addf } ins(%e : tensor<4x8xf32>)
      outs(%init : tensor<8xf32>) dimensions = [0]
  %b = linalg.broadcast ins(%s : tensor<8xf32>) outs(%out : tensor<4x8xf32>)
      dimensions = [0]
  %y = linalg.div ins(%e, %b : tensor<4x8xf32>, tensor<4x8xf32>)
      outs(%out : tensor<4x8xf32>) -> tensor<4x8xf32>
  return %y, %e : tensor<4x8xf32>, tensor<4x8xf32>
}

// Sums that begin with something, and what is stable already.
// CHECK-LABEL: func.func @others
// CHECK-NOT: arith.maximumf
func.func @others(%x: tensor<4x8xf32>, %out: tensor<4x8xf32>,
                  %init: tensor<4xf32>) -> tensor<4x8xf32> {
  %e = linalg.exp ins(%x : tensor<4x8xf32>) outs(%out : tensor<4x8xf32>)
      -> tensor<4x8xf32>
  %s = linalg.reduce { arith.addf } ins(%e : tensor<4x8xf32>)
      outs(%init : tensor<4xf32>) dimensions = [1]
  %b = linalg.broadcast ins(%s : tensor<4xf32>) outs(%out : tensor<4x8xf32>)
      dimensions = [1]
  %y = linalg.div ins(%e, %b : tensor<4x8xf32>, tensor<4x8xf32>)
      outs(%out : tensor<4x8xf32>) -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}
