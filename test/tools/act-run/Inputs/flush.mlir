act.func @f(%x: f64) -> f64 {
  %y = arith.addf %x, %x : f64
  act.return %y : f64
}
