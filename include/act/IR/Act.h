//===- Act.h - The act dialect: the one include for its users ---*- C++ -*-===//
#ifndef ACT_IR_ACT_H
#define ACT_IR_ACT_H

#include "act/GatedLayout.h"
#include "act/Quantization.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/DenseSet.h"

#include "act/IR/ActDialect.h.inc"

namespace act {
class ReturnOp;

/// True for an array of up to two texts of exact numbers: the limits of a
/// counted result.
bool isLimitList(mlir::Attribute attr);

/// Names of the discardable attributes on arguments and results of act.func.
/// The name of an input or parameter as the source spells it.
inline constexpr llvm::StringLiteral kNameAttr = "act.name";
/// The exact default of a parameter; marks the argument as a parameter.
inline constexpr llvm::StringLiteral kDefaultAttr = "act.default";
/// Element type of the array behind an input or result (a TypeAttr).
inline constexpr llvm::StringLiteral kStorageAttr = "act.storage";
/// Present on an input that is one value for the whole array.
inline constexpr llvm::StringLiteral kScalarAttr = "act.scalar";
/// On a result: the row and order whose function it is (an FnAttr).
inline constexpr llvm::StringLiteral kIdentityAttr = "act.identity";
/// Present on a result whose terms are summed where it is broadcast: the
/// gradient of a broadcast operand.
inline constexpr llvm::StringLiteral kReduceAttr = "act.reduce";
/// On a parameter: the range it must lie in, "> 0" or ">= 0".
inline constexpr llvm::StringLiteral kRangeAttr = "act.range";
/// On an input or result that is one part of a packed array (a PartAttr).
inline constexpr llvm::StringLiteral kPartAttr = "act.part";
/// On a result that the kernel counts (act.stats): its finite limits, an array
/// of exact texts, or a UnitAttr where they are still to be found.
inline constexpr llvm::StringLiteral kStatsAttr = "act.stats";
/// On the only result of an elementwise function: how it is quantised (a
/// QuantizationAttr), until `act-quantize` has made operations of it.
inline constexpr llvm::StringLiteral kQuantizeAttr = "act.quantize";
/// On a function of a row: the axis that rows run along, an i64; negative ones
/// count from the last.
inline constexpr llvm::StringLiteral kAxisAttr = "act.axis";
/// Present on an input of a function of a row that is one value for each row.
inline constexpr llvm::StringLiteral kUniformAttr = "act.uniform";
/// Present on a result, the cotangent of one, or an input that is the same for
/// all elements of a row and is stored without the axis.
inline constexpr llvm::StringLiteral kDroppedAttr = "act.dropped";
/// Present on a result that is stored for each element of the row even where it
/// is the same for all: the gradient of an input that is not.
inline constexpr llvm::StringLiteral kSpreadAttr = "act.spread";
/// Present on an input that holds whole numbers, such as classes: it is stored
/// in f32 at least, and nothing is differentiated by it.
inline constexpr llvm::StringLiteral kIndexAttr = "act.index";
/// On an input of a function of a row that holds the position of each element
/// along an axis (an i64; negative ones count from the last). It is filled and
/// not given, and otherwise like one with act.index.
inline constexpr llvm::StringLiteral kPositionAttr = "act.position";
/// Present on an operation of a body whose operand is never above 0.
inline constexpr llvm::StringLiteral kNonPositiveAttr = "act.non_positive";
/// Highest order of derivatives.
inline constexpr int64_t kMaxOrder = 8;
} // namespace act

#define GET_ATTRDEF_CLASSES
#include "act/IR/ActAttrs.h.inc"

#include "act/IR/ActInterfaces.h.inc"

#define GET_OP_CLASSES
#include "act/IR/ActOps.h.inc"

namespace act {
/// True if the body has an operation that combines values of a row.
bool isRowFunction(FuncOp func);

/// True for an input that holds whole numbers or positions.
bool isIndexInput(FuncOp func, unsigned input);

/// Values of the body that are one for all elements of a row: constants,
/// parameters, inputs marked so, combined values, and what follows from these
/// alone.
llvm::DenseSet<mlir::Value> uniformValues(FuncOp func);

/// Values that are one for all elements of a block of a row, but not of the
/// row: combined values of the scope `block`, and what follows from these and
/// from `uniform` values alone.
llvm::DenseSet<mlir::Value>
blockValues(FuncOp func, const llvm::DenseSet<mlir::Value> &uniform);

/// True for a result that has one value a row: it is uniform, and no gradient
/// of an input that has a value for each element.
bool isOnePerRow(FuncOp func, unsigned result,
                 const llvm::DenseSet<mlir::Value> &uniform);
} // namespace act

#endif // ACT_IR_ACT_H
