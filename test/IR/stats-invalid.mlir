// RUN: act-opt %s --split-input-file --verify-diagnostics

// stats_c1
// expected-error @+1 {{there is no act.func @none to count the results of}}
act.stats @s of @none

// -----

// stats_c1
// expected-error @+1 {{counts functions of order 0; declare the derivative by act.derivative and name that}}
act.stats @s of #act.fn<silu, order = 1>

// -----

// stats_c2
// expected-error @+1 {{limits has 2 lists for 1 results; give one for each}}
act.stats @s of #act.fn<tanh> limits [["-1"], ["1"]]

// -----

// stats_c3
// expected-error @+1 {{limits ["one"] are not up to two exact numbers}}
act.stats @s of #act.fn<tanh> limits [["one"]]

// -----

// stats_c3
// expected-error @+1 {{limits ["0", "1", "2"] are not up to two exact numbers}}
act.stats @s of #act.fn<tanh> limits [["0", "1", "2"]]

// -----

// func_c8
// expected-error @+1 {{result #0 is a sum or a mask; only elements of arrays are counted}}
act.func @f(%x: f64) -> (f64 {act.stats = ["0"], act.reduce}) {
  act.return %x : f64
}

// -----

// expected-error @+1 {{result attribute 'act.stats' is none of}}
act.func @f(%x: f64) -> (f64 {act.stats = ["zero"]}) {
  act.return %x : f64
}
