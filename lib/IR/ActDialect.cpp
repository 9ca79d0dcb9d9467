//===- ActDialect.cpp - The act dialect and its attributes ----------------===//

#include "act/IR/Act.h"
#include "act/IR/ExactNumber.h"
#include "act/IR/FunctionTable.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace act;

#include "act/IR/ActDialect.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "act/IR/ActAttrs.cpp.inc"

void ActDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "act/IR/ActAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "act/IR/ActOps.cpp.inc"
      >();
}

LogicalResult ActDialect::verifyRegionArgAttribute(Operation *op, unsigned,
                                                   unsigned,
                                                   NamedAttribute attr) {
  StringRef name = attr.getName();
  Attribute value = attr.getValue();
  bool known =
      ((name == kNameAttr || name == kDefaultAttr || name == kRangeAttr) &&
       llvm::isa<StringAttr>(value)) ||
      (name == kStorageAttr && llvm::isa<TypeAttr>(value)) ||
      ((name == kScalarAttr || name == kUniformAttr || name == kDroppedAttr ||
        name == kIndexAttr) &&
       llvm::isa<UnitAttr>(value)) ||
      (name == kPositionAttr && llvm::isa<IntegerAttr>(value)) ||
      (name == kPartAttr && llvm::isa<PartAttr>(value));
  if (!known)
    return op->emitOpError("argument attribute '")
           << name
           << "' is none of act.name (string), act.default (string), "
              "act.range (string), act.storage (type), act.scalar, "
              "act.uniform, act.dropped and act.index (unit), act.position "
              "(integer) and act.part (#act.part)";
  return success();
}

LogicalResult ActDialect::verifyRegionResultAttribute(Operation *op, unsigned,
                                                      unsigned,
                                                      NamedAttribute attr) {
  StringRef name = attr.getName();
  Attribute value = attr.getValue();
  bool known =
      (name == kNameAttr && llvm::isa<StringAttr>(value)) ||
      (name == kStorageAttr && llvm::isa<TypeAttr>(value)) ||
      ((name == kReduceAttr || name == kDroppedAttr || name == kSpreadAttr) &&
       llvm::isa<UnitAttr>(value)) ||
      (name == kIdentityAttr && llvm::isa<FnAttr>(value)) ||
      (name == kStatsAttr &&
       (llvm::isa<UnitAttr>(value) || isLimitList(value))) ||
      (name == kQuantizeAttr && llvm::isa<QuantizationAttr>(value)) ||
      (name == kPartAttr && llvm::isa<PartAttr>(value));
  if (!known)
    return op->emitOpError("result attribute '")
           << name
           << "' is none of act.name (string), act.storage (type), "
              "act.reduce, act.dropped and act.spread (unit), act.identity "
              "(#act.fn), act.quantize (#act.quantization) and act.part "
              "(#act.part)";
  return success();
}

//===----------------------------------------------------------------------===//
// #act.fn<name, parameter = number, ..., order = n>
//===----------------------------------------------------------------------===//

/// The text of the number at the parser's position, as written. Parsing it as
/// a double would round it, so the characters are taken from the source.
static FailureOr<std::string> parseNumberText(AsmParser &parser) {
  std::string text;
  if (succeeded(parser.parseOptionalString(&text)))
    return text;
  const char *begin = parser.getCurrentLocation().getPointer();
  double ignored;
  if (parser.parseFloat(ignored))
    return failure();
  StringRef rest(begin, parser.getCurrentLocation().getPointer() - begin);
  return rest.rtrim().str();
}

Attribute FnAttr::parse(AsmParser &parser, Type) {
  std::string name;
  if (parser.parseLess() || parser.parseKeywordOrString(&name))
    return {};
  SmallVector<NamedAttribute> params;
  int64_t order = 0;
  while (succeeded(parser.parseOptionalComma())) {
    std::string param;
    if (parser.parseKeywordOrString(&param) || parser.parseEqual())
      return {};
    if (param == "order") {
      if (parser.parseInteger(order))
        return {};
      continue;
    }
    FailureOr<std::string> text = parseNumberText(parser);
    if (failed(text))
      return {};
    auto attr = parser.getBuilder().getNamedAttr(
        param, parser.getBuilder().getStringAttr(*text));
    if (llvm::any_of(params, [&](NamedAttribute other) {
          return other.getName() == attr.getName();
        })) {
      // fn_c2
      parser.emitError(parser.getCurrentLocation())
          << "parameter '" << param << "' is given twice";
      return {};
    }
    params.push_back(attr);
  }
  if (parser.parseGreater())
    return {};
  return FnAttr::getChecked(
      [&] { return parser.emitError(parser.getNameLoc()); },
      parser.getContext(), name, parser.getBuilder().getDictionaryAttr(params),
      order);
}

/// True when MLIR's lexer reads the text as one floating-point literal.
static bool isFloatLiteral(StringRef text) {
  (void)text.consume_front("-");
  return isDecimal(text) && text.contains('.') && !text.starts_with(".");
}

void FnAttr::print(AsmPrinter &printer) const {
  printer << '<';
  printer.printKeywordOrString(getName());
  for (NamedAttribute param : getParams()) {
    printer << ", ";
    printer.printKeywordOrString(param.getName());
    StringRef text = llvm::cast<StringAttr>(param.getValue());
    printer << " = ";
    if (isFloatLiteral(text))
      printer << text;
    else
      printer << '"' << text << '"';
  }
  if (getOrder() != 0)
    printer << ", order = " << getOrder();
  printer << '>';
}

LogicalResult FnAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                             StringRef name, DictionaryAttr params,
                             int64_t order) {
  // fn_c1
  const FunctionInfo *row = lookupFunction(name);
  if (!row)
    return emitError() << "unknown function '" << name << "'"
                       << didYouMean(name, allFunctionNames());
  if (name != row->Name)
    return emitError() << "'" << name << "' is an alias; write its canonical "
                       << "name '" << row->Name << "'";
  // fn_c2
  SmallVector<StringRef> known;
  for (const ParamInfo &param : paramsOf(*row))
    known.push_back(param.name);
  for (NamedAttribute param : params) {
    if (!llvm::is_contained(known, param.getName().getValue())) {
      InFlightDiagnostic diag = emitError();
      StringRef given = param.getName().getValue();
      diag << "'" << name << "' has no parameter '" << given << "'"
           << didYouMean(given, known);
      if (!known.empty())
        diag << " (it has: " << llvm::join(known, ", ") << ")";
      return diag;
    }
    // fn_c3
    auto text = llvm::dyn_cast<StringAttr>(param.getValue());
    if (!text || !isExactNumber(text))
      return emitError() << "parameter '" << param.getName().getValue()
                         << "' expects a finite number such as 0.2 or \"1/6\"";
  }
  // fn_c4
  if (order < 0 || order > kMaxOrder)
    return emitError() << "order " << order << " is out of range; use 0 to "
                       << kMaxOrder;
  return success();
}
