// RUN: act-opt %s --act-expand --split-input-file --verify-diagnostics

act.func @self(%x: f64) -> f64 {
  // expected-error @+1 {{applies the function it stands in}}
  %0 = act.apply @self(%x) : (f64) -> f64
  act.return %0 : f64
}

// -----

act.func @derivative(%x: f64) -> f64 {
  // expected-error @+1 {{applies a derivative}}
  %0 = act.apply #act.fn<silu, order = 1>(%x) : (f64) -> f64
  act.return %0 : f64
}

// -----

act.func @infinite(%x: f32) -> f32 {
  // expected-error @+1 {{is not finite and has no exact meaning}}
  %c = arith.constant 0x7F800000 : f32
  %y = arith.mulf %x, %c : f32
  act.return %y : f32
}
