//===- RowData.h - Arrays of a function of a row ----------------*- C++ -*-===//
#ifndef ACT_RUN_ROWDATA_H
#define ACT_RUN_ROWDATA_H

#include "Data.h"

namespace act::run {

/// The shape of the array of result `i`: a gradient has that of its input, any
/// other result the common one, in which a value a row has one element along
/// the axis.
std::vector<int64_t> shapeOfResult(FuncOp func, unsigned i, const Data &data);

/// Fails unless the cotangent is one number or has the shape.
llvm::Error checkCotangent(llvm::ArrayRef<int64_t> cotangent,
                           llvm::ArrayRef<int64_t> shape);

/// Checks cotangent `k`. One of a result without the axis of its rows gets an
/// axis of one element, so that it broadcasts along the row.
llvm::Error placeCotangent(FuncOp func, unsigned k, Data &data);

/// Finds the axis of a function of a row in the common shape. Does nothing for
/// others, as the next ones do.
llvm::Error findAxis(FuncOp func, Data &data);

/// Fills the inputs that hold positions, and gives those that are stored
/// without the axis of their rows one of a single element.
llvm::Error placeIndexInputs(FuncOp func, Data &data);

/// Marks the inputs in the function that are one value a row, but for the
/// cotangent of a Jacobian, which takes its place later. Fails where one that
/// the function states to be so is not.
llvm::Error markRowInputs(FuncOp func, Data &data, bool isJacobian);

/// Marks the same arguments of the function whose derivative `derived` is;
/// false where there are none of them.
bool markRowArguments(FuncOp base, FuncOp derived, const Data &data);

/// Finds the results that are one value a row.
void findRowResults(FuncOp func, Data &data);

/// Makes the run of a vjp one for each row of the Jacobian: the shapes get one
/// more dimension in front of the axis, along which inputs are broadcast and
/// the cotangents are the rows of an identity matrix.
llvm::Error expandJacobian(FuncOp func, Data &data);

/// The element type of inputs that hold whole numbers.
tools::ElementType indexTypeOf(DType type);

/// Fails where an input does not lie in the range that the function states, or
/// holds what is no class number.
llvm::Error checkInputRanges(FuncOp func, const Data &data);

} // namespace act::run

#endif // ACT_RUN_ROWDATA_H
