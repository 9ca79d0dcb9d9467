//===- Array.h - Dense arrays of the tools ----------------------*- C++ -*-===//
//
// What act-run reads, runs on and writes: a dense array in C order that owns
// its bytes.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TOOLS_SUPPORT_ARRAY_H
#define ACT_TOOLS_SUPPORT_ARRAY_H

#include "ElementType.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <cstdlib>
#include <memory>
#include <vector>

namespace act::tools {

/// The error `message`, as every function here reports failures.
llvm::Error makeError(const llvm::Twine &message);

/// A dense array in C order. The bytes are owned, start at a multiple of 64 and
/// lie in the machine's own byte order. Made by `allocate`; a default array is
/// empty. Movable, not copyable; not synchronised.
struct Array {
  struct Free {
    void operator()(char *bytes) const { std::free(bytes); }
  };

  ElementType type = ElementType::F32;
  std::vector<int64_t> shape = {0};
  std::unique_ptr<char, Free> bytes;

  /// Elements: the product of the shape, 1 for rank 0.
  int64_t size() const;

  /// Bytes of all elements.
  size_t sizeInBytes() const { return size() * sizeOf(type); }

  void *data() { return bytes.get(); }
  const void *data() const { return bytes.get(); }

  /// The bits of element `i` in C order, 0 <= i < size().
  uint64_t bits(int64_t i) const;
  void setBits(int64_t i, uint64_t bits);

  /// Element `i` as `decode` gives it.
  double get(int64_t i) const { return decode(bits(i), type); }

  /// Sets element `i` to `value` as `encode` rounds it.
  void set(int64_t i, double value) { setBits(i, encode(value, type)); }
};

/// "4x1024", or "scalar" for rank 0.
std::string formatShape(llvm::ArrayRef<int64_t> shape);

/// An array with unspecified contents. Errors name the shape and its bytes: a
/// negative dimension, more than 64 dimensions (NumPy's limit), or more bytes
/// than the machine has memory.
llvm::Expected<Array> allocate(ElementType type,
                               llvm::ArrayRef<int64_t> shape);

/// A copy of `source` with every element converted as `encode` says, rounded
/// once also from I64. To I32 and I64 only integers in range convert; another
/// value is an error that names it.
llvm::Expected<Array> convert(const Array &source, ElementType type);

/// An operand of a broadcast; both members are borrowed.
struct NamedShape {
  llvm::StringRef name;
  llvm::ArrayRef<int64_t> shape;
};

/// The shape that `operands` broadcast to by NumPy's rule: shapes are aligned
/// at their last dimension, and in each place all dimensions are equal or 1.
/// No operand gives rank 0. The error names two operands that disagree, their
/// shapes and the dimension, counted in the result from 0.
llvm::Expected<std::vector<int64_t>>
broadcastShapes(llvm::ArrayRef<NamedShape> operands);

} // namespace act::tools

#endif // ACT_TOOLS_SUPPORT_ARRAY_H
