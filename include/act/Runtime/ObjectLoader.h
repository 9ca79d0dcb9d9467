//===- ObjectLoader.h - Machine code becomes functions ----------*- C++ -*-===//
//
// A small layer over ORC: one session a process, one resource tracker a
// kernel, so that a kernel's memory goes with it.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_RUNTIME_OBJECTLOADER_H
#define ACT_RUNTIME_OBJECTLOADER_H

#include "act/KernelABI.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>

namespace act {

/// Loaded machine code of one kernel. Destroying it unmaps the code, which
/// must then not be running. Movable; safe to run from many threads.
class LoadedObject {
public:
  virtual ~LoadedObject() = default;
  /// Where the symbol is that loadObject() was asked for.
  virtual const void *address() const = 0;
  /// That symbol as a kernel's entry.
  KernelFunction entry() const {
    return reinterpret_cast<KernelFunction>(const_cast<void *>(address()));
  }
};

/// A function that an object may call.
struct HostFunction {
  const char *name;
  void *address;
};

/// Links an object in this process and finds `symbol` in it. Safe from many
/// threads. An object that needs a symbol that neither it defines nor
/// `functions` has is refused: kernels for a CPU call nothing.
llvm::Expected<std::unique_ptr<LoadedObject>>
loadObject(std::unique_ptr<llvm::MemoryBuffer> object, llvm::StringRef symbol,
           llvm::ArrayRef<HostFunction> functions = {});

} // namespace act

#endif // ACT_RUNTIME_OBJECTLOADER_H
