//===- CudaLinker.h - The driver compiles PTX -------------------*- C++ -*-===//
#ifndef ACT_LIB_RUNTIME_CUDALINKER_H
#define ACT_LIB_RUNTIME_CUDALINKER_H

#include "CudaApi.h"
#include "act/Runtime/CudaDriver.h"

namespace act::cuda {

/// Room for what the driver's compiler says, and the options that make it say
/// it there. The driver keeps pointers into it during the calls.
class JitLog {
public:
  JitLog();
  JitLog(const JitLog &) = delete;

  /// A line break and the text; empty if nothing was said.
  std::string text() const;

  static constexpr unsigned kCount = 4;
  CUjit_option options[kCount] = {
      CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES,
      CU_JIT_INFO_LOG_BUFFER, CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES};
  void *values[kCount];

private:
  static constexpr unsigned kBytes = 8192;
  char errors[kBytes] = "", notes[kBytes] = "";
};

/// An error if the driver is too old for this PTX text, or the device cannot
/// run it.
llvm::Error checkPtx(const CudaDevice &device, llvm::StringRef ptx);

} // namespace act::cuda

#endif // ACT_LIB_RUNTIME_CUDALINKER_H
