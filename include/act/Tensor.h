//===- Tensor.h - Element types of arrays -----------------------*- C++ -*-===//
//
// Public: no header of LLVM is included here.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TENSOR_H
#define ACT_TENSOR_H

#include <cstddef>
#include <cstdint>

namespace act {

/// Element type of an array: IEEE binary64, binary32 and binary16, the upper
/// half of binary32, and for masks one bit an element: dense, in flattened
/// (row-major) order, little-endian within a byte, padding bits 0. Quantised
/// results are the 8-bit floats of the OCP specification, of which E4M3 has no
/// infinities, and signed integers.
enum class DType { F64, F32, F16, BF16, Bit, E4M3, E5M2, Int8 };

/// Bytes of one element as a kernel sees it; a bit is a byte of 0 or 1 there.
inline size_t sizeOf(DType type) {
  switch (type) {
  case DType::F64:
    return 8;
  case DType::F32:
    return 4;
  case DType::F16:
  case DType::BF16:
    return 2;
  case DType::Bit:
  case DType::E4M3:
  case DType::E5M2:
  case DType::Int8:
    return 1;
  }
  return 0;
}

/// Bytes of a dense array of `count` elements; eight bits share one.
inline size_t arrayBytes(DType type, int64_t count) {
  return type == DType::Bit ? size_t(count + 7) / 8
                            : sizeOf(type) * size_t(count);
}

/// The name of the type: "f64", "f32", "f16" and "bf16" as in MLIR, or "b1",
/// "e4m3", "e5m2" and "int8".
inline const char *nameOf(DType type) {
  switch (type) {
  case DType::F64:
    return "f64";
  case DType::F32:
    return "f32";
  case DType::F16:
    return "f16";
  case DType::BF16:
    return "bf16";
  case DType::Bit:
    return "b1";
  case DType::E4M3:
    return "e4m3";
  case DType::E5M2:
    return "e5m2";
  case DType::Int8:
    return "int8";
  }
  return "";
}

} // namespace act

#endif // ACT_TENSOR_H
