// RUN: act-opt %s --act-stabilize | FileCheck %s

// CHECK-LABEL: act.func @softplus
act.func @softplus(%x: f64) -> f64 {
  // CHECK-NEXT: %[[Y:.*]] = act.softplus %{{.*}} : f64
  // CHECK-NEXT: act.return %[[Y]]
  %one = act.constant "1" : f64
  %e = math.exp %x : f64
  %s = arith.addf %one, %e : f64
  %y = math.log %s : f64
  act.return %y : f64
}

// CHECK-LABEL: act.func @logistic_quotient
act.func @logistic_quotient(%x: f64) -> f64 {
  // CHECK: act.sigmoid
  // CHECK-NEXT: arith.mulf
  // CHECK-NOT: arith.divf
  %one = act.constant "1" : f64
  %n = arith.negf %x : f64
  %e = math.exp %n : f64
  %s = arith.addf %e, %one : f64
  %y = arith.divf %x, %s : f64
  act.return %y : f64
}

// CHECK-LABEL: act.func @normal_distribution
act.func @normal_distribution(%x: f64) -> f64 {
  // CHECK: act.erfc
  // CHECK-NOT: math.erf
  %one = act.constant "1" : f64
  %e = math.erf %x : f64
  %y = arith.addf %one, %e : f64
  act.return %y : f64
}

// CHECK-LABEL: act.func @expm1
act.func @expm1(%x: f64) -> f64 {
  // CHECK-NEXT: math.expm1
  %one = act.constant "1" : f64
  %e = math.exp %x : f64
  %y = arith.subf %e, %one : f64
  act.return %y : f64
}

// A tanh of softplus has no exponential that could overflow.
// CHECK-LABEL: act.func @mish_gate
act.func @mish_gate(%x: f64) -> f64 {
  // CHECK: math.absf
  // CHECK: arith.negf
  // CHECK: math.exp
  // CHECK-NOT: math.tanh
  %s = act.softplus %x : f64
  %y = math.tanh %s : f64
  act.return %y : f64
}

// A body equal to a row's is that row, however it is written.
// CHECK-LABEL: act.func @mine
// CHECK-SAME: identity = #act.fn<silu>
act.func @mine(%x: f64) -> f64 {
  %s = act.sigmoid %x : f64
  %y = arith.mulf %s, %x : f64
  act.return %y : f64
}
