// RUN: act-opt %s --act-split-rows | FileCheck %s
// RUN: act-opt %s --act-split-rows --act-stabilize | FileCheck %s --check-prefix=STABLE
// RUN: act-opt %s --act-split-rows --act-stabilize 2>&1 >/dev/null | FileCheck %s --check-prefix=ONCE

// A public function of a row has a private copy behind it.
// CHECK: act.func @probability
// CHECK: act.func private @probability_0
// CHECK-SAME: act.split

// The copy alone has the largest element of each part.
// STABLE-LABEL: act.func @probability(
// STABLE-NOT: scope
// STABLE-LABEL: act.func private @probability_0(
// STABLE: act.row maxnum %{{.*}} {scope = "block"} : f64
// STABLE: act.row maxnum %{{.*}} {scope = "blocks"} : f64

// What is said about the function is said once.
// ONCE: remark: exp(x) / sum(exp(x)) is computed as a softmax
// ONCE-NOT: remark
act.func @probability(%x: f64) -> f64 {
  %e = math.exp %x : f64
  %s = act.row sum %e : f64
  %p = arith.divf %e, %s : f64
  act.return %p : f64
}

// Functions of elements, private ones, and those found step by step have none.
// CHECK: act.func @elementwise
// CHECK-NEXT: arith.negf
// CHECK-NEXT: act.return
// CHECK-NEXT: }
// CHECK-NEXT: act.func private @hidden
// CHECK: act.func @threshold
// CHECK-NEXT: act.softmax
// CHECK-NEXT: act.return
// CHECK-NEXT: }
// CHECK-NOT: act.func
act.func @elementwise(%x: f64) -> f64 {
  %y = arith.negf %x : f64
  act.return %y : f64
}
act.func private @hidden(%x: f64) -> f64 {
  %s = act.row sum %x : f64
  act.return %s : f64
}
act.func @threshold(%x: f64) -> f64 {
  %y = act.softmax sparsemax %x : f64
  act.return %y : f64
}
