// RUN: act-opt %s --act-approximate=dtype=f32 --cse | FileCheck %s
// RUN: act-opt %s --act-approximate=dtype=f64 --cse | FileCheck %s --check-prefix=F64

// Constants are folded exactly and rounded once.
// CHECK-LABEL: act.func @fold(
// CHECK-SAME: %{{.*}}: f32) -> f32
// CHECK-NEXT: %[[C:.*]] = arith.constant 0.797884583 : f32
// CHECK-NEXT: arith.mulf %[[C]], %{{.*}} : f32
// F64-LABEL: act.func @fold(
// F64-SAME: %{{.*}}: f64) -> f64
// F64-NEXT: arith.constant 0.79788456080286541 : f64
act.func @fold(%x: f64) -> f64 {
  %two = act.constant "2" : f64
  %pi = act.constant "pi" : f64
  %ratio = arith.divf %two, %pi : f64
  %root = math.sqrt %ratio : f64
  %y = arith.mulf %root, %x : f64
  act.return %y : f64
}

// The argument of exp keeps its low word: the square is split by fma.
// CHECK-LABEL: act.func @gaussian
// CHECK: %[[H:.*]] = arith.mulf %{{.*}}, %{{.*}} : f32
// CHECK: %[[N:.*]] = arith.negf %[[H]] : f32
// CHECK-NEXT: math.fma %{{.*}}, %{{.*}}, %[[N]] : f32
// CHECK-NOT: math.exp
act.func @gaussian(%x: f64) -> f64 {
  %s = arith.mulf %x, %x : f64
  %n = arith.negf %s : f64
  %y = math.exp %n : f64
  act.return %y : f64
}
