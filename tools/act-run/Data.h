//===- Data.h - Inputs, parameters and results of one run -------*- C++ -*-===//
#ifndef ACT_RUN_DATA_H
#define ACT_RUN_DATA_H

#include "Array.h"
#include "Options.h"
#include "act/IR/Act.h"
#include "act/Runtime/ElementwiseRunner.h"

namespace act::run {

/// The arrays of one run, bound to the function's inputs in order.
struct Data {
  DType dtype = DType::F32;
  /// A mask is an array of its bytes, of one dimension.
  std::vector<tools::Array> inputs;
  /// Whether each input is such a mask.
  std::vector<bool> isMask;
  /// The common shape that inputs broadcast to.
  std::vector<int64_t> shape;
  std::vector<tools::Array> results;

  int64_t size() const;
  /// Input `k` at linear index `i` of the common shape.
  double inputAt(unsigned k, int64_t i) const;
  /// Numbers of the inputs that hold one element for a larger array.
  std::vector<unsigned> scalarInputs() const;
  /// Numbers of the results that are smaller than the common shape: gradients
  /// of broadcast inputs, which are summed.
  std::vector<unsigned> reducedResults() const;
  /// Operands of the kernel: inputs with their broadcast strides, results.
  std::vector<RunOperand> operands() const;
};

/// Loads and checks the inputs of `func` that the command line gives, and
/// allocates its results: of the common shape, and gradients of the shape of
/// their inputs. A cotangent has the common shape of the other inputs, or is
/// one number. Errors name the input and the remedy.
llvm::Expected<Data> loadData(FuncOp func, const Options &options);

/// The data of the backward `func` whose inputs are what the forward run has
/// saved (its output, or the mask that is its last result) and --cotangent.
llvm::Expected<Data> loadSaved(FuncOp func, Data forward,
                               const Options &options);

/// The element of an array of `shape`, broadcast to the common shape, for
/// linear index `i` of that.
int64_t elementOf(const Data &data, llvm::ArrayRef<int64_t> shape, int64_t i);

/// The element type of tools::Array that holds a kernel's element type.
tools::ElementType elementTypeOf(DType type);

} // namespace act::run

#endif // ACT_RUN_DATA_H
