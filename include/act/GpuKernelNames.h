//===- GpuKernelNames.h - What GPU kernels are called -----------*- C++ -*-===//
//
// A function of elements has one kernel, of its name. Public: no header of LLVM
// is included here.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_GPUKERNELNAMES_H
#define ACT_GPUKERNELNAMES_H

#include "act/KernelABI.h"
#include <string>
#include <vector>

namespace act {

/// The kernels of a function of a row: one for each entry of kGpuRowChunks, and
/// that of rows of any length.
inline std::vector<std::string> gpuRowNames(const std::string &function) {
  std::vector<std::string> names;
  for (unsigned chunks : kGpuRowChunks)
    names.push_back(function + "_" + std::to_string(chunks));
  names.push_back(function + "_loop");
  return names;
}

/// The kernels of split rows, in order.
inline std::vector<std::string> gpuSplitNames(const std::string &function,
                                              unsigned kernels) {
  std::vector<std::string> names;
  for (unsigned i = 0; i < kernels; ++i)
    names.push_back(function + "_split" + std::to_string(i));
  return names;
}

/// A reduced result has one term for each element, as f32 or f64, and kernels
/// of a function of a row that give the sum of a row of terms, by this name.
inline std::string gpuSumName(const std::string &function, unsigned result) {
  return function + "_sum" + std::to_string(result);
}

} // namespace act

#endif // ACT_GPUKERNELNAMES_H
