// RUN: act-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: act.func @identity
act.func @identity(%x: f64) -> f64 {
  // CHECK-NEXT: act.return %{{.*}} : f64
  %0 = act.apply #act.fn<identity>(%x) : (f64) -> f64
  act.return %0 : f64
}

// A conversion is no identity.
// CHECK-LABEL: func.func @narrows
func.func @narrows(%x: tensor<4xf32>) -> tensor<4xbf16> {
  // CHECK-NEXT: act.apply #act.fn<identity>
  %0 = act.apply #act.fn<identity>(%x) : (tensor<4xf32>) -> tensor<4xbf16>
  return %0 : tensor<4xbf16>
}

// CHECK-LABEL: act.func @sign_of_sign
act.func @sign_of_sign(%x: f64) -> f64 {
  // CHECK-NEXT: act.sign
  // CHECK-NEXT: act.return
  %0 = act.sign %x : f64
  %1 = act.sign %0 : f64
  act.return %1 : f64
}

// Nothing is folded in floating point, and x + 0 is not x for x = -0.
// CHECK-LABEL: act.func @exact
act.func @exact(%x: f64) -> f64 {
  // CHECK-DAG: act.constant "0.1" : f64
  // CHECK-DAG: act.constant "0" : f64
  // CHECK-DAG: arith.addf
  // CHECK-DAG: arith.mulf
  // CHECK: arith.addf
  %a = act.constant "0.1" : f64
  %zero = act.constant "0" : f64
  %s = arith.addf %a, %a : f64
  %p = arith.mulf %s, %x : f64
  %y = arith.addf %p, %zero : f64
  act.return %y : f64
}
