//===- CudaAbiTest.cpp - Our declarations against CUDA's header -----------===//
//
// Built where the toolkit's headers are found. Compiling is the test.
//
//===----------------------------------------------------------------------===//

#include "CudaApi.h"
#include <cstddef>
#include <cuda.h>
#include <cudaTypedefs.h>
#include <gtest/gtest.h>
#include <type_traits>

namespace {

/// Passed alike: both pointers, or integers (enums) of one size.
template <typename A, typename B>
constexpr bool passedAlike = std::is_pointer_v<A> == std::is_pointer_v<B> &&
                             sizeof(A) == sizeof(B);

template <typename Ours, typename Theirs> struct SameCall : std::false_type {};
template <typename... Ours, typename... Theirs>
struct SameCall<act::cuda::CUresult (*)(Ours...), CUresult (*)(Theirs...)> {
  static constexpr bool compare() {
    if constexpr (sizeof...(Ours) == sizeof...(Theirs))
      return (passedAlike<Ours, Theirs> && ...);
    return false;
  }
  static constexpr bool value = compare();
};

// The name of a type of theirs contains the version that brought the function.
namespace ours {
using namespace act::cuda;
struct Types {
#define ACT_CUDA(MEMBER, NAME, SUFFIX, SINCE, NEEDED, ...)                     \
  using MEMBER = decltype(CudaApi::MEMBER);
#include "CudaEntryPoints.def"
};
} // namespace ours
#define ACT_CUDA(MEMBER, NAME, SUFFIX, SINCE, NEEDED, ...)                     \
  static_assert(SameCall<ours::Types::MEMBER, PFN_##NAME##_v##SINCE>::value,   \
                #NAME);
#include "CudaEntryPoints.def"

#define SAME(NAME) static_assert(int(act::cuda::NAME) == int(::NAME), #NAME)
SAME(CUDA_SUCCESS);
SAME(CUDA_ERROR_INVALID_VALUE);
SAME(CUDA_ERROR_OUT_OF_MEMORY);
SAME(CUDA_ERROR_NOT_INITIALIZED);
SAME(CUDA_ERROR_STUB_LIBRARY);
SAME(CUDA_ERROR_NO_DEVICE);
SAME(CUDA_ERROR_INVALID_PTX);
SAME(CUDA_ERROR_NOT_FOUND);
SAME(CUDA_ERROR_ILLEGAL_ADDRESS);
SAME(CUDA_ERROR_SYSTEM_DRIVER_MISMATCH);
SAME(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
SAME(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
SAME(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
SAME(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
SAME(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
SAME(CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
SAME(CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES);
SAME(CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES);
SAME(CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED);
SAME(CU_POINTER_ATTRIBUTE_MEMORY_TYPE);
SAME(CU_POINTER_ATTRIBUTE_IS_MANAGED);
SAME(CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL);
SAME(CU_MEMORYTYPE_DEVICE);
SAME(CU_JIT_INFO_LOG_BUFFER);
SAME(CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES);
SAME(CU_JIT_ERROR_LOG_BUFFER);
SAME(CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES);
SAME(CU_JIT_INPUT_PTX);
SAME(CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
SAME(CU_STREAM_NON_BLOCKING);
SAME(CU_EVENT_DEFAULT);
SAME(CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION);
#undef SAME

#define SAME_PLACE(TYPE, MEMBER)                                               \
  static_assert(offsetof(act::cuda::TYPE, MEMBER) == offsetof(::TYPE, MEMBER), \
                #MEMBER)
static_assert(sizeof(act::cuda::CUlaunchAttribute) ==
              sizeof(::CUlaunchAttribute));
static_assert(sizeof(act::cuda::CUlaunchConfig) == sizeof(::CUlaunchConfig));
SAME_PLACE(CUlaunchAttribute, value);
SAME_PLACE(CUlaunchAttribute, value.clusterDim.z);
SAME_PLACE(CUlaunchConfig, gridDimZ);
SAME_PLACE(CUlaunchConfig, blockDimX);
SAME_PLACE(CUlaunchConfig, sharedMemBytes);
SAME_PLACE(CUlaunchConfig, hStream);
SAME_PLACE(CUlaunchConfig, attrs);
SAME_PLACE(CUlaunchConfig, numAttrs);
#undef SAME_PLACE

TEST(CudaAbi, HeadersAgree) { EXPECT_GE(CUDA_VERSION, 11060); }

} // namespace
