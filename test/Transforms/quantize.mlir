// RUN: act-opt %s --split-input-file --act-fuse | FileCheck %s --check-prefix=FUSE
// RUN: act-opt %s --split-input-file --act-fuse -verify-diagnostics -o /dev/null
// RUN: act-opt %s --split-input-file --act-quantize | FileCheck %s

// FUSE-LABEL: act.func @row(
// FUSE-SAME: -> (f64 {act.quantize = #act.quantization<e4m3, row>, act.storage = bf16}) attributes {act.axis = -1 : i64}
// FUSE: %[[Y:.*]] = act.apply #act.fn<silu>
// FUSE: act.return %[[Y]]
func.func @row(%x: tensor<4x256xbf16>)
    -> (tensor<4x256xf8E4M3FN>, tensor<4x1xf32>) {
  %y = act.apply #act.fn<silu>(%x)
      : (tensor<4x256xbf16>) -> tensor<4x256xbf16>
  %q, %s = act.quantize %y by(#act.quantization<e4m3, row>)
      : tensor<4x256xbf16> -> tensor<4x256xf8E4M3FN>, tensor<4x1xf32>
  return %q, %s : tensor<4x256xf8E4M3FN>, tensor<4x1xf32>
}

// -----

// FUSE-LABEL: func.func @scales_alone(
func.func @scales_alone(%x: tensor<4x256xbf16>) -> tensor<4x1xf32> {
  // expected-remark @+1 {{is not fused into a kernel: the function must return its results and nothing else}}
  %q, %s = act.quantize %x by(#act.quantization<e4m3, row>)
      : tensor<4x256xbf16> -> tensor<4x256xf8E4M3FN>, tensor<4x1xf32>
  return %s : tensor<4x1xf32>
}

// -----

// CHECK-LABEL: act.func @given(
// CHECK-SAME: -> (f32 {act.storage = i8})
// CHECK: %[[C:.*]] = arith.constant 4.000000e+00 : f32
// CHECK: %[[Q:.*]] = arith.mulf %{{.*}}, %[[C]] : f32
// CHECK: act.return %[[Q]] : f32
act.func @given(%x: f32) -> (f32 {act.quantize = #act.quantization<int8, "0.25">}) {
  act.return %x : f32
}

// -----

// CHECK-LABEL: act.func @computed(
// CHECK-SAME: -> (f32 {act.spread, act.storage = f8E5M2}, f32 {act.name = "scale", act.storage = f32})
// CHECK: %[[A:.*]] = math.absf %[[Y:.*]] : f32
// CHECK: act.row maxnum %[[A]] : f32
// CHECK: arith.select
// CHECK: %[[S:.*]] = arith.select
// CHECK: %[[I:.*]] = arith.divf %{{.*}}, %[[S]] : f32
// CHECK: %[[Q:.*]] = arith.mulf %[[Y]], %[[I]] : f32
// CHECK: act.return %[[Q]], %[[S]] : f32, f32
act.func @computed(%x: f32) -> (f32 {act.quantize = #act.quantization<e5m2, row>}) {
  act.return %x : f32
}
