//===- Tensor.h - Element types of arrays -----------------------*- C++ -*-===//
#ifndef ACT_TENSOR_H
#define ACT_TENSOR_H

#include <cstddef>

namespace act {

/// Element type of the arrays a kernel reads and writes.
enum class DType { F64, F32, F16, BF16 };

/// Bytes of one element.
inline size_t sizeOf(DType type) {
  return type == DType::F64 ? 8 : type == DType::F32 ? 4 : 2;
}

/// Command-line name: "f64", "f32", "f16" or "bf16".
inline const char *nameOf(DType type) {
  constexpr const char *names[] = {"f64", "f32", "f16", "bf16"};
  return names[int(type)];
}

} // namespace act

#endif // ACT_TENSOR_H
