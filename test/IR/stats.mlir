// RUN: act-opt %s --split-input-file | act-opt --split-input-file | FileCheck %s
// RUN: act-opt %s --split-input-file --verify-diagnostics --act-derive --act-stats -o /dev/null

// CHECK: act.stats @row of #act.fn<tanh>
act.stats @row of #act.fn<tanh>
// CHECK: act.stats private @stated of @two limits {{\[}}["0", "1/3"], []]
act.stats private @stated of @two limits [["0", "1/3"], []]
act.func private @two(%x: f64) -> (f64, f64) {
  act.return %x, %x : f64, f64
}
// CHECK: act.stats @slope of @d
act.stats @slope of @d
act.derivative private @d of #act.fn<silu> orders [1]
