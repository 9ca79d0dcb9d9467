//===- FrameworkTable.cpp - What other frameworks mean by a name ----------===//

#include "act/IR/FrameworkTable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace act;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::StringRef;

namespace act {
#define GET_ActFrameworkTable_IMPL
#include "act/IR/Frameworks.inc"
} // namespace act

ArrayRef<FrameworkFunctionInfo> act::allFrameworkFunctions() {
  return ActFrameworkTable;
}

ArrayRef<StringRef> act::frameworkNames() {
  static constexpr StringRef names[] = {"torch", "jax",    "keras", "onnx",
                                        "tf",    "onednn", "ggml"};
  return names;
}

std::string act::checkFramework(StringRef framework) {
  if (llvm::is_contained(frameworkNames(), framework))
    return "";
  std::string hint = didYouMean(framework, frameworkNames());
  if (hint.empty())
    hint = "; use one of: " + llvm::join(frameworkNames(), ", ");
  return ("unknown framework '" + framework + "'" + hint).str();
}

/// True for names that differ in case and underscores only.
static bool isSameName(StringRef a, StringRef b) {
  auto skip = [](StringRef &text) { text = text.ltrim('_'); };
  for (skip(a), skip(b); !a.empty() && !b.empty(); skip(a), skip(b)) {
    if (llvm::toLower(a.front()) != llvm::toLower(b.front()))
      return false;
    a = a.drop_front();
    b = b.drop_front();
  }
  return a.empty() && b.empty();
}

const FrameworkFunctionInfo *act::lookupFrameworkFunction(StringRef framework,
                                                          StringRef name,
                                                          StringRef arguments) {
  for (const FrameworkFunctionInfo *row :
       frameworkFunctionsNamed(name, framework))
    if (arguments == row->Arguments)
      return row;
  return nullptr;
}

SmallVector<const FrameworkFunctionInfo *, 8>
act::frameworkFunctionsNamed(StringRef name, StringRef framework) {
  SmallVector<const FrameworkFunctionInfo *, 8> found;
  for (const FrameworkFunctionInfo &row : allFrameworkFunctions())
    if ((framework.empty() || framework == row.Framework) &&
        isSameName(name, row.Name))
      found.push_back(&row);
  return found;
}

SmallVector<StringRef> act::frameworkFunctionNames(StringRef framework) {
  SmallVector<StringRef> names;
  for (const FrameworkFunctionInfo &row : allFrameworkFunctions())
    if (framework == row.Framework && *row.Arguments == '\0')
      names.push_back(row.Name);
  return names;
}

std::string act::definitionOf(const FrameworkFunctionInfo &row,
                              StringRef name) {
  return definitionText(name, row.Inputs, row.Params, row.Formula);
}
