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
