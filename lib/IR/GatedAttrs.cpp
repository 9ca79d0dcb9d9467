//===- GatedAttrs.cpp - #act.layout and #act.part -------------------------===//

#include "act/IR/Act.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace act;

/// The exact parameter type of the getChecked() that the storage, which is
/// private to another file, is built in.
using ErrorAt = function_ref<InFlightDiagnostic()>;

//===----------------------------------------------------------------------===//
// #act.layout<separate | gate_up | up_gate | interleaved | blocked<B>>
//===----------------------------------------------------------------------===//

/// The names, in the order of the enum.
static constexpr StringLiteral kLayoutNames[] = {
    "separate", "gate_up", "up_gate", "interleaved", "blocked"};

/// The text between the brackets, or null after an error.
static LayoutAttr parseLayoutBody(AsmParser &parser) {
  llvm::SMLoc loc = parser.getCurrentLocation();
  StringRef name;
  if (parser.parseKeyword(&name))
    return {};
  auto found = llvm::find(kLayoutNames, name);
  if (found == std::end(kLayoutNames)) {
    // layout_c1
    parser.emitError(loc) << "unknown layout '" << name
                          << "'; use separate, gate_up, up_gate, interleaved "
                             "or blocked<B>";
    return {};
  }
  auto kind = GatedLayout(found - std::begin(kLayoutNames));
  int64_t block = 0;
  if (kind == GatedLayout::Blocked &&
      (parser.parseLess() || parser.parseInteger(block) ||
       parser.parseGreater()))
    return {};
  auto emitError = [&] { return parser.emitError(loc); };
  return LayoutAttr::getChecked(ErrorAt(emitError), parser.getContext(), kind,
                                block);
}

static void printLayoutBody(AsmPrinter &printer, LayoutAttr layout) {
  printer << kLayoutNames[int(layout.getKind())];
  if (layout.getKind() == GatedLayout::Blocked)
    printer << '<' << layout.getBlock() << '>';
}

Attribute LayoutAttr::parse(AsmParser &parser, Type) {
  if (parser.parseLess())
    return {};
  LayoutAttr layout = parseLayoutBody(parser);
  if (!layout || parser.parseGreater())
    return {};
  return layout;
}

void LayoutAttr::print(AsmPrinter &printer) const {
  printer << '<';
  printLayoutBody(printer, *this);
  printer << '>';
}

LogicalResult LayoutAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 GatedLayout kind, int64_t block) {
  // layout_c2
  if (kind == GatedLayout::Blocked && block <= 0)
    return emitError() << "the block size must be positive, but is " << block
                       << "; write blocked<64> for 64 elements of the gate, "
                          "then 64 of the up part";
  if (kind != GatedLayout::Blocked && block != 0)
    return emitError() << "only the layout 'blocked' has a block size";
  return success();
}

//===----------------------------------------------------------------------===//
// #act.part<gate, array = "x", layout = gate_up>
//===----------------------------------------------------------------------===//

Attribute PartAttr::parse(AsmParser &parser, Type) {
  StringRef name;
  std::string array;
  if (parser.parseLess())
    return {};
  llvm::SMLoc loc = parser.getCurrentLocation();
  if (parser.parseKeyword(&name))
    return {};
  if (name != "gate" && name != "up") {
    // part_c1
    parser.emitError(loc) << "unknown part '" << name << "'; use gate or up";
    return {};
  }
  if (parser.parseComma() || parser.parseKeyword("array") ||
      parser.parseEqual() || parser.parseString(&array) ||
      parser.parseComma() || parser.parseKeyword("layout") ||
      parser.parseEqual())
    return {};
  LayoutAttr layout = parseLayoutBody(parser);
  if (!layout || parser.parseGreater())
    return {};
  auto emitError = [&] { return parser.emitError(loc); };
  return PartAttr::getChecked(ErrorAt(emitError), parser.getContext(),
                              name == "up" ? GatedPart::Up : GatedPart::Gate,
                              StringRef(array), layout);
}

void PartAttr::print(AsmPrinter &printer) const {
  printer << '<' << (getPart() == GatedPart::Gate ? "gate" : "up")
          << ", array = ";
  printer.printString(getArray());
  printer << ", layout = ";
  printLayoutBody(printer, getLayout());
  printer << '>';
}

LogicalResult PartAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               GatedPart, StringRef array, LayoutAttr layout) {
  // part_c2
  if (!layout.isPacked())
    return emitError() << "a part is of a packed array; with the layout "
                          "'separate' gate and up are arrays without act.part";
  // part_c3
  if (array.empty())
    return emitError() << "the array of a part needs a name, such as "
                          "array = \"x\"";
  return success();
}
