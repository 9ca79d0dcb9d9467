//===- WidenHalves.h - 16-bit elements to words -----------------*- C++ -*-===//
#ifndef ACT_LIB_CODEGEN_WIDENHALVES_H
#define ACT_LIB_CODEGEN_WIDENHALVES_H

#include "llvm/IR/Function.h"

namespace act {

/// Makes 16-bit elements of a vector upper halves of 32 bits, as bf16 becomes
/// f32, in one operation each on the words that the vector lies in.
void widenHalves(llvm::Function &function);

} // namespace act

#endif // ACT_LIB_CODEGEN_WIDENHALVES_H
