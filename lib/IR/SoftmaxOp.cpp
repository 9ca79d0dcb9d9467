//===- SoftmaxOp.cpp - act.softmax ----------------------------------------===//

#include "RowUtil.h"
#include "act/IR/Act.h"
#include "act/IR/ExactNumber.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Traits.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace act;

ArrayRef<StringRef> SoftmaxOp::getOptionNames() {
  static constexpr StringRef names[] = {"scale",        "softcap", "bias",
                                        "temperature",  "mask",    "sink",
                                        "causal_offset"};
  return names;
}

Value SoftmaxOp::getOption(StringRef name) {
  unsigned number =
      llvm::find(getOptionNames(), name) - getOptionNames().begin();
  auto found = getODSOperands(1 + number);
  return found.empty() ? Value() : found.front();
}

StringAttr SoftmaxOp::getNumber(StringRef name) {
  DictionaryAttr numbers = getNumbersAttr();
  return numbers ? numbers.getAs<StringAttr>(name) : StringAttr();
}

int64_t SoftmaxOp::getAxisFromEnd() {
  int64_t axis = getAxis().value_or(-1);
  return axis < 0 ? axis
                  : axis - cast<ShapedType>(getOperand().getType()).getRank();
}

bool SoftmaxOp::keepsOneOfRow() {
  auto type = cast<ShapedType>(getType());
  auto x = cast<ShapedType>(getOperand().getType());
  int64_t at = type.getRank() + getAxisFromEnd();
  return getForm() == "sum" && type.getDimSize(at) == 1 &&
         x.getDimSize(at) != 1;
}

//===----------------------------------------------------------------------===//
// Interfaces
//===----------------------------------------------------------------------===//

LogicalResult SoftmaxOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  Type type = adaptor.getOperand().getType();
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || adaptor.getForm() != "sum") {
    types.push_back(type);
    return success();
  }
  int64_t rank = tensor.getRank(), axis = adaptor.getAxis().value_or(-1);
  if (axis < -rank || axis >= rank)
    return emitOptionalError(location, "axis ", axis,
                             " of act.softmax is none of ", type);
  SmallVector<int64_t> shape(tensor.getShape());
  shape[axis < 0 ? axis + rank : axis] = 1;
  types.push_back(RankedTensorType::get(shape, tensor.getElementType()));
  return success();
}

/// The element type of the result is free, as that of act.apply; the verifier
/// compares the shape, and says more than "incompatible".
bool SoftmaxOp::isCompatibleReturnTypes(TypeRange, TypeRange) { return true; }

LogicalResult
SoftmaxOp::reifyResultShapes(OpBuilder &builder,
                             ReifiedRankedShapedTypeDims &shapes) {
  if (!isa<RankedTensorType>(getType()))
    return failure();
  SmallVector<OpFoldResult> shape =
      tensor::getMixedSizes(builder, getLoc(), getOperand());
  if (keepsOneOfRow())
    shape[shape.size() + getAxisFromEnd()] = builder.getIndexAttr(1);
  shapes.push_back(std::move(shape));
  return success();
}

//===----------------------------------------------------------------------===//
// Verifier
//===----------------------------------------------------------------------===//

/// softmax_c4 and softmax_c5 of an operation in a body.
static LogicalResult verifyScalars(SoftmaxOp op) {
  for (StringRef name : op.getOptionNames())
    if (Value value = op.getOption(name)) {
      bool isMask = name == "mask";
      if (isMask ? !value.getType().isInteger(1)
                 : value.getType() != op.getOperand().getType())
        return op.emitOpError("in a body takes scalars of one type; '")
               << name << "' has the type " << value.getType() << ", expected "
               << (isMask ? Type(IntegerType::get(op.getContext(), 1))
                          : op.getOperand().getType());
    }
  if (op.getType() != op.getOperand().getType())
    return op.emitOpError("in a body has a result of the operand's type ")
           << op.getOperand().getType() << ", found " << op.getType();
  for (auto [is, name] :
       {std::pair(bool(op.getAxis()), "axis"),
        std::pair(op.getCausal(), "causal"),
        std::pair(bool(op.getNumbers()), "exact numbers"),
        std::pair(bool(op.getSoftcap()), "softcap"),
        std::pair(bool(op.getBias()), "bias"),
        std::pair(bool(op.getTemperature()), "temperature"),
        std::pair(bool(op.getCausalOffset()), "causal_offset")})
    if (is)
      return op.emitOpError("in a body has no ")
             << name
             << "; the axis is that of the function (act.axis), and other "
                "options are operations of the body";
  return success();
}

/// softmax_c10: texts in the place of operands.
static LogicalResult verifyNumbers(SoftmaxOp op) {
  DictionaryAttr numbers = op.getNumbersAttr();
  if (!numbers)
    return success();
  for (NamedAttribute named : numbers) {
    StringRef name = named.getName();
    auto text = dyn_cast<StringAttr>(named.getValue());
    if (!llvm::is_contained(op.getOptionNames(), name) || name == "mask" ||
        !text || !isExactNumber(text))
      return op.emitOpError("'")
             << name << "' is " << named.getValue()
             << "; an exact number, as in \"1/8\", may stand for scale, "
                "softcap, bias, temperature, sink and causal_offset";
    if (op.getOption(name))
      return op.emitOpError("'") << name << "' is an operand and the number "
                                 << text << "; give one of them";
    if (name == "temperature" && !isPositiveNumber(text))
      return op.emitOpError("a temperature is positive, found ") << text;
  }
  return success();
}

/// softmax_c7 and softmax_c8: operands beside x.
static LogicalResult verifyOption(SoftmaxOp op, StringRef name,
                                  ShapedType type) {
  auto x = cast<ShapedType>(op.getOperand().getType());
  SmallVector<int64_t> common;
  if (!OpTrait::util::getBroadcastedShape(x.getShape(), type.getShape(),
                                          common) ||
      failed(verifyCompatibleShape(common, x.getShape())))
    return op.emitOpError("'") << name << "' of type " << type
                               << " does not broadcast to the shape of " << x;
  int64_t at = type.getRank() + op.getAxisFromEnd();
  if (name == "sink" && at >= 0 && type.getDimSize(at) != 1)
    return op.emitOpError("the sink is one value for a row, but ")
           << type << " has "
           << (type.isDynamicDim(at) ? std::string("any number")
                                     : std::to_string(type.getDimSize(at)))
           << " along axis " << int64_t(op.getAxis().value_or(-1))
           << "; give it 1 there";
  return success();
}

static LogicalResult verifyTensors(SoftmaxOp op) {
  // softmax_c4
  for (Value value : op->getOperands())
    if (!isa<RankedTensorType>(value.getType()))
      return op.emitOpError("takes all scalars or all ranked tensors; found ")
             << op.getOperand().getType() << " and " << value.getType()
             << (isa<FloatType>(value.getType())
                     ? "; make the number a tensor of rank 0"
                     : "");
  if (!isa<RankedTensorType>(op.getType()))
    return op.emitOpError("of tensors has a tensor as its result, found ")
           << op.getType();
  // softmax_c6
  auto x = cast<ShapedType>(op.getOperand().getType());
  int64_t axis = op.getAxis().value_or(-1), rank = x.getRank();
  if (axis < -rank || axis >= rank)
    return op.emitOpError("runs along axis ")
           << axis << ", which " << x << " does not have"
           << (rank ? "; give one from " + std::to_string(-rank) + " to " +
                          std::to_string(rank - 1)
                    : std::string("; a row is of an array"));
  if (op.getCausal() && op.getAxisFromEnd() == -rank)
    return op.emitOpError("compares positions along the axis of the row and "
                          "the one in front of it, and axis ")
           << axis << " of " << x << " has none in front";
  // softmax_c11
  if (!op.getCausal() &&
      (op.getCausalOffset() || op.getNumber("causal_offset")))
    return op.emitOpError("'causal_offset' moves the mask of 'causal', which "
                          "is not given");
  for (StringRef name : op.getOptionNames())
    if (Value value = op.getOption(name))
      if (failed(verifyOption(op, name, cast<ShapedType>(value.getType()))))
        return failure();
  // softmax_c9
  auto result = cast<ShapedType>(op.getType());
  SmallVector<int64_t> shape(x.getShape());
  if (succeeded(verifyCompatibleShape(shape, result.getShape())))
    return success();
  shape[rank + op.getAxisFromEnd()] = 1;
  bool isSum = op.getForm() == "sum";
  if (isSum && succeeded(verifyCompatibleShape(shape, result.getShape())))
    return success();
  return op.emitOpError("has the result ")
         << result << ", but expected " << result.clone(x.getShape())
         << (isSum ? ", or 1 along its axis" : "");
}

LogicalResult SoftmaxOp::verify() {
  // softmax_c1
  if (failed(
          verifyWord(*this, "form", getForm(),
                     {"probability", "log", "sum", "sparsemax", "entmax15"})))
    return failure();
  // softmax_c3
  if ((getSink() || getNumber("sink")) && isSparse())
    return emitOpError("of the form '") << getForm() << "' has no sink";
  // softmax_c2
  if (failed(verifyWord(*this, "value of an empty row", getEmpty(),
                        {"zero", "nan", "uniform"})))
    return failure();
  if (isa<FloatType>(getOperand().getType()))
    return verifyScalars(*this);
  if (failed(verifyTensors(*this)))
    return failure();
  return verifyNumbers(*this);
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

/// The type of an operand where one type is written for all.
static Type typeLike(Type type, bool isMask) {
  if (!isMask)
    return type;
  Type truth = IntegerType::get(type.getContext(), 1);
  auto shaped = dyn_cast<ShapedType>(type);
  return shaped ? shaped.clone(truth) : truth;
}

void SoftmaxOp::print(OpAsmPrinter &printer) {
  printer << ' ' << getForm() << ' ' << getOperand();
  bool isOneType = getType() == getOperand().getType();
  for (StringRef name : getOptionNames()) {
    if (StringAttr number = getNumber(name))
      printer << ' ' << name << ' ' << number;
    Value value = getOption(name);
    if (!value)
      continue;
    printer << ' ' << name << ' ' << value;
    isOneType &= value.getType() == typeLike(getType(), name == "mask");
  }
  SmallVector<StringRef> elided = {"form", "operandSegmentSizes", "numbers"};
  if (getEmpty() == "nan")
    elided.push_back("empty");
  printer.printOptionalAttrDict((*this)->getAttrs(), elided);
  printer << " : ";
  if (isOneType)
    printer << getType();
  else
    printer.printFunctionalType(*this);
}

ParseResult SoftmaxOp::parse(OpAsmParser &parser, OperationState &result) {
  Builder &builder = parser.getBuilder();
  StringRef form;
  SmallVector<OpAsmParser::UnresolvedOperand, 4> operands(1);
  if (parser.parseKeyword(&form) || parser.parseOperand(operands.front()))
    return failure();
  result.addAttribute("form", builder.getStringAttr(form));
  SmallVector<int32_t, 8> segments = {1};
  SmallVector<bool, 4> isMask = {false};
  NamedAttrList numbers;
  for (StringRef name : getOptionNames()) {
    segments.push_back(0);
    if (failed(parser.parseOptionalKeyword(name)))
      continue;
    std::string number;
    if (succeeded(parser.parseOptionalString(&number))) {
      numbers.set(name, builder.getStringAttr(number));
      continue;
    }
    segments.back() = 1;
    isMask.push_back(name == "mask");
    if (parser.parseOperand(operands.emplace_back()))
      return failure();
  }
  if (!numbers.empty())
    result.addAttribute("numbers", numbers.getDictionary(builder.getContext()));
  result.addAttribute("operandSegmentSizes",
                      builder.getDenseI32ArrayAttr(segments));
  Type type;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseOptionalAttrDict(result.attributes) ||
      parser.parseColonType(type))
    return failure();
  if (auto function = dyn_cast<FunctionType>(type)) {
    result.addTypes(function.getResults());
    if (function.getNumResults() != 1)
      return parser.emitError(loc, "act.softmax has one result");
    return parser.resolveOperands(operands, function.getInputs(), loc,
                                  result.operands);
  }
  result.addTypes(type);
  for (auto [operand, mask] : llvm::zip(operands, isMask))
    if (parser.resolveOperand(operand, typeLike(type, mask), result.operands))
      return failure();
  return success();
}
