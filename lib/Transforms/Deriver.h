//===- Deriver.h - How act-derive resolves one module -----------*- C++ -*-===//
#ifndef ACT_LIB_TRANSFORMS_DERIVER_H
#define ACT_LIB_TRANSFORMS_DERIVER_H

#include "act/Transforms/Derive.h"
#include "act/Transforms/SavePolicy.h"
#include "act/Transforms/Symbolic.h"
#include "llvm/ADT/SetVector.h"

namespace act {

/// A function to differentiate: its results over its arguments.
struct Callee {
  llvm::SmallVector<sym::Expr> results;
  /// Names of the arguments, and the defaults of those that are parameters.
  llvm::SmallVector<mlir::StringAttr> names, defaults;
  /// Which parts of packed arrays the arguments are; null for others.
  llvm::SmallVector<PartAttr> parts;
  /// What else is said of each argument and holds in a derivative, too.
  llvm::SmallVector<mlir::DictionaryAttr> marks;
  unsigned numInputs = 0;
  /// The axis of a function of a row; null for others. Of each of its results,
  /// kUniformAttr or kDroppedAttr where it is one value a row, else empty.
  mlir::Attribute axis;
  llvm::SmallVector<llvm::StringRef> rowMarks;
  /// The row it is, if it is one.
  FnAttr identity;

  /// False for arguments that are whole numbers.
  bool isDifferentiable(unsigned i) const {
    return !marks[i].contains(kIndexAttr) && !marks[i].contains(kPositionAttr);
  }
};

/// A function to be written.
struct Result {
  sym::Expr value;
  mlir::StringAttr name;
  FnAttr identity;
  /// The part of a packed gradient that it is, if it is one.
  PartAttr part;
  bool isReduced = false;
  /// One value a row, which is stored without the axis.
  bool isDropped = false;
  /// Element type in memory, where it is not the kernel's.
  mlir::Type storage;
};

/// An input that the function differentiated does not have.
struct AddedInput {
  mlir::StringAttr name;
  /// kUniformAttr or kDroppedAttr where it is one value a row, else empty.
  llvm::StringRef rowMark;
};

class Deriver {
public:
  Deriver(mlir::ModuleOp module, DerivativeMethod method)
      : module(module), context(module.getContext()), method(method),
        graph(context) {}

  mlir::LogicalResult run();

private:
  mlir::FailureOr<Callee> load(mlir::Operation *user, mlir::Attribute attr);
  mlir::FailureOr<Callee> loadRow(mlir::Operation *user, FnAttr fn);
  Callee signatureOf(FuncOp func);
  mlir::FailureOr<FuncOp> resolve(mlir::Operation *op);
  mlir::FailureOr<FuncOp> resolve(DerivativeOp op);
  mlir::FailureOr<FuncOp> resolve(VjpOp op);
  mlir::FailureOr<FuncOp> resolve(JvpOp op);
  /// The arguments that `wrt` names, or all inputs that a function can be
  /// differentiated by.
  mlir::FailureOr<llvm::SmallVector<unsigned>>
  wantedArguments(mlir::Operation *op, const Callee &callee,
                  std::optional<mlir::ArrayAttr> wrt);
  /// The backward that reads the output or a mask instead of the input.
  mlir::FailureOr<FuncOp> resolveSaved(VjpOp op, Callee callee);
  mlir::FailureOr<FuncOp> resolveSavedRow(VjpOp op, Callee callee);
  /// The saved form of a callee, or a diagnostic that says why it has none.
  mlir::FailureOr<SavedForm>
  savedForm(mlir::Operation *op, const Callee &callee, llvm::StringRef policy);
  mlir::LogicalResult resolveApply(ApplyOp apply);
  mlir::LogicalResult resolveTensors();
  /// Derivatives of orders 0 to n of e by argument i.
  mlir::FailureOr<llvm::SmallVector<sym::Expr>>
  derivatives(mlir::Operation *op, sym::Expr e, unsigned i, unsigned n);
  /// Fails for a function of a row, of which there is no such derivative.
  mlir::LogicalResult checkElementwise(mlir::Operation *op,
                                       const Callee &callee);
  mlir::LogicalResult checkVaries(mlir::Operation *op, const Callee &callee,
                                  sym::Expr f, sym::Expr derivative,
                                  unsigned i);
  FuncOp write(mlir::Operation *op, llvm::StringRef name, const Callee &callee,
               llvm::ArrayRef<unsigned> arguments, unsigned numInputs,
               llvm::ArrayRef<Result> results,
               llvm::ArrayRef<AddedInput> added);
  /// A derivative by argument i that is NaN where the argument of a function of
  /// the catalogue is.
  sym::Expr withNaN(const Callee &callee, sym::Expr value, unsigned i);
  llvm::SmallVector<AddedInput> cotangentsOf(const Callee &callee);
  FnAttr withOrder(FnAttr identity, int64_t order) {
    if (!identity)
      return nullptr;
    return FnAttr::get(context, identity.getName(), identity.getParams(),
                       identity.getOrder() + order);
  }

  mlir::ModuleOp module;
  mlir::MLIRContext *context;
  DerivativeMethod method;
  sym::Graph graph;
  llvm::SetVector<mlir::Operation *> inProgress;
};

} // namespace act

#endif // ACT_LIB_TRANSFORMS_DERIVER_H
