func.func @row(%x: tensor<4x256xbf16>)
    -> (tensor<4x256xf8E4M3FN>, tensor<4x1xf32>) {
  %y = act.apply #act.fn<silu>(%x)
      : (tensor<4x256xbf16>) -> tensor<4x256xbf16>
  %q, %s = act.quantize %y by(#act.quantization<e4m3, row>)
      : tensor<4x256xbf16> -> tensor<4x256xf8E4M3FN>, tensor<4x1xf32>
  return %q, %s : tensor<4x256xf8E4M3FN>, tensor<4x1xf32>
}

func.func @packed(%x: tensor<4x512xf16>)
    -> (tensor<4x256xf8E5M2>, tensor<4x2xf32>) {
  %y = act.gated #act.fn<swiglu>(%x) layout(#act.layout<gate_up>)
      : (tensor<4x512xf16>) -> tensor<4x256xf16>
  %q, %s = act.quantize %y by(#act.quantization<e5m2, block>)
      : tensor<4x256xf16> -> tensor<4x256xf8E5M2>, tensor<4x2xf32>
  return %q, %s : tensor<4x256xf8E5M2>, tensor<4x2xf32>
}

func.func @interleaved(%x: tensor<4x512xf32>) -> tensor<4x256xi8> {
  %y = act.gated #act.fn<swiglu>(%x) layout(#act.layout<interleaved>)
      : (tensor<4x512xf32>) -> tensor<4x256xf32>
  %q = act.quantize %y by(#act.quantization<int8, "0.05">)
      : tensor<4x256xf32> -> tensor<4x256xi8>
  return %q : tensor<4x256xi8>
}

func.func @blocked(%x: tensor<4x512xf32>)
    -> (tensor<4x256xi8>, tensor<4x1xf32>) {
  %y = act.gated #act.fn<swiglu>(%x) layout(#act.layout<blocked<64>>)
      : (tensor<4x512xf32>) -> tensor<4x256xf32>
  %q, %s = act.quantize %y by(#act.quantization<int8, row>)
      : tensor<4x256xf32> -> tensor<4x256xi8>, tensor<4x1xf32>
  return %q, %s : tensor<4x256xi8>, tensor<4x1xf32>
}
