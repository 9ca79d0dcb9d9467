// RUN: act-opt %s | act-opt | FileCheck %s
// RUN: act-opt %s --emit-bytecode | act-opt | FileCheck %s

act.func private @swiglu(%g: f64, %u: f64, %limit: f64 {act.default = "7", act.name = "limit"}) -> f64 {
  %s = act.apply #act.fn<silu>(%g) : (f64) -> f64
  %c = arith.minimumf %s, %limit : f64
  %y = arith.mulf %c, %u : f64
  act.return %y : f64
}

// CHECK-LABEL: func.func @packed(
func.func @packed(%x: tensor<4x512xf32>, %any: tensor<?x?x?xbf16>) {
  // CHECK-NEXT: act.gated @swiglu(%{{.*}}) layout(#act.layout<gate_up>) : (tensor<4x512xf32>) -> tensor<4x256xf32>
  %0 = act.gated @swiglu(%x) layout(#act.layout<gate_up>)
      : (tensor<4x512xf32>) -> tensor<4x256xf32>
  // CHECK-NEXT: layout(#act.layout<up_gate>) : (tensor<4x512xf32>) -> tensor<4x256xbf16>
  %1 = act.gated @swiglu(%x) layout(#act.layout<up_gate>)
      : (tensor<4x512xf32>) -> tensor<4x256xbf16>
  // CHECK-NEXT: layout(#act.layout<blocked<64>>) : (tensor<4x512xf32>)
  %2 = act.gated @swiglu(%x) layout(#act.layout<blocked<64>>)
      : (tensor<4x512xf32>) -> tensor<4x256xf32>
  // CHECK-NEXT: layout(#act.layout<interleaved>) : (tensor<?x?x?xbf16>) -> tensor<?x?x?xbf16>
  %3 = act.gated @swiglu(%any) layout(#act.layout<interleaved>)
      : (tensor<?x?x?xbf16>) -> tensor<?x?x?xbf16>
  return
}

// CHECK-LABEL: func.func @separate(
func.func @separate(%g: tensor<2x?xf16>, %u: tensor<?x3xf16>,
                    %limit: tensor<2x1xf32>) -> tensor<2x3xf16> {
  // CHECK-NEXT: act.gated @swiglu(%{{.*}}, %{{.*}}, %{{.*}}) layout(#act.layout<separate>) params ["limit"] : (tensor<2x?xf16>, tensor<?x3xf16>, tensor<2x1xf32>) -> tensor<2x3xf16>
  %0 = act.gated @swiglu(%g, %u, %limit)
      layout(#act.layout<separate>) params ["limit"]
      : (tensor<2x?xf16>, tensor<?x3xf16>, tensor<2x1xf32>) -> tensor<2x3xf16>
  return %0 : tensor<2x3xf16>
}

// CHECK-LABEL: func.func @memrefs(
func.func @memrefs(%x: memref<8x6xf32>, %y: memref<8x3xbf16>) {
  // CHECK-NEXT: act.gated @swiglu(%{{.*}}) layout(#act.layout<interleaved>) outs(%{{.*}} : memref<8x3xbf16>) : (memref<8x6xf32>) -> ()
  act.gated @swiglu(%x) layout(#act.layout<interleaved>)
      outs(%y : memref<8x3xbf16>) : (memref<8x6xf32>) -> ()
  return
}

// CHECK-LABEL: act.func @parts(
// CHECK-SAME: act.part = #act.part<gate, array = "x", layout = blocked<8>>
// CHECK-SAME: act.part = #act.part<up, array = "x", layout = blocked<8>>
// CHECK-SAME: -> (f64 {act.part = #act.part<up, array = "x", layout = blocked<8>>})
act.func @parts(
    %g: f64 {act.part = #act.part<gate, array = "x", layout = blocked<8>>},
    %u: f64 {act.part = #act.part<up, array = "x", layout = blocked<8>>})
    -> (f64 {act.part = #act.part<up, array = "x", layout = blocked<8>>}) {
  act.return %u : f64
}

// On tensors there are no effects, so what is unused goes.
// RUN: act-opt %s --canonicalize | FileCheck %s --check-prefix=EFFECTS
// EFFECTS-LABEL: func.func @packed(
// EFFECTS-NEXT: return
// EFFECTS-LABEL: func.func @memrefs(
// EFFECTS-NEXT: act.gated
