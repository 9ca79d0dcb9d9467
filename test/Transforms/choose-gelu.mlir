// RUN: act-opt %s --act-choose-gelu=tolerance=1e-3 | FileCheck %s
// RUN: act-opt %s --act-choose-gelu="tolerance=0.025 dtype=bf16" | FileCheck %s --check-prefix=TANH
// RUN: act-opt %s --act-choose-gelu=tolerance=0.2 | FileCheck %s --check-prefix=HARD
// RUN: act-opt %s --act-cpu-pipeline="function=plain tolerance=1e-3 stop-after=derive" | FileCheck %s --check-prefix=PIPELINE
// RUN: act-opt %s > %t.before
// RUN: act-opt %s --act-choose-gelu > %t.after
// RUN: cmp %t.before %t.after

// The difference of 4.74e-4 is within 1e-3; in bf16, 0.025 has no room for
// quick_gelu and the rounding.
// CHECK-LABEL: act.func @plain(
// CHECK-NEXT: act.apply #act.fn<gelu_tanh>(%{{.*}}) : (f64) -> f64
// TANH-LABEL: act.func @plain(
// TANH-NEXT: act.apply #act.fn<gelu_tanh>
// HARD-LABEL: act.func @plain(
// HARD-NEXT: act.apply #act.fn<hard_gelu>
// PIPELINE-LABEL: act.func @plain(
// PIPELINE-NEXT: act.apply #act.fn<gelu_tanh>
act.func @plain(%x: f64) -> f64 {
  %0 = act.apply #act.fn<gelu>(%x) : (f64) -> f64
  act.return %0 : f64
}

// Nothing cheaper than quick_gelu is near to it.
// CHECK-LABEL: act.func @quick(
// CHECK-NEXT: act.apply #act.fn<quick_gelu>
act.func @quick(%x: f64) -> f64 {
  %0 = act.apply #act.fn<quick_gelu>(%x) : (f64) -> f64
  act.return %0 : f64
}

// A formula that is a form as a whole is one.
// CHECK-LABEL: act.func @spelled(
// CHECK-NEXT: %[[Y:.*]] = act.apply #act.fn<gelu_tanh>
// CHECK-NEXT: act.return %[[Y]]
act.func @spelled(%x: f64) -> f64 {
  %half = act.constant "0.5" : f64
  %one = act.constant "1" : f64
  %two = act.constant "2" : f64
  %root = math.sqrt %two : f64
  %0 = arith.divf %x, %root : f64
  %1 = math.erf %0 : f64
  %2 = arith.addf %one, %1 : f64
  %3 = arith.mulf %half, %x : f64
  %4 = arith.mulf %3, %2 : f64
  act.return %4 : f64
}

// Within a larger formula the call is exchanged, and what the function was
// said to be is gone.
// CHECK-LABEL: act.func @inside(
// CHECK-NOT: identity
// CHECK: act.apply #act.fn<gelu_tanh>
// CHECK: arith.mulf
act.func @inside(%x: f64, %u: f64) -> f64
    attributes {identity = #act.fn<geglu>} {
  %0 = act.apply #act.fn<gelu>(%x) : (f64) -> f64
  %1 = arith.mulf %0, %u : f64
  act.return %1 : f64
}

// A gate of the table becomes a function.
// CHECK-LABEL: func.func @gate(
// CHECK: act.gated @[[GATE:geglu.*]](%{{.*}}) layout
func.func @gate(%x: tensor<4x6xf32>) -> tensor<4x3xf32> {
  %0 = act.gated #act.fn<geglu>(%x) layout(#act.layout<gate_up>)
      : (tensor<4x6xf32>) -> tensor<4x3xf32>
  return %0 : tensor<4x3xf32>
}
// CHECK: act.func private @[[GATE]](
// CHECK: act.apply #act.fn<gelu_tanh>
