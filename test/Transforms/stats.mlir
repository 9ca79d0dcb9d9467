// RUN: act-opt %s --act-stats | FileCheck %s

// The copy has the body and the parameters of its callee; its parameters that
// the attribute fixes have these defaults.
// CHECK: act.func @s(%[[X:.*]]: f64 {act.name = "x"}, %{{.*}}: f64 {act.default = "0.2", act.name = "slope"}) -> (f64 {act.stats})
// CHECK: arith.select
act.stats @s of #act.fn<leaky_relu, slope = 0.2>

// CHECK: act.func @stated(%[[X:.*]]: f64) -> (f64 {act.name = "y", act.stats = ["-1"]})
// CHECK-NEXT: %[[Y:.*]] = math.tanh %[[X]]
// CHECK-NEXT: act.return %[[Y]]
act.stats @stated of @f limits [["-1"]]
act.func private @f(%x: f64) -> (f64 {act.name = "y"}) {
  %y = math.tanh %x : f64
  act.return %y : f64
}
