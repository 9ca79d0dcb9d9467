//===- VectorizeOps.h - Operations retyped to vectors -----------*- C++ -*-===//
#ifndef ACT_LIB_CONVERSION_VECTORIZEOPS_H
#define ACT_LIB_CONVERSION_VECTORIZEOPS_H

#include "act/Target/Target.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace act {

/// Makes vector operations of the scalar ones of a loop's body. Constants and
/// values from outside become vectors in front of the loop.
class OpVectorizer {
public:
  OpVectorizer(mlir::scf::ForOp loop, const CpuLevel &level, unsigned width)
      : level(level), width(width), outside(loop), inside(loop),
        loc(loop.getLoc()), root(loop->getParentOfType<mlir::ModuleOp>()) {}
  virtual ~OpVectorizer() = default;

protected:
  /// Emits the operation on vectors at the place of `inside`. Fails with a
  /// diagnostic where retyping is not enough.
  mlir::LogicalResult vectorize(mlir::Operation &op);
  mlir::Type widen(mlir::Type type) {
    return mlir::VectorType::get({width}, type);
  }
  /// The vector that stands for a value of the scalar body.
  mlir::Value vectorOf(mlir::Value value);
  /// Where the first lane of what the scalar body loads or stores is.
  virtual mlir::Value addressOf(mlir::Value scalar) { return scalar; }

  const CpuLevel &level;
  int64_t width;
  mlir::OpBuilder outside, inside;
  mlir::Location loc;
  mlir::DenseMap<mlir::Value, mlir::Value> vectors;
  /// Stores go around the caches; they are aligned to whole vectors.
  bool streams = false;
  /// Where it is set, values that it defines become vectors where they stand.
  mlir::Operation *scope = nullptr;

private:
  mlir::Value lookUp(mlir::vector::ExtractElementOp op);
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
