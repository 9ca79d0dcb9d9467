// RUN: act-opt %s | act-opt | FileCheck %s
// RUN: act-opt %s --emit-bytecode | act-opt | FileCheck %s

// CHECK-LABEL: func.func @all(
func.func @all(%y: tensor<4x200xbf16>, %any: tensor<?x?xf32>) {
  // CHECK: act.quantize %{{.*}} by(#act.quantization<e4m3, "0.5">) : tensor<4x200xbf16> -> tensor<4x200xf8E4M3FN>
  %0 = act.quantize %y by(#act.quantization<e4m3, "0.5">)
      : tensor<4x200xbf16> -> tensor<4x200xf8E4M3FN>
  // CHECK: act.quantize %{{.*}} by(#act.quantization<e5m2, row>) : tensor<4x200xbf16> -> tensor<4x200xf8E5M2>, tensor<4x1xf32>
  %1, %s1 = act.quantize %y by(#act.quantization<e5m2, row>)
      : tensor<4x200xbf16> -> tensor<4x200xf8E5M2>, tensor<4x1xf32>
  // CHECK: act.quantize %{{.*}} by(#act.quantization<int8, block>) : tensor<4x200xbf16> -> tensor<4x200xi8>, tensor<4x2xf32>
  %2, %s2 = act.quantize %y by(#act.quantization<int8, block>)
      : tensor<4x200xbf16> -> tensor<4x200xi8>, tensor<4x2xf32>
  // CHECK: tensor<?x?xf32> -> tensor<?x?xi8>, tensor<?x?xf32>
  %3, %s3 = act.quantize %any by(#act.quantization<int8, block>)
      : tensor<?x?xf32> -> tensor<?x?xi8>, tensor<?x?xf32>
  return
}

// CHECK-LABEL: act.func @marked(
// CHECK-SAME: act.quantize = #act.quantization<int8, "1/3">
act.func @marked(%x: f64) -> (f64 {act.quantize = #act.quantization<int8, "1/3">}) {
  act.return %x : f64
}
