//===- GatedLayout.h - Where gate and up stand in an array ------*- C++ -*-===//
//
// Public: no header of LLVM is included here.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_GATEDLAYOUT_H
#define ACT_GATEDLAYOUT_H

namespace act {

/// Where gate (g) and up (u) stand along the last dimension.
enum class GatedLayout {
  Separate,    // two arrays
  GateUp,      // g g g g u u u u
  UpGate,      // u u u u g g g g
  Interleaved, // g u g u g u g u
  Blocked,     // g g u u g g u u, in blocks of a given size
};

/// The two parts: the one that goes through the nonlinear function of most
/// gates, and the one it is multiplied with.
enum class GatedPart { Gate, Up };

} // namespace act

#endif // ACT_GATEDLAYOUT_H
