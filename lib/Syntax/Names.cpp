//===- Names.cpp - Names that mean something in a source ------------------===//

#include "Names.h"
#include "act/IR/FunctionTable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <vector>

using namespace act;
using llvm::ArrayRef;
using llvm::StringRef;

bool act::isConstantName(StringRef name) { return name == "pi" || name == "e"; }

static constexpr StringRef primitives[] = {
#define ACT_UNARY(Name, Op) #Name,
#define ACT_BINARY(Name, Op) #Name,
#include "Primitives.def"
    "clamp",
    "where",
};

ArrayRef<StringRef> act::primitiveArguments(StringRef name) {
  static constexpr StringRef unary[] = {"x"};
  static constexpr StringRef binary[] = {"a", "b"};
  static constexpr StringRef clamp[] = {"x", "lo", "hi"};
  static constexpr StringRef where[] = {"c", "a", "b"};
  if (name == "where")
    return where;
  if (name == "clamp")
    return clamp;
#define ACT_BINARY(Name, Op)                                                   \
  if (name == #Name)                                                           \
    return binary;
#define ACT_UNARY(Name, Op)                                                    \
  if (name == #Name)                                                           \
    return unary;
#include "Primitives.def"
  return {};
}

bool act::isTensorFunction(StringRef name) {
  static constexpr StringRef names[] = {"softmax",   "log_softmax", "softmin",
                                        "logsumexp", "sparsemax",   "hardmax",
                                        "sum",       "mean",        "rowmax"};
  return llvm::is_contained(names, name);
}

ArrayRef<StringRef> act::builtinFunctionNames() {
  static const auto *names = [] {
    auto *names = new std::vector<StringRef>(std::begin(primitives),
                                             std::end(primitives));
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
