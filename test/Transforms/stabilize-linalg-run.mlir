// Naive softmax, its logarithm and that of the sum, run with upstream's passes:
// NaN of logits of 1000 as it is written, right when it is stable.
//
// DEFINE: %{lower} = --one-shot-bufferize --convert-linalg-to-loops \
// DEFINE:   --convert-scf-to-cf --convert-math-to-llvm --expand-strided-metadata \
// DEFINE:   --lower-affine --finalize-memref-to-llvm --convert-func-to-llvm \
// DEFINE:   --convert-arith-to-llvm --convert-cf-to-llvm \
// DEFINE:   --reconcile-unrealized-casts
//
// RUN: mlir-opt %s %{lower} | mlir-cpu-runner -e main -entry-point-result=f32 \
// RUN:   | FileCheck %s --check-prefix=NAIVE
// RUN: act-opt %s --act-stabilize-linalg | mlir-opt %{lower} \
// RUN:   | mlir-cpu-runner -e main -entry-point-result=f32 | FileCheck %s

// 1 / (1 + exp(-1)), its logarithm and -1000 + log(2 + exp(-1)).
// NAIVE: nan
// CHECK: -9.98720{{[0-9]*}}e+02
func.func @main() -> f32 {
  %x = arith.constant dense<[[1000.0, 1001.0, 2.0], [-1000.0, -1001.0, -1000.0]]>
      : tensor<2x3xf32>
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %out = tensor.empty() : tensor<2x3xf32>
  %rows = tensor.empty() : tensor<2xf32>
  %e = linalg.exp ins(%x : tensor<2x3xf32>) outs(%out : tensor<2x3xf32>)
      -> tensor<2x3xf32>
  %init = linalg.fill ins(%zero : f32) outs(%rows : tensor<2xf32>)
      -> tensor<2xf32>
  %s = linalg.reduce { arith.addf } ins(%e : tensor<2x3xf32>)
      outs(%init : tensor<2xf32>) dimensions = [1]
  %b = linalg.broadcast ins(%s : tensor<2xf32>) outs(%out : tensor<2x3xf32>)
      dimensions = [1]
  %y = linalg.div ins(%e, %b : tensor<2x3xf32>, tensor<2x3xf32>)
      outs(%out : tensor<2x3xf32>) -> tensor<2x3xf32>
  %l = linalg.log ins(%y : tensor<2x3xf32>)
      outs(%out : tensor<2x3xf32>) -> tensor<2x3xf32>
  %ls = linalg.log ins(%s : tensor<2xf32>) outs(%rows : tensor<2xf32>)
      -> tensor<2xf32>
  %p = tensor.extract %y[%c0, %c1] : tensor<2x3xf32>
  %lp = tensor.extract %l[%c0, %c1] : tensor<2x3xf32>
  %lse = tensor.extract %ls[%c1] : tensor<2xf32>
  %r0 = arith.addf %p, %lp : f32
  %r = arith.addf %r0, %lse : f32
  return %r : f32
}
