// RUN: act-opt %s --split-input-file --verify-diagnostics

func.func @quantization_c1(%y: tensor<4xf32>) {
  // expected-error @+1 {{unknown format 'e3m4'; use e4m3, e5m2 or int8}}
  %0 = act.quantize %y by(#act.quantization<e3m4, "1">) : tensor<4xf32> -> tensor<4xi8>
  return
}

// -----

func.func @quantization_c2(%y: tensor<4xf32>) {
  // expected-error @+1 {{the scale '-1' is no number from 2^-126 to 2^126}}
  %0 = act.quantize %y by(#act.quantization<int8, "-1">) : tensor<4xf32> -> tensor<4xi8>
  return
}

// -----

func.func @quantization_c2(%y: tensor<4xf32>) {
  // expected-error @+1 {{scales are computed for each row or block, not for each 'column'}}
  %0 = act.quantize %y by(#act.quantization<int8, column>) : tensor<4xf32> -> tensor<4xi8>
  return
}

// -----

func.func @quantize_c1(%y: tensor<4xf64>) {
  // expected-error @+1 {{quantises f32, bf16 and f16, not 'f64'}}
  %0 = act.quantize %y by(#act.quantization<int8, "1">) : tensor<4xf64> -> tensor<4xi8>
  return
}

// -----

func.func @quantize_c1(%y: tensor<f32>) {
  // expected-error @+1 {{a tensor without an axis has no rows}}
  %0, %s = act.quantize %y by(#act.quantization<int8, row>) : tensor<f32> -> tensor<i8>, tensor<f32>
  return
}

// -----

func.func @quantize_c2(%y: tensor<4xf32>) {
  // expected-error @+1 {{they must be 'tensor<4xi8>'}}
  %0 = act.quantize %y by(#act.quantization<int8, "1">) : tensor<4xf32> -> tensor<4xf8E5M2>
  return
}

// -----

func.func @quantize_c3(%y: tensor<4x129xf32>) {
  // expected-error @+1 {{they must be 'tensor<4x129xi8>', 'tensor<4x2xf32>'}}
  %0, %s = act.quantize %y by(#act.quantization<int8, block>) : tensor<4x129xf32> -> tensor<4x129xi8>, tensor<4x1xf32>
  return
}

// -----

// expected-error @+1 {{result #1 is not quantised: it must be the only one}}
act.func @func_c9(%x: f64) -> (f64, f64 {act.quantize = #act.quantization<int8, "1">}) {
  act.return %x, %x : f64, f64
}
