//===- Derivative.cpp - What --derivative, --vjp and --jvp ask for --------===//

#include "Derivative.h"
#include "Inputs.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace act;
using namespace act::run;

/// Parameters that --input gives: they become inputs with gradients.
static SmallVector<StringRef> parametersAsInputs(FuncOp base,
                                                 const Options &options) {
  SmallVector<StringRef> given;
  for (unsigned i = base.getNumInputs(); i < base.getNumArguments(); ++i)
    for (StringRef text : options.inputs)
      if (text.starts_with((base.getArgName(i) + "=").str()))
        given.push_back(base.getArgName(i));
  return given;
}

std::string act::run::addDerivative(FuncOp base, const Options &options) {
  if (!options.isDerivative())
    return base.getSymName().str();
  auto module = base->getParentOfType<ModuleOp>();
  OpBuilder builder(base.getContext());
  builder.setInsertionPointToEnd(module.getBody());
  auto callee = FlatSymbolRefAttr::get(base.getSymNameAttr());
  std::string name = base.getSymName().str() + (options.vjp   ? "_vjp"
                                                : options.jvp ? "_jvp"
                                                              : "_d");
  while (SymbolTable::lookupSymbolIn(module, name))
    name += "_";
  auto nameAttr = builder.getStringAttr(name);
  SmallVector<StringRef> wrt;
  if (!options.wrt.empty())
    wrt.push_back(options.wrt);
  for (unsigned i = 0; options.wrt.empty() && i < base.getNumInputs(); ++i)
    if (!isIndexInput(base, i))
      wrt.push_back(base.getArgName(i));
  if (options.wrt.empty())
    llvm::append_range(wrt, parametersAsInputs(base, options));
  if (options.jacobian && wrt.size() != 1) {
    base.emitError("has ") << wrt.size() << " inputs (" << llvm::join(wrt, ", ")
                           << "); name one by --wrt for its Jacobian";
    return "";
  }
  if (options.jvp) {
    builder.create<JvpOp>(base.getLoc(), nameAttr, StringAttr(), callee,
                          builder.getStrArrayAttr(wrt));
  } else if (options.vjp) {
    builder.create<VjpOp>(
        base.getLoc(), nameAttr, StringAttr(), callee,
        builder.getStrArrayAttr(wrt),
        builder.getI64IntegerAttr(
            options.derivatives.empty() ? 0 : options.derivatives.front()),
        builder.getStringAttr(options.save), StringAttr());
  } else {
    auto by =
        options.wrt.empty() ? StringAttr() : builder.getStringAttr(options.wrt);
    builder.create<DerivativeOp>(
        base.getLoc(), nameAttr, StringAttr(), callee, by,
        builder.getDenseI64ArrayAttr(options.derivatives), StringAttr(),
        options.keepsMask ? builder.getUnitAttr() : UnitAttr());
  }
  for (FuncOp func : module.getOps<FuncOp>())
    func.setPrivate();
  return succeeded(verify(module)) ? name : "";
}
