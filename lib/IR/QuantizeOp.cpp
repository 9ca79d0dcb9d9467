//===- QuantizeOp.cpp - act.quantize and #act.quantization ----------------===//

#include "act/IR/Act.h"
#include "act/IR/ExactNumber.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace act;

/// The exact parameter type of the getChecked() that the storage, which is
/// private to another file, is built in.
using ErrorAt = function_ref<InFlightDiagnostic()>;

//===----------------------------------------------------------------------===//
// #act.quantization<format, row | block | "scale">
//===----------------------------------------------------------------------===//

Attribute QuantizationAttr::parse(AsmParser &parser, Type) {
  StringRef word;
  if (parser.parseLess())
    return {};
  llvm::SMLoc loc = parser.getCurrentLocation();
  if (parser.parseKeyword(&word))
    return {};
  std::optional<DType> format;
  for (DType type : {DType::E4M3, DType::E5M2, DType::Int8})
    if (word == nameOf(type))
      format = type;
  // quantization_c1
  if (!format) {
    parser.emitError(loc) << "unknown format '" << word
                          << "'; use e4m3, e5m2 or int8";
    return {};
  }
  if (parser.parseComma())
    return {};
  loc = parser.getCurrentLocation();
  std::string scale;
  auto scaling = Scaling::Static;
  if (failed(parser.parseOptionalString(&scale))) {
    if (parser.parseKeyword(&word))
      return {};
    // quantization_c2
    if (word != "row" && word != "block") {
      parser.emitError(loc) << "scales are computed for each row or block, not "
                               "for each '"
                            << word << "'; a given one is a string";
      return {};
    }
    scaling = word == "row" ? Scaling::Row : Scaling::Block;
  }
  if (parser.parseGreater())
    return {};
  auto emitError = [&] { return parser.emitError(loc); };
  return QuantizationAttr::getChecked(ErrorAt(emitError), parser.getContext(),
                                      *format, scaling, StringRef(scale));
}

void QuantizationAttr::print(AsmPrinter &printer) const {
  printer << '<' << nameOf(getFormat()) << ", ";
  if (isDynamic())
    printer << (getScaling() == Scaling::Row ? "row" : "block");
  else
    printer.printString(getScale());
  printer << '>';
}

/// The number to within a few ulp, which no scale in use tells from exact.
static std::optional<double> valueOf(StringRef text) {
  auto [over, under] = text.split('/');
  double value, divisor = 1;
  if (!isExactNumber(text) || over.getAsDouble(value) ||
      (!under.empty() && under.getAsDouble(divisor)))
    return std::nullopt;
  return value / divisor;
}

LogicalResult
QuantizationAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                         DType format, Scaling scaling, StringRef scale) {
  // quantization_c1
  if (!isQuantized(format))
    return emitError() << "a quantised result is no " << nameOf(format)
                       << "; use e4m3, e5m2 or int8";
  if (scaling != Scaling::Static)
    return success();
  // quantization_c2
  std::optional<double> value = valueOf(scale);
  if (!value || !(*value >= kLeastScale && *value <= kLargestScale))
    return emitError() << "the scale '" << scale
                       << "' is no number from 2^-126 to 2^126; give what "
                          "results are divided by, such as 0.05";
  return success();
}

Type QuantizationAttr::getElementType() const {
  MLIRContext *context = getContext();
  if (getFormat() == DType::Int8)
    return IntegerType::get(context, 8);
  return getFormat() == DType::E4M3 ? Type(Float8E4M3FNType::get(context))
                                    : Type(Float8E5M2Type::get(context));
}

SmallVector<int64_t> QuantizationAttr::scalesOf(ArrayRef<int64_t> shape) const {
  SmallVector<int64_t> scales(shape);
  int64_t &last = scales.back();
  if (getScaling() == Scaling::Row)
    last = 1;
  else if (!ShapedType::isDynamic(last))
    last = llvm::divideCeil(last, kScaleBlock);
  return scales;
}

//===----------------------------------------------------------------------===//
// act.quantize
//===----------------------------------------------------------------------===//

LogicalResult QuantizeOp::verify() {
  auto input = cast<RankedTensorType>(getInput().getType());
  QuantizationAttr quantization = getQuantization();
  // quantize_c1
  Type element = input.getElementType();
  if (!element.isF32() && !element.isF16() && !element.isBF16())
    return emitOpError("quantises f32, bf16 and f16, not ") << element;
  if (quantization.isDynamic() && input.getRank() == 0)
    return emitOpError("a tensor without an axis has no rows; give a scale");
  SmallVector<Type> wanted = {
      RankedTensorType::get(input.getShape(), quantization.getElementType())};
  if (quantization.isDynamic())
    wanted.push_back(
        RankedTensorType::get(quantization.scalesOf(input.getShape()),
                              Float32Type::get(getContext())));
  // quantize_c2, quantize_c3
  if (TypeRange(wanted) != getResultTypes())
    return emitOpError("has the results ")
           << getResultTypes() << "; they must be " << TypeRange(wanted);
  return success();
}

//===----------------------------------------------------------------------===//
// Functions whose result is quantised
//===----------------------------------------------------------------------===//

QuantizationAttr FuncOp::getQuantization() {
  return getResultAttrOfType<QuantizationAttr>(0, kQuantizeAttr);
}

LogicalResult FuncOp::verifyQuantized() {
  for (unsigned i = 0; i < getNumResults(); ++i) {
    // func_c9
    if (!getResultAttr(i, kQuantizeAttr))
      continue;
    auto storage = getResultAttrOfType<TypeAttr>(i, kStorageAttr);
    bool isMask = storage && storage.getValue().isInteger(1);
    if (getNumResults() > 1 || isMask || getResultAttr(i, kReduceAttr) ||
        getResultAttr(i, kStatsAttr) || getResultAttr(i, kPartAttr))
      return emitOpError("result #")
             << i << " is not quantised: it must be the only one, and no sum, "
             << "no mask, no part of an array and not counted";
  }
  return success();
}
