// RUN: act-opt %s --split-input-file --verify-diagnostics

// func_c1
// expected-error @+1 {{arguments and results must have one floating type}}
act.func @func_c1(%x: f32) -> f64 {
  %0 = act.constant "1" : f64
  act.return %0 : f64
}

// -----

// func_c2
// expected-error @+1 {{needs a body of one block}}
act.func private @func_c2(f64) -> f64

// -----

// func_c3
// expected-error @+1 {{argument #1 is an input after a parameter}}
act.func @func_c3(%p: f64 {act.default = "1"}, %x: f64) -> f64 {
  act.return %x : f64
}

// -----

// func_c3
// expected-error @+1 {{default 'one' of argument #1 is not an exact number}}
act.func @func_c3_text(%x: f64, %p: f64 {act.default = "one"}) -> f64 {
  act.return %x : f64
}

// -----

// func_c4
act.func @func_c4(%x: f64) -> f64 {
  // expected-error @+1 {{cannot stand in act.func}}
  %0 = vector.broadcast %x : f64 to vector<4xf64>
  act.return %x : f64
}

// -----

// func_c5
// expected-error @+1 {{two arguments are named 'x'}}
act.func @func_c5(%x: f64 {act.name = "x"}, %y: f64 {act.name = "x"}) -> f64 {
  act.return %x : f64
}

// -----

// func_c6
// expected-error @+1 {{needs at least one result}}
act.func @func_c6(%x: f64) {
  "act.return"() : () -> ()
}

// -----

// return_c1
act.func @return_c1(%x: f64) -> f64 {
  // expected-error @+1 {{from a function of type}}
  act.return %x, %x : f64, f64
}

// -----

func.func @apply_c1(%x: f32) -> f32 {
  // expected-error @+1 {{there is no act.func @nothing to apply}}
  %0 = act.apply @nothing(%x) : (f32) -> f32
  return %0 : f32
}

// -----

func.func @apply_c2(%x: f32) -> f32 {
  // expected-error @+1 {{expects 1 input and 0 parameter operands, but has 2 operands}}
  %0 = act.apply #act.fn<silu>(%x, %x) : (f32, f32) -> f32
  return %0 : f32
}

// -----

func.func @apply_c3(%x: tensor<4xf32>) -> f32 {
  // expected-error @+1 {{must be all scalars, all ranked tensors}}
  %0 = act.apply #act.fn<silu>(%x) : (tensor<4xf32>) -> f32
  return %0 : f32
}

// -----

func.func @apply_c4(%x: f32) -> f32 {
  // expected-error @+1 {{the function has 1 results, the operation 2}}
  %0, %1 = act.apply #act.fn<silu>(%x) : (f32) -> (f32, f32)
  return %0 : f32
}

// -----

func.func @apply_c5(%x: tensor<4xf32>, %a: tensor<3xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{does not broadcast with the others}}
  %0 = act.apply #act.fn<prelu>(%x, %a) params ["a"]
      : (tensor<4xf32>, tensor<3xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @apply_c6(%x: f32) -> f32 {
  // expected-error @+1 {{the function has no parameter 'slop'; did you mean 'slope'?}}
  %0 = act.apply #act.fn<leaky_relu>(%x, %x) params ["slop"]
      : (f32, f32) -> f32
  return %0 : f32
}

// -----

func.func @fn_c1(%x: f32) -> f32 {
  // expected-error @+1 {{unknown function 'sillu'; did you mean 'silu'?}}
  %0 = act.apply #act.fn<sillu>(%x) : (f32) -> f32
  return %0 : f32
}

// -----

func.func @fn_c1_alias(%x: f32) -> f32 {
  // expected-error @+1 {{'swish' is an alias; write its canonical name 'silu'}}
  %0 = act.apply #act.fn<swish>(%x) : (f32) -> f32
  return %0 : f32
}

// -----

func.func @fn_c2(%x: f32) -> f32 {
  // expected-error @+1 {{'leaky_relu' has no parameter 'alpha'}}
  %0 = act.apply #act.fn<leaky_relu, alpha = 0.2>(%x) : (f32) -> f32
  return %0 : f32
}

// -----

func.func @fn_c2_twice(%x: f32) -> f32 {
  // expected-error @+1 {{parameter 'slope' is given twice}}
  %0 = act.apply #act.fn<leaky_relu, slope = 0.2, slope = 0.3>(%x) : (f32) -> f32
  return %0 : f32
}

// -----

func.func @fn_c3(%x: f32) -> f32 {
  // expected-error @+1 {{expects a finite number such as 0.2}}
  %0 = act.apply #act.fn<leaky_relu, slope = "inf">(%x) : (f32) -> f32
  return %0 : f32
}

// -----

func.func @fn_c4(%x: f32) -> f32 {
  // expected-error @+1 {{order -1 is out of range; use 0 to 8}}
  %0 = act.apply #act.fn<silu, order = -1>(%x) : (f32) -> f32
  return %0 : f32
}

// -----

act.func @constant_c1(%x: f64) -> f64 {
  // expected-error @+1 {{'nan' is not a decimal}}
  %0 = act.constant "nan" : f64
  act.return %0 : f64
}

// -----

func.func @apply_c7_number(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{reduced names result 1, but must name results from 0 to 0, once each}}
  %0 = act.apply #act.fn<silu>(%x) reduced [1] : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @apply_c7_shape(%x: tensor<4xf32>) -> tensor<3xf32> {
  // expected-error @+1 {{reduced result 'tensor<3xf32>' does not broadcast to what the operands do}}
  %0 = act.apply #act.fn<silu>(%x) reduced [0] : (tensor<4xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}
