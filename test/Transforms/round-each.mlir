// RUN: act-opt %s --act-round-each=dtype=bf16 | FileCheck %s

// What another operation reads is rounded; what is returned is when it is
// stored, and a choice of numbers of the type needs no rounding.

// CHECK-LABEL: act.func @swish
// CHECK: %[[C:.*]] = act.constant "1.702"
// CHECK: %[[CR:.*]] = act.round %[[C]] to bf16
// CHECK: %[[Z:.*]] = arith.mulf %[[CR]]
// CHECK: %[[ZR:.*]] = act.round %[[Z]] to bf16
// CHECK: %[[S:.*]] = act.apply #act.fn<sigmoid>(%[[ZR]])
// CHECK: %[[SR:.*]] = act.round %[[S]] to bf16
// CHECK: %[[Y:.*]] = arith.mulf {{.*}}, %[[SR]]
// CHECK-NEXT: act.return %[[Y]]
act.func @swish(%x: f64) -> f64 {
  %c = act.constant "1.702" : f64
  %z = arith.mulf %c, %x : f64
  %s = act.apply #act.fn<sigmoid>(%z) : (f64) -> f64
  %y = arith.mulf %x, %s : f64
  act.return %y : f64
}

// CHECK-LABEL: act.func @larger
// CHECK-NOT: act.round
act.func @larger(%x: f64, %y: f64) -> f64 {
  %n = arith.negf %y : f64
  %m = arith.maximumf %x, %n : f64
  act.return %m : f64
}
