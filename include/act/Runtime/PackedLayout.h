//===- PackedLayout.h - Gate and up halves in one array ---------*- C++ -*-===//
//
// A gated operation combines a gate and an up part, each of shape [..., F]. One
// matrix product often makes both, and the result holds them in one array of
// shape [..., 2F]. Every layout in use is a choice of strides, so that a kernel
// reads the parts where they are.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_RUNTIME_PACKEDLAYOUT_H
#define ACT_RUNTIME_PACKEDLAYOUT_H

#include "act/GatedLayout.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace act {

/// One part of a packed array as an operand of a kernel.
struct PackedPart {
  /// Name of the array; operands with the same name are parts of one array, a
  /// gradient's array having the name of its input's.
  std::string array;
  GatedPart part = GatedPart::Gate;
  /// Not `Separate`.
  GatedLayout layout = GatedLayout::GateUp;
  /// Elements of a block of `Blocked`, else 0.
  int64_t block = 0;
};

/// The two parts of an array over the iteration shape, in elements.
struct GatedParts {
  int64_t gateOffset = 0, upOffset = 0;
  int64_t offset(GatedPart part) const {
    return part == GatedPart::Gate ? gateOffset : upOffset;
  }
  /// The same for both parts.
  std::vector<int64_t> strides;
};

/// How a gated operation whose gate, up part and result have the shape
/// [..., F] walks its operands.
class GatedIteration {
public:
  /// For operands of `shape`, which is [..., F]. `block` is the block size of
  /// `Blocked`; others ignore it. Without a value, `error` says what was
  /// expected: a last dimension, a positive block, F a multiple of it.
  static std::optional<GatedIteration> create(GatedLayout layout,
                                              const std::vector<int64_t> &shape,
                                              int64_t block,
                                              std::string &error);

  /// The same from the shape of the array that holds gate and up: [..., 2F],
  /// or that of one of the two arrays, [..., F], for `Separate`. It is also an
  /// error if 2F is odd.
  static std::optional<GatedIteration>
  fromPacked(GatedLayout layout, const std::vector<int64_t> &packedShape,
             int64_t block, std::string &error);

  /// [..., F].
  const std::vector<int64_t> &unpackedShape() const { return unpacked; }

  /// What to run the kernel over: [..., F / block, block] for `Blocked`, else
  /// [..., F].
  const std::vector<int64_t> &shape() const { return iteration; }

  /// Strides over `shape()` of an operand whose strides over `unpackedShape()`
  /// are given. Broadcast dimensions (stride 0) stay so.
  std::vector<int64_t> unpackedStrides(std::vector<int64_t> strides) const;

  /// The parts of the array [..., 2F] with the given strides; for `Separate`
  /// the given strides, those of either array, and no offsets.
  GatedParts parts(std::vector<int64_t> packedStrides) const;

private:
  GatedIteration(GatedLayout layout, const std::vector<int64_t> &shape,
                 int64_t block);

  GatedLayout layout;
  int64_t block;
  std::vector<int64_t> unpacked, iteration;
};

} // namespace act

#endif // ACT_RUNTIME_PACKEDLAYOUT_H
