// RUN: act-opt %s --act-expand | FileCheck %s

// CHECK-LABEL: act.func @twice
act.func @twice(%x: f64) -> f64 {
  // CHECK-NEXT: act.sigmoid
  // CHECK-NEXT: arith.mulf
  // CHECK-NEXT: act.sigmoid
  // CHECK-NEXT: arith.mulf
  // CHECK-NOT: act.apply
  %0 = act.apply #act.fn<silu>(%x) : (f64) -> f64
  %1 = act.apply @helper(%0) : (f64) -> f64
  act.return %1 : f64
}

// A function that has served is gone.
// CHECK-NOT: @helper
act.func private @helper(%x: f64) -> f64 {
  %0 = act.apply #act.fn<silu>(%x) : (f64) -> f64
  act.return %0 : f64
}

// A constant from elsewhere means exactly its value.
// CHECK-LABEL: act.func @foreign
act.func @foreign(%x: f32) -> f32 {
  // CHECK: act.constant "0x1.99999ap-4" : f32
  %c = arith.constant 0.1 : f32
  %y = arith.mulf %x, %c : f32
  act.return %y : f32
}
