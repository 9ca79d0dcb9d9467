//===- Quad.cpp - IEEE binary128 numbers ----------------------------------===//

#include "act/Reference/Quad.h"
#include <cstring>

using namespace act;

Quad act::quadFromText(llvm::StringRef text) {
  llvm::APInt bits =
      exactToAPFloat(text, llvm::APFloat::IEEEquad()).bitcastToAPInt();
  Quad value;
  static_assert(sizeof(value) == 2 * sizeof(uint64_t));
  // Words of an APInt run from the least significant, as in memory here.
  std::memcpy(&value, bits.getRawData(), sizeof(value));
  return value;
}
