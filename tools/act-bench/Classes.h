//===- Classes.h - What the strict class costs ------------------*- C++ -*-===//
#ifndef ACT_BENCH_CLASSES_H
#define ACT_BENCH_CLASSES_H

namespace act::bench {

/// Registers strict/FUNCTION/ORDER/TYPE of every row of one input, f and f' in
/// f32 and f64, over 4,096 elements: the kernels of the strict and the default
/// class timed in turn, and the ratio of the two.
void registerClasses();

} // namespace act::bench

#endif // ACT_BENCH_CLASSES_H
