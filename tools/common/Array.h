//===- Array.h - Arrays in the memory of a tool -----------------*- C++ -*-===//
#ifndef ACT_TOOLS_ARRAY_H
#define ACT_TOOLS_ARRAY_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace act::tools {

/// Element type of an array, in the native byte order. The last three are of
/// quantised results (act/Quantization.h).
enum class ElementType { F64, F32, F16, BF16, I32, I64, Bool, E4M3, E5M2, I8 };

/// Bytes of one element.
size_t sizeOf(ElementType type);
/// "f64", ... "bool".
const char *nameOf(ElementType type);

/// A dense array in C order that owns its memory, aligned to 64 bytes.
struct Array {
  struct Free {
    void operator()(void *memory) const { std::free(memory); }
  };
  ElementType type = ElementType::F32;
  std::vector<int64_t> shape;
  std::unique_ptr<void, Free> storage;

  /// Number of elements; 1 for rank 0.
  int64_t size() const;
  void *data() const { return storage.get(); }
  /// Element `i` in C order; integers beyond 2^53 are rounded.
  double get(int64_t i) const;
  /// Sets element `i` to the nearest number of the type, ties to even; what is
  /// beyond the largest number of a quantised type becomes that, and a NaN 0 in
  /// integers.
  void set(int64_t i, double value);
};

/// Uninitialised memory for std::free(), aligned to 64 bytes and with 64 bytes
/// more behind it; null where there is none. As NumPy's, memory of 4 MiB and
/// more has pages of 2 MiB where the system gives them.
void *allocateBytes(size_t bytes);

/// An uninitialised array, or an error that names the shape when its size
/// overflows or exceeds the machine's memory.
llvm::Expected<Array> allocate(ElementType type, std::vector<int64_t> shape);

/// The same elements rounded to another type.
llvm::Expected<Array> convert(const Array &from, ElementType type);

/// The number of the type nearest to decimal text such as "-1e-3", "inf" or
/// "-nan", rounded once, ties to even; none if the text is no such number.
std::optional<double> parseDecimal(llvm::StringRef text, ElementType type);

/// Decimal of the fewest digits that reads back as the same number of the
/// type; "nan", "inf", "-inf", "-0".
std::string formatShortest(double value, ElementType type);

/// "4x1024", or "scalar" for rank 0.
std::string formatShape(llvm::ArrayRef<int64_t> shape);

/// The common shape by NumPy's rule, or an error that names the operands.
llvm::Expected<std::vector<int64_t>> broadcastShapes(
    llvm::ArrayRef<std::pair<std::string, std::vector<int64_t>>> shapes);

} // namespace act::tools

#endif // ACT_TOOLS_ARRAY_H
