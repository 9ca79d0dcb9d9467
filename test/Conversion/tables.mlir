// What a look-up in a table becomes at each CPU level.
// RUN: act-opt %s --act-structure --act-vectorize='level=x86-64-v3 width=8' | FileCheck %s --check-prefixes=CHECK,AVX2
// RUN: act-opt %s --act-structure --act-vectorize='level=x86-64-v4 width=16' | FileCheck %s --check-prefixes=CHECK,AVX512
// RUN: act-opt %s --act-structure --act-vectorize='level=neon width=4' | FileCheck %s --check-prefixes=CHECK,NEON
// RUN: not act-opt %s --act-vectorize=level=mmx 2>&1 | FileCheck %s --check-prefix=LEVEL
// LEVEL: error: unknown CPU level 'mmx'; use x86-64-v3, x86-64-v4, neon

// CHECK-LABEL: func.func @small
// AVX2: llvm.call_intrinsic "llvm.x86.avx2.permps"
// AVX512: llvm.call_intrinsic "llvm.x86.avx512.permvar.sf.512"
// NEON: %[[FIRST:.+]] = arith.muli %{{.+}}, %{{.+}} : vector<4xi32>
// NEON: %[[EACH:.+]] = arith.addi %[[FIRST]], %{{.+}} : vector<4xi32>
// NEON: %[[BYTES:.+]] = llvm.bitcast %[[EACH]] : vector<4xi32> to vector<16xi8>
// NEON: llvm.call_intrinsic "llvm.aarch64.neon.tbl2"(%{{.+}}, %{{.+}}, %[[BYTES]])
act.func @small(%x: f32) -> f32 {
  %table = arith.constant dense<[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]>
      : vector<8xf32>
  %bits = arith.bitcast %x : f32 to i32
  %seven = arith.constant 7 : i32
  %index = arith.andi %bits, %seven : i32
  %y = vector.extractelement %table[%index : i32] : vector<8xf32>
  act.return %y : f32
}

// More than four registers.
// CHECK-LABEL: func.func @large
// CHECK-NOT: call_intrinsic
// CHECK: llvm.intr.masked.gather
act.func @large(%x: f32) -> f32 {
  %table = arith.constant dense<1.0> : vector<32xf32>
  %bits = arith.bitcast %x : f32 to i32
  %last = arith.constant 31 : i32
  %index = arith.andi %bits, %last : i32
  %y = vector.extractelement %table[%index : i32] : vector<32xf32>
  act.return %y : f32
}
