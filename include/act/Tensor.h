//===- Tensor.h - Element types of arrays -----------------------*- C++ -*-===//
//
// Public: no header of LLVM is included here.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TENSOR_H
#define ACT_TENSOR_H

#include <cstddef>

namespace act {

/// Element type of an array: IEEE binary64, binary32 and binary16, and the
/// upper half of binary32.
enum class DType { F64, F32, F16, BF16 };

/// Bytes of one element.
inline size_t sizeOf(DType type) {
  return type == DType::F64 ? 8 : type == DType::F32 ? 4 : 2;
}

/// The name of the type as MLIR spells it: "f64", "f32", "f16" or "bf16".
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
  }
  return "";
}

} // namespace act

#endif // ACT_TENSOR_H
