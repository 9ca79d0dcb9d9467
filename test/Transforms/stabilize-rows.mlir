// RUN: act-opt %s --act-stabilize --split-input-file --verify-diagnostics | FileCheck %s

// The largest element is subtracted first.
// CHECK-LABEL: act.func @naive
act.func @naive(%x: f64) -> f64 {
  // CHECK: %[[ONE:.*]] = act.constant "1" : f64
  // CHECK: %[[M:.*]] = act.row maxnum %[[X:.*]] : f64
  // CHECK: %[[D:.*]] = arith.subf %[[X]], %[[M]] : f64
  // CHECK: %[[E:.*]] = math.exp %[[D]] {act.non_positive} : f64
  // CHECK: %[[S:.*]] = act.row sum %[[E]] : f64
  // CHECK: %[[I:.*]] = arith.divf %[[ONE]], %[[S]] : f64
  // CHECK: %[[P:.*]] = arith.mulf %[[E]], %[[I]] : f64
  // CHECK: act.return %[[P]]
  %e = math.exp %x : f64
  %s = act.row sum %e : f64
  // expected-remark @+1 {{exp(x) / sum(exp(x)) is computed as a softmax: the largest element is subtracted first, so that nothing overflows}}
  %p = arith.divf %e, %s : f64
  act.return %p : f64
}

// -----

// CHECK-LABEL: act.func @inverse
act.func @inverse(%x: f64) -> f64 {
  // CHECK: act.row maxnum
  // CHECK: act.non_positive
  %one = act.constant "1" : f64
  %e = math.exp %x : f64
  %s = act.row sum %e : f64
  %i = arith.divf %one, %s : f64
  // expected-remark @+1 {{is computed as a softmax}}
  %p = arith.mulf %i, %e : f64
  act.return %p : f64
}

// -----

// A factor is applied to the difference; what is one value cancels, on either
// side and under the factor.
// CHECK-LABEL: act.func @scaled
// CHECK-SAME: %[[X:.*]]: f64, %[[U:.*]]: f64 {act.uniform}
act.func @scaled(%x: f64, %u: f64 {act.uniform}) -> f64 {
  // CHECK: %[[C:.*]] = act.constant "0.5" : f64
  // CHECK: %[[M:.*]] = act.row maxnum %[[X]] : f64
  // CHECK: %[[D:.*]] = arith.subf %[[X]], %[[M]] : f64
  // CHECK: arith.mulf %[[D]], %[[C]] : f64
  // CHECK-NOT: %[[U]]
  // CHECK: act.return
  %half = act.constant "0.5" : f64
  %b = arith.addf %u, %x : f64
  %z = arith.mulf %half, %b : f64
  %w = arith.subf %z, %u : f64
  %e = math.exp %w : f64
  %s = act.row sum %e : f64
  // expected-remark @+1 {{is computed as a softmax}}
  %p = arith.divf %e, %s : f64
  act.return %p : f64
}

// -----

// A bias for each element stays.
// CHECK-LABEL: act.func @biased
// CHECK-SAME: %[[X:.*]]: f64, %[[B:.*]]: f64
act.func @biased(%x: f64, %b: f64) -> f64 {
  // CHECK: %[[Z:.*]] = arith.addf %[[X]], %[[B]] : f64
  // CHECK: act.row maxnum %[[Z]] : f64
  %z = arith.addf %x, %b : f64
  %e = math.exp %z : f64
  %s = act.row sum %e : f64
  // expected-remark @+1 {{is computed as a softmax}}
  %p = arith.divf %e, %s : f64
  act.return %p : f64
}

// -----

// Of another row's sum nothing is known.
// CHECK-LABEL: act.func @other
act.func @other(%x: f64, %y: f64) -> f64 {
  // CHECK-NOT: maxnum
  // CHECK: arith.divf
  %e = math.exp %x : f64
  %f = math.exp %y : f64
  %s = act.row sum %f : f64
  %p = arith.divf %e, %s : f64
  act.return %p : f64
}

// -----

// The first largest element is the 1 of log1p.
// CHECK-LABEL: act.func @log_of_sum
act.func @log_of_sum(%x: f64) -> f64 {
  // CHECK: %[[M:.*]] = act.row maxnum
  // CHECK: math.log1p
  // CHECK-NOT: math.log %
  // CHECK: arith.addf %[[M]]
  %e = math.exp %x : f64
  %s = act.row sum %e : f64
  // expected-remark @+1 {{log(sum(exp(x))) is computed with the largest element subtracted first, so that nothing overflows}}
  %l = math.log %s : f64
  act.return %l : f64
}

// -----

// CHECK-LABEL: act.func @log_of_quotient
act.func @log_of_quotient(%x: f64) -> f64 {
  // CHECK: %[[D:.*]] = arith.subf %{{.*}}, %{{.*}} : f64
  // CHECK: math.log1p
  // CHECK: arith.subf %[[D]]
  %e = math.exp %x : f64
  %s = act.row sum %e : f64
  // expected-remark @+1 {{is computed as a softmax}}
  %p = arith.divf %e, %s : f64
  %l = math.log %p : f64
  act.return %l : f64
}

// -----

// x - logsumexp(x) is 0 for large x unless it is taken for what it is.
// CHECK-LABEL: act.func @minus_logsumexp
act.func @minus_logsumexp(%x: f64) -> f64 {
  // CHECK: %[[D:.*]] = arith.subf %{{.*}}, %{{.*}} : f64
  // CHECK: math.log1p
  // CHECK: %[[L:.*]] = arith.subf %[[D]]
  // CHECK: act.return %[[L]]
  %s = act.softmax sum %x : f64
  %l = arith.subf %x, %s : f64
  act.return %l : f64
}

// -----

// A scale that differs between elements does not leave the largest the largest.
// CHECK-LABEL: act.func @scale_of_elements
// CHECK-SAME: %[[X:.*]]: f64, %[[S:.*]]: f64
act.func @scale_of_elements(%x: f64, %s: f64) -> f64 {
  // CHECK: %[[Z:.*]] = arith.mulf %[[X]], %[[S]] : f64
  // CHECK: act.row maxnum %[[Z]] : f64
  %p = act.softmax probability %x scale %s : f64
  act.return %p : f64
}

// -----

// Elements that the mask leaves out are 0 and in no sum.
// CHECK-LABEL: act.func @masked
act.func @masked(%x: f64, %m: f64) -> f64 {
  // CHECK: %[[ZERO:.*]] = act.constant "0"
  // CHECK: %[[C:.*]] = arith.cmpf
  // CHECK: act.row maxnum %{{.*}} where %[[C]] : f64
  // CHECK: %[[S:.*]] = act.row sum %{{.*}} where %[[C]] : f64
  // CHECK: %[[P:.*]] = arith.select %[[C]], %{{.*}}, %[[ZERO]] : f64
  // CHECK: %[[EMPTY:.*]] = arith.cmpf oeq, %[[S]], %[[ZERO]] : f64
  // CHECK: arith.select %[[EMPTY]], %[[ZERO]], %[[P]] : f64
  %zero = act.constant "0" : f64
  %c = arith.cmpf ogt, %m, %zero : f64
  %p = act.softmax probability %x mask %c {empty = "zero"} : f64
  act.return %p : f64
}

// -----

act.func @sink_of_elements(%x: f64, %s: f64) -> f64 {
  // expected-error @+1 {{the sink differs between elements of a row; give one value for each row}}
  %p = act.softmax probability %x sink %s : f64
  act.return %p : f64
}
