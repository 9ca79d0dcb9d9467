//===- FrameworkTable.h - What other frameworks mean by a name --*- C++ -*-===//
//
// Rows of Frameworks.td. Everything here is constant data: no allocation to
// free, safe from any thread.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_IR_FRAMEWORKTABLE_H
#define ACT_IR_FRAMEWORKTABLE_H

#include "act/IR/FunctionTable.h"

namespace act {

/// One row of the table, as llvm-tblgen writes it.
struct FrameworkFunctionInfo {
  const char *Framework;
  const char *Name;
  const char *Arguments;
  const char *Inputs;
  const char *Params;
  const char *Formula;
  const char *Kinks;
  const char *NaN;
  const char *Layout;
  const char *Note;
  const char *Cites;
};

/// Every row, framework by framework.
llvm::ArrayRef<FrameworkFunctionInfo> allFrameworkFunctions();

/// torch, jax, keras, onnx, tf, onednn and ggml.
llvm::ArrayRef<llvm::StringRef> frameworkNames();

/// "unknown framework 'pytorch'; did you mean 'torch'? ..." for a name that is
/// no framework's, else "".
std::string checkFramework(llvm::StringRef framework);

/// What a framework means by a name with these arguments; null where it has
/// none such. Names are compared without case and underscores: hard_sigmoid
/// finds HardSigmoid.
const FrameworkFunctionInfo *
lookupFrameworkFunction(llvm::StringRef framework, llvm::StringRef name,
                        llvm::StringRef arguments = "");

/// All variants that frameworks have of a name, all of them or one.
llvm::SmallVector<const FrameworkFunctionInfo *, 8>
frameworkFunctionsNamed(llvm::StringRef name, llvm::StringRef framework = "");

/// Every name of a framework, as it spells them.
llvm::SmallVector<llvm::StringRef>
frameworkFunctionNames(llvm::StringRef framework);

/// The row as a definition of the expression language, under this name:
/// "leaky_relu(x; negative_slope=0.2) = leaky_relu(x, slope=negative_slope)".
std::string definitionOf(const FrameworkFunctionInfo &row,
                         llvm::StringRef name);

} // namespace act

#endif // ACT_IR_FRAMEWORKTABLE_H
