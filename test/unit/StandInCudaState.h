//===- StandInCudaState.h - What the stand-in driver keeps ------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_STANDINCUDASTATE_H
#define ACT_TEST_UNIT_STANDINCUDASTATE_H

#include "CudaApi.h"
#include "StandInCuda.h"
#include <cstdint>
#include <mutex>
#include <string>
#include <type_traits>
#include <vector>

extern "C" act::test::StandInCuda standInCuda;

namespace act::cuda {
struct ModuleHandle {
  std::string image;
  std::vector<FunctionHandle *> functions{};
};
struct FunctionHandle {
  std::string name;
  bool isLoaded = false;
};
struct StreamHandle {
  GraphHandle *graph = nullptr; // while it captures
  bool isSpoilt = false;
};
struct GraphHandle {
  unsigned numLaunches = 0;
};
struct GraphExecHandle {
  unsigned numLaunches;
};
struct EventHandle {};
struct LinkHandle {
  std::string cubin;
  std::vector<CUjit_option> options;
  std::vector<void *> values;
};
} // namespace act::cuda

namespace act::test::standin {
using namespace act::cuda;

/// Guards what several threads change.
extern std::mutex mutex;
/// Streams that capture.
extern unsigned numCapturing;
/// The calling thread's stack of contexts.
extern thread_local std::vector<uintptr_t> contexts;

/// The context of device 0; that of device n stands n behind it.
constexpr uintptr_t kFirstContext = 0x1000;

/// What a call needs: a current context, and that no stream captures.
enum class Needs { Nothing, Context, NoCapture };

/// Records a call, and tells what it returns at once: CUDA_SUCCESS if it goes
/// on.
CUresult enter(const char *name, Needs needs);

inline int *alive(CUstream) { return &standInCuda.numHandles; }
inline int *alive(CUevent) { return &standInCuda.numHandles; }
inline int *alive(CUgraph) { return &standInCuda.numHandles; }
inline int *alive(CUgraphExec) { return &standInCuda.numHandles; }
inline int *alive(CUlinkState) { return &standInCuda.numHandles; }
inline int *alive(CUmodule) { return &standInCuda.numModules; }

template <typename Handle, typename... Values>
CUresult make(Handle **to, Values... values) {
  *to = new Handle{values...};
  ++*alive(*to);
  return CUDA_SUCCESS;
}
template <typename Handle> CUresult destroy(Handle *handle) {
  --*alive(handle);
  delete handle;
  return CUDA_SUCCESS;
}

} // namespace act::test::standin

#define ENTER(NAME, NEEDS)                                                     \
  if (CUresult code = enter(#NAME, act::test::standin::Needs::NEEDS))          \
  return code

// Every function has the table's type.
extern "C" {
using namespace act::cuda;
#define ACT_CUDA(MEMBER, NAME, SUFFIX, SINCE, NEEDED, ...)                     \
  CUresult NAME##SUFFIX(__VA_ARGS__);
#include "CudaEntryPoints.def"
}

#endif // ACT_TEST_UNIT_STANDINCUDASTATE_H
