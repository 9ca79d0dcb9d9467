//===- GpuRunner.h - GPU kernels over arrays of any shape -------*- C++ -*-===//
#ifndef ACT_RUNTIME_GPURUNNER_H
#define ACT_RUNTIME_GPURUNNER_H

#include "act/Runtime/ElementwiseRunner.h"
#include "act/Runtime/GpuModule.h"

namespace act {

/// Launches an elementwise kernel over arrays of one shape and layout, of
/// which pointers are given at each run. Dimensions are ordered as they lie in
/// the first result and collapsed; what one launch cannot take (more than
/// 2^30 columns or rows, or many dimensions that do not collapse) becomes
/// several.
class GpuElementRunner {
public:
  /// `strides` are those of each input and result, in elements, one for each
  /// dimension of the common shape, 0 where it is broadcast. What the
  /// signature says must outlive the runner as the kernel must.
  GpuElementRunner(const KernelSignature &signature, const GpuKernel &kernel,
                   std::vector<int64_t> shape,
                   std::vector<std::vector<int64_t>> strides);

  /// Starts the kernel on `stream` and waits for nothing. `operands` are base
  /// pointers in the device's memory, aligned to their elements; a result may
  /// be an input exactly. `parameters` holds the run-time parameters in the
  /// compute type and is read before the call returns. Safe from several
  /// threads; allocates nothing up to 128 parameters of the kernel.
  llvm::Error run(void *const *operands, const void *parameters,
                  void *stream = nullptr) const;

private:
  /// One launch: its part of the arrays.
  struct Part {
    uint32_t columns, rows, sizes[kGpuRowDims - 1];
    /// Of the first element, [operand].
    std::vector<int64_t> offsets;
    LaunchShape shape;
  };
  void plan();
  void addPart(int64_t columns, const std::vector<int64_t> &sizes,
               std::vector<int64_t> offsets);
  bool allowsChunks() const;
  bool isChunkAligned(size_t operand, const void *pointer) const;
  bool isScalar(size_t operand) const {
    return operand < signature.numInputs && signature.isScalar[operand];
  }
  int64_t chunkBytes(size_t operand) const;

  const KernelSignature &signature;
  const GpuKernel &kernel;
  /// The collapsed shape and strides, the inner dimension first.
  std::vector<int64_t> shape;
  std::vector<std::vector<int64_t>> strides;
  /// [operand][1 + kGpuRowDims]: as kernels take them.
  std::vector<int64_t> kernelStrides;
  bool mayChunk = false;
  std::vector<Part> parts;
};

} // namespace act

#endif // ACT_RUNTIME_GPURUNNER_H
