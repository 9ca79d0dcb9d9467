//===- BodyApproximator.h - One body in one arithmetic ----------*- C++ -*-===//
#ifndef ACT_LIB_TRANSFORMS_BODYAPPROXIMATOR_H
#define ACT_LIB_TRANSFORMS_BODYAPPROXIMATOR_H

#include "act/IR/Act.h"
#include "act/Transforms/ApproximationTable.h"
#include "act/Transforms/Patches.h"
#include "act/Transforms/Real.h"
#include "llvm/ADT/DenseSet.h"

namespace act {

/// F32 or f64, as the arithmetic says.
mlir::FloatType computeTypeOf(const Arithmetic &arithmetic,
                              mlir::Builder &builder);

/// Values whose low word some consumer uses: arguments of the exponential
/// family, whose absolute error becomes a relative error of the result, and
/// everything such an argument is computed from; in two words all.
class LowWords {
public:
  /// None where the compute type has bits to spare, or the class needs fewer.
  LowWords(FuncOp func, const Arithmetic &arithmetic);
  bool contains(mlir::Value value) const {
    return isAll || wanted.contains(value);
  }

private:
  bool isAll;
  llvm::DenseSet<mlir::Value> wanted;
};

/// True if some user multiplies the result, so that a tiny one may still give
/// a normal number.
bool isMultiplied(mlir::Operation &op);

/// slope * input + offset.
struct LinearForm {
  mlir::Value input;
  Quad slope, offset;
};

/// Rewrites one body into operations of one compute type.
class BodyApproximator {
public:
  /// `storage` is that of results that state none; `arguments`, of the compute
  /// type, stand for the function's.
  BodyApproximator(FuncOp func, const Arithmetic &arithmetic,
                   mlir::Type storage, llvm::SmallVector<mlir::Value> arguments,
                   mlir::OpBuilder &builder)
      : func(func), arithmetic(arithmetic), storage(storage),
        arguments(std::move(arguments)), builder(builder),
        type(computeTypeOf(arithmetic, builder)), lowWords(func, arithmetic),
        real(builder, func.getLoc(), type, arithmetic) {}

  /// Writes what the results of these numbers are at the builder's place. Fails
  /// with a diagnostic.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>>
  run(llvm::ArrayRef<unsigned> numbers);

private:
  /// Result `number` as one approximation of the whole function, if there is
  /// one.
  std::optional<mlir::Value> composite(unsigned number);
  /// Converts what these values are computed from.
  mlir::LogicalResult convertFor(llvm::ArrayRef<mlir::Value> results);
  mlir::LogicalResult convert(mlir::Operation &op);
  /// Evaluates an operation on constants exactly, if all its operands are.
  std::optional<Quad> fold(mlir::Operation &op);
  mlir::FailureOr<Real> convertValue(mlir::Operation &op);
  /// The value of a primitive that the table has a method for.
  std::optional<Real> primitive(mlir::Operation &op);
  /// sin or cos of c x, or of c x + pi / 4, where c x may overflow.
  std::optional<Real> sineOfProduct(mlir::Operation &op);
  /// a b + c with one rounding, if `product` is a b and nothing else uses it.
  std::optional<Real> fused(mlir::Value product, mlir::Value summand,
                            bool isNegated, bool isSummandNegated);
  /// sigmoid(z) sigmoid(-z), if the operands of a multiplication are that.
  std::optional<Real> logisticSlope(mlir::Value lhs, mlir::Value rhs);
  /// exp(-z^2) where erfc(z) is there, in whose sums it needs no lift.
  std::optional<Real> gaussian(mlir::Operation &op);
  /// c of c x^2 and the input x, if that is what a value is.
  std::optional<std::pair<mlir::Value, Quad>> squareForm(mlir::Value value);
  /// a + b without a low word.
  Real plainSum(mlir::Operation &op, Real a, Real b);
  /// c x with its exponent apart, where x is an input and something that uses
  /// the product may make a normal number of a subnormal one: another factor,
  /// or a primitive that is linear near 0.
  std::optional<Real> liftedProduct(mlir::Operation &op);
  /// c x + d of an input x, if that is what a value is.
  std::optional<LinearForm> linearForm(mlir::Value value);
  /// True for an input of at most 32 bits times a power of two up to eight, in
  /// f64.
  bool isShort(mlir::Value value);
  /// The result of a sum, a difference or a product as c (x + d / c), whose
  /// root is where it should be, if it is c x + d; or with a divisor, where
  /// ties must be exact. Factors that stand apart become one, so that nothing
  /// overflows between them.
  std::optional<Real> linear(mlir::Operation &op);
  /// x + d by both words of d, for an input x.
  Real shifted(mlir::Value x, Quad d);
  /// y, which `result` has become, or what the row of the identity states where
  /// the input is infinite.
  mlir::Value withStatedLimits(mlir::Value result, mlir::Value y);

  Real &at(mlir::Value value) { return values[value]; }
  mlir::Value plain(mlir::Value value) { return real.plain(values[value]); }

  FuncOp func;
  Arithmetic arithmetic;
  mlir::Type storage;
  llvm::SmallVector<mlir::Value> arguments;
  mlir::OpBuilder &builder;
  mlir::FloatType type;
  LowWords lowWords;
  RealEmitter real;
  llvm::DenseMap<mlir::Value, Care> care;
  llvm::DenseMap<mlir::Value, Real> values;
  llvm::DenseMap<mlir::Value, mlir::Value> conditions;
};

} // namespace act

#endif // ACT_LIB_TRANSFORMS_BODYAPPROXIMATOR_H
