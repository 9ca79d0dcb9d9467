// RUN: act-opt %s --act-stabilize=long-rows=true | FileCheck %s

// The largest of a block is subtracted, and what that leaves of the largest of
// the row is a factor of the block.
// CHECK-LABEL: act.func @probability
// CHECK: %[[B:.*]] = act.row maxnum %[[X:.*]] {scope = "block"} : f64
// CHECK: %[[M:.*]] = act.row maxnum %[[B]] {scope = "blocks"} : f64
// CHECK: %[[D:.*]] = arith.subf %[[X]], %[[B]] : f64
// CHECK: %[[E:.*]] = math.exp %[[D]] {act.non_positive} : f64
// CHECK: %[[L:.*]] = arith.subf %[[B]], %[[M]] : f64
// CHECK: %[[F:.*]] = math.exp %[[L]] {act.non_positive} : f64
// CHECK: %[[S:.*]] = act.row sum %[[E]] {scope = "block"} : f64
// CHECK: %[[T:.*]] = arith.mulf %[[S]], %[[F]] : f64
// CHECK: %[[R:.*]] = act.row sum %[[T]] {scope = "blocks"} : f64
// CHECK: %[[I:.*]] = arith.divf %{{.*}}, %[[R]] : f64
// CHECK: %[[G:.*]] = arith.mulf %[[F]], %[[I]] : f64
// CHECK: arith.mulf %[[E]], %[[G]] : f64
act.func @probability(%x: f64) -> f64 {
  %p = act.softmax probability %x : f64
  act.return %p : f64
}

// Other sums are of blocks, too, but not what takes no loop.
// CHECK-LABEL: act.func @beside
// CHECK: %[[B:.*]] = act.row sum %{{.*}} where %{{.*}} {scope = "block"} : f64
// CHECK: act.row sum %[[B]] {scope = "blocks"} : f64
// CHECK: act.row sum %{{[a-z0-9]*}} : f64
act.func @beside(%x: f64) -> (f64, f64, f64) {
  %one = act.constant "1" : f64
  %p = act.softmax probability %x : f64
  %c = arith.cmpf ogt, %x, %one : f64
  %s = act.row sum %x where %c : f64
  %n = act.row sum %one : f64
  act.return %p, %s, %n : f64, f64, f64
}

// Without a softmax, and where a threshold takes loops over the whole row,
// there are no blocks.
// CHECK-LABEL: act.func @sum
// CHECK-NOT: scope
act.func @sum(%x: f64) -> f64 {
  %s = act.row sum %x : f64
  act.return %s : f64
}
act.func @sparse(%x: f64) -> f64 {
  %p = act.softmax probability %x : f64
  %q = act.softmax sparsemax %p : f64
  act.return %q : f64
}
