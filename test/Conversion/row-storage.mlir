// RUN: not act-opt %s --act-structure 2>&1 | FileCheck %s
// RUN: not act-opt %s --act-distribute=chip=sm_90 2>&1 | FileCheck %s

// Bits of a row share bytes with those of its neighbours.
// CHECK: error: a function of a row has an array of storage type i1; bits are for functions of elements: give its masks a type of numbers
act.func @positive(%x: f32) -> (f32, f32 {act.storage = i1}) {
  %m = act.row max %x : f32
  %d = arith.subf %x, %m : f32
  act.return %d, %x : f32, f32
}
