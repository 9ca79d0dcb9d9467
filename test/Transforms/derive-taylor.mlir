// RUN: act-opt %s --act-derive=method=taylor | FileCheck %s
// RUN: not act-opt %s --act-derive=method=jet 2>&1 | FileCheck %s --check-prefix=METHOD
// METHOD: method 'jet' is none of auto, symbolic and taylor

// The series of a square has three coefficients.
// CHECK-LABEL: act.func @square
// CHECK: %[[TWO:.*]] = act.constant "2"
// CHECK-NEXT: act.return %[[TWO]]
act.func private @f(%x: f64) -> f64 {
  %0 = arith.mulf %x, %x : f64
  act.return %0 : f64
}
act.derivative @square of @f orders [2]

// A root of a constant in a product has no series.
// CHECK-LABEL: act.func @gelu3
// CHECK: math.exp
// CHECK-NOT: math.exp
// CHECK: act.return
act.derivative @gelu3 of #act.fn<gelu> orders [3]

// Value and derivatives share one sigmoid.
// CHECK-LABEL: act.func @all
// CHECK-COUNT-1: act.sigmoid
// CHECK-NOT: act.sigmoid
// CHECK: act.return {{.*}} : f64, f64, f64
act.derivative @all of #act.fn<silu> orders [0, 1, 2]
