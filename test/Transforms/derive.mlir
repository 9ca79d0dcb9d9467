// RUN: act-opt %s --act-derive | FileCheck %s

// silu' = s (1 + x (1 - s))
// CHECK-LABEL: act.func @silu1(%x: f64
// CHECK-SAME: act.identity = #act.fn<silu, order = 1>
// CHECK-NEXT: %[[S:.*]] = act.sigmoid %x
// CHECK-NEXT: %[[ONE:.*]] = act.constant "1"
// CHECK-NEXT: %[[D:.*]] = arith.subf %[[ONE]], %[[S]]
// CHECK-NEXT: %[[XD:.*]] = arith.mulf %x, %[[D]]
// CHECK-NEXT: %[[SUM:.*]] = arith.addf %[[ONE]], %[[XD]]
// CHECK-NEXT: %[[R:.*]] = arith.mulf %[[S]], %[[SUM]]
// CHECK-NEXT: act.return %[[R]]
act.derivative @silu1 of #act.fn<silu> orders [1]

// CHECK-LABEL: act.func @softplus1
// CHECK-NEXT: %[[BX:.*]] = arith.mulf
// CHECK-NEXT: %[[S:.*]] = act.sigmoid %[[BX]]
// CHECK-NEXT: act.return %[[S]]
act.derivative @softplus1 of #act.fn<softplus> orders [1]

// The distribution function and its density.
// CHECK-LABEL: act.func @gelu1
// CHECK-DAG: act.erfc
// CHECK-DAG: math.exp
// CHECK: act.return
act.derivative @gelu1 of #act.fn<gelu> orders [1]

// tanh' = 1 - tanh^2
// CHECK-LABEL: act.func @tanh1
// CHECK-DAG: %[[T:.*]] = math.tanh %x
// CHECK-DAG: %[[ONE:.*]] = act.constant "1"
// CHECK: %[[TT:.*]] = arith.mulf %[[T]], %[[T]]
// CHECK-NEXT: %[[R:.*]] = arith.subf %[[ONE]], %[[TT]]
// CHECK-NEXT: act.return %[[R]]
act.derivative @tanh1 of #act.fn<tanh> orders [1]

// Kinks select, they do not multiply.
// CHECK-LABEL: act.func @hard_swish1
// CHECK: arith.select
// CHECK: act.return
act.derivative @hard_swish1 of #act.fn<hard_swish> orders [1]

// One function with several results, of which each has its identity.
// CHECK-LABEL: act.func @several
// CHECK-SAME: act.identity = #act.fn<silu>, act.name = "d0"
// CHECK-SAME: act.identity = #act.fn<silu, order = 2>, act.name = "d2"
// CHECK-COUNT-1: act.sigmoid
// CHECK-NOT: act.sigmoid
// CHECK: act.return
act.derivative @several of #act.fn<silu> orders [0, 2]

// By a parameter; visibility is kept.
// CHECK-LABEL: act.func private @by_slope
// CHECK-NOT: act.identity
// CHECK: %[[C:.*]] = arith.cmpf ogt, %x
// CHECK: arith.select %[[C]], %{{.*}}, %x
// CHECK: act.return
act.derivative private @by_slope of #act.fn<leaky_relu> wrt "slope" orders [1]

// Gradients of all inputs, each of which may have been broadcast.
act.func private @gate(%g: f64 {act.name = "g"}, %u: f64 {act.name = "u"}) -> f64 {
  %0 = act.apply #act.fn<silu>(%g) : (f64) -> f64
  %1 = arith.mulf %0, %u : f64
  act.return %1 : f64
}
// CHECK-LABEL: act.func @backward(
// CHECK-SAME: act.name = "cotangent"
// CHECK-SAME: act.name = "g", act.reduce
// CHECK-SAME: act.name = "u", act.reduce
// CHECK: act.return {{.*}} : f64, f64
act.vjp @backward of @gate

// CHECK-LABEL: act.func @double(
// CHECK-SAME: "cotangent"
// CHECK-SAME: "cotangent2"
// CHECK-SAME: "cotangent3"
// CHECK: act.return {{.*}} : f64, f64, f64
act.vjp @double of @backward

// A parameter that is learned is an input.
// CHECK-LABEL: act.func @learn(%x: f64 {act.name = "x"}, %a: f64 {act.name = "a"}, %cotangent
act.vjp @learn of #act.fn<prelu> wrt ["x", "a"]

// CHECK-LABEL: act.func @applied
// CHECK-NEXT: act.apply @silu_d1
act.func @applied(%x: f64) -> f64 {
  %0 = act.apply #act.fn<silu, order = 1>(%x) : (f64) -> f64
  act.return %0 : f64
}
