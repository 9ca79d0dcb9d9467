// RUN: act-opt %s --act-derive --split-input-file --verify-diagnostics | FileCheck %s

// p (v - sum(p v)), without a Jacobian.
// CHECK-LABEL: act.func @backward
// CHECK-SAME: %[[X:.*]]: f64 {{.*}}, %[[V:.*]]: f64
// CHECK-SAME: attributes {act.axis = 1 : i64}
// CHECK: %[[P:.*]] = act.softmax probability %[[X]] : f64
// CHECK: %[[PV:.*]] = arith.mulf
// CHECK: %[[S:.*]] = act.row sum %[[PV]] : f64
// CHECK: %[[D:.*]] = arith.subf %[[V]], %[[S]] : f64
// CHECK: arith.mulf
act.func private @softmax(%x: f64 {act.name = "x"}) -> f64
    attributes {act.axis = 1 : i64} {
  %p = act.softmax probability %x : f64
  act.return %p : f64
}
act.vjp @backward of @softmax

// -----

// The cotangent of what is one value a row is one, too.
// CHECK-LABEL: act.func @of_sum
// CHECK-SAME: %{{.*}}: f64 {act.dropped, act.name = "cotangent"}
// CHECK: act.softmax probability %{{.*}} {empty = "zero"} : f64
act.func private @logsumexp(%x: f64 {act.name = "x"}) -> (f64 {act.dropped}) {
  %p = act.softmax sum %x : f64
  act.return %p : f64
}
act.vjp @of_sum of @logsumexp

// -----

// Of a softmax by its definition, whose gradient is NaN where exp overflows, the
// gradient of what it is; the function stays as it is written.
// CHECK-LABEL: act.func private @naive
// CHECK: math.exp
// CHECK-LABEL: act.func @of_naive
// CHECK-NOT: math.exp
// CHECK: act.softmax probability %{{.*}} : f64
// CHECK-NOT: math.exp
// CHECK: act.return
act.func private @naive(%x: f64 {act.name = "x"}) -> f64 {
  %e = math.exp %x : f64
  %f = math.exp %x : f64
  %s = act.row sum %f : f64
  // expected-remark @+1 {{is computed as a softmax}}
  %p = arith.divf %e, %s : f64
  act.return %p : f64
}
act.vjp @of_naive of @naive

// -----

act.func private @jacobian(%x: f64) -> f64 {
  %p = act.softmax log %x : f64
  act.return %p : f64
}
// expected-error @+1 {{the function combines the elements of a row, so its derivative is a Jacobian; take its vector-Jacobian product (act.vjp, --vjp)}}
act.derivative @d of @jacobian orders [1]

// -----

// The tangents of a Jacobian-vector product of one have names of their own.
// CHECK-LABEL: act.func @twice
// CHECK-SAME: "x"}, %{{.*}}: f64 {act.name = "tangent"}, %{{.*}}: f64 {act.name = "tangent2"}
act.func private @square(%x: f64 {act.name = "x"}) -> f64 {
  %p = act.softmax probability %x : f64
  act.return %p : f64
}
act.jvp @once of @square
act.jvp @twice of @once wrt ["x"]
