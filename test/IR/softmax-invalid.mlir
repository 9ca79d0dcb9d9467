// RUN: act-opt %s --split-input-file --verify-diagnostics

// softmax_c1
func.func @softmax_c1(%x: tensor<4xf32>) {
  // expected-error @+1 {{the form 'logits' is none of probability, log, sum}}
  %0 = act.softmax logits %x : tensor<4xf32>
  return
}

// -----

// softmax_c3
func.func @softmax_c3(%x: tensor<4xf32>) {
  // expected-error @+1 {{of the form 'entmax15' has no sink}}
  %0 = act.softmax entmax15 %x sink "1" : tensor<4xf32>
  return
}

// -----

// softmax_c4
func.func @softmax_c4(%x: tensor<4xf32>, %s: f32) {
  // expected-error @+1 {{takes all scalars or all ranked tensors; found 'tensor<4xf32>' and 'f32'; make the number a tensor of rank 0}}
  %0 = act.softmax probability %x scale %s
      : (tensor<4xf32>, f32) -> tensor<4xf32>
  return
}

// -----

// softmax_c4
func.func @softmax_c4_result(%x: tensor<4xf32>) {
  // expected-error @+1 {{of tensors has a tensor as its result, found 'f32'}}
  %0 = act.softmax sum %x : (tensor<4xf32>) -> f32
  return
}

// -----

// softmax_c4
act.func @softmax_c4_types(%x: f64) -> f64 {
  %s = arith.truncf %x : f64 to f32
  // expected-error @+1 {{in a body takes scalars of one type; 'scale' has the type 'f32', expected 'f64'}}
  %0 = act.softmax probability %x scale %s : (f64, f32) -> f64
  act.return %0 : f64
}

// -----

// softmax_c5
act.func @softmax_c5(%x: f64) -> f64 {
  // expected-error @+1 {{in a body has no axis; the axis is that of the function (act.axis)}}
  %0 = act.softmax probability %x {axis = 0} : f64
  act.return %0 : f64
}

// -----

// softmax_c5
act.func @softmax_c5_number(%x: f64) -> f64 {
  // expected-error @+1 {{in a body has no exact numbers; }}
  %0 = act.softmax probability %x scale "2" : f64
  act.return %0 : f64
}

// -----

// softmax_c6
func.func @softmax_c6(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{runs along axis 2, which 'tensor<4x8xf32>' does not have; give one from -2 to 1}}
  %0 = act.softmax probability %x {axis = 2} : tensor<4x8xf32>
  return
}

// -----

// softmax_c6
func.func @softmax_c6_causal(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{compares positions along the axis of the row and the one in front of it, and axis 0 of 'tensor<4x8xf32>' has none in front}}
  %0 = act.softmax probability %x {axis = 0, causal} : tensor<4x8xf32>
  return
}

// -----

// softmax_c7
func.func @softmax_c7(%x: tensor<4x8xf32>, %m: tensor<2x8xi1>) {
  // expected-error @+1 {{'mask' of type 'tensor<2x8xi1>' does not broadcast to the shape of 'tensor<4x8xf32>'}}
  %0 = act.softmax probability %x mask %m
      : (tensor<4x8xf32>, tensor<2x8xi1>) -> tensor<4x8xf32>
  return
}

// -----

// softmax_c8
func.func @softmax_c8(%x: tensor<4x8xf32>, %s: tensor<8xf32>) {
  // expected-error @+1 {{the sink is one value for a row, but 'tensor<8xf32>' has 8 along axis -1; give it 1 there}}
  %0 = act.softmax probability %x sink %s
      : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  return
}

// -----

// softmax_c9
func.func @softmax_c9(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{has the result 'tensor<4x1xf32>', but expected 'tensor<4x8xf32>'}}
  %0 = act.softmax log %x : (tensor<4x8xf32>) -> tensor<4x1xf32>
  return
}

// -----

// softmax_c9
func.func @softmax_c9_sum(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{has the result 'tensor<4xf32>', but expected 'tensor<4x8xf32>', or 1 along its axis}}
  %0 = act.softmax sum %x : (tensor<4x8xf32>) -> tensor<4xf32>
  return
}

// -----

// softmax_c10
func.func @softmax_c10(%x: tensor<4xf32>) {
  // expected-error @+1 {{'scale' is "half"; an exact number, as in "1/8", may stand for scale}}
  %0 = act.softmax probability %x scale "half" : tensor<4xf32>
  return
}

// -----

// softmax_c10
func.func @softmax_c10_sign(%x: tensor<4xf32>) {
  // expected-error @+1 {{a temperature is positive, found "-1"}}
  %0 = act.softmax probability %x temperature "-1" : tensor<4xf32>
  return
}

// -----

// softmax_c11
func.func @softmax_c11(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{'causal_offset' moves the mask of 'causal', which is not given}}
  %0 = act.softmax probability %x causal_offset "1" : tensor<4x8xf32>
  return
}

// -----

// Types of operands are as many as operands.
func.func @count(%x: tensor<4x8xf32>, %b: tensor<8xf32>) {
  // expected-error @+1 {{expected}}
  %0 = act.softmax probability %x bias %b : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

// -----

// A position is not passed to what is applied to tensors.
act.func private @causal(%x: f64, %p: f64 {act.position = -1 : i64}) -> f64 {
  %0 = act.row sum %x : f64
  act.return %0 : f64
}
func.func @apply_c2(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{expects 1 input and 0 parameter operands, but has 2 operands}}
  %0 = act.apply @causal(%x, %x)
      : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
