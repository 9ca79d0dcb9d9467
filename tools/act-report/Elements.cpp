//===- Elements.cpp - The numbers of a type, in order ---------------------===//

#include "Elements.h"
#include <cstring>

using namespace act;
using namespace act::report;

tools::ElementType Elements::arrayType() const {
  switch (type) {
  case DType::F64:
    return tools::ElementType::F64;
  case DType::F16:
    return tools::ElementType::F16;
  case DType::BF16:
    return tools::ElementType::BF16;
  default:
    return tools::ElementType::F32;
  }
}

uint64_t Elements::last() const {
  return ~uint64_t(0) >> (64 - 8 * sizeOf(type));
}

uint64_t Elements::placeOf(double x) const {
  tools::Array one = cantFail(tools::allocate(arrayType(), {1}));
  one.set(0, x);
  uint64_t bits = 0;
  std::memcpy(&bits, one.data(), sizeOf(type));
  return bits & signBit() ? last() - bits : bits + signBit();
}

template <class Bits>
static void put(llvm::ArrayRef<uint64_t> places, uint64_t signBit, Bits *to) {
  for (uint64_t place : places)
    *to++ = Bits(place < signBit ? ~place : place - signBit);
}

tools::Array Elements::at(llvm::ArrayRef<uint64_t> places) const {
  tools::Array array =
      cantFail(tools::allocate(arrayType(), {int64_t(places.size())}));
  switch (sizeOf(type)) {
  case 8:
    put(places, signBit(), static_cast<uint64_t *>(array.data()));
    break;
  case 4:
    put(places, signBit(), static_cast<uint32_t *>(array.data()));
    break;
  default:
    put(places, signBit(), static_cast<uint16_t *>(array.data()));
  }
  return array;
}
