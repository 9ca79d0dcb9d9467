//===- VectorizeOps.h - Operations retyped to vectors -----------*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_VECTORIZEOPS_H
#define ACT_LIB_CONVERSION_VECTORIZEOPS_H

#include "act/Target/Target.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace act {

/// Makes vector operations of scalar ones. Constants and values that are not
/// known as vectors become vectors at the place of `outside`.
class OpRetyper {
public:
  OpRetyper(const mlir::OpBuilder &outside, const mlir::OpBuilder &inside,
            mlir::Location loc, unsigned width)
      : width(width), outside(outside), inside(inside), loc(loc) {}
  virtual ~OpRetyper() = default;

  /// Emits the operation on vectors at the place of `inside`. Fails with a
  /// diagnostic where retyping is not enough.
  mlir::LogicalResult vectorize(mlir::Operation &op);
  mlir::Type widen(mlir::Type type) {
    return mlir::VectorType::get({width}, type);
  }
  /// The vector that stands for a value of the scalar body.
  mlir::Value vectorOf(mlir::Value value);

protected:
  /// Where the first lane of what the scalar body loads or stores is.
  virtual mlir::Value addressOf(mlir::Value scalar) { return scalar; }
  /// Entries of a constant table, one for each of a vector of indices.
  virtual mlir::Value lookUp(mlir::DenseElementsAttr table,
                             mlir::Value index) = 0;
  /// A constant array in the module, the same one for equal tables.
  mlir::LLVM::GlobalOp globalTable(mlir::Operation *module,
                                   mlir::DenseElementsAttr table,
                                   unsigned addressSpace);

  int64_t width;
  mlir::OpBuilder outside, inside;
  mlir::Location loc;
  mlir::DenseMap<mlir::Value, mlir::Value> vectors;
  /// Stores go around the caches; they are aligned to whole vectors.
  bool streams = false;
  /// Where it is set, values that it defines become vectors where they stand.
  mlir::Operation *scope = nullptr;
};

/// The same for the body of a loop on the CPU; `outside` is in front of it.
class OpVectorizer : public OpRetyper {
public:
  OpVectorizer(mlir::scf::ForOp loop, const CpuLevel &level, unsigned width)
      : OpRetyper(mlir::OpBuilder(loop), mlir::OpBuilder(loop), loop.getLoc(),
                  width),
        level(level), root(loop->getParentOfType<mlir::ModuleOp>()) {}

protected:
  const CpuLevel &level;

private:
  mlir::Value lookUp(mlir::DenseElementsAttr table, mlir::Value index) override;
  mlir::Value callIntrinsic(llvm::StringRef name, mlir::Type type,
                            mlir::ValueRange args);
  mlir::Value permute(mlir::DenseElementsAttr table, mlir::Value index,
                      llvm::StringRef intrinsic);
  mlir::Value pickBytes(mlir::DenseElementsAttr table, mlir::Value index,
                        llvm::StringRef intrinsic);
  mlir::Value gather(mlir::DenseElementsAttr table, mlir::Value index);

  mlir::ModuleOp root;
};

} // namespace act

#endif // ACT_LIB_CONVERSION_VECTORIZEOPS_H
