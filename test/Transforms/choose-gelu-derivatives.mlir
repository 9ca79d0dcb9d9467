// RUN: act-opt %s --act-choose-gelu=tolerance=1e-3 --split-input-file | FileCheck %s
// RUN: act-opt %s --act-choose-gelu=tolerance=6e-4 --split-input-file | FileCheck %s --check-prefix=NARROW

// Slopes differ by 8.69e-4, values by 4.74e-4: a derivative needs the former.
// CHECK: act.derivative @slope of #act.fn<gelu_tanh> orders [0, 1]
// NARROW: act.derivative @slope of #act.fn<gelu> orders [0, 1]
act.derivative @slope of #act.fn<gelu> orders [0, 1]

// -----

// A backward takes a derivative; values alone do not.
// CHECK: act.vjp @backward of #act.fn<gelu_tanh>
// NARROW: act.vjp @backward of #act.fn<gelu>
act.vjp @backward of #act.fn<gelu>

// -----

// CHECK: act.derivative @values of #act.fn<gelu_tanh> orders [0]
// NARROW: act.derivative @values of #act.fn<gelu_tanh> orders [0]
act.derivative @values of #act.fn<gelu> orders [0]

// -----

// Orders add up: this is a second derivative, of which nothing is known.
// CHECK: act.apply #act.fn<gelu>(
// CHECK: act.vjp @second of @first
act.func private @f(%x: f64 {act.name = "x"}) -> f64 {
  %0 = act.apply #act.fn<gelu>(%x) : (f64) -> f64
  act.return %0 : f64
}
act.derivative @first of @f orders [1]
act.vjp @second of @first

// -----

// Orders of other functions do not count.
// CHECK: act.apply #act.fn<gelu_tanh>(
// NARROW: act.apply #act.fn<gelu_tanh>(
act.func @f(%x: f64) -> f64 {
  %0 = act.apply #act.fn<gelu>(%x) : (f64) -> f64
  %1 = act.apply #act.fn<silu, order = 2>(%0) : (f64) -> f64
  act.return %1 : f64
}
