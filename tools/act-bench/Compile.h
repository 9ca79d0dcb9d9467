//===- Compile.h - How long compiling takes ---------------------*- C++ -*-===//
#ifndef ACT_BENCH_COMPILE_H
#define ACT_BENCH_COMPILE_H

namespace act::bench {

/// Registers compile/NAME of every row, from source text to a loaded kernel on
/// this machine, and compile/ptx/NAME of a few functions in bf16, from source
/// text to PTX, which is all of a GPU kernel's way that is not the driver's.
/// The latter have the milliseconds of each stage as counters.
void registerCompiles();

} // namespace act::bench

#endif // ACT_BENCH_COMPILE_H
