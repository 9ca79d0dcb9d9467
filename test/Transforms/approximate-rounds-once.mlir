// RUN: act-opt %s --act-approximate="dtype=f32 accuracy=strict" | FileCheck %s

// One operation rounds: f32 gives the nearest number itself.
// CHECK-LABEL: act.func @clipped(
// CHECK-SAME: f32) -> f32
// CHECK-NOT: f64
// CHECK: act.return
act.func @clipped(%x: f64) -> f64 {
  %three = act.constant "3" : f64
  %six = act.constant "6" : f64
  %zero = act.constant "0" : f64
  %sum = arith.addf %x, %three : f64
  %y = act.clamp %sum, %zero, %six : f64
  act.return %y : f64
}

// Two do.
// CHECK-LABEL: act.func @line(
// CHECK-SAME: f64) -> f64
act.func @line(%x: f64) -> f64 {
  %three = act.constant "3" : f64
  %one = act.constant "1" : f64
  %product = arith.mulf %three, %x : f64
  %y = arith.addf %product, %one : f64
  act.return %y : f64
}
