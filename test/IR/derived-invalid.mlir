// RUN: act-opt %s --split-input-file --verify-diagnostics

// derivative_c1
// expected-error @+1 {{there is no act.func @none to differentiate}}
act.derivative @d of @none orders [1]

// -----

// derivative_c1
act.func @two(%x: f64) -> (f64, f64) {
  act.return %x, %x : f64, f64
}
// expected-error @+1 {{the function has 2 results; derivatives by an input need one, act.vjp does not}}
act.derivative @d of @two orders [1]

// -----

// derivative_c2
// expected-error @+1 {{no input or parameter 'slop'; did you mean 'slope'? (it has: x, slope)}}
act.derivative @d of #act.fn<leaky_relu> wrt "slop" orders [1]

// -----

// derivative_c2
act.func @two(%x: f64 {act.name = "x"}, %y: f64 {act.name = "y"}) -> f64 {
  %0 = arith.mulf %x, %y : f64
  act.return %0 : f64
}
// expected-error @+1 {{the function has 2 inputs (x, y); name one by wrt}}
act.derivative @d of @two orders [1]

// -----

// derivative_c3
// expected-error @+1 {{names no order}}
act.derivative @d of #act.fn<silu> orders []

// -----

// derivative_c3
// expected-error @+1 {{order 9 is out of range; use 0 to 8}}
act.derivative @d of #act.fn<silu> orders [1, 9]

// -----

// derivative_c4
// expected-error @+1 {{kink 'up' is none of taken, left and right}}
act.derivative @d of #act.fn<relu> orders [1] kink "up"

// -----

// vjp_c1
// expected-error @+1 {{there is no act.func @none to differentiate}}
act.vjp @d of @none

// -----

// vjp_c2
// expected-error @+1 {{no input or parameter 'slop'; did you mean 'slope'? (it has: x, slope)}}
act.vjp @d of #act.fn<leaky_relu> wrt ["x", "slop"]

// -----

// vjp_c2
// expected-error @+1 {{'x' is given twice}}
act.vjp @d of #act.fn<silu> wrt ["x", "x"]

// -----

// vjp_c3
// expected-error @+1 {{order 9 is out of range; use 0 to 8}}
act.vjp @d of #act.fn<silu> {order = 9 : i64}

// -----

// vjp_c4
// expected-error @+1 {{save 'all' is none of input, output, recompute and mask}}
act.vjp @d of #act.fn<silu> {save = "all"}

// -----

// vjp_c5
// expected-error @+1 {{kink 'up' is none of taken, left and right}}
act.vjp @d of #act.fn<relu> kink "up"

// -----

// Derived functions stand beside others.
act.func @f(%x: f64) -> f64 {
  // expected-error @+1 {{expects parent op 'builtin.module'}}
  act.derivative @d of #act.fn<silu> orders [1]
  act.return %x : f64
}

// -----

act.func @f(%x: f64) -> f64 {
  // expected-error @+1 {{order 9 is out of range; use 0 to 8}}
  %0 = act.apply #act.fn<silu, order = 9>(%x) : (f64) -> f64
  act.return %0 : f64
}

// -----

// jvp_c1
// expected-error @+1 {{there is no act.func @none to differentiate}}
act.jvp @d of @none

// -----

// jvp_c2
// expected-error @+1 {{no input or parameter 'slop'; did you mean 'slope'? (it has: x, slope)}}
act.jvp @d of #act.fn<leaky_relu> wrt ["slop"]

// -----

// jvp_c2
// expected-error @+1 {{'x' is given twice}}
act.jvp @d of #act.fn<silu> wrt ["x", "x"]
