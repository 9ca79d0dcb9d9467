//===- GpuPtx.h - What ptxas makes of generated kernels ---------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_GPUPTX_H
#define ACT_TEST_UNIT_GPUPTX_H

#include "GpuRows.h"
#include "KernelTestUtil.h"
#include "Ptxas.h"

namespace act::test {

/// A generated module of PTX, and what its kernels must have.
struct GeneratedPtx {
  std::string name, ptx;
  KernelSignature signature;
};

/// A function of elements with results of these orders, or its backward.
GeneratedPtx ptxOf(llvm::StringRef source, DType type, const GpuLevel &level,
                   const std::vector<int64_t> &orders = {0},
                   bool isBackward = false);
/// One whose result is quantised: what stands in #act.quantization<...>.
GeneratedPtx ptxOfQuantized(llvm::StringRef source, DType type,
                            llvm::StringRef quantization,
                            const GpuLevel &level);
/// A function as it is compiled without derivatives.
GeneratedPtx ptxOfSource(llvm::StringRef source, DType type,
                         const GpuLevel &level);
GeneratedPtx ptxOfRows(RowSubject subject, const GpuLevel &level);

/// Assembles modules for a level in one process. Each kernel must spill
/// nothing, use no local memory and not more registers than its threads have,
/// call nothing, and access whole chunks by 16 bytes.
std::vector<std::vector<KernelSass>>
assembleAndExpect(const std::vector<GeneratedPtx> &modules,
                  const GpuLevel &level);

} // namespace act::test

#endif // ACT_TEST_UNIT_GPUPTX_H
