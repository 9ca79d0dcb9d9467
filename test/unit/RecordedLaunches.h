//===- RecordedLaunches.h - Launches that run nothing -----------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_RECORDEDLAUNCHES_H
#define ACT_TEST_UNIT_RECORDEDLAUNCHES_H

#include "act/KernelABI.h"
#include "act/Runtime/GpuModule.h"
#include "llvm/ADT/StringExtras.h"
#include <memory>
#include <vector>

namespace act::test {

/// A module with any kernel of functions with so many operands, which keeps how
/// they are launched.
class RecordedLaunches : public GpuModule {
public:
  struct Launch {
    std::string kernel;
    LaunchShape shape;
    uint32_t chunking;
    /// Of a kernel whose rows are split.
    uint32_t firstRow;

    int64_t blocks() const {
      return int64_t(shape.grid[0]) * shape.grid[1] * shape.grid[2];
    }
    int64_t threads() const { return shape.block[0] * shape.block[1]; }
  };

  explicit RecordedLaunches(unsigned operands) : operands(operands) {}

  llvm::Expected<const GpuKernel *> kernel(llvm::StringRef name) override {
    asked.push_back(name.str());
    kernels.push_back(std::make_unique<Kernel>(name, *this));
    return kernels.back().get();
  }

  bool launchesClusters() const override { return hasClusters; }

  bool hasClusters = true;
  std::vector<std::string> asked;
  mutable std::vector<Launch> launches;

private:
  struct Kernel : GpuKernel {
    Kernel(llvm::StringRef name, const RecordedLaunches &owner)
        : name(name), owner(owner) {}
    llvm::Error launch(const LaunchShape &shape, void *const *parameters,
                       void *) const override {
      unsigned n = owner.operands;
      auto number = [&](unsigned i) {
        return *static_cast<uint32_t *>(parameters[i]);
      };
      // Numbers, sizes, strides, and the scratch memory.
      unsigned last = n + 3 + 2 * (kGpuRowDims - 1) + n * (1 + kGpuRowDims) + 1;
      bool isSplit = llvm::StringRef(name).contains("_split");
      owner.launches.push_back(
          {name, shape, number(n + 2), isSplit ? number(last) : 0});
      return llvm::Error::success();
    }
    std::string name;
    const RecordedLaunches &owner;
  };
  unsigned operands;
  std::vector<std::unique_ptr<Kernel>> kernels;
};

} // namespace act::test

#endif // ACT_TEST_UNIT_RECORDEDLAUNCHES_H
