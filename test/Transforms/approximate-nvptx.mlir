// RUN: act-opt %s --act-approximate="dtype=bf16 target=nvptx" | FileCheck %s
// RUN: act-opt %s --act-approximate="dtype=f32 target=nvptx" \
// RUN:   | FileCheck %s --check-prefix=F32
// RUN: act-opt %s --act-approximate="dtype=bf16 accuracy=strict target=nvptx" \
// RUN:   | FileCheck %s --check-prefix=STRICT
// RUN: not act-opt %s --act-approximate="target=sm_90" 2>&1 \
// RUN:   | FileCheck %s --check-prefix=ERROR
// ERROR: unknown target 'sm_90' of methods; use any or nvptx

// Two approximate instructions for 16 bits, and no division for f32 either.
// CHECK-LABEL: act.func @silu(
// CHECK: act.nv ex2
// CHECK: act.nv rcp
// CHECK-NOT: arith.divf
// CHECK: act.return
// F32-LABEL: act.func @silu(
// F32-NOT: arith.divf
// F32: act.nv rcp
// F32-NOT: arith.divf
// F32: act.return
// STRICT-LABEL: act.func @silu(
// STRICT-NOT: act.nv
// STRICT: act.return
act.func @silu(%x: f64) -> f64 attributes {identity = #act.fn<silu>} {
  %s = act.sigmoid %x : f64
  %y = arith.mulf %x, %s : f64
  act.return %y : f64
}

// A division of numbers that may be anything is scaled.
// F32-LABEL: act.func @quotient(
// F32: arith.cmpf ogt
// F32: act.nv rcp
// F32-NOT: arith.divf
// F32: act.return
act.func @quotient(%x: f64, %y: f64) -> f64 {
  %q = arith.divf %x, %y : f64
  act.return %q : f64
}

// Tables are selections.
// F32-LABEL: act.func @sine(
// F32-NOT: vector.extractelement
// F32: act.return
act.func @sine(%x: f64) -> f64 {
  %s = math.sin %x : f64
  act.return %s : f64
}
