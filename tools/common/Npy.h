//===- Npy.h - NumPy's .npy files -------------------------------*- C++ -*-===//
#ifndef ACT_TOOLS_NPY_H
#define ACT_TOOLS_NPY_H

#include "Array.h"
#include "llvm/ADT/StringRef.h"

namespace act::tools {

/// Reads a .npy file of version 1, 2 or 3; "-" is stdin. Big-endian and
/// Fortran-ordered arrays are converted; `<V2` and `|V2` are bf16. Errors
/// name the file, what was found and what to do.
llvm::Expected<Array> readNpy(llvm::StringRef path);

/// The same from memory; `name` stands for the file in errors.
llvm::Expected<Array> parseNpy(llvm::StringRef bytes, llvm::StringRef name);

/// Writes a file of version 1, whole or not at all: an old file stays as it
/// was on any error. "-" is stdout.
llvm::Error writeNpy(llvm::StringRef path, const Array &array);

} // namespace act::tools

#endif // ACT_TOOLS_NPY_H
