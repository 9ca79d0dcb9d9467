//===- ActOps.cpp - Operations of the act dialect -------------------------===//

#include "act/IR/Act.h"
#include "act/IR/ExactNumber.h"
#include "act/IR/FunctionTable.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Traits.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/FunctionImplementation.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace act;

/// An optional `private`, `public` or `nested`, as on act.func.
static ParseResult parseVisibility(OpAsmParser &parser, StringAttr &attr) {
  StringRef keyword;
  if (succeeded(parser.parseOptionalKeyword(&keyword,
                                            {"public", "private", "nested"})))
    attr = parser.getBuilder().getStringAttr(keyword);
  return success();
}
static void printVisibility(OpAsmPrinter &printer, Operation *,
                            StringAttr attr) {
  if (attr)
    printer << attr.getValue();
}

/// A text printed as a keyword.
static ParseResult parseWord(OpAsmParser &parser, StringAttr &attr) {
  StringRef word;
  if (failed(parser.parseKeyword(&word)))
    return failure();
  attr = parser.getBuilder().getStringAttr(word);
  return success();
}
static void printWord(OpAsmPrinter &printer, Operation *, StringAttr attr) {
  printer << attr.getValue();
}

#include "act/IR/ActInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "act/IR/ActOps.cpp.inc"

//===----------------------------------------------------------------------===//
// act.func
//===----------------------------------------------------------------------===//

void FuncOp::build(OpBuilder &builder, OperationState &state, StringRef name,
                   FunctionType type) {
  state.addAttribute(getSymNameAttrName(state.name),
                     builder.getStringAttr(name));
  state.addAttribute(getFunctionTypeAttrName(state.name), TypeAttr::get(type));
  state.addRegion();
}

ParseResult FuncOp::parse(OpAsmParser &parser, OperationState &result) {
  auto buildType = [](Builder &builder, ArrayRef<Type> arguments,
                      ArrayRef<Type> results,
                      function_interface_impl::VariadicFlag, std::string &) {
    return builder.getFunctionType(arguments, results);
  };
  return function_interface_impl::parseFunctionOp(
      parser, result, /*allowVariadic=*/false,
      getFunctionTypeAttrName(result.name), buildType,
      getArgAttrsAttrName(result.name), getResAttrsAttrName(result.name));
}

void FuncOp::print(OpAsmPrinter &printer) {
  function_interface_impl::printFunctionOp(
      printer, *this, /*isVariadic=*/false, getFunctionTypeAttrName(),
      getArgAttrsAttrName(), getResAttrsAttrName());
}

StringRef FuncOp::getArgName(unsigned i) {
  auto name = getArgAttrOfType<StringAttr>(i, kNameAttr);
  return name ? name.getValue() : StringRef();
}

StringAttr FuncOp::getArgDefault(unsigned i) {
  return getArgAttrOfType<StringAttr>(i, kDefaultAttr);
}

unsigned FuncOp::getNumInputs() {
  unsigned n = 0;
  while (n < getNumArguments() && !getArgDefault(n))
    ++n;
  return n;
}

act::ReturnOp FuncOp::getReturn() {
  return cast<ReturnOp>(getBody().front().getTerminator());
}

void FuncOp::getAsmBlockArgumentNames(Region &region,
                                      OpAsmSetValueNameFn setName) {
  if (region.empty())
    return;
  for (BlockArgument arg : region.getArguments())
    if (StringRef name = getArgName(arg.getArgNumber()); !name.empty())
      setName(arg, name);
}

/// Parts of packed arrays among `count` arguments or results, whose attributes
/// `partOf` gives. `layout` is the one they all have, null before the first.
static LogicalResult verifyParts(FuncOp func, StringRef what, unsigned count,
                                 function_ref<PartAttr(unsigned)> partOf,
                                 LayoutAttr &layout) {
  SmallVector<PartAttr> seen;
  for (unsigned i = 0; i < count; ++i) {
    PartAttr part = partOf(i);
    if (!part)
      continue;
    // func_c7
    if (llvm::is_contained(seen, part))
      return func.emitOpError("two ") << what << "s are the part " << part
                                      << "; a part of an array is one " << what;
    seen.push_back(part);
    if (!layout)
      layout = part.getLayout();
    if (part.getLayout() != layout)
      return func.emitOpError("reads packed arrays of the layouts ")
             << layout << " and " << part.getLayout()
             << "; one kernel walks arrays of one layout";
  }
  return success();
}

LogicalResult FuncOp::verify() {
  // func_c6
  if (getNumResults() == 0)
    return emitOpError("needs at least one result");
  // func_c1
  Type type = getResultTypes().front();
  for (Type other :
       llvm::concat<const Type>(getArgumentTypes(), getResultTypes()))
    if (other != type || !isa<FloatType>(other))
      return emitOpError("arguments and results must have one floating type; "
                         "found ")
             << type << " and " << other;
  bool seenParameter = false;
  llvm::StringSet<> names;
  for (unsigned i = 0, e = getNumArguments(); i != e; ++i) {
    // func_c3
    StringAttr text = getArgDefault(i);
    if (seenParameter && !text)
      return emitOpError("argument #")
             << i << " is an input after a parameter; inputs come first";
    seenParameter |= bool(text);
    if (text && !isExactNumber(text))
      return emitOpError("default '") << text.getValue() << "' of argument #"
                                      << i << " is not an exact number";
    // func_c5
    StringRef name = getArgName(i);
    if (!name.empty() && !names.insert(name).second)
      return emitOpError("two arguments are named '") << name << "'";
  }
  LayoutAttr layout;
  if (failed(verifyParts(
          *this, "argument", getNumArguments(),
          [&](unsigned i) { return getArgAttrOfType<PartAttr>(i, kPartAttr); },
          layout)) ||
      failed(verifyCounted()) || failed(verifyQuantized()))
    return failure();
  return verifyParts(
      *this, "result", getNumResults(),
      [&](unsigned i) { return getResultAttrOfType<PartAttr>(i, kPartAttr); },
      layout);
}

LogicalResult FuncOp::verifyRegions() {
  // func_c2
  if (!getBody().hasOneBlock())
    return emitOpError("needs a body of one block");
  Block &block = getBody().front();
  if (block.empty() || !isa<ReturnOp>(block.back()))
    return emitOpError("body must end in act.return");
  for (Operation &op : block) {
    // func_c4
    StringRef dialect = op.getName().getDialectNamespace();
    // Small tables of constants are read by vector.extractelement once the
    // function has been approximated.
    if (dialect != "arith" && dialect != "math" && dialect != "act" &&
        op.getName().getStringRef() != "vector.extractelement")
      return op.emitOpError("is not a scalar operation of arith, math or act "
                            "and cannot stand in act.func");
  }
  return success();
}

//===----------------------------------------------------------------------===//
// act.return
//===----------------------------------------------------------------------===//

LogicalResult ReturnOp::verify() {
  // return_c1
  auto func = cast<FuncOp>((*this)->getParentOp());
  if (getOperandTypes() != func.getResultTypes())
    return emitOpError("returns ")
           << getOperandTypes() << " from a function of type "
           << func.getFunctionType();
  return success();
}

//===----------------------------------------------------------------------===//
// act.apply
//===----------------------------------------------------------------------===//

// Folds keep every bit of an IEEE evaluation: the identity changes nothing.
LogicalResult ApplyOp::fold(FoldAdaptor,
                            SmallVectorImpl<OpFoldResult> &results) {
  auto fn = dyn_cast<FnAttr>(getCallee());
  if (!fn || fn.getName() != "identity" || fn.getOrder() != 0 ||
      getNumResults() != 1 ||
      getInputs().front().getType() != getResult(0).getType())
    return failure();
  results.push_back(getInputs().front());
  return success();
}

FuncOp ApplyOp::resolve() {
  auto symbol = dyn_cast<FlatSymbolRefAttr>(getCallee());
  if (!symbol)
    return nullptr;
  return SymbolTable::lookupNearestSymbolFrom<FuncOp>(*this, symbol);
}

void ApplyOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  for (OpOperand &input : getInputsMutable())
    if (isa<MemRefType>(input.get().getType()))
      effects.emplace_back(MemoryEffects::Read::get(), &input);
  for (OpOperand &out : getOutsMutable())
    effects.emplace_back(MemoryEffects::Write::get(), &out);
}

namespace {
/// What the verifier needs to know of a callee, whichever way it is named.
struct Signature {
  /// Inputs that operands give, and results.
  unsigned inputs = 0, results = 0;
  SmallVector<StringRef> params;
};
} // namespace

static Signature signatureOf(FnAttr fn) {
  const FunctionInfo &row = *lookupFunction(fn.getName());
  Signature signature;
  signature.inputs = inputsOf(row).size();
  signature.results = 1;
  for (const ParamInfo &param : paramsOf(row))
    signature.params.push_back(param.name);
  return signature;
}

static Signature signatureOf(FuncOp func, bool onArrays) {
  Signature signature;
  for (unsigned i = 0; i < func.getNumInputs(); ++i)
    signature.inputs += !onArrays || !func.getArgAttr(i, kPositionAttr);
  signature.results = func.getNumResults();
  for (unsigned i = func.getNumInputs(); i < func.getNumArguments(); ++i)
    signature.params.push_back(func.getArgName(i));
  return signature;
}

static LogicalResult verifySignature(ApplyOp op, const Signature &callee) {
  SmallVector<StringRef> given;
  if (op.getParams())
    for (StringRef param : op.getParams()->getAsValueRange<StringAttr>()) {
      // apply_c6
      if (!llvm::is_contained(callee.params, param))
        return op.emitOpError("the function has no parameter '")
               << param << "'" << didYouMean(param, callee.params);
      if (llvm::is_contained(given, param))
        return op.emitOpError("parameter '") << param << "' is given twice";
      given.push_back(param);
    }
  // apply_c2
  if (op.getInputs().size() != callee.inputs + given.size())
    return op.emitOpError("expects ")
           << callee.inputs << " input" << (callee.inputs == 1 ? "" : "s")
           << " and " << given.size() << " parameter operands, but has "
           << op.getInputs().size() << " operands";
  // apply_c4
  size_t results = op.getNumResults() + op.getOuts().size();
  if (results != callee.results)
    return op.emitOpError("the function has ")
           << callee.results << " results, the operation " << results;
  return success();
}

static Type elementType(Type type) { return getElementTypeOrSelf(type); }

bool ApplyOp::isReduced(unsigned result) {
  return getReduced() && llvm::is_contained(*getReduced(), int64_t(result));
}

/// apply_c7, apart from the shapes.
static LogicalResult verifyReduced(ApplyOp op, size_t count) {
  if (!op.getReduced())
    return success();
  for (auto [i, number] : llvm::enumerate(*op.getReduced()))
    if (number < 0 || size_t(number) >= count ||
        llvm::is_contained(op.getReduced()->take_front(i), number))
      return op.emitOpError("reduced names result ")
             << number << ", but must name results from 0 to " << count - 1
             << ", once each";
  return success();
}

LogicalResult ApplyOp::verify() {
  // apply_c3
  SmallVector<Type> types;
  llvm::append_range(types, getInputs().getTypes());
  llvm::append_range(types, getOuts().getTypes());
  llvm::append_range(types, getResultTypes());
  auto kindOf = [](Type type) {
    return isa<RankedTensorType>(type) ? 1
           : isa<VectorType>(type)     ? 2
           : isa<MemRefType>(type)     ? 3
           : isa<FloatType>(type)      ? 0
                                       : -1;
  };
  for (Type type : types)
    if (kindOf(type) < 0 || !isa<FloatType>(elementType(type)) ||
        kindOf(type) != kindOf(types.front()))
      return emitOpError("operands and results must be all scalars, all "
                         "ranked tensors, all vectors or all memrefs of "
                         "floating elements; found ")
             << types.front() << " and " << type;
  if (!types.empty() && (kindOf(types.front()) == 3) != getResults().empty())
    return emitOpError("writes to memrefs by `outs` and returns anything else "
                       "as results");
  // apply_c5
  SmallVector<Type> results(getOuts().getTypes());
  llvm::append_range(results, getResultTypes());
  if (failed(verifyReduced(*this, results.size())))
    return failure();
  for (auto [number, result] : llvm::enumerate(results)) {
    auto shaped = dyn_cast<ShapedType>(result);
    if (!shaped)
      continue;
    SmallVector<int64_t> shape;
    for (Type input : getInputs().getTypes()) {
      SmallVector<int64_t> next;
      if (!OpTrait::util::getBroadcastedShape(
              shape, cast<ShapedType>(input).getShape(), next))
        return emitOpError("operand of type ")
               << input << " does not broadcast with the others";
      shape = next;
    }
    if (isReduced(number)) {
      SmallVector<int64_t> joined;
      if (!OpTrait::util::getBroadcastedShape(shape, shaped.getShape(),
                                              joined) ||
          failed(verifyCompatibleShape(joined, shape)))
        return emitOpError("reduced result ")
               << result << " does not broadcast to what the operands do";
      continue;
    }
    if (failed(verifyCompatibleShape(shape, shaped.getShape())))
      return emitOpError("operands broadcast to a shape that is not that of "
                         "the result ")
             << result;
  }
  if (auto fn = dyn_cast<FnAttr>(getCallee()))
    return verifySignature(*this, signatureOf(fn));
  return success();
}

LogicalResult ApplyOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto symbol = dyn_cast<FlatSymbolRefAttr>(getCallee());
  if (!symbol)
    return success();
  // apply_c1
  auto func = symbols.lookupNearestSymbolFrom<FuncOp>(*this, symbol);
  if (!func)
    return emitOpError("there is no act.func @")
           << symbol.getValue() << " to apply";
  bool onArrays = llvm::any_of(getOperandTypes(), llvm::IsaPred<ShapedType>);
  return verifySignature(*this, signatureOf(func, onArrays));
}

//===----------------------------------------------------------------------===//
// act.sign
//===----------------------------------------------------------------------===//

OpFoldResult SignOp::fold(FoldAdaptor) {
  // A sign is its own sign, zeros and NaN included.
  if (getOperand().getDefiningOp<SignOp>())
    return getOperand();
  return {};
}

//===----------------------------------------------------------------------===//
// act.constant
//===----------------------------------------------------------------------===//

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValueAttr(); }

LogicalResult ConstantOp::verify() {
  // constant_c1
  if (!isExactNumber(getValue()))
    return emitOpError("'") << getValue()
                            << "' is not a decimal, a ratio of decimals, a "
                               "hexadecimal, pi or e";
  return success();
}
