// Subnormal inputs become zeros behind the load and results before the store,
// those of products by a look at the product 2^100 times as large.
// RUN: act-opt %s --act-cpu-pipeline='flush=1 stop-after=structure' | FileCheck %s
// RUN: act-opt %s --act-cpu-pipeline='stop-after=structure' | FileCheck %s --check-prefix=PLAIN

// CHECK-LABEL: func.func @square
// CHECK: %[[X:.+]] = llvm.load {{.*}} -> f32
// CHECK: %[[ABS:.+]] = math.absf %[[X]]
// CHECK: %[[LEAST:.+]] = arith.constant 1.17549435E-38 : f32
// CHECK: %[[TINY:.+]] = arith.cmpf olt, %[[ABS]], %[[LEAST]]
// CHECK: %[[ZERO:.+]] = math.copysign {{.*}}, %[[X]]
// CHECK: %[[READ:.+]] = arith.select %[[TINY]], %[[ZERO]], %[[X]]
// CHECK: %[[Y:.+]] = arith.mulf %[[READ]], %[[READ]]
// CHECK: %[[LIFTED:.+]] = arith.mulf %[[READ]],
// CHECK: arith.mulf %[[LIFTED]], %[[READ]]
// CHECK: math.copysign {{.*}}, %[[Y]]
// CHECK: llvm.store

// PLAIN-LABEL: func.func @square
// PLAIN-NOT: math.copysign
act.func @square(%x: f64) -> f64 {
  %y = arith.mulf %x, %x : f64
  act.return %y : f64
}
