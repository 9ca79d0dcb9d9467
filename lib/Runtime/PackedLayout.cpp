//===- PackedLayout.cpp - Gate and up halves in one array -----------------===//

#include "act/Runtime/PackedLayout.h"

using namespace act;

GatedIteration::GatedIteration(GatedLayout layout,
                               const std::vector<int64_t> &shape, int64_t block)
    : layout(layout), block(block), unpacked(shape), iteration(shape) {
  if (layout == GatedLayout::Blocked) {
    iteration.back() /= block;
    iteration.push_back(block);
  }
}

std::optional<GatedIteration>
GatedIteration::create(GatedLayout layout, const std::vector<int64_t> &shape,
                       int64_t block, std::string &error) {
  if (layout != GatedLayout::Separate && shape.empty()) {
    error = "a packed gate needs a last dimension that holds gate and up, but "
            "the array has rank 0";
    return std::nullopt;
  }
  if (layout == GatedLayout::Blocked) {
    if (block <= 0) {
      error =
          "the block size must be positive, but is " + std::to_string(block);
      return std::nullopt;
    }
    if (int64_t features = shape.back(); features % block != 0) {
      error = "blocks of " + std::to_string(block) +
              " need a gate whose last dimension is a multiple of " +
              std::to_string(block) + " (the packed one, of " +
              std::to_string(2 * block) + "), but the gate has " +
              std::to_string(features);
      return std::nullopt;
    }
  }
  return GatedIteration(layout, shape, block);
}

std::optional<GatedIteration>
GatedIteration::fromPacked(GatedLayout layout,
                           const std::vector<int64_t> &packedShape,
                           int64_t block, std::string &error) {
  std::vector<int64_t> shape = packedShape;
  if (layout != GatedLayout::Separate && !shape.empty()) {
    if (shape.back() % 2 != 0) {
      error = "the last dimension holds as many elements of the gate as of the "
              "up part and must be even, but is " +
              std::to_string(shape.back());
      return std::nullopt;
    }
    shape.back() /= 2;
  }
  return create(layout, shape, block, error);
}

std::vector<int64_t>
GatedIteration::unpackedStrides(std::vector<int64_t> strides) const {
  if (layout == GatedLayout::Blocked) {
    int64_t stride = strides.back();
    strides.back() = stride * block;
    strides.push_back(stride);
  }
  return strides;
}

GatedParts GatedIteration::parts(std::vector<int64_t> packedStrides) const {
  GatedParts parts;
  parts.strides = std::move(packedStrides);
  if (layout == GatedLayout::Separate)
    return parts;
  int64_t stride = parts.strides.back(), half = unpacked.back() * stride;
  switch (layout) {
  case GatedLayout::Separate:
    break;
  case GatedLayout::GateUp:
    parts.upOffset = half;
    break;
  case GatedLayout::UpGate:
    parts.gateOffset = half;
    break;
  case GatedLayout::Interleaved:
    parts.upOffset = stride;
    parts.strides.back() = 2 * stride;
    break;
  case GatedLayout::Blocked:
    parts.upOffset = block * stride;
    parts.strides.back() = 2 * block * stride;
    parts.strides.push_back(stride);
    break;
  }
  return parts;
}
