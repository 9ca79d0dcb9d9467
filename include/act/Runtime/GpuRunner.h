//===- GpuRunner.h - GPU kernels over arrays of any shape -------*- C++ -*-===//
#ifndef ACT_RUNTIME_GPURUNNER_H
#define ACT_RUNTIME_GPURUNNER_H

#include "act/Runtime/ElementwiseRunner.h"
#include "act/Runtime/GpuModule.h"
#include "llvm/ADT/ArrayRef.h"
#include <memory>
#include <string>

namespace act {

/// Names of the kernels of a function, as KernelABI.h states them, those
/// together that arrays of some shape need together. Arrays of any shape need
/// the first group of a function of elements; which ones of a function of a row
/// they need depends on how long and how many rows are, and how they lie.
std::vector<std::vector<std::string>>
gpuKernelGroups(const KernelSignature &signature, const std::string &function);

/// Runs a function's kernels over arrays of one shape and layout. Long rows may
/// be split, as KernelABI.h states, which takes scratch memory. Reduced results
/// are two steps: an array of terms in scratch memory, and its sums
/// over what is broadcast, which are added in f64 in an order that depends on
/// the shape alone.
class GpuRunner {
public:
  /// Plans the launches and asks `module` for the kernels of `function` that
  /// they are of; a module that makes them on demand compiles here, and no run
  /// does. Rows whose length and strides allow it have one kernel for arrays
  /// that are aligned to 16 bytes, and another one for others: the one that
  /// `operands` take, base pointers as run() has them, or both if these are
  /// null. An error is the module's. `strides` are those of each input
  /// and result, then of counts as RunOperand states them, in elements, one for
  /// each dimension of the common shape, 0 where it is broadcast. For a
  /// function of a row rows run along `axis`, of at most 2^30 elements, and
  /// strides along it of an operand that is one value a row are not looked at.
  /// The signature must outlive the runner, as the module must.
  static llvm::Expected<GpuRunner>
  create(const KernelSignature &signature, GpuModule &module,
         const std::string &function, std::vector<int64_t> shape,
         std::vector<std::vector<int64_t>> strides, int64_t axis = -1,
         void *const *operands = nullptr);
  GpuRunner(GpuRunner &&);
  GpuRunner &operator=(GpuRunner &&);
  ~GpuRunner();

  /// Rows are so few, or so long, that several blocks share each of them.
  bool splitsRows() const;
  /// These are the blocks of a cluster, at least where arrays are aligned.
  bool clustersRows() const;

  /// Bytes of device memory that a run needs, aligned to 256; 0 for most.
  int64_t scratchBytes() const;

  /// Starts the kernels on `stream` and waits for nothing. `operands` are base
  /// pointers in the device's memory, aligned to their elements; a result may
  /// be an input exactly, but for a reduced one. Counts (ChannelCounts) replace
  /// what was there. `parameters` holds the
  /// run-time parameters in the compute type and is read before the call
  /// returns. An error where an array is not aligned as those of create() were.
  /// Safe from several threads with scratch memory of their own;
  /// allocates nothing up to 128 parameters of a kernel.
  llvm::Error run(void *const *operands, const void *parameters,
                  void *scratch = nullptr, void *stream = nullptr) const;

private:
  struct State;
  explicit GpuRunner(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

} // namespace act

#endif // ACT_RUNTIME_GPURUNNER_H
