// RUN: act-opt %s --split-input-file --verify-diagnostics

func.func @gated_c1(%x: tensor<4x6xf32>) -> tensor<4x3xf32> {
  // expected-error @+1 {{there is no act.func @nothing to apply; define one of two inputs, gate and up}}
  %0 = act.gated @nothing(%x) layout(#act.layout<gate_up>)
      : (tensor<4x6xf32>) -> tensor<4x3xf32>
  return %0 : tensor<4x3xf32>
}

// -----

func.func @gated_c2_row(%x: tensor<4x6xf32>) -> tensor<4x3xf32> {
  // expected-error @+1 {{a function of gate and up with one result, but this one has 1 input and 1 result; write an act.func of two inputs such as silu(g) * u}}
  %0 = act.gated #act.fn<silu>(%x) layout(#act.layout<gate_up>)
      : (tensor<4x6xf32>) -> tensor<4x3xf32>
  return %0 : tensor<4x3xf32>
}

// -----

act.func @two(%g: f64, %u: f64) -> (f64, f64) {
  act.return %g, %u : f64, f64
}
func.func @gated_c2(%x: tensor<4x6xf32>) -> tensor<4x3xf32> {
  // expected-error @+1 {{but this one has 2 inputs and 2 results}}
  %0 = act.gated @two(%x) layout(#act.layout<gate_up>)
      : (tensor<4x6xf32>) -> tensor<4x3xf32>
  return %0 : tensor<4x3xf32>
}

// -----

func.func @gated_c3(%g: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{the layout #act.layout<separate> takes two arrays, gate and up, and there are 0 values of parameters, but 1 operands are given}}
  %0 = act.gated @f(%g) layout(#act.layout<separate>)
      : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @gated_c3_packed(%g: tensor<4xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{takes one array that holds gate and up}}
  %0 = act.gated @f(%g, %g) layout(#act.layout<interleaved>)
      : (tensor<4xf32>, tensor<4xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @gated_c4(%x: vector<4xf32>) -> vector<2xf32> {
  // expected-error @+1 {{must be all ranked tensors or all memrefs of floating elements; found 'vector<4xf32>'}}
  %0 = act.gated @f(%x) layout(#act.layout<gate_up>)
      : (vector<4xf32>) -> vector<2xf32>
  return %0 : vector<2xf32>
}

// -----

func.func @gated_c4_elements(%x: tensor<4xi32>) -> tensor<2xi32> {
  // expected-error @+1 {{of floating elements; found 'tensor<4xi32>'}}
  %0 = act.gated @f(%x) layout(#act.layout<gate_up>)
      : (tensor<4xi32>) -> tensor<2xi32>
  return %0 : tensor<2xi32>
}

// -----

func.func @gated_c4_outs(%x: memref<4xf32>) {
  // expected-error @+1 {{on tensors has one result, and on memrefs writes one array by `outs`}}
  act.gated @f(%x) layout(#act.layout<gate_up>) : (memref<4xf32>) -> ()
  return
}

// -----

func.func @gated_c5(%x: tensor<4x7xf32>) -> tensor<4x3xf32> {
  // expected-error @+1 {{so it must be even, but is 7 in 'tensor<4x7xf32>'; arrays of their own take layout(#act.layout<separate>)}}
  %0 = act.gated @f(%x) layout(#act.layout<interleaved>)
      : (tensor<4x7xf32>) -> tensor<4x3xf32>
  return %0 : tensor<4x3xf32>
}

// -----

func.func @gated_c5_rank(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{needs a last dimension that holds gate and up, but 'tensor<f32>' has rank 0}}
  %0 = act.gated @f(%x) layout(#act.layout<up_gate>)
      : (tensor<f32>) -> tensor<f32>
  return %0 : tensor<f32>
}

// -----

func.func @gated_c6(%x: tensor<4x96xf32>) -> tensor<4x48xf32> {
  // expected-error @+1 {{blocks of 32 need a last dimension that is a multiple of 64, but it is 96 in 'tensor<4x96xf32>'; check the block size, or pad the array}}
  %0 = act.gated @f(%x) layout(#act.layout<blocked<32>>)
      : (tensor<4x96xf32>) -> tensor<4x48xf32>
  return %0 : tensor<4x48xf32>
}

// -----

func.func @gated_c7(%g: tensor<4x3xf32>, %u: tensor<3xf32>) -> tensor<4x3xf32> {
  // expected-error @+1 {{gate and up must have one shape, but have the types 'tensor<4x3xf32>' and 'tensor<3xf32>'}}
  %0 = act.gated @f(%g, %u) layout(#act.layout<separate>)
      : (tensor<4x3xf32>, tensor<3xf32>) -> tensor<4x3xf32>
  return %0 : tensor<4x3xf32>
}

// -----

func.func @gated_c8(%x: tensor<4x6xf32>) -> tensor<4x6xbf16> {
  // expected-error @+1 {{the result has the shape of one part: expected 'tensor<4x3xbf16>', found 'tensor<4x6xbf16>'}}
  %0 = act.gated @f(%x) layout(#act.layout<gate_up>)
      : (tensor<4x6xf32>) -> tensor<4x6xbf16>
  return %0 : tensor<4x6xbf16>
}

// -----

act.func @f(%g: f64, %u: f64, %a: f64 {act.default = "1", act.name = "alpha"})
    -> f64 {
  act.return %g : f64
}
func.func @gated_c9(%x: tensor<4x6xf32>, %a: tensor<1xf32>) -> tensor<4x3xf32> {
  // expected-error @+1 {{the function has no parameter 'alpa'; did you mean 'alpha'?}}
  %0 = act.gated @f(%x, %a) layout(#act.layout<gate_up>) params ["alpa"]
      : (tensor<4x6xf32>, tensor<1xf32>) -> tensor<4x3xf32>
  return %0 : tensor<4x3xf32>
}

// -----

func.func @gated_c9_shape(%x: tensor<4x6xf32>, %a: tensor<2xf32>)
    -> tensor<4x3xf32> {
  // expected-error @+1 {{the value of a parameter, of type 'tensor<2xf32>', does not broadcast to the shape of the result}}
  %0 = act.gated @f(%x, %a) layout(#act.layout<gate_up>) params ["alpha"]
      : (tensor<4x6xf32>, tensor<2xf32>) -> tensor<4x3xf32>
  return %0 : tensor<4x3xf32>
}

// -----

func.func @layout_c1(%x: tensor<4xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{unknown layout 'gateup'; use separate, gate_up, up_gate, interleaved or blocked<B>}}
  %0 = act.gated @f(%x) layout(#act.layout<gateup>)
      : (tensor<4xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @layout_c2(%x: tensor<4xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{the block size must be positive, but is 0; write blocked<64>}}
  %0 = act.gated @f(%x) layout(#act.layout<blocked<0>>)
      : (tensor<4xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// There is no default.
func.func @layout_is_mandatory(%x: tensor<4xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{expected 'layout'}}
  %0 = act.gated @f(%x) : (tensor<4xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// part_c1
// expected-error @+1 {{unknown part 'down'; use gate or up}}
act.func @part_c1(%g: f64 {act.part = #act.part<down, array = "x", layout = gate_up>}) -> f64 {
  act.return %g : f64
}

// -----

// part_c2
// expected-error @+1 {{with the layout 'separate' gate and up are arrays without act.part}}
act.func @part_c2(%g: f64 {act.part = #act.part<gate, array = "x", layout = separate>}) -> f64 {
  act.return %g : f64
}

// -----

// part_c3
// expected-error @+1 {{the array of a part needs a name}}
act.func @part_c3(%g: f64 {act.part = #act.part<gate, array = "", layout = gate_up>}) -> f64 {
  act.return %g : f64
}

// -----

// func_c7
// expected-error @+1 {{two arguments are the part #act.part<up, array = "x", layout = gate_up>}}
act.func @func_c7(%g: f64 {act.part = #act.part<up, array = "x", layout = gate_up>},
                  %u: f64 {act.part = #act.part<up, array = "x", layout = gate_up>}) -> f64 {
  act.return %g : f64
}

// -----

// func_c7
// expected-error @+1 {{reads packed arrays of the layouts #act.layout<gate_up> and #act.layout<up_gate>; one kernel walks arrays of one layout}}
act.func @func_c7_layouts(%g: f64 {act.part = #act.part<up, array = "x", layout = gate_up>},
                          %u: f64 {act.part = #act.part<up, array = "y", layout = up_gate>}) -> f64 {
  act.return %g : f64
}
