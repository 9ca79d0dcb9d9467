//===- Data.h - Inputs, parameters and results of one run -------*- C++ -*-===//
#ifndef ACT_RUN_DATA_H
#define ACT_RUN_DATA_H

#include "Array.h"
#include "Operands.h"
#include "Options.h"
#include "act/IR/Act.h"
#include "act/Runtime/ElementwiseRunner.h"
#include <map>

namespace act::run {

/// The arrays of one run.
struct Data {
  DType dtype = DType::F32;
  /// One array for each input of the function, or for both parts of a packed
  /// one; `arrays` tells which. A mask is an array of its bytes, of one
  /// dimension.
  std::vector<tools::Array> inputs;
  /// The common shape that inputs broadcast to: that of the result, [..., F]
  /// where arrays are packed.
  std::vector<int64_t> shape;
  std::vector<tools::Array> results;
  ArrayList arrays;
  /// Inputs, then results of the function, aligned to `iteration`.
  std::vector<Operand> operands;
  unsigned numInputs = 0;
  /// How the first result is quantised; computed scales are the second, and a
  /// given one is `scale`.
  struct Quantization {
    DType format;
    Scaling scaling;
    double scale;
  };
  std::optional<Quantization> quantization;
  /// What the kernel is run over: `shape`, with blocked dimensions cut.
  std::vector<int64_t> iteration;
  /// Of a function of a row: the axis of `shape` that rows run along.
  std::optional<int64_t> axis;
  /// Numbers of its inputs and results that are one value a row, and of the
  /// latter those that do not keep the axis.
  std::vector<unsigned> uniformInputs, uniformResults, droppedResults;

  int64_t size() const;
  /// The common shape as kernels of rows have it: with 128 elements or less for
  /// each scale.
  std::vector<int64_t> rowShape() const;
  /// Numbers of the inputs that hold one element for a larger array.
  std::vector<unsigned> scalarInputs() const;
  /// Numbers of the results that are smaller than the common shape: gradients
  /// of broadcast inputs, which are summed.
  std::vector<unsigned> reducedResults() const;
  /// Takes the axis out of the shapes of results that do not keep it; their
  /// operands are not to be used any more.
  void dropAxes();
  /// Memory of the operands, for the runner.
  std::vector<RunOperand> runOperands() const;

  /// The array of operand `k` (inputs, then results), the element of it that
  /// belongs to element `i` of `shape`, and what that holds.
  const tools::Array &arrayOf(unsigned k) const {
    return (k < numInputs ? inputs : results)[operands[k].array];
  }
  int64_t elementOf(unsigned k, int64_t i) const;
  double valueAt(unsigned k, int64_t i) const;
};

/// Arrays of one element type by the names of inputs.
struct NamedArrays {
  DType dtype = DType::F32;
  std::map<std::string, tools::Array> arrays;
};

/// Loads what the command line gives for inputs of these names.
llvm::Expected<NamedArrays> loadNamed(llvm::ArrayRef<std::string> names,
                                      const Options &options);

/// The data of `func`, each of whose inputs but positions is in `named`.
/// Otherwise as loadData.
llvm::Expected<Data> placeNamed(FuncOp func, NamedArrays named,
                                const Options &options);

/// Loads and checks the inputs of `func` that the command line gives. Of a
/// function of a row those that are one value a row are marked in it. Errors
/// name the input and the remedy.
llvm::Expected<Data> loadData(FuncOp func, const Options &options);

/// Allocates the results of `func`: of the common shape, and gradients of the
/// shape of their inputs. A cotangent has the shape of its result, or is one
/// number.
llvm::Error addResults(FuncOp func, const Options &options, Data &data);

/// The data of the backward `func` whose inputs are what the forward run has
/// saved (its output, or the mask that is its last result) and --cotangent.
llvm::Expected<Data> loadSaved(FuncOp func, Data forward,
                               const Options &options);

/// The element type of tools::Array that holds a kernel's element type.
tools::ElementType elementTypeOf(DType type);

} // namespace act::run

#endif // ACT_RUN_DATA_H
