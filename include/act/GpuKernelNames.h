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

/// What no kernel's name ends in: to ask for none.
inline constexpr const char *kNoGpuKernel = "none";

/// The kernels of a function of a row: one for each entry of kGpuRowChunks, and
/// that of rows of any length.
inline std::vector<std::string> gpuRowNames(const std::string &function) {
  std::vector<std::string> names;
  for (unsigned chunks : kGpuRowChunks)
    names.push_back(function + "_" + std::to_string(chunks));
  names.push_back(function + "_loop");
  return names;
}

/// The kernel of arrays of any layout, beside one of whole or split rows that
/// takes chunks of 16 bytes only.
inline std::string gpuAnyName(const std::string &kernel) {
  return kernel + "_any";
}

/// The kernels of split rows, in order.
inline std::vector<std::string> gpuSplitNames(const std::string &function,
                                              unsigned kernels) {
  std::vector<std::string> names;
  for (unsigned i = 0; i < kernels; ++i)
    names.push_back(function + "_split" + std::to_string(i));
  return names;
}

/// The kernel of rows that a cluster of blocks shares, beside those of split
/// rows.
inline std::string gpuClusterName(const std::string &function) {
  return function + "_cluster";
}

/// The kernel of rows side by side, of a function that finds nothing step by
/// step.
inline std::string gpuAsideName(const std::string &function) {
  return function + "_aside";
}

/// A reduced result has terms, as f64 or of a function of a row in the type it
/// is computed in, and kernels of a function of a row that give the sum of a
/// row of terms, by this name.
inline std::string gpuSumName(const std::string &function, unsigned result) {
  return function + "_sum" + std::to_string(result);
}

/// The kernel that brings rows of a mask together that begin at bytes.
inline std::string gpuPackName(const std::string &function) {
  return function + "_pack";
}

/// The kernel that empties counts.
inline std::string gpuClearName(const std::string &function) {
  return function + "_clear";
}

} // namespace act

#endif // ACT_GPUKERNELNAMES_H
