//===- SymbolicDetail.h - What building expressions shares ------*- C++ -*-===//
#ifndef ACT_LIB_TRANSFORMS_SYMBOLICDETAIL_H
#define ACT_LIB_TRANSFORMS_SYMBOLICDETAIL_H

#include "act/Transforms/Symbolic.h"

namespace act::sym {

inline constexpr llvm::StringLiteral kSelect = "arith.select";

/// The factors of a term of a sum; a number has none.
inline llvm::SmallVector<Factor> factorsOf(Expr e) {
  if (e->isNumber())
    return {};
  if (e->kind == Kind::Product)
    return llvm::to_vector(e->factors);
  return {{e, 2}};
}

} // namespace act::sym

#endif // ACT_LIB_TRANSFORMS_SYMBOLICDETAIL_H
