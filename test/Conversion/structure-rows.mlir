// RUN: act-opt %s --act-structure | FileCheck %s
// RUN: act-opt %s --act-structure --act-vectorize=width=8 | FileCheck %s --check-prefix=VECTOR
// RUN: act-opt %s --act-structure=rows-in-lanes=true --act-vectorize=width=8 | FileCheck %s --check-prefix=LANES
// RUN: act-opt %s --act-structure="rows-in-lanes=true rows-in-strips=true" | FileCheck %s --check-prefix=STRIPS
// RUN: act-opt %s --act-structure="rows-in-lanes=true rows-in-strips=true" --act-vectorize=width=8 | FileCheck %s --check-prefix=APART

// A sum is a phase: a loop over the elements, and one for what needs it, which is
// there twice, as it may store results around the caches. A value of few
// operations is computed again.
// CHECK-LABEL: func.func @centred(%{{.*}}: !llvm.ptr) attributes {act.scratch = 0 : i64}
// CHECK: scf.for
// CHECK: %[[S:.*]] = scf.for {{.*}} iter_args(%[[A:.*]] = %{{.*}}) -> (f32)
// CHECK: %[[X:.*]] = llvm.load
// CHECK: %[[Y:.*]] = arith.mulf %[[X]], %[[X]] : f32
// CHECK: %[[N:.*]] = arith.addf %[[A]], %[[Y]] : f32
// CHECK: scf.yield %[[N]] : f32
// CHECK: {act.row = ["sum"]}
// CHECK: scf.if
// CHECK: {act.row = [], act.stream}
// CHECK: else
// CHECK: scf.for
// CHECK: %[[X2:.*]] = llvm.load
// CHECK: %[[Y2:.*]] = arith.mulf %[[X2]], %[[X2]] : f32
// CHECK: %[[R:.*]] = arith.subf %[[Y2]], %[[S]] : f32
// CHECK: llvm.store %[[R]]
// CHECK: {act.row = []}
// CHECK-NOT: act.func

// A chunk of 64 elements is eight vectors, each with its own sum; what these
// were before the last chunk is carried, too.
// VECTOR-LABEL: func.func @centred
// VECTOR: scf.for {{.*}} iter_args({{(%[a-z0-9]+ = %[a-z0-9_]+(, )?)+}}) -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>)
// VECTOR: vector.extract_strided_slice {{.*}} sizes = [4]
// VECTOR: vector.extract_strided_slice {{.*}} sizes = [1]
// VECTOR: vector.extract %{{.*}}[0] : f32 from vector<1xf32>
// VECTOR-NOT: act.row

// Each lane has its own row.
// LANES-LABEL: func.func @centred
// LANES: arith.addf {{.*}} : vector<8xf32>
// LANES-NOT: vector.extract_strided_slice
// LANES-LABEL: func.func @exponent
// The loop that keeps values fetches vectors of rows that come after these.
// LANES: math.fma {{.*}} : vector<8xf32>
// LANES: llvm.store {{.*}} : vector<8xf32>
// LANES: scf.if
// LANES: scf.for
// LANES: "llvm.intr.prefetch"

// In strips a loop copies what the sum takes, which reads no array; the last one
// writes results, around the caches or through them. What is kept takes the place
// of the copy. The loop for the sum stores what the strip before has left, an
// element of all its rows at a time, with the sums it has left; unless it leaves
// its own, the last loop stores results.
// STRIPS-LABEL: func.func @exponent(%{{.*}}: !llvm.ptr) attributes {act.row_scratch = 1 : i64, act.scratch = 1 : i64}
// STRIPS: %[[BEFORE:.*]] = llvm.getelementptr %arg0[72]
// STRIPS: %[[ISLEFT:.*]] = arith.andi
// STRIPS: %[[LEAVES:.*]] = arith.andi
// STRIPS: scf.for
// STRIPS: %[[MINE:.*]] = llvm.getelementptr %{{.*}}[%{{.*}}] : (!llvm.ptr, i64) -> !llvm.ptr, f32
// STRIPS: scf.for
// STRIPS: llvm.load
// STRIPS: llvm.getelementptr %[[MINE]]{{.*}} {act.private}
// STRIPS-NEXT: llvm.store
// STRIPS: {act.row = [], act.strip = 128 : i64}
// STRIPS: llvm.getelementptr %[[MINE]]{{.*}} {act.private}
// STRIPS-NEXT: llvm.load
// STRIPS: math.fma
// STRIPS: llvm.getelementptr %[[MINE]]{{.*}} {act.private}
// STRIPS-NEXT: llvm.store
// STRIPS: scf.if %[[ISLEFT]] {
// STRIPS: %[[SUMLEFT:.*]] = llvm.load
// STRIPS: %[[KEPTLEFT:.*]] = llvm.load
// STRIPS: arith.divf %[[KEPTLEFT]], %[[SUMLEFT]]
// STRIPS: llvm.store
// STRIPS: {act.lanes, act.stream}
// STRIPS: "llvm.intr.prefetch"
// STRIPS: else
// STRIPS: "llvm.intr.prefetch"
// STRIPS: {act.row = ["sum"]}
// STRIPS: scf.if %[[LEAVES]] {
// STRIPS-NEXT: } else {
// STRIPS: {act.row = [], act.stream, act.strip = 128 : i64}
// STRIPS: {act.row = [], act.strip = 128 : i64}
// STRIPS: llvm.store

// Loops over elements have loops over vectors of rows in them, or the other way
// round; the sum goes from one to the other in memory. Loops over the strip
// before are taken apart.
// APART-LABEL: func.func @exponent
// APART: %[[SUMS:.*]] = llvm.alloca %{{.*}} x f32 {alignment = 64 : i64}
// APART: scf.for {{.*}} step %c1_
// APART: scf.for {{.*}} step %c8_
// APART: llvm.load {{.*}} -> vector<8xf32>
// APART: llvm.store {{.*}} : vector<8xf32>
// APART: scf.for {{.*}} step %c8_
// APART: scf.for {{.*}} step %c1_
// APART: math.fma {{.*}} : vector<8xf32>
// APART-COUNT-16: llvm.store {{.*}} {alignment = 32 : i64, nontemporal}
// APART-COUNT-8: "llvm.intr.prefetch"
// APART: %[[PLACE:.*]] = llvm.getelementptr %[[SUMS]]
// APART: llvm.store %{{.*}}, %[[PLACE]] {{.*}} : vector<8xf32>
// APART: scf.if
// APART: %[[PLACE:.*]] = llvm.getelementptr %[[SUMS]]
// APART: %[[SUM:.*]] = llvm.load %[[PLACE]] {{.*}} -> vector<8xf32>
// APART: arith.divf %{{.*}}, %[[SUM]] : vector<8xf32>
// APART: llvm.store {{.*}} {alignment = 32 : i64, nontemporal}
// APART-NOT: act.strip
act.func @centred(%x: f32 {act.storage = f32})
    -> (f32 {act.storage = f32}) {
  %y = arith.mulf %x, %x : f32
  %s = act.row sum %y : f32
  %r = arith.subf %y, %s : f32
  act.return %r : f32
}

// A value of more operations is kept: stored in one loop and loaded in the next.
// CHECK-LABEL: func.func @exponent(%{{.*}}: !llvm.ptr) attributes {act.scratch = 1 : i64}
// Results that go around the caches are stored by the loop of the next row, to
// which the sum is carried; what is kept is loaded before the next row's takes its
// place.
// CHECK: %[[KEPT:.*]] = llvm.getelementptr %{{.*}}[%{{.*}}] : (!llvm.ptr, i64) -> !llvm.ptr, f32
// CHECK: %[[ROWSLEFT:.*]] = arith.select %{{.*}}, %{{.*}}, %c0_i64
// CHECK: scf.for %[[ROW:.*]] = {{.*}} iter_args(%[[BEFORE:.*]] = %{{.*}}) -> (f32)
// CHECK: %[[PREVIOUS:.*]] = arith.subi %[[ROW]]
// CHECK: %[[ISLEFT:.*]] = arith.cmpi ult, %[[PREVIOUS]], %[[ROWSLEFT]]
// CHECK: %[[LEAVES:.*]] = arith.cmpi ult, %[[ROW]], %[[ROWSLEFT]]
// CHECK: %[[SUM:.*]] = scf.if %[[ISLEFT]] -> (f32)
// CHECK: %[[OLD:.*]] = llvm.getelementptr %[[KEPT]]{{.*}} {act.private}
// CHECK: %[[E:.*]] = llvm.load %[[OLD]]
// CHECK: %[[P:.*]] = arith.divf %[[E]], %[[BEFORE]]
// CHECK: %[[NEW:.*]] = llvm.getelementptr %[[KEPT]]{{.*}} {act.private}
// CHECK: llvm.store %{{.*}}, %[[NEW]]
// CHECK: llvm.store %[[P]]
// CHECK: {act.row = ["sum"], act.stream}
// CHECK: math.fma
// CHECK: %[[PLACE:.*]] = llvm.getelementptr %[[KEPT]]
// CHECK: llvm.store %{{.*}}, %[[PLACE]]
// CHECK: {act.row = ["sum"]}
// CHECK: scf.if %[[LEAVES]]
// CHECK-NEXT: } else {
// CHECK: %[[AGAIN:.*]] = llvm.getelementptr %[[KEPT]]
// CHECK: llvm.load %[[AGAIN]]
// CHECK-NOT: math.fma
// CHECK: {act.row = []}
// CHECK: scf.yield %[[SUM]] : f32
act.func @exponent(%x: f32 {act.storage = f32})
    -> (f32 {act.storage = f32}) {
  %a = math.fma %x, %x, %x : f32
  %b = math.fma %a, %a, %x : f32
  %c = math.fma %b, %b, %x : f32
  %d = math.fma %c, %c, %x : f32
  %e = math.fma %d, %d, %x : f32
  %f = math.fma %e, %e, %x : f32
  %g = math.fma %f, %f, %x : f32
  %s = act.row sum %g : f32
  %r = arith.divf %g, %s : f32
  act.return %r : f32
}

// Where all elements have one value, their sum is a product; but not of those
// that a mask leaves.
// CHECK-LABEL: func.func @count
// CHECK: arith.sitofp %{{.*}} : i64 to f32
// CHECK: {act.row = ["sum"]}
// CHECK: llvm.store
act.func @count(%x: f32 {act.storage = f32},
                %u: f32 {act.storage = f32, act.uniform})
    -> (f32 {act.storage = f32}) {
  %zero = arith.constant 0.0 : f32
  %c = arith.cmpf ogt, %x, %zero : f32
  %all = act.row sum %u : f32
  %some = act.row sum %u where %c : f32
  %r = arith.divf %some, %all : f32
  act.return %r : f32
}

// A gradient that is the same for all elements is stored for each.
// CHECK-LABEL: func.func @spread
// CHECK: {act.row = ["sum"]}
// CHECK: llvm.store
// CHECK: {act.row = []}
act.func @spread(%x: f32 {act.storage = f32})
    -> (f32 {act.storage = f32, act.spread}) {
  %s = act.row sum %x : f32
  act.return %s : f32
}
