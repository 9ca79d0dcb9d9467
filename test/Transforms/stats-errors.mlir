// RUN: act-opt %s --act-stats --split-input-file --verify-diagnostics

act.func private @sum(%x: f64) -> (f64 {act.reduce}) {
  act.return %x : f64
}
// stats_c4
// expected-error @+1 {{result #0 of the function is a sum, a mask or counted already; only elements of arrays are counted}}
act.stats @s of @sum

// -----

// A derivative is a function only after act-derive.
// stats_c1
act.derivative private @d of #act.fn<silu> orders [1]
// expected-error @+1 {{the function it counts the results of is not an act.func at this stage}}
act.stats @s of @d

// -----

act.func private @softmax(%x: f64) -> f64 {
  %p = act.softmax probability %x : f64
  act.return %p : f64
}
// stats_c5
// expected-error @+1 {{the function combines the elements of a row; only results of elementwise functions are counted}}
act.stats @s of @softmax
