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

// Other factors stand between the exponential and the sum, and beside both.
// CHECK-LABEL: act.func @product
// CHECK-SAME: %[[X:.*]]: f64, %[[V:.*]]: f64
act.func @product(%x: f64, %v: f64) -> f64 {
  // CHECK: act.row maxnum %[[X]] : f64
  // CHECK: %[[P:.*]] = arith.mulf %{{.*}}, %{{.*}} : f64
  // CHECK: %[[PV:.*]] = arith.mulf %[[P]], %[[V]] : f64
  // CHECK: %[[Q:.*]] = arith.divf %[[PV]], %{{.*}} : f64
  // CHECK: %[[R:.*]] = arith.negf %[[Q]] : f64
  // CHECK: act.return %[[R]]
  %three = act.constant "3" : f64
  %e = math.exp %x : f64
  %n = arith.negf %e : f64
  %ev = arith.mulf %n, %v : f64
  %s = act.row sum %e : f64
  %s3 = arith.mulf %three, %s : f64
  // expected-remark @+1 {{is computed as a softmax}}
  %p = arith.divf %ev, %s3 : f64
  act.return %p : f64
}

// -----

// An average whose weights are exponentials.
// CHECK-LABEL: act.func @average
// CHECK-SAME: %[[X:.*]]: f64, %[[V:.*]]: f64
act.func @average(%x: f64, %v: f64) -> f64 {
  // CHECK: act.row maxnum %[[X]] : f64
  // CHECK: %[[P:.*]] = arith.mulf %{{.*}}, %{{.*}} : f64
  // CHECK: %[[PV:.*]] = arith.mulf %[[P]], %[[V]] : f64
  // CHECK: %[[A:.*]] = act.row sum %[[PV]] : f64
  // CHECK: act.return %[[A]]
  %e = math.exp %x : f64
  %ve = arith.mulf %v, %e : f64
  %t = act.row sum %ve : f64
  %s = act.row sum %e : f64
  // expected-remark @+1 {{is computed as a softmax}}
  %a = arith.divf %t, %s : f64
  act.return %a : f64
}

// -----

// Exponentials that a condition leaves out of both.
// CHECK-LABEL: act.func @chosen
act.func @chosen(%x: f64, %m: f64) -> f64 {
  // CHECK: %[[C:.*]] = arith.cmpf ogt
  // CHECK: act.row maxnum %{{.*}} where %[[C]] : f64
  // CHECK: act.row sum %{{.*}} where %[[C]] : f64
  %zero = act.constant "0" : f64
  %c = arith.cmpf ogt, %m, %zero : f64
  %e = math.exp %x : f64
  %t = arith.select %c, %e, %zero : f64
  %s = act.row sum %t : f64
  // expected-remark @+1 {{is computed as a softmax}}
  %p = arith.divf %t, %s : f64
  act.return %p : f64
}

// -----

// What is added to the sum is a sink: of 1 one of 0, of a number its logarithm,
// of an exponential its argument.
// CHECK-LABEL: act.func @sinks
// CHECK-SAME: %[[X:.*]]: f64, %[[U:.*]]: f64 {act.uniform}
act.func @sinks(%x: f64, %u: f64 {act.uniform}) -> (f64, f64, f64) {
  // CHECK-DAG: %[[EPS:.*]] = act.constant "1e-9"
  // CHECK-DAG: %[[LOG:.*]] = math.log %[[EPS]]
  // CHECK-DAG: arith.maximumf %{{.*}}, %[[LOG]]
  // CHECK-DAG: arith.maximumf %{{.*}}, %[[U]]
  // CHECK-DAG: arith.maximumf %{{.*}}, %{{.*}}
  // CHECK-NOT: math.exp %[[X]]
  %one = act.constant "1" : f64
  %eps = act.constant "1e-9" : f64
  %e = math.exp %x : f64
  %s = act.row sum %e : f64
  %s1 = arith.addf %one, %s : f64
  %s2 = arith.addf %s, %eps : f64
  %eu = math.exp %u : f64
  %s3 = arith.addf %eu, %s : f64
  // expected-remark @+1 {{is computed as a softmax}}
  %p1 = arith.divf %e, %s1 : f64
  // expected-remark @+1 {{is computed as a softmax}}
  %p2 = arith.divf %e, %s2 : f64
  // expected-remark @+1 {{is computed as a softmax}}
  %p3 = arith.divf %e, %s3 : f64
  act.return %p1, %p2, %p3 : f64, f64, f64
}

// -----

// A number below 0 is no sink, and neither is what differs between elements.
// CHECK-LABEL: act.func @no_sinks
act.func @no_sinks(%x: f64, %y: f64) -> (f64, f64) {
  // CHECK-NOT: maxnum
  // CHECK: act.return
  %minus = act.constant "-1" : f64
  %e = math.exp %x : f64
  %s = act.row sum %e : f64
  %s1 = arith.addf %s, %minus : f64
  %p1 = arith.divf %e, %s1 : f64
  %ey = math.exp %y : f64
  %s2 = arith.addf %s, %ey : f64
  %p2 = arith.divf %e, %s2 : f64
  act.return %p1, %p2 : f64, f64
}

// -----

// Factors of the sum are added to its logarithm.
// CHECK-LABEL: act.func @log_of_mean
act.func @log_of_mean(%x: f64) -> f64 {
  // CHECK: act.row maxnum
  // CHECK: math.log1p
  // CHECK: %[[N:.*]] = arith.divf %{{.*}}, %{{.*}} : f64
  // CHECK: %[[L:.*]] = math.log %[[N]] : f64
  // CHECK: %[[R:.*]] = arith.addf %{{.*}}, %[[L]] : f64
  // CHECK: act.return %[[R]]
  %one = act.constant "1" : f64
  %e = math.exp %x : f64
  %s = act.row sum %e : f64
  %n = act.row sum %one : f64
  %mean = arith.divf %s, %n : f64
  // expected-remark @+1 {{log(sum(exp(x))) is computed with the largest element subtracted first}}
  %l = math.log %mean : f64
  act.return %l : f64
}

// -----

// CHECK-LABEL: act.func @log1p_of_sum
act.func @log1p_of_sum(%x: f64) -> f64 {
  // CHECK: %[[ZERO:.*]] = act.constant "0"
  // CHECK: arith.maximumf %{{.*}}, %[[ZERO]]
  // CHECK: math.log1p
  %e = math.exp %x : f64
  %s = act.row sum %e : f64
  // expected-remark @+1 {{log1p(sum(exp(x))) is computed with the largest element subtracted first}}
  %l = math.log1p %s : f64
  act.return %l : f64
}

// -----

// A negative factor leaves its sign with the elements, and what they are
// subtracted from cancels.
// CHECK-LABEL: act.func @negative
// CHECK-SAME: %[[X:.*]]: f64, %[[U:.*]]: f64 {act.uniform}
act.func @negative(%x: f64, %u: f64 {act.uniform}) -> f64 {
  // CHECK: %[[N:.*]] = arith.negf %[[X]] : f64
  // CHECK: %[[M:.*]] = act.row maxnum %[[N]] : f64
  // CHECK: %[[D:.*]] = arith.subf %[[N]], %[[M]] : f64
  // CHECK: arith.mulf %[[D]], %{{.*}} : f64
  // CHECK-NOT: %[[U]]
  // CHECK: act.return
  %c = act.constant "-0.3" : f64
  %d = arith.mulf %x, %c : f64
  %n = arith.negf %d : f64
  %z = arith.subf %u, %n : f64
  %p = act.softmax probability %z : f64
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
