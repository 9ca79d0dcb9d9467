//===- Rows.h - Benchmarks of functions of a row ----------------*- C++ -*-===//
#ifndef ACT_BENCH_ROWS_H
#define ACT_BENCH_ROWS_H

namespace act::bench {

/// Registers softmax over rows of 64 to 262,144 elements, in f32 and bf16, in
/// the L2 cache where they fit it and in memory, and along the first axis. Each
/// stands beside Act's own exp over the same elements, the copy of the same
/// bytes and oneDNN's softmax, timed in turn.
void registerRows();

} // namespace act::bench

#endif // ACT_BENCH_ROWS_H
