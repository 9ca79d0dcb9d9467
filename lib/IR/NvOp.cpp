//===- NvOp.cpp - act.nv and the table of GPU instructions ----------------===//

#include "act/IR/Act.h"
#include "act/IR/NvHelpers.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace act;

/// The types between the parentheses of "(float, float)".
static SmallVector<StringRef, 3> typesIn(StringRef list) {
  SmallVector<StringRef, 3> types;
  list.drop_front().drop_back().split(types, ',');
  for (StringRef &type : types)
    type = type.trim();
  return types;
}

ArrayRef<NvHelper> act::nvHelpers() {
  static const NvHelper rows[] = {
#define ACT_NV_HELPER(Enum, Name, Result, Operands, Ptx, Error, Sm, Sentence)  \
  {Name, #Result, typesIn(#Operands), Ptx, Error, Sm, Sentence},
#include "act/NvHelpers.def"
  };
  return rows;
}

const NvHelper *act::nvHelperNamed(StringRef name) {
  const auto *it = llvm::find_if(
      nvHelpers(), [&](const NvHelper &row) { return name == row.name; });
  return it == nvHelpers().end() ? nullptr : it;
}

static Type typeNamed(StringRef name, MLIRContext *context) {
  if (name == "float")
    return Float32Type::get(context);
  return IntegerType::get(context, name == "uint16_t" ? 16 : 32);
}

LogicalResult NvOp::verify() {
  // nv_c1
  const NvHelper *row = nvHelperNamed(getHelper());
  if (!row) {
    auto names = llvm::map_range(
        nvHelpers(), [](const NvHelper &row) { return StringRef(row.name); });
    return emitOpError("knows no helper '")
           << getHelper() << "'; use one of " << llvm::join(names, ", ");
  }
  // nv_c2
  auto vector = dyn_cast<VectorType>(getResult().getType());
  auto wanted = [&](StringRef name) -> Type {
    Type type = typeNamed(name, getContext());
    return vector ? VectorType::get(vector.getShape(), type) : type;
  };
  SmallVector<Type> types;
  for (StringRef name : row->operands)
    types.push_back(wanted(name));
  if (TypeRange(types) != TypeRange(getOperandTypes()) ||
      getResult().getType() != wanted(row->result))
    return emitOpError("'") << getHelper() << "' is (" << TypeRange(types)
                            << ") -> " << wanted(row->result);
  return success();
}
