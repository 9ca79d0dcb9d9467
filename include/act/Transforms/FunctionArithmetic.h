//===- FunctionArithmetic.h - What a function is computed in ----*- C++ -*-===//
#ifndef ACT_TRANSFORMS_FUNCTIONARITHMETIC_H
#define ACT_TRANSFORMS_FUNCTIONARITHMETIC_H

#include "act/IR/Act.h"
#include "act/Transforms/ApproximationTable.h"

namespace act {

/// The row of the catalogue, or a derivative of one, that result `number` is;
/// null where none is known.
FnAttr identityOf(FuncOp func, unsigned number);

/// The same, if its parameters have their defaults; null otherwise.
FnAttr identityAtDefaults(FuncOp func, unsigned number);

/// The type that result `number` is stored as, `unstated` where it states none;
/// null for terms of a sum, which are stored as they are computed, and masks.
mlir::FloatType storageOf(FuncOp func, unsigned number, mlir::Type unstated);

/// The class that result `number` is computed by: `accuracy`, or strict in its
/// place where the default or the fast class would not hold its bound (the
/// table AsStrict of Approximations.td), or default in the place of strict
/// where that is as good. `unstated` is the storage type where none is stated.
/// 16-bit results on a GPU need not be correctly rounded and have their own
/// class.
Accuracy accuracyOf(FuncOp func, unsigned number, mlir::Type unstated,
                    Accuracy accuracy, bool forGpu = false);

/// The most exact class of any result, whose compute type is the kernel's.
Accuracy accuracyOf(FuncOp func, mlir::Type unstated, Accuracy accuracy,
                    bool forGpu = false);

/// What results of a specialized function are computed in by a class.
Arithmetic arithmeticOf(FuncOp func, mlir::Type unstated, Accuracy accuracy,
                        bool forGpu = false);

} // namespace act

#endif // ACT_TRANSFORMS_FUNCTIONARITHMETIC_H
