//===- FunctionTable.h - Looking things up in THE TABLE ---------*- C++ -*-===//
//
// Rows of ActFunctions.td. Everything here is constant data: no allocation to
// free, safe from any thread.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_IR_FUNCTIONTABLE_H
#define ACT_IR_FUNCTIONTABLE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace act {

/// One row of the table, as llvm-tblgen writes it.
struct FunctionInfo {
  const char *Name;
  const char *Aliases;
  const char *Inputs;
  const char *Params;
  const char *Also;
  const char *Formula;
  const char *AtMinusInf;
  const char *AtPlusInf;
  const char *Summary;
  const char *Year;
  const char *Cites;
  const char *UsedIn;
  // Claims about functions of one input; "" for others.
  const char *Range;
  const char *Monotonic;
  const char *Smooth;
  const char *ZeroMean;
};

/// A parameter of a row: its name and its exact default.
struct ParamInfo {
  llvm::StringRef name;
  llvm::StringRef defaultText;
};

/// Every row, in the order of the table.
llvm::ArrayRef<FunctionInfo> allFunctions();

/// The row with this canonical name or alias, spelled exactly; null if none.
const FunctionInfo *lookupFunction(llvm::StringRef name);

/// Inputs of a row, in order.
llvm::SmallVector<llvm::StringRef, 2> inputsOf(const FunctionInfo &row);

/// True for a function of one input.
bool isUnary(const FunctionInfo &row);

/// Parameters of a row, in order.
llvm::SmallVector<ParamInfo, 2> paramsOf(const FunctionInfo &row);

/// Lists of arguments beside the defaults that the errors of a row are measured
/// at, such as "mu=0, sigma=1".
llvm::SmallVector<llvm::StringRef, 2>
furtherArgumentsOf(const FunctionInfo &row);

/// Aliases of a row.
llvm::SmallVector<llvm::StringRef, 4> aliasesOf(const FunctionInfo &row);

/// The row written as a definition of the expression language:
/// "leaky_relu(x; slope=0.01) = where(x > 0, x, slope * x)".
std::string definitionOf(const FunctionInfo &row);

/// A definition of the expression language from the fields of a row; inputs
/// and parameters are separated by semicolons.
std::string definitionText(llvm::StringRef name, llvm::StringRef inputs,
                           llvm::StringRef params, llvm::StringRef formula);

/// The candidate nearest to `name` in spelling, or "" when none is near
/// enough to be what was meant.
llvm::StringRef nearestName(llvm::StringRef name,
                            llvm::ArrayRef<llvm::StringRef> candidates);

/// "; did you mean 'silu'?" or "" - to be appended to a diagnostic.
std::string didYouMean(llvm::StringRef name,
                       llvm::ArrayRef<llvm::StringRef> candidates);

/// Every canonical name and alias.
llvm::ArrayRef<llvm::StringRef> allFunctionNames();

} // namespace act

#endif // ACT_IR_FUNCTIONTABLE_H
