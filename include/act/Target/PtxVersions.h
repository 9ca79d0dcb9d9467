//===- PtxVersions.h - Which CUDA knows which PTX ---------------*- C++ -*-===//
//
// PTX versions are 10 * major + minor, as in Gpu.h; CUDA versions are
// 1000 * major + 10 * minor, as the driver states its own. Safe from any
// thread. Source: "Release Notes" of the PTX ISA manual.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TARGET_PTXVERSIONS_H
#define ACT_TARGET_PTXVERSIONS_H

#include <string>

namespace act {

/// The newest PTX version that a driver of this CUDA version takes; 0 if it is
/// older than all that are known. A driver newer than all that are known gets
/// the newest known one.
unsigned ptxVersionOfCuda(unsigned cudaVersion);

/// The oldest CUDA version whose driver takes this PTX version; 0 if none is
/// known to.
unsigned cudaVersionForPtx(unsigned ptxVersion);

/// "8.1" for 81.
std::string ptxVersionText(unsigned ptxVersion);

/// "12.4" for 12040.
std::string cudaVersionText(unsigned cudaVersion);

} // namespace act

#endif // ACT_TARGET_PTXVERSIONS_H
