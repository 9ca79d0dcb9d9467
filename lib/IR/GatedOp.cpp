//===- GatedOp.cpp - act.gated --------------------------------------------===//

#include "act/IR/Act.h"
#include "act/IR/FunctionTable.h"
#include "mlir/Dialect/Traits.h"

using namespace mlir;
using namespace act;

/// The shape of gate, up and result, given the type of the first array. Of a
/// malformed array it is a shape of the same rank, so that the verifier can
/// speak of the array.
static SmallVector<int64_t> partShape(ShapedType array, LayoutAttr layout) {
  SmallVector<int64_t> shape(array.getShape());
  if (layout.isPacked() && !shape.empty() &&
      !ShapedType::isDynamic(shape.back()))
    shape.back() /= 2;
  return shape;
}

//===----------------------------------------------------------------------===//
// Interfaces
//===----------------------------------------------------------------------===//

void GatedOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  for (OpOperand &input : getInputsMutable())
    if (isa<MemRefType>(input.get().getType()))
      effects.emplace_back(MemoryEffects::Read::get(), &input);
  for (OpOperand &out : getOutsMutable())
    effects.emplace_back(MemoryEffects::Write::get(), &out);
}

LogicalResult GatedOp::inferReturnTypes(MLIRContext *,
                                        std::optional<Location> location,
                                        Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  if (!adaptor.getOuts().empty())
    return success();
  if (adaptor.getInputs().empty() || !adaptor.getLayout())
    return emitOptionalError(location, "act.gated needs a layout and the "
                                       "arrays of gate and up");
  Type first = adaptor.getInputs().front().getType();
  auto tensor = dyn_cast<RankedTensorType>(first);
  // What is no tensor the verifier rejects.
  types.push_back(
      tensor ? RankedTensorType::get(partShape(tensor, adaptor.getLayout()),
                                     tensor.getElementType())
             : first);
  return success();
}

/// The element type of the result is free, as that of act.apply; the verifier
/// compares the shape, and says more than "incompatible".
bool GatedOp::isCompatibleReturnTypes(TypeRange, TypeRange) { return true; }

//===----------------------------------------------------------------------===//
// Verifier
//===----------------------------------------------------------------------===//

static LogicalResult verifyCallee(GatedOp op, unsigned inputs, unsigned results,
                                  ArrayRef<StringRef> params) {
  // gated_c2
  if (inputs != 2 || results != 1)
    return op.emitOpError("applies a function of gate and up with one result, "
                          "but this one has ")
           << inputs << (inputs == 1 ? " input" : " inputs") << " and "
           << results << (results == 1 ? " result" : " results")
           << "; write an act.func of two inputs such as silu(g) * u";
  // gated_c9
  SmallVector<StringRef> given;
  if (op.getParams())
    for (StringRef param : op.getParams()->getAsValueRange<StringAttr>()) {
      if (!llvm::is_contained(params, param))
        return op.emitOpError("the function has no parameter '")
               << param << "'" << didYouMean(param, params);
      if (llvm::is_contained(given, param))
        return op.emitOpError("parameter '") << param << "' is given twice";
      given.push_back(param);
    }
  return success();
}

/// gated_c5, gated_c6 and gated_c7: the arrays of gate and up.
static LogicalResult verifyArrays(GatedOp op) {
  auto first = cast<ShapedType>(op.getInputs().front().getType());
  LayoutAttr layout = op.getLayout();
  if (!layout.isPacked()) {
    auto up = cast<ShapedType>(op.getInputs()[1].getType());
    if (succeeded(verifyCompatibleShape(first.getShape(), up.getShape())))
      return success();
    return op.emitOpError("gate and up must have one shape, but have the types "
                          "")
           << first << " and " << up
           << "; broadcast one before, or make the other an input of act.apply";
  }
  if (first.getRank() == 0)
    return op.emitOpError("a packed array needs a last dimension that holds "
                          "gate and up, but ")
           << first << " has rank 0; use layout(#act.layout<separate>)";
  int64_t last = first.getShape().back();
  if (ShapedType::isDynamic(last))
    return success();
  if (last % 2 != 0)
    return op.emitOpError("the last dimension of a packed array holds as many "
                          "elements of the gate as of the up part, so it must "
                          "be even, but is ")
           << last << " in " << first
           << "; arrays of their own take layout(#act.layout<separate>)";
  if (layout.getKind() == GatedLayout::Blocked &&
      last / 2 % layout.getBlock() != 0)
    return op.emitOpError("blocks of ")
           << layout.getBlock() << " need a last dimension that is a multiple "
           << "of " << 2 * layout.getBlock() << ", but it is " << last << " in "
           << first << "; check the block size, or pad the array";
  return success();
}

LogicalResult GatedOp::verify() {
  // gated_c3
  size_t params = getParams() ? getParams()->size() : 0;
  if (getInputs().size() != getNumArrays() + params)
    return emitOpError("the layout ")
           << getLayout() << " takes "
           << (getNumArrays() == 1 ? "one array that holds gate and up"
                                   : "two arrays, gate and up")
           << ", and there are " << params << " values of parameters, but "
           << getInputs().size() << " operands are given";
  // gated_c4
  SmallVector<Type> types(getInputs().getTypes());
  llvm::append_range(types, getOuts().getTypes());
  llvm::append_range(types, getResultTypes());
  bool areMemRefs = isa<MemRefType>(types.front());
  for (Type type : types) {
    bool isKind =
        areMemRefs ? isa<MemRefType>(type) : isa<RankedTensorType>(type);
    if (!isKind || !isa<FloatType>(getElementTypeOrSelf(type)))
      return emitOpError("operands and the result must be all ranked tensors "
                         "or all memrefs of floating elements; found ")
             << types.front() << " and " << type;
  }
  if (getOuts().size() != size_t(areMemRefs) ||
      getNumResults() != size_t(!areMemRefs))
    return emitOpError("on tensors has one result, and on memrefs writes one "
                       "array by `outs`");
  if (failed(verifyArrays(*this)))
    return failure();
  // gated_c8
  Type resultType = areMemRefs ? Type(getOuts().front().getType())
                               : Type(getResultTypes().front());
  SmallVector<int64_t> shape =
      partShape(cast<ShapedType>(types.front()), getLayout());
  if (failed(verifyCompatibleShape(shape,
                                   cast<ShapedType>(resultType).getShape()))) {
    Type expected = cast<ShapedType>(resultType).clone(shape);
    return emitOpError("the result has the shape of one part: expected ")
           << expected << ", found " << resultType;
  }
  // gated_c9
  for (Value value : getInputs().drop_front(getNumArrays())) {
    SmallVector<int64_t> common;
    auto type = cast<ShapedType>(value.getType());
    if (!OpTrait::util::getBroadcastedShape(shape, type.getShape(), common) ||
        common.size() != shape.size() ||
        failed(verifyCompatibleShape(common, shape)))
      return emitOpError("the value of a parameter, of type ")
             << type << ", does not broadcast to the shape of the result "
             << resultType;
  }
  auto fn = dyn_cast<FnAttr>(getCallee());
  if (!fn)
    return success();
  const FunctionInfo &row = *lookupFunction(fn.getName());
  SmallVector<StringRef> names;
  for (const ParamInfo &param : paramsOf(row))
    names.push_back(param.name);
  return verifyCallee(*this, inputsOf(row).size(), 1, names);
}

LogicalResult GatedOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto symbol = dyn_cast<FlatSymbolRefAttr>(getCallee());
  if (!symbol)
    return success();
  // gated_c1
  auto func = symbols.lookupNearestSymbolFrom<FuncOp>(*this, symbol);
  if (!func)
    return emitOpError("there is no act.func @")
           << symbol.getValue()
           << " to apply; define one of two inputs, gate and up";
  SmallVector<StringRef> names;
  for (unsigned i = func.getNumInputs(); i < func.getNumArguments(); ++i)
    names.push_back(func.getArgName(i));
  return verifyCallee(*this, func.getNumInputs(), func.getNumResults(), names);
}
