//===- Names.cpp - Names that mean something in a source ------------------===//

#include "Names.h"
#include "TensorFunctions.h"
#include "act/IR/FunctionTable.h"
#include "act/IR/PrimitiveTable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <vector>

using namespace act;
using llvm::ArrayRef;
using llvm::StringRef;

bool act::isConstantName(StringRef name) { return name == "pi" || name == "e"; }

ArrayRef<StringRef> act::primitiveArguments(StringRef name) {
  static constexpr StringRef where[] = {"c", "a", "b"};
  if (name == "where")
    return where;
  const PrimitiveInfo *row = lookupPrimitive(name);
  return row ? operandsOf(*row) : ArrayRef<StringRef>();
}

bool act::isTensorFunction(StringRef name) {
  return findTensorFunction(name) != nullptr;
}

ArrayRef<StringRef> act::builtinFunctionNames() {
  static const auto *names = [] {
    auto *names = new std::vector<StringRef>{"where"};
    for (const PrimitiveInfo &row : allPrimitives())
      names->push_back(row.Name);
    llvm::append_range(*names, allFunctionNames());
    return names;
  }();
  return *names;
}

bool act::isBuiltinName(StringRef name) {
  return isConstantName(name) || name == "let" ||
         !primitiveArguments(name).empty() || isTensorFunction(name) ||
         lookupFunction(name);
}

bool act::isIdentifier(StringRef name) {
  return !name.empty() && !llvm::isDigit(name.front()) &&
         llvm::all_of(name,
                      [](char c) { return llvm::isAlnum(c) || c == '_'; });
}
