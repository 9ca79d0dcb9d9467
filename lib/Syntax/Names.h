//===- Names.h - Names that mean something in a source ----------*- C++ -*-===//
#ifndef ACT_LIB_SYNTAX_NAMES_H
#define ACT_LIB_SYNTAX_NAMES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace act {

/// True for "pi" and "e".
bool isConstantName(llvm::StringRef name);

/// Argument names of a primitive, in order; empty if `name` is none.
llvm::ArrayRef<llvm::StringRef> primitiveArguments(llvm::StringRef name);

/// True for functions of whole tensors, which need a tensor expression.
bool isTensorFunction(llvm::StringRef name);

/// Every primitive and every name of the catalogue.
llvm::ArrayRef<llvm::StringRef> builtinFunctionNames();

/// True for a name that cannot be an input: a constant, a keyword, a
/// primitive, a function of the catalogue or of tensors.
bool isBuiltinName(llvm::StringRef name);

/// True for letters, digits and underscores not starting with a digit.
bool isIdentifier(llvm::StringRef name);

} // namespace act

#endif // ACT_LIB_SYNTAX_NAMES_H
