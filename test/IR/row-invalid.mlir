// RUN: act-opt %s --split-input-file --verify-diagnostics

// row_c1
act.func @row_c1(%x: f64) -> f64 {
  // expected-error @+1 {{the combiner 'product' is none of sum, max, maxnum}}
  %0 = act.row product %x : f64
  act.return %0 : f64
}

// -----

// row_c2
act.func @row_c2(%x: f64) -> f64 {
  // expected-error @+1 {{the scope 'tile' is none of block, blocks}}
  %0 = act.row sum %x {scope = "tile"} : f64
  act.return %0 : f64
}

// -----

// row_c2
act.func @row_c2_threshold(%x: f64) -> f64 {
  // expected-error @+1 {{of a threshold has no scope but the row}}
  %0 = act.row threshold %x {scope = "block"} : f64
  act.return %0 : f64
}

// -----

// row_c3
act.func @row_c3(%x: f64) -> f64 {
  %m = arith.cmpf ogt, %x, %x : f64
  %b = act.row sum %x {scope = "block"} : f64
  // expected-error @+1 {{over blocks has no mask; mask the values of a block}}
  %0 = act.row sum %b where %m {scope = "blocks"} : f64
  act.return %0 : f64
}

// -----

// softmax_c1
act.func @softmax_c1(%x: f64) -> f64 {
  // expected-error @+1 {{the form 'logits' is none of probability, log, sum}}
  %0 = act.softmax logits %x : f64
  act.return %0 : f64
}

// -----

// softmax_c2
act.func @softmax_c2(%x: f64) -> f64 {
  // expected-error @+1 {{the value of an empty row 'one' is none of zero, nan, uniform}}
  %0 = act.softmax probability %x {empty = "one"} : f64
  act.return %0 : f64
}

// -----

act.func @keyword(%x: f64) -> f64 {
  // expected-error @+1 {{expected ':'}}
  %0 = act.softmax probability %x sink %x mask %x : f64
  act.return %0 : f64
}

// -----

// stats_c5 is in test/Transforms/stats-errors.mlir.
// expected-error @+1 {{result attribute 'act.spread' is none of}}
act.func @spread(%x: f64) -> (f64 {act.spread = 1 : i64}) {
  act.return %x : f64
}

// -----

// softmax_c3
act.func @softmax_c3(%x: f64, %s: f64) -> f64 {
  // expected-error @+1 {{of the form 'sparsemax' has no sink}}
  %0 = act.softmax sparsemax %x sink %s : f64
  act.return %0 : f64
}
