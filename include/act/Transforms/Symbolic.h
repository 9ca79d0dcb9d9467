//===- Symbolic.h - Bodies as simplified expressions ------------*- C++ -*-===//
//
// The working form of differentiation and recognition: the body of an act.func
// as a hash-consed graph whose sums and products are n-ary, sorted and
// simplified as they are built. Equal expressions are one node, so that f, f'
// and f'' share what they have in common, and two ways of writing a function
// often meet. A body is read, worked on and written back within one pass.
//
// Simplification is exact over the reals: rational coefficients of any size,
// constants such as sqrt(2 / pi) as powers, common factors taken out of sums,
// 0 * u = 0. A removable singularity may disappear, none appears.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_SYMBOLIC_H
#define ACT_TRANSFORMS_SYMBOLIC_H

#include "act/IR/Act.h"
#include "mlir/Analysis/Presburger/Fraction.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/FoldingSet.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"
#include <deque>
#include <map>
#include <optional>

namespace act::sym {

using Fraction = mlir::presburger::Fraction;

class Node;
/// A node of the graph. Pointers are equal where expressions are.
using Expr = const Node *;

enum class Kind : uint8_t {
  /// A rational number.
  Number,
  /// A constant by its text: "pi", "e".
  Constant,
  /// An argument of the function.
  Argument,
  /// A primitive, comparison, selection or logical operation.
  Call,
  /// number * product of base^(halves / 2).
  Product,
  /// number + sum of coefficient * term.
  Sum
};

/// Calls that stand for act.row and act.softmax are named "act.row:sum" and so
/// on, after the combiner or form. Their index says which optional operands
/// they have (of act.row 1 for a mask), and what an empty row is.
enum RowCallBits : int64_t {
  kHasScale = 1,
  kHasMask = 2,
  kHasSink = 4,
  kEmptyIsNaN = 8,
  kEmptyIsZero = 16,
  kEmptyIsUniform = 32
};

/// base^(halves / 2) in a product; odd halves have constant bases only.
struct Factor {
  Expr base;
  int64_t halves;
};

/// coefficient * expr in a sum; expr has no coefficient of its own.
struct Term {
  Fraction coefficient;
  Expr expr;
};

class Node : public llvm::FoldingSetNode {
public:
  Kind kind = Kind::Number;
  /// The number itself, the coefficient of a product, the constant of a sum.
  Fraction number;
  /// Operation name of a call, text of a constant.
  std::string name;
  /// Predicate of a comparison, number of an argument.
  int64_t index = 0;
  llvm::SmallVector<Expr, 3> operands;
  llvm::SmallVector<Factor, 2> factors;
  llvm::SmallVector<Term, 2> terms;
  /// Structural hash, the same in every graph.
  uint64_t hash = 0;
  /// Depends on some argument.
  bool isVariable = false;

  bool isNumber() const { return kind == Kind::Number; }
  bool isNumber(int64_t n) const { return isNumber() && number == Fraction(n); }
  bool isCall(llvm::StringRef op) const {
    return kind == Kind::Call && name == op;
  }
  void Profile(llvm::FoldingSetNodeID &id) const;
};

inline bool isRowCall(Expr e) {
  llvm::StringRef name = e->name;
  return e->kind == Kind::Call &&
         (name.starts_with("act.row:") || name.starts_with("act.softmax:"));
}

/// Owns expressions and builds them. Short-lived; one thread at a time.
class Graph {
public:
  explicit Graph(mlir::MLIRContext *context) : context(context) {}

  //===--- Construction (SymbolicGraph, Sum, Product, Call) ---------------===//

  Expr number(const Fraction &value);
  Expr number(int64_t value) { return number(Fraction(value)); }
  /// An exact number's text; one that is too long to be taken apart stays a
  /// constant by its text.
  Expr fromText(llvm::StringRef text);
  Expr argument(unsigned i);
  Expr sum(llvm::ArrayRef<Expr> summands);
  Expr product(llvm::ArrayRef<Expr> factors);
  /// base^(halves / 2).
  Expr power(Expr base, int64_t halves);
  Expr call(llvm::StringRef op, llvm::ArrayRef<Expr> operands,
            int64_t predicate = 0);
  Expr select(Expr condition, Expr a, Expr b);

  Expr add(Expr a, Expr b) { return sum({a, b}); }
  Expr mul(Expr a, Expr b) { return product({a, b}); }
  Expr neg(Expr a) { return product({number(-1), a}); }
  Expr sub(Expr a, Expr b) { return sum({a, neg(b)}); }
  Expr div(Expr a, Expr b) { return product({a, power(b, -2)}); }

  //===--- Bodies (SymbolicBody.cpp) --------------------------------------===//

  /// The results of an expanded function. `arguments` stand for the
  /// function's, or are its own when empty. Fails with a diagnostic on an
  /// operation without meaning on numbers.
  mlir::FailureOr<llvm::SmallVector<Expr>>
  read(FuncOp func, llvm::ArrayRef<Expr> arguments = {});

  //===--- Rows (SymbolicRows.cpp) ----------------------------------------===//

  /// True where e is the same for all elements of a row, whatever arguments
  /// are but those that are marked so.
  bool isUniform(Expr e);
  void markUniform(unsigned i) { uniform[argument(i)] = true; }
  void forgetUniform() { uniform.clear(); }
  /// sum over the row, where `mask` holds if it is given.
  Expr rowSum(Expr e, Expr mask = nullptr) {
    return mask ? call("act.row:sum", {e, mask}, 1) : call("act.row:sum", {e});
  }
  /// What the operands of a row call receive of its adjoint, which is that of
  /// one element, or the sum over the row for a call that is uniform.
  /// `probability` is softmax of its operands, if that is known already.
  llvm::SmallVector<Expr, 4> pullBackRow(Expr call, Expr adjoint,
                                         Expr probability = nullptr);
  /// The gradient of argument 0 from the value `y` of e and its adjoint, where
  /// e is softmax or log_softmax of that argument times a number; else null.
  Expr gradientFromOutput(Expr e, Expr y, Expr adjoint);

  //===--- Calculus (SymbolicCalculus.cpp) --------------------------------===//

  /// Partial derivative by argument `i`, by the rules of ActPrimitives.td.
  Expr differentiate(Expr e, unsigned i);
  /// Sum of cotangents[k] * d results[k] / d argument i, for each i: reverse
  /// mode, one walk for all arguments.
  llvm::SmallVector<Expr> pullBack(llvm::ArrayRef<Expr> results,
                                   llvm::ArrayRef<Expr> cotangents,
                                   unsigned numArguments);
  /// Derivatives of order 0 to n by argument `i` through truncated Taylor
  /// series, whose size grows with n^2 whatever the function.
  llvm::SmallVector<Expr> taylor(Expr e, unsigned i, unsigned n);
  /// e with its kinks decided by the branch on one side of them: where a
  /// comparison ties, the side on which argument i is larger (or smaller).
  Expr fromOneSide(Expr e, unsigned i, bool larger);
  /// e with argument i replaced by arguments[i].
  Expr substitute(Expr e, llvm::ArrayRef<Expr> arguments);
  /// e with its operands, bases and terms mapped by `part`; not for arguments
  /// and constants, which have none.
  Expr rebuilt(Expr e, llvm::function_ref<Expr(Expr)> part);
  /// e with one argument replaced.
  Expr substituteOne(Expr e, unsigned i, Expr value);
  /// True where e depends on argument i.
  bool dependsOn(Expr e, unsigned i);
  /// Partial derivatives of a call by its operands; null where the rule table
  /// has none.
  llvm::SmallVector<Expr, 3> partials(Expr call);
  /// A rule of the table with its operands and its result bound.
  Expr applyRule(llvm::StringRef rule, llvm::ArrayRef<Expr> operands,
                 Expr result);
  /// Operations that writing these would take, each shared one once.
  unsigned countOperations(llvm::ArrayRef<Expr> roots);

  mlir::MLIRContext *getContext() const { return context; }

private:
  Expr intern(Node &&node);
  Expr scaled(const Fraction &coefficient, Expr e);
  Expr makeSum(Fraction constant, llvm::SmallVectorImpl<Term> &terms);
  Expr makeProduct(Fraction coefficient,
                   llvm::SmallVectorImpl<Factor> &factors);
  /// The sum as common factors times a rest; null where there are none.
  Expr factorOut(llvm::ArrayRef<Term> terms);
  /// A comparison with a number, solved for what varies; null if it is.
  Expr solveComparison(int64_t predicate, Expr a, Expr b);
  Expr pushIntoSelect(const Fraction &coefficient,
                      llvm::ArrayRef<Factor> factors);

  mlir::MLIRContext *context;
  llvm::FoldingSet<Node> nodes;
  std::deque<Node> storage;
  llvm::DenseMap<std::pair<Expr, unsigned>, Expr> derivatives;
  llvm::DenseMap<std::pair<Expr, unsigned>, bool> dependencies;
  llvm::DenseMap<Expr, bool> uniform;
  /// Rules as expressions over their operands and result, by their texts.
  llvm::StringMap<Expr> rules;
};

/// Writes expressions as operations; equal ones once.
class Writer {
public:
  /// `arguments` are the values of Kind::Argument nodes, of type `type`.
  Writer(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type type,
         mlir::ValueRange arguments)
      : builder(builder), loc(loc), type(type), arguments(arguments) {}

  mlir::Value write(Expr e);

private:
  mlir::Value compute(Expr e);
  mlir::Value writeProduct(Expr e);
  mlir::Value writeRowCall(Expr e, llvm::ArrayRef<mlir::Value> operands);
  mlir::Value writeFactors(Expr e, int owner, mlir::Value number);
  /// The one argument that e depends on, kNoArgument or kManyArguments.
  int ownerOf(Expr e);
  /// scale * e.
  mlir::Value writeSum(Expr e, const Fraction &scale);
  mlir::Value writePower(mlir::Value base, uint64_t n);
  mlir::Value constant(llvm::StringRef text);
  mlir::Value constant(const Fraction &value);
  mlir::Value binary(llvm::StringRef op, mlir::Value a, mlir::Value b);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::Type type;
  mlir::ValueRange arguments;
  static constexpr int kNoArgument = -1, kManyArguments = -2;
  llvm::DenseMap<Expr, mlir::Value> written;
  llvm::DenseMap<Expr, int> owners;
  std::map<std::string, mlir::Value> constants;
};

/// Order of terms and factors: constants, arguments, calls, products, sums,
/// and within these by their parts; the same in every graph.
int compare(Expr a, Expr b);

/// The text of a rational number: "1.702", "1/3".
std::string textOf(const Fraction &value);

} // namespace act::sym

#endif // ACT_TRANSFORMS_SYMBOLIC_H
