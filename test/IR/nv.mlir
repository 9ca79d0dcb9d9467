// RUN: act-opt %s --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: @on_scalars_and_vectors
// CHECK: act.nv ex2(%{{.*}}) : (f32) -> f32
// CHECK: act.nv round_bf16(%{{.*}}) : (vector<8xf32>) -> vector<8xi16>
func.func @on_scalars_and_vectors(%x: f32, %v: vector<8xf32>)
    -> (f32, vector<8xi16>) {
  %0 = act.nv ex2(%x) : (f32) -> f32
  %1 = act.nv round_bf16(%v) : (vector<8xf32>) -> vector<8xi16>
  return %0, %1 : f32, vector<8xi16>
}

// -----

func.func @nv_c1(%x: f32) -> f32 {
  // expected-error @+1 {{knows no helper 'exp'; use one of ex2, lg2}}
  %0 = act.nv exp(%x) : (f32) -> f32
  return %0 : f32
}

// -----

func.func @nv_c2(%x: f64) -> f64 {
  // expected-error @+1 {{'ex2' is ('f32') -> 'f32'}}
  %0 = act.nv ex2(%x) : (f64) -> f64
  return %0 : f64
}
