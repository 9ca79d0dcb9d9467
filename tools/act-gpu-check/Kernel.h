//===- Kernel.h - Kernels that are checked ----------------------*- C++ -*-===//
#ifndef ACT_GPUCHECK_KERNEL_H
#define ACT_GPUCHECK_KERNEL_H

#include "Array.h"
#include "Place.h"
#include "act/Reference/Tape.h"
#include "act/Runtime/GpuRunner.h"

namespace act::gpucheck {

/// What a kernel computes: a source of the expression language, its derivative
/// by its only input, or its backward, whose inputs are those of the source
/// and the result's gradient, and whose results are the gradients of the
/// former.
struct Program {
  enum Kind { Forward, Derivative, Backward };
  std::string source;
  Kind kind = Forward;
  /// Inputs of the kernel of a function of a row, by number, that are one value
  /// a row.
  std::vector<unsigned> uniformInputs = {};
  /// What stands in #act.quantization<...>, or "" for results that are not
  /// quantised.
  std::string quantization = "";
};

/// An operand of a run: elements of an array on the host. Lengths in elements.
struct View {
  tools::Array *array;
  std::vector<int64_t> strides;
  int64_t offset = 0;
};

/// A kernel for a place, and the formula it is judged by.
struct Kernel {
  static llvm::Expected<Kernel> compile(const Place &place,
                                        const Program &program, DType type,
                                        Accuracy accuracy = Accuracy::Default);

  /// Copies all arrays to the place, runs the kernel there over `shape` and
  /// copies the arrays of results back. A result may be an input exactly.
  llvm::Error run(const Place &place, const std::vector<int64_t> &shape,
                  llvm::ArrayRef<View> operands) const;

  /// Runs of it over arrays of that shape and these strides, which begin
  /// anywhere, or like these operands.
  llvm::Expected<GpuRunner>
  createRunner(const std::vector<int64_t> &shape,
               const std::vector<std::vector<int64_t>> &strides,
               void *const *operands = nullptr) const {
    return GpuRunner::create(compiled.signature, *compiled.gpuModule,
                             compiled.name, shape, strides, axisOf(shape),
                             operands);
  }

  /// Rows of a function of a row run along the last dimension.
  int64_t axisOf(llvm::ArrayRef<int64_t> shape) const {
    return compiled.signature.rows ? int64_t(shape.size()) - 1 : -1;
  }
  unsigned numInputs() const { return compiled.signature.numInputs; }
  unsigned numOperands() const { return compiled.signature.operands.size(); }
  /// Elements of the array of an operand: an element for each of `shape`, or of
  /// computed scales for each group that has one, along the last dimension.
  std::vector<int64_t> shapeOf(unsigned operand,
                               std::vector<int64_t> shape) const;
  /// It is a row of the catalogue, or its derivative.
  bool isRow() const { return !compiled.identity.empty(); }
  /// No instruction of it is an approximation of the hardware's, so that the
  /// simulator gives the same bits. Of kernels on a device, that have run.
  bool isExact() const {
    return !llvm::StringRef(compiled.text).contains(".approx") &&
           !llvm::StringRef(*madeLater).contains(".approx");
  }

  CompileResult compiled;
  /// PTX of kernels that runs asked for.
  std::shared_ptr<std::string> madeLater;
  Tape tape;
  DType type;
};

/// The element type of arrays for a kernel's.
tools::ElementType elementTypeOf(DType type);

/// True where both arrays hold the same bits, or both NaN. Else `difference`
/// says where they differ first.
bool haveSameBits(const tools::Array &a, const tools::Array &b,
                  std::string &difference);

} // namespace act::gpucheck

#endif // ACT_GPUCHECK_KERNEL_H
