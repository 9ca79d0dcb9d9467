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

tools::Array Elements::at(llvm::ArrayRef<uint64_t> places) const {
  tools::Array array =
      cantFail(tools::allocate(arrayType(), {int64_t(places.size())}));
  char *to = static_cast<char *>(array.data());
  for (uint64_t place : places) {
    uint64_t bits = place < signBit() ? last() - place : place - signBit();
    std::memcpy(to, &bits, sizeOf(type));
    to += sizeOf(type);
  }
  return array;
}
