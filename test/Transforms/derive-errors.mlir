// RUN: act-opt %s --act-derive --split-input-file --verify-diagnostics

// A step has no derivative worth a kernel.
act.func @step(%x: f64 {act.name = "x"}) -> f64 {
  %0 = act.sign %x : f64
  act.return %0 : f64
}
// expected-error @+1 {{the function is constant piece by piece in 'x'}}
act.derivative @d of @step orders [1]

// -----

act.func @step(%x: f64 {act.name = "x"}) -> f64 {
  %0 = math.floor %x : f64
  act.return %0 : f64
}
// expected-error @+1 {{use a smooth surrogate such as sigmoid(k * x)}}
act.vjp @d of @step

// -----

// Names of derived functions are known once these are functions.
act.derivative @d of #act.fn<silu> orders [1]
// expected-error @+1 {{the function has no input or parameter 'y'}}
act.derivative @dd of @d wrt "y" orders [1]

// -----

act.func @f(%x: f64 {act.name = "x"}, %y: f64 {act.name = "y"}) -> f64 {
  %0 = arith.mulf %x, %y : f64
  act.return %0 : f64
}
act.vjp @b of @f
// expected-error @+1 {{the function has 2 results; derivatives by an input need one}}
act.derivative @d of @b wrt "x" orders [1]

// -----

// expected-error @+1 {{is defined through itself}}
act.derivative @a of @b orders [1]
act.derivative @b of @a orders [1]

// -----

act.func @f(%x: f64 {act.name = "x"}, %y: f64 {act.name = "y"}) -> f64 {
  %0 = arith.mulf %x, %y : f64
  act.return %0 : f64
}
// expected-error @+1 {{order needs a function of one input and one result}}
act.vjp @d of @f {order = 1 : i64}

// -----

act.func @f(%x: f64 {act.name = "x"}, %y: f64 {act.name = "y"}) -> f64 {
  %0 = arith.maximumf %x, %y : f64
  act.return %0 : f64
}
// expected-error @+1 {{one-sided derivatives are by one argument; name it by wrt}}
act.vjp @d of @f kink "left"

// -----

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = act.softmax probability %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}
// expected-error @+1 {{differentiates act.funcs, and @f is a function on tensors; act-fuse makes an act.func of one that consists of act.apply, act.gated and act.softmax}}
act.jvp @d of @f
