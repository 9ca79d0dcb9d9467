//===- PrimitiveTable.cpp - What is known of each primitive ---------------===//

#include "act/IR/PrimitiveTable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"

using namespace act;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::StringRef;

namespace act {
#define GET_ActPrimitiveTable_DECL
#include "act/IR/ActPrimitives.inc"
#define GET_ActPrimitiveTable_IMPL
#include "act/IR/ActPrimitives.inc"
} // namespace act

ArrayRef<PrimitiveInfo> act::allPrimitives() { return ActPrimitiveTable; }

namespace {
/// The rows by operation and by name, and their operand names.
struct Index {
  llvm::StringMap<const PrimitiveInfo *> ops, names;
  llvm::StringMap<SmallVector<StringRef, 3>> operands;

  Index() {
    for (const PrimitiveInfo &row : allPrimitives()) {
      ops[row.Op] = names[row.Name] = &row;
      StringRef(row.Operands).split(operands[row.Name], ';');
    }
  }
};
} // namespace

static const Index &index() {
  static const auto *index = new Index();
  return *index;
}

const PrimitiveInfo *act::lookupPrimitiveOp(StringRef op) {
  return index().ops.lookup(op);
}

const PrimitiveInfo *act::lookupPrimitive(StringRef name) {
  return index().names.lookup(name);
}

ArrayRef<StringRef> act::operandsOf(const PrimitiveInfo &row) {
  return index().operands.find(row.Name)->second;
}

SmallVector<StringRef, 3> act::derivativesOf(const PrimitiveInfo &row) {
  SmallVector<StringRef, 3> parts;
  StringRef(row.Derivatives).split(parts, ';');
  return parts;
}
