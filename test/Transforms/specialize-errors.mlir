// RUN: act-opt %s --act-specialize="runtime=slop" --split-input-file --verify-diagnostics
// RUN: not act-opt %s --act-specialize="function=nosuch" --split-input-file 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: not act-opt %s --act-specialize="dtype=f8" --split-input-file 2>&1 | FileCheck %s --check-prefix=TYPE

// NAME: there is no act.func @nosuch
// TYPE: unknown element type 'f8'; use f64, f32, f16 or bf16

// expected-error @+1 {{has no parameter 'slop'; did you mean 'slope'?}}
act.func @misspelt(%x: f64, %s: f64 {act.default = "0.1", act.name = "slope"})
    -> f64 {
  %0 = arith.mulf %x, %s : f64
  act.return %0 : f64
}

// -----

// expected-error @+1 {{holds 2 public functions; name the one to compile}}
module {
  act.func @first(%x: f64) -> f64 {
    act.return %x : f64
  }
  act.func @second(%x: f64) -> f64 {
    act.return %x : f64
  }
}

// -----

// expected-error @+1 {{holds 0 public functions}}
module {
  act.func private @hidden(%x: f64) -> f64 {
    act.return %x : f64
  }
}
