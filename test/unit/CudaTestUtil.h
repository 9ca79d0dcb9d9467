//===- CudaTestUtil.h - Tests against the stand-in driver -------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_CUDATESTUTIL_H
#define ACT_TEST_UNIT_CUDATESTUTIL_H

#include "StandInCuda.h"
#include "act/Runtime/CudaDriver.h"
#include "act/Runtime/CudaMemory.h"
#include "act/Runtime/FileCache.h"
#include "llvm/Support/FileSystem.h"
#include <dlfcn.h>
#include <gtest/gtest.h>

namespace act::test {

/// The text of an error; empty for success.
inline std::string messageOf(llvm::Error error) {
  return llvm::toString(std::move(error));
}
template <typename T> std::string messageOf(llvm::Expected<T> value) {
  return value ? std::string() : llvm::toString(value.takeError());
}

/// Whether a text contains another.
inline testing::AssertionResult has(llvm::StringRef text,
                                    llvm::StringRef part) {
  if (text.contains(part))
    return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << "'" << text.str() << "' lacks '" << part.str() << "'";
}

/// The numbers of an array, to compare and print.
template <typename T, size_t N>
std::vector<int64_t> listOf(const T (&values)[N]) {
  return std::vector<int64_t>(values, values + N);
}

/// A value that must be there.
template <typename T> T need(llvm::Expected<T> value) {
  if (!value)
    ADD_FAILURE() << llvm::toString(value.takeError());
  return std::move(*value);
}

/// A stand-in's state; loads the library.
inline StandInCuda &standIn(const char *file) {
  void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (!library)
    ADD_FAILURE() << dlerror();
  return *static_cast<StandInCuda *>(dlsym(library, "standInCuda"));
}

/// Tests that start with a fresh driver of two devices, and must leave nothing
/// behind.
class CudaTest : public testing::Test {
protected:
  CudaTest() : cuda(standIn(ACT_STAND_IN_CUDA)) {
    cuda.reset();
    cuda.setCurrent(0);
  }
  ~CudaTest() override {
    EXPECT_EQ(cuda.numRetained, 0);
    EXPECT_EQ(cuda.numModules, 0);
    EXPECT_EQ(cuda.numBuffers, 0);
    EXPECT_EQ(cuda.numHandles, 0);
  }

  /// A driver, or why there is none.
  static llvm::Expected<std::shared_ptr<CudaDriver>> load() {
    return CudaDriver::load(ACT_STAND_IN_CUDA);
  }
  std::shared_ptr<const CudaDevice> open(int ordinal = 0) {
    return need(need(load())->device(ordinal));
  }

  StandInCuda &cuda;
};

/// PTX as far as the stand-in reads it.
inline const char *const kPtx = "//\n.version 8.1\n.target sm_90\n"
                                ".visible .entry silu(\n.visible .entry gelu(";

/// An empty folder, which goes with the object.
class TemporaryFolder {
public:
  TemporaryFolder() {
    EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("act-test", path));
  }
  ~TemporaryFolder() { llvm::sys::fs::remove_directories(path); }
  llvm::SmallString<128> path;
};

} // namespace act::test

#endif // ACT_TEST_UNIT_CUDATESTUTIL_H
