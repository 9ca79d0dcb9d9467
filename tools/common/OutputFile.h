//===- OutputFile.h - Files written whole or not at all ---------*- C++ -*-===//
#ifndef ACT_TOOLS_OUTPUTFILE_H
#define ACT_TOOLS_OUTPUTFILE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace act::tools {

/// Writes what `write` prints to a file, whole or not at all: an old file
/// stays as it was on any error. "-" is stdout; pipes and devices are written
/// directly. Errors name the file.
llvm::Error writeWhole(llvm::StringRef path,
                       llvm::function_ref<void(llvm::raw_ostream &)> write);

/// An error that says what to do if writeWhole would fail because of the path:
/// to be asked before long work. Creates nothing.
llvm::Error checkWritable(llvm::StringRef path);

} // namespace act::tools

#endif // ACT_TOOLS_OUTPUTFILE_H
