// RUN: act-opt %s --act-choose-gelu=tolerance=1e-3 --split-input-file --verify-diagnostics
// RUN: not act-opt %s --act-choose-gelu=tolerance=-1 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// RUN: not act-opt %s --act-choose-gelu="tolerance=1 dtype=f8" 2>&1 | FileCheck %s --check-prefix=TYPE
// NEGATIVE: error: the tolerance must be positive, or 0 for none
// TYPE: error: the element type must be f64, f32, f16 or bf16

// expected-remark-re @+1 {{gelu is replaced by gelu_tanh: values differ by at most {{.*}}, with the kernel's error {{.*}}, within 0.001; quick_gelu would differ by}}
act.func @f(%x: f64) -> f64 {
  %0 = act.apply #act.fn<gelu>(%x) : (f64) -> f64
  act.return %0 : f64
}

// -----

// expected-remark @+1 {{hard_gelu is kept: its kernel is within}}
act.func @g(%x: f64) -> f64 {
  %0 = act.apply #act.fn<hard_gelu>(%x) : (f64) -> f64
  act.return %0 : f64
}

// -----

// expected-remark @+1 {{gelu is kept: derivatives of order 2 are asked for}}
act.derivative @d of #act.fn<gelu> orders [2]

// -----

// Storage types that are stated count, whatever the option says.
// expected-error @+1 {{no form of gelu is within 0.001 in bf16}}
act.func @stored(%x: f64 {act.storage = bf16}) -> (f64 {act.storage = bf16}) {
  %0 = act.apply #act.fn<gelu>(%x) : (f64) -> f64
  act.return %0 : f64
}

// -----

// A large f32 is rounded in bf16, by more than any tolerance.
// expected-remark @+1 {{gelu is kept: inputs and results of several element types}}
act.func @mixed(%x: f64) -> (f64 {act.storage = bf16}) {
  %0 = act.apply #act.fn<gelu>(%x) : (f64) -> f64
  act.return %0 : f64
}

// -----

// expected-error @+1 {{no form of gelu is within 0.001 in bf16}}
func.func @tensors(%x: tensor<4xbf16>) -> tensor<4xbf16> {
  %0 = act.apply #act.fn<gelu>(%x) : (tensor<4xbf16>) -> tensor<4xbf16>
  return %0 : tensor<4xbf16>
}

// -----

// expected-remark @below {{no form of GELU is called or spelled out here}}
module {
}
