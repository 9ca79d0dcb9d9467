//===- FunctionTable.cpp - Looking things up in THE TABLE -----------------===//

#include "act/IR/FunctionTable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

using namespace act;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::StringRef;

namespace act {
#define GET_ActFunctionTable_IMPL
#include "act/IR/ActFunctions.inc"
} // namespace act

ArrayRef<FunctionInfo> act::allFunctions() { return ActFunctionTable; }

/// Splits "a;b;c", where the empty text has no parts.
template <unsigned N> static SmallVector<StringRef, N> split(StringRef text) {
  SmallVector<StringRef, N> parts;
  text.split(parts, ';', -1, /*KeepEmpty=*/false);
  return parts;
}

SmallVector<StringRef, 2> act::inputsOf(const FunctionInfo &row) {
  return split<2>(row.Inputs);
}

bool act::isUnary(const FunctionInfo &row) {
  return !StringRef(row.Inputs).contains(';');
}

SmallVector<StringRef, 4> act::aliasesOf(const FunctionInfo &row) {
  return split<4>(row.Aliases);
}

SmallVector<StringRef, 2> act::furtherArgumentsOf(const FunctionInfo &row) {
  return split<2>(row.Also);
}

SmallVector<ParamInfo, 2> act::paramsOf(const FunctionInfo &row) {
  SmallVector<ParamInfo, 2> params;
  for (StringRef part : split<2>(row.Params)) {
    auto [name, text] = part.split('=');
    params.push_back({name, text});
  }
  return params;
}

/// Canonical names and aliases, each with its row.
static const llvm::StringMap<const FunctionInfo *> &index() {
  static const auto *map = [] {
    auto *map = new llvm::StringMap<const FunctionInfo *>();
    for (const FunctionInfo &row : allFunctions()) {
      map->try_emplace(row.Name, &row);
      for (StringRef alias : aliasesOf(row))
        map->try_emplace(alias, &row);
    }
    return map;
  }();
  return *map;
}

const FunctionInfo *act::lookupFunction(StringRef name) {
  return index().lookup(name);
}

ArrayRef<StringRef> act::allFunctionNames() {
  static const auto *names = [] {
    auto *names = new std::vector<StringRef>();
    for (const FunctionInfo &row : allFunctions()) {
      names->push_back(row.Name);
      llvm::append_range(*names, aliasesOf(row));
    }
    return names;
  }();
  return *names;
}

std::string act::definitionOf(const FunctionInfo &row) {
  return definitionText(row.Name, row.Inputs, row.Params, row.Formula);
}

std::string act::definitionText(StringRef name, StringRef inputs,
                                StringRef params, StringRef formula) {
  std::string text = (name + "(" + llvm::join(split<2>(inputs), ", ")).str();
  if (!params.empty())
    text += "; " + llvm::join(split<2>(params), ", ");
  return text + ") = " + formula.str();
}

StringRef act::nearestName(StringRef name, ArrayRef<StringRef> candidates) {
  // A typing mistake changes about one letter in three at most.
  unsigned best = std::max<size_t>(1, (name.size() + 1) / 3) + 1;
  StringRef nearest;
  for (StringRef candidate : candidates) {
    unsigned distance = name.edit_distance_insensitive(candidate, true, best);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string act::didYouMean(StringRef name, ArrayRef<StringRef> candidates) {
  StringRef nearest = nearestName(name, candidates);
  if (nearest.empty())
    return "";
  return ("; did you mean '" + nearest + "'?").str();
}
