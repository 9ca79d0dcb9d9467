//===- Array.cpp - Dense arrays of the tools ------------------------------===//

#include "Array.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"
#include <cassert>
#include <cmath>
#include <cstring>
#include <unistd.h>

using namespace act::tools;
using llvm::ArrayRef;
using llvm::Expected;
using llvm::Twine;

llvm::Error act::tools::makeError(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

int64_t Array::size() const {
  int64_t product = 1;
  for (int64_t dimension : shape)
    product *= dimension;
  return product;
}

template <class Bits> static Bits loadAt(const char *bytes, int64_t i) {
  Bits bits;
  std::memcpy(&bits, bytes + i * sizeof(Bits), sizeof(Bits));
  return bits;
}

template <class Bits>
static void storeAt(char *bytes, int64_t i, uint64_t value) {
  Bits bits = Bits(value);
  std::memcpy(bytes + i * sizeof(Bits), &bits, sizeof(Bits));
}

uint64_t Array::bits(int64_t i) const {
  assert(i >= 0 && i < size() && "element out of range");
  switch (sizeOf(type)) {
  case 8:
    return loadAt<uint64_t>(bytes.get(), i);
  case 4:
    return loadAt<uint32_t>(bytes.get(), i);
  case 2:
    return loadAt<uint16_t>(bytes.get(), i);
  default:
    return loadAt<uint8_t>(bytes.get(), i);
  }
}

void Array::setBits(int64_t i, uint64_t bits) {
  assert(i >= 0 && i < size() && "element out of range");
  switch (sizeOf(type)) {
  case 8:
    return storeAt<uint64_t>(bytes.get(), i, bits);
  case 4:
    return storeAt<uint32_t>(bytes.get(), i, bits);
  case 2:
    return storeAt<uint16_t>(bytes.get(), i, bits);
  default:
    return storeAt<uint8_t>(bytes.get(), i, bits);
  }
}

std::string act::tools::formatShape(ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  return llvm::join(llvm::map_range(shape,
                                    [](int64_t dimension) {
                                      return std::to_string(dimension);
                                    }),
                    "x");
}

//===----------------------------------------------------------------------===//
// Allocation
//===----------------------------------------------------------------------===//

/// Bytes of memory in this machine.
static uint64_t physicalMemory() {
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGE_SIZE);
  if (pages <= 0 || size <= 0)
    return INT64_MAX;
  return uint64_t(pages) * uint64_t(size);
}

Expected<Array> act::tools::allocate(ElementType type,
                                     ArrayRef<int64_t> shape) {
  constexpr size_t maxRank = 64;
  if (shape.size() > maxRank)
    return makeError("an array of " + Twine(shape.size()) +
                     " dimensions; at most " + Twine(maxRank) + " are legal");
  std::string what =
      (Twine(nameOf(type)) + " array of shape " + formatShape(shape)).str();
  bool empty = llvm::is_contained(shape, 0);
  uint64_t bytes = sizeOf(type), memory = physicalMemory();
  bool overflows = false;
  for (int64_t dimension : shape) {
    if (dimension < 0)
      return makeError(what + ": dimensions must not be negative");
    // Zeros are left out, so that every partial product stays representable.
    if (dimension != 0)
      overflows |= llvm::MulOverflow(bytes, uint64_t(dimension), bytes);
  }
  overflows |= bytes > uint64_t(INT64_MAX);
  if (overflows)
    return makeError(what + " needs more than 2^63 bytes; this machine has " +
                     Twine(memory) + " bytes of memory");
  if (empty)
    bytes = 0;
  if (bytes > memory)
    return makeError(what + " needs " + Twine(bytes) +
                     " bytes; this machine has " + Twine(memory) +
                     " bytes of memory");
  Array array;
  array.type = type;
  array.shape.assign(shape.begin(), shape.end());
  uint64_t whole = llvm::alignTo(std::max<uint64_t>(bytes, 1), 64);
  array.bytes.reset(static_cast<char *>(std::aligned_alloc(64, whole)));
  if (!array.bytes)
    return makeError(what + ": the system refused to lend " + Twine(bytes) +
                     " bytes");
  return std::move(array);
}

//===----------------------------------------------------------------------===//
// Conversion
//===----------------------------------------------------------------------===//

/// `value` rounded to a double to odd: where bits are lost the last bit kept is
/// set, so that one more rounding, to a shorter type, rounds like the integer.
static double roundToOdd(int64_t value) {
  uint64_t magnitude = value < 0 ? -uint64_t(value) : uint64_t(value);
  int drop = std::max(0, 11 - int(llvm::countl_zero(magnitude)));
  uint64_t kept = magnitude >> drop;
  kept |= (kept << drop) != magnitude;
  double rounded = double(kept) * double(uint64_t(1) << drop);
  return value < 0 ? -rounded : rounded;
}

Expected<Array> act::tools::convert(const Array &source, ElementType type) {
  Expected<Array> result = allocate(type, source.shape);
  if (!result)
    return result.takeError();
  int64_t size = source.size();
  if (source.type == type) {
    if (size != 0)
      std::memcpy(result->data(), source.data(), source.sizeInBytes());
    return result;
  }
  bool toInteger = type == ElementType::I32 || type == ElementType::I64;
  bool toShort = isFloating(type) && type != ElementType::F64;
  bool viaOdd = source.type == ElementType::I64 && toShort;
  for (int64_t i = 0; i < size; ++i) {
    uint64_t sourceBits = source.bits(i);
    double value = viaOdd ? roundToOdd(int64_t(sourceBits))
                          : decode(sourceBits, source.type);
    uint64_t bits = encode(value, type);
    // 2^63 saturates to 2^63 - 1, which reads back as 2^63.
    bool outside = type == ElementType::I64 && value >= 0x1p63;
    if (toInteger && (outside || decode(bits, type) != value))
      return makeError("element " + Twine(i) + ", " +
                       formatBits(sourceBits, source.type) + ", is no " +
                       nameOf(type) + " number");
    result->setBits(i, bits);
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Broadcasting
//===----------------------------------------------------------------------===//

Expected<std::vector<int64_t>>
act::tools::broadcastShapes(ArrayRef<NamedShape> operands) {
  size_t rank = 0;
  for (const NamedShape &operand : operands)
    rank = std::max(rank, operand.shape.size());
  std::vector<int64_t> result(rank, 1);
  // The operand that decided each dimension of the result.
  std::vector<const NamedShape *> deciders(rank, nullptr);
  for (const NamedShape &operand : operands) {
    size_t skipped = rank - operand.shape.size();
    for (auto [place, dimension] : llvm::enumerate(operand.shape)) {
      size_t at = skipped + place;
      if (dimension == 1 || dimension == result[at])
        continue;
      if (const NamedShape *other = deciders[at])
        return makeError("'" + other->name + "' of shape " +
                         formatShape(other->shape) + " and '" + operand.name +
                         "' of shape " + formatShape(operand.shape) +
                         " do not broadcast: dimension " + Twine(at) +
                         " of the result is " + Twine(result[at]) +
                         " in one and " + Twine(dimension) +
                         " in the other; they must be equal or 1");
      result[at] = dimension;
      deciders[at] = &operand;
    }
  }
  return result;
}
