// RUN: act-opt %s | act-opt | FileCheck %s

// CHECK-LABEL: act.func @combined
// CHECK-SAME: attributes {act.axis = 1 : i64}
act.func @combined(%x: f64, %t: f64 {act.uniform}) -> (f64 {act.dropped})
    attributes {act.axis = 1 : i64} {
  %zero = act.constant "0" : f64
  %c = arith.cmpf ogt, %x, %zero : f64
  // CHECK: %[[C:.*]] = arith.cmpf
  // CHECK-NEXT: act.row sum %{{.*}} : f64
  // CHECK-NEXT: act.row max %{{.*}} where %[[C]] : f64
  // CHECK-NEXT: act.row maxnum %{{.*}} where %[[C]] : f64
  %s = act.row sum %x : f64
  %m = act.row max %x where %c : f64
  %n = act.row maxnum %x where %c : f64
  %y = arith.addf %s, %m : f64
  %z = arith.addf %y, %n : f64
  act.return %z : f64
}

// CHECK-LABEL: act.func @family
act.func @family(%x: f64, %t: f64, %s: f64) -> f64 {
  %zero = act.constant "0" : f64
  %c = arith.cmpf ogt, %x, %zero : f64
  // The default of `empty` is not printed.
  // CHECK: act.softmax probability %{{.*}} : f64
  %p = act.softmax probability %x {empty = "nan"} : f64
  // CHECK-NEXT: act.softmax log %[[P:.*]] scale %{{.*}} : f64
  %l = act.softmax log %p scale %t : f64
  // CHECK-NEXT: act.softmax sum %{{.*}} mask %{{.*}} sink %{{.*}} : f64
  %q = act.softmax sum %l mask %c sink %s : f64
  // CHECK-NEXT: act.softmax log %{{.*}} scale %{{.*}} mask %{{.*}} sink %{{.*}} {empty = "uniform"} : f64
  %r = act.softmax log %q scale %t mask %c sink %s {empty = "uniform"} : f64
  act.return %r : f64
}
