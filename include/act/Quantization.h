//===- Quantization.h - Results in 8 bits -----------------------*- C++ -*-===//
//
// Public: no header of LLVM is included here.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_QUANTIZATION_H
#define ACT_QUANTIZATION_H

#include "act/Tensor.h"

namespace act {

/// What elements of a quantised result have a scale in common: all of them, one
/// that is given; those of a row along the last axis; or kScaleBlock
/// neighbours in it, of which the last are fewer where the row is no multiple.
enum class Scaling { Static, Row, Block };

/// Elements that have one scale with Scaling::Block.
inline constexpr int64_t kScaleBlock = 128;

/// Scales are of this range, whose ends are powers of two: f32 holds them and
/// their inverses as normal numbers. The scale that is computed of a row of
/// smaller numbers is the least one.
inline constexpr double kLeastScale = 0x1p-126, kLargestScale = 0x1p126;

/// True for the element types of quantised results.
constexpr bool isQuantized(DType type) {
  return type == DType::E4M3 || type == DType::E5M2 || type == DType::Int8;
}

/// What the largest element of a row becomes: the largest finite number of the
/// 8-bit float formats, and of int8 the one whose negative there is, too.
constexpr double quantizedMax(DType type) {
  return type == DType::E4M3 ? 448 : type == DType::E5M2 ? 57344 : 127;
}

} // namespace act

#endif // ACT_QUANTIZATION_H
