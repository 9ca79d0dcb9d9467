//===- Tape.h - A function as a list of steps -------------------*- C++ -*-===//
//
// What an interpreter runs: the body of an act.func in order, applied
// functions inlined. Nothing here depends on the number it is evaluated in.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_REFERENCE_TAPE_H
#define ACT_REFERENCE_TAPE_H

#include "act/IR/Act.h"
#include "llvm/Support/Error.h"
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace act {

/// Operations that have a meaning on numbers. A condition is the number 1 or
/// 0.
enum class Opcode : uint8_t {
  Constant,
  Add,
  Sub,
  Mul,
  Div,
  Neg,
  Max,
  Min,
  Compare,
  Select,
  And,
  Or,
  Xor,
  Exp,
  Expm1,
  Log,
  Log1p,
  Sqrt,
  Rsqrt,
  Sin,
  Cos,
  Sinh,
  Cosh,
  Tanh,
  Erf,
  Erfc,
  Sigmoid,
  Softplus,
  Abs,
  Sign,
  Floor,
  Clamp,
  Fma,
  Pow,
  Round,
  /// Of a row only: the operand combined over the elements whose second
  /// operand holds.
  RowSum,
  RowMax,
  RowMaxNum,
  RowThreshold,
  RowThresholdSquared
};

/// True for operations on all elements of a row: RowInterpreter.h knows them,
/// and what evaluates a number at a time does not meet them.
inline bool combinesRow(Opcode opcode) { return opcode >= Opcode::RowSum; }

/// Outcomes of a comparison, as bits of a mask: a predicate holds where its
/// mask has the bit of the outcome.
enum CompareOutcome : uint8_t {
  CompareLess = 1,
  CompareEqual = 2,
  CompareGreater = 4,
  CompareUnordered = 8
};

/// An operation apart from where its operands are.
struct ScalarOp {
  Opcode opcode = Opcode::Constant;
  /// Of Compare the outcomes for which it holds; of Round the DType.
  uint8_t mask = 0;
  unsigned numOperands = 0;
};

/// The meaning of a scalar operation of arith, math or act; nothing for
/// constants, act.apply, act.return and whatever an interpreter cannot do.
std::optional<ScalarOp> scalarOpOf(mlir::Operation *op);

/// One step: reads slots, writes the slot that is `Tape::numArgs` plus its
/// place on the tape.
struct TapeStep {
  ScalarOp op;
  std::array<unsigned, 3> operands = {0, 0, 0};
  /// Of Constant only: exact text, or "inf", "-inf", "nan".
  std::string text;
};

/// A function as steps on numbered slots, of which the first hold the
/// arguments. Owns all it refers to: it outlives the IR.
class Tape {
public:
  /// Fails with an error that names an operation without meaning on numbers.
  static llvm::Expected<Tape> build(FuncOp func);
  /// The same of a function of a row, whose tape has operations that combine
  /// rows: softmax by its definition, of which the largest element is taken
  /// first.
  static llvm::Expected<Tape> buildRow(FuncOp func);
  /// The same with one value of the body as its result.
  static llvm::Expected<Tape> build(FuncOp func, mlir::Value result);

  unsigned numInputs = 0;
  /// Inputs and parameters.
  unsigned numArgs = 0;
  /// Exact default of each parameter.
  std::vector<std::string> defaults;
  std::vector<TapeStep> steps;
  /// Slot of each result.
  std::vector<unsigned> results;
  /// Values that the row of the function's identity states at -inf and +inf,
  /// as exact texts ("-0" is negative zero); empty where it states none.
  std::string atMinusInf, atPlusInf;

  /// Takes over what a row states at the infinities, for a function of one
  /// input that has been recognised as that row.
  void adoptLimits(llvm::StringRef rowName);

  unsigned getNumSlots() const { return numArgs + steps.size(); }
};

} // namespace act

#endif // ACT_REFERENCE_TAPE_H
