// RUN: act-opt %s --act-stabilize-linalg 2>/dev/null | FileCheck %s
// RUN: act-opt %s --act-stabilize-linalg 2>&1 >/dev/null \
// RUN:   | FileCheck %s --check-prefix=REMARK

// REMARK-COUNT-5: remark: exp(x) / sum(exp(x)) is a softmax
// REMARK: remark: log(sum(exp(x))) is computed with the largest element subtracted
// REMARK-COUNT-1: remark: exp(x) / sum(exp(x)) is a softmax
// REMARK-NOT: remark:

#all = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
#column = affine_map<(i, j) -> (j)>
#kept = affine_map<(i, j) -> (i, 0)>

// CHECK-LABEL: func.func @naive
func.func @naive(%x: tensor<4x?xf32>, %out: tensor<4x?xf32>)
    -> tensor<4x?xf32> {
  // CHECK: %[[LEAST:.*]] = arith.constant 0xFF800000 : f32
  // CHECK: %[[INIT:.*]] = linalg.fill ins(%[[LEAST]]
  // CHECK: %[[MOST:.*]] = linalg.generic {{.*}}"reduction"{{.*}} ins(%arg0{{.*}} outs(%[[INIT]]
  // CHECK: arith.maximumf
  // CHECK: %[[E:.*]] = linalg.generic {{.*}} ins(%arg0, %[[MOST]]
  // CHECK: arith.subf
  // CHECK: math.exp
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
  // CHECK: %[[E:.*]] = linalg.generic {{.*}} ins(%arg0, %
  // CHECK: math.exp
  // CHECK: %[[PLAIN:.*]] = linalg.exp ins(%arg0
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

// By way of a tensor that gets the axis back.
// CHECK-LABEL: func.func @expanded
func.func @expanded(%x: tensor<4x?xf32>, %out: tensor<4x?xf32>)
    -> tensor<4x?xf32> {
  // CHECK: %[[E:.*]] = linalg.generic {{.*}} ins(%arg0, %
  // CHECK: math.exp
  // CHECK: %[[SUM:.*]] = linalg.reduce { arith.addf } ins(%[[E]]
  // CHECK: %[[WIDE:.*]] = tensor.expand_shape %[[SUM]] {{\[\[}}0, 1]]
  // CHECK: linalg.generic {{.*}} ins(%[[E]], %[[WIDE]]
  %zero = arith.constant 0.0 : f32
  %e = linalg.exp ins(%x : tensor<4x?xf32>) outs(%out : tensor<4x?xf32>)
      -> tensor<4x?xf32>
  %empty = tensor.empty() : tensor<4xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<4xf32>)
      -> tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%e : tensor<4x?xf32>)
      outs(%init : tensor<4xf32>) dimensions = [1]
  %w = tensor.expand_shape %s [[0, 1]] output_shape [4, 1]
      : tensor<4xf32> into tensor<4x1xf32>
  %y = linalg.generic {indexing_maps = [#all, #kept, #all],
                       iterator_types = ["parallel", "parallel"]}
      ins(%e, %w : tensor<4x?xf32>, tensor<4x1xf32>)
      outs(%out : tensor<4x?xf32>) {
    ^bb0(%a: f32, %b: f32, %c: f32):
      %q = arith.divf %a, %b : f32
      linalg.yield %q : f32
  } -> tensor<4x?xf32>
  return %y : tensor<4x?xf32>
}

// A bias and a factor in the exponential's own operation, the sum with its axis
// kept and its reciprocal apart. The difference is formed before the factor is
// applied.
// CHECK-LABEL: func.func @fused
func.func @fused(%x: tensor<4x?xf32>, %b: tensor<?xf32>, %out: tensor<4x?xf32>)
    -> tensor<4x?xf32> {
  // CHECK: %[[X:.*]] = linalg.generic {{.*}} ins(%arg0, %arg1
  // CHECK: arith.addf
  // CHECK-NOT: arith.mulf
  // CHECK: %[[MOST:.*]] = linalg.generic {{.*}}"reduction"{{.*}} ins(%[[X]]
  // CHECK: %[[E:.*]] = linalg.generic {{.*}} ins(%[[X]], %[[MOST]]
  // CHECK: %[[D:.*]] = arith.subf
  // CHECK: %[[C:.*]] = arith.constant 1.250000e-01
  // CHECK: arith.mulf %[[D]], %[[C]]
  // CHECK: math.exp
  // CHECK: linalg.generic {{.*}}"reduction"{{.*}} ins(%[[E]]
  // CHECK: arith.divf
  // CHECK: linalg.generic {{.*}} ins(%[[E]],
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %c = arith.constant 0.125 : f32
  %e = linalg.generic {indexing_maps = [#all, #column, #all],
                       iterator_types = ["parallel", "parallel"]}
      ins(%x, %b : tensor<4x?xf32>, tensor<?xf32>)
      outs(%out : tensor<4x?xf32>) {
    ^bb0(%u: f32, %v: f32, %o: f32):
      %sum = arith.addf %u, %v : f32
      %z = arith.mulf %sum, %c : f32
      %q = math.exp %z : f32
      linalg.yield %q : f32
  } -> tensor<4x?xf32>
  %empty = tensor.empty() : tensor<4x1xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<4x1xf32>)
      -> tensor<4x1xf32>
  %s = linalg.generic {indexing_maps = [#all, #kept],
                       iterator_types = ["parallel", "reduction"]}
      ins(%e : tensor<4x?xf32>) outs(%init : tensor<4x1xf32>) {
    ^bb0(%u: f32, %o: f32):
      %q = arith.addf %o, %u : f32
      linalg.yield %q : f32
  } -> tensor<4x1xf32>
  %r = linalg.generic {indexing_maps = [#all, #all],
                       iterator_types = ["parallel", "parallel"]}
      ins(%s : tensor<4x1xf32>) outs(%empty : tensor<4x1xf32>) {
    ^bb0(%u: f32, %o: f32):
      %q = arith.divf %one, %u : f32
      linalg.yield %q : f32
  } -> tensor<4x1xf32>
  %y = linalg.generic {indexing_maps = [#all, #kept, #all],
                       iterator_types = ["parallel", "parallel"]}
      ins(%e, %r : tensor<4x?xf32>, tensor<4x1xf32>)
      outs(%out : tensor<4x?xf32>) {
    ^bb0(%u: f32, %v: f32, %o: f32):
      %q = arith.mulf %u, %v : f32
      linalg.yield %q : f32
  } -> tensor<4x?xf32>
  return %y : tensor<4x?xf32>
}

// The logarithm of a quotient is a difference, and that of a sum has the
// largest element added.
// CHECK-LABEL: func.func @logarithms
func.func @logarithms(%x: tensor<4x8xf32>, %out: tensor<4x8xf32>,
                      %rows: tensor<4xf32>)
    -> (tensor<4x8xf32>, tensor<4xf32>) {
  // CHECK: arith.maximumf
  // CHECK: %[[MOST:.*]] = linalg.generic
  // CHECK: arith.select
  // CHECK: %[[SUM:.*]] = linalg.reduce { arith.addf }
  // CHECK-NOT: linalg.div
  // CHECK: %[[LOG:.*]] = linalg.generic {{.*}} ins(%arg0, %[[MOST]],
  // CHECK: %[[D:.*]] = arith.subf
  // CHECK: %[[L:.*]] = math.log
  // CHECK: arith.subf %[[D]], %[[L]]
  // CHECK: %[[LSE:.*]] = linalg.generic {{.*}} ins(%[[SUM]], %[[MOST]]
  // CHECK: math.log
  // CHECK: arith.addf
  // CHECK: return %[[LOG]], %[[LSE]]
  %zero = arith.constant 0.0 : f32
  %e = linalg.exp ins(%x : tensor<4x8xf32>) outs(%out : tensor<4x8xf32>)
      -> tensor<4x8xf32>
  %init = linalg.fill ins(%zero : f32) outs(%rows : tensor<4xf32>)
      -> tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%e : tensor<4x8xf32>)
      outs(%init : tensor<4xf32>) dimensions = [1]
  %b = linalg.broadcast ins(%s : tensor<4xf32>) outs(%out : tensor<4x8xf32>)
      dimensions = [1]
  %y = linalg.div ins(%e, %b : tensor<4x8xf32>, tensor<4x8xf32>)
      outs(%out : tensor<4x8xf32>) -> tensor<4x8xf32>
  %l = linalg.log ins(%y : tensor<4x8xf32>) outs(%out : tensor<4x8xf32>)
      -> tensor<4x8xf32>
  %lse = linalg.log ins(%s : tensor<4xf32>) outs(%rows : tensor<4xf32>)
      -> tensor<4xf32>
  return %l, %lse : tensor<4x8xf32>, tensor<4xf32>
}

// Exponentials that a mask leaves out, and a product with a matrix that is
// divided last.
// CHECK-LABEL: func.func @attention
func.func @attention(%x: tensor<4x8xf32>, %m: tensor<4x8xi1>,
                     %v: tensor<8x3xf32>, %out: tensor<4x8xf32>,
                     %wide: tensor<4x3xf32>, %rows: tensor<4xf32>)
    -> tensor<4x3xf32> {
  // CHECK: %[[X:.*]] = linalg.generic {{.*}} ins(%arg1, %arg0 :
  // CHECK: %[[NONE:.*]] = arith.constant 0xFF800000
  // CHECK: arith.select %{{.*}}, %{{.*}}, %[[NONE]]
  // CHECK: %[[MOST:.*]] = linalg.generic {{.*}}"reduction"{{.*}} ins(%[[X]]
  // CHECK: %[[E:.*]] = linalg.generic {{.*}} ins(%[[X]], %[[MOST]]
  // CHECK: %[[SUM:.*]] = linalg.reduce { arith.addf } ins(%[[E]]
  // CHECK: %[[PRODUCT:.*]] = linalg.matmul ins(%[[E]], %arg2
  // CHECK: linalg.generic {{.*}} ins(%[[PRODUCT]], %[[SUM]]
  %zero = arith.constant 0.0 : f32
  %e = linalg.exp ins(%x : tensor<4x8xf32>) outs(%out : tensor<4x8xf32>)
      -> tensor<4x8xf32>
  %t = linalg.generic {indexing_maps = [#all, #all, #all],
                       iterator_types = ["parallel", "parallel"]}
      ins(%m, %e : tensor<4x8xi1>, tensor<4x8xf32>)
      outs(%out : tensor<4x8xf32>) {
    ^bb0(%c: i1, %u: f32, %o: f32):
      %q = arith.select %c, %u, %zero : f32
      linalg.yield %q : f32
  } -> tensor<4x8xf32>
  %init = linalg.fill ins(%zero : f32) outs(%rows : tensor<4xf32>)
      -> tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%t : tensor<4x8xf32>)
      outs(%init : tensor<4xf32>) dimensions = [1]
  %none = linalg.fill ins(%zero : f32) outs(%wide : tensor<4x3xf32>)
      -> tensor<4x3xf32>
  %pv = linalg.matmul ins(%t, %v : tensor<4x8xf32>, tensor<8x3xf32>)
      outs(%none : tensor<4x3xf32>) -> tensor<4x3xf32>
  %y = linalg.generic {indexing_maps = [#all, #row, #all],
                       iterator_types = ["parallel", "parallel"]}
      ins(%pv, %s : tensor<4x3xf32>, tensor<4xf32>)
      outs(%wide : tensor<4x3xf32>) {
    ^bb0(%u: f32, %w: f32, %o: f32):
      %q = arith.divf %u, %w : f32
      linalg.yield %q : f32
  } -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

// Sums of rows under elements of columns, whose factors differ.
// CHECK-LABEL: func.func @transposed
// CHECK-NOT: arith.maximumf
func.func @transposed(%x: tensor<8x8xf32>, %out: tensor<8x8xf32>,
                      %rows: tensor<8xf32>) -> tensor<8x8xf32> {
  %zero = arith.constant 0.0 : f32
  %e = linalg.exp ins(%x : tensor<8x8xf32>) outs(%out : tensor<8x8xf32>)
      -> tensor<8x8xf32>
  %init = linalg.fill ins(%zero : f32) outs(%rows : tensor<8xf32>)
      -> tensor<8xf32>
  %s = linalg.reduce { arith.addf } ins(%e : tensor<8x8xf32>)
      outs(%init : tensor<8xf32>) dimensions = [1]
  %y = linalg.generic {indexing_maps = [#all, #column, #all],
                       iterator_types = ["parallel", "parallel"]}
      ins(%e, %s : tensor<8x8xf32>, tensor<8xf32>)
      outs(%out : tensor<8x8xf32>) {
    ^bb0(%u: f32, %v: f32, %o: f32):
      %q = arith.divf %u, %v : f32
      linalg.yield %q : f32
  } -> tensor<8x8xf32>
  return %y : tensor<8x8xf32>
}

// CHECK-LABEL: func.func @stable
// CHECK-COUNT-1: arith.maximumf
// CHECK-NOT: arith.maximumf
func.func @stable(%x: tensor<4x8xf32>, %out: tensor<4x8xf32>,
                  %rows: tensor<4xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %least = arith.constant 0xFF800000 : f32
  %first = linalg.fill ins(%least : f32) outs(%rows : tensor<4xf32>)
      -> tensor<4xf32>
  %most = linalg.reduce { arith.maximumf } ins(%x : tensor<4x8xf32>)
      outs(%first : tensor<4xf32>) dimensions = [1]
  %e = linalg.generic {indexing_maps = [#all, #row, #all],
                       iterator_types = ["parallel", "parallel"]}
      ins(%x, %most : tensor<4x8xf32>, tensor<4xf32>)
      outs(%out : tensor<4x8xf32>) {
    ^bb0(%u: f32, %v: f32, %o: f32):
      %q = arith.subf %u, %v : f32
      %r = math.exp %q : f32
      linalg.yield %r : f32
  } -> tensor<4x8xf32>
  %init = linalg.fill ins(%zero : f32) outs(%rows : tensor<4xf32>)
      -> tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%e : tensor<4x8xf32>)
      outs(%init : tensor<4xf32>) dimensions = [1]
  %y = linalg.generic {indexing_maps = [#all, #row, #all],
                       iterator_types = ["parallel", "parallel"]}
      ins(%e, %s : tensor<4x8xf32>, tensor<4xf32>)
      outs(%out : tensor<4x8xf32>) {
    ^bb0(%u: f32, %v: f32, %o: f32):
      %q = arith.divf %u, %v : f32
      linalg.yield %q : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// Sums that begin with something.
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
