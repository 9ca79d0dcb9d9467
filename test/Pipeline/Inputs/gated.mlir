// A gate on tensors: two functions that become one kernel.
func.func @gated(%g: tensor<?x?xbf16> {act.name = "g"},
                 %u: tensor<?x?xbf16> {act.name = "u"}) -> tensor<?x?xbf16> {
  %0 = act.apply #act.fn<silu>(%g) : (tensor<?x?xbf16>) -> tensor<?x?xbf16>
  %1 = act.apply @product(%0, %u)
      : (tensor<?x?xbf16>, tensor<?x?xbf16>) -> tensor<?x?xbf16>
  return %1 : tensor<?x?xbf16>
}
act.func private @product(%a: f64, %b: f64) -> f64 {
  %0 = arith.mulf %a, %b : f64
  act.return %0 : f64
}
