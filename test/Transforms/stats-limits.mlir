// RUN: act-opt %s --split-input-file --act-stats --act-specialize="function=s" | FileCheck %s
// RUN: not act-opt %s --split-input-file --act-stats --act-specialize="function=s runtime=alpha" 2>&1 | FileCheck %s --check-prefix=RUNTIME

// RUNTIME: its limits may depend on 'alpha', which is given at run time; state them by `limits`

// Limits are those of the parameters' defaults.
// CHECK: act.stats = ["-3"]
act.stats @s of #act.fn<elu, alpha = 3.0>

// -----

// A result that grows on one side has one limit.
// CHECK: act.stats = ["0"]
act.stats @s of #act.fn<silu>

// -----

// One that oscillates, or that depends on two inputs, has none.
// CHECK: act.stats = []
act.stats @s of @wave
act.func private @wave(%x: f64) -> f64 {
  %y = math.sin %x : f64
  act.return %y : f64
}

// -----

// CHECK: act.stats = []
act.stats @s of @gate
act.func private @gate(%g: f64, %u: f64) -> f64 {
  %s = math.tanh %g : f64
  %y = arith.mulf %s, %u : f64
  act.return %y : f64
}
