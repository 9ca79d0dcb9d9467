// RUN: act-opt %s | act-opt | FileCheck %s
// RUN: act-opt %s --emit-bytecode | act-opt | FileCheck %s

// CHECK-LABEL: act.func @leaky(
// CHECK-SAME: %x: f64 {act.name = "x"}, %slope: f64 {act.default = "0.01", act.name = "slope"}) -> f64
act.func @leaky(%x: f64 {act.name = "x"},
                %slope: f64 {act.default = "0.01", act.name = "slope"}) -> f64 {
  // CHECK-NEXT: %[[ZERO:.*]] = act.constant "0" : f64
  %zero = act.constant "0" : f64
  %c = arith.cmpf ogt, %x, %zero : f64
  %scaled = arith.mulf %slope, %x : f64
  %y = arith.select %c, %x, %scaled : f64
  // CHECK: act.return %{{.*}} : f64
  act.return %y : f64
}

// CHECK-LABEL: act.func private @primitives(
act.func private @primitives(%x: f64) -> (f64, f64) {
  // CHECK-NEXT: act.erfc %{{.*}} : f64
  %a = act.erfc %x : f64
  // CHECK-NEXT: act.sigmoid
  %b = act.sigmoid %a : f64
  // CHECK-NEXT: act.softplus
  %c = act.softplus %b : f64
  // CHECK-NEXT: act.sign
  %d = act.sign %c : f64
  // CHECK-NEXT: act.clamp %{{.*}}, %{{.*}}, %{{.*}} : f64
  %e = act.clamp %d, %a, %b : f64
  // CHECK-NEXT: act.constant "1/3" : f64
  %f = act.constant "1/3" : f64
  act.return %e, %f : f64, f64
}

// CHECK-LABEL: func.func @tensors(
func.func @tensors(%x: tensor<4x?xf32>, %a: tensor<4x1xf32>)
    -> tensor<4x?xf32> {
  // CHECK-NEXT: act.apply #act.fn<leaky_relu, slope = 0.2>(%{{.*}}) : (tensor<4x?xf32>) -> tensor<4x?xf32>
  %0 = act.apply #act.fn<leaky_relu, slope = 0.2>(%x)
      : (tensor<4x?xf32>) -> tensor<4x?xf32>
  // CHECK-NEXT: act.apply #act.fn<prelu>(%{{.*}}, %{{.*}}) params ["a"]
  %1 = act.apply #act.fn<prelu>(%0, %a) params ["a"]
      : (tensor<4x?xf32>, tensor<4x1xf32>) -> tensor<4x?xf32>
  // CHECK-NEXT: act.apply @leaky(%{{.*}}) : (tensor<4x?xf32>)
  %2 = act.apply @leaky(%1) : (tensor<4x?xf32>) -> tensor<4x?xf32>
  return %2 : tensor<4x?xf32>
}

// CHECK-LABEL: func.func @memrefs(
func.func @memrefs(%x: memref<8xf32>, %y: memref<8xbf16>) {
  // CHECK-NEXT: act.apply #act.fn<elu, alpha = "1/3">(%{{.*}}) outs(%{{.*}} : memref<8xbf16>) : (memref<8xf32>) -> ()
  act.apply #act.fn<elu, alpha = "1/3">(%x) outs(%y : memref<8xbf16>)
      : (memref<8xf32>) -> ()
  return
}
