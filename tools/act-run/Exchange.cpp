//===- Exchange.cpp - What --tolerance makes of a function ----------------===//

#include "Exchange.h"
#include "Source.h"
#include "act/Transforms/GeluForms.h"
#include "act/Transforms/Passes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/PassManager.h"

using namespace act;
using namespace act::run;

llvm::Expected<Exchange>
act::run::planExchange(mlir::ModuleOp module, FuncOp base, llvm::StringRef name,
                       DType dtype, const Options &options) {
  Exchange exchange;
  if (!options.tolerance)
    return exchange;
  bool isKnownOrder = llvm::all_of(options.derivatives, [](int64_t order) {
    return order <= kMaxGeluOrder;
  });
  if (!options.vjp && isKnownOrder && !geluFormOf(base).empty()) {
    exchange.isAbsolute = true;
    return exchange;
  }
  mlir::OwningOpRef<mlir::ModuleOp> copy = module.clone();
  // The corridor says the same again.
  mlir::ScopedDiagnosticHandler quiet(
      module.getContext(), [](mlir::Diagnostic &) { return mlir::success(); });
  ActChooseGeluOptions choose;
  choose.tolerance = *options.tolerance;
  choose.dtype = nameOf(dtype);
  mlir::PassManager pm(module.getContext());
  pm.addPass(createActChooseGelu(choose));
  if (failed(pm.run(*copy)))
    return exchange;
  mlir::OwningOpRef<mlir::ModuleOp> resolved = tools::resolvedCopy(*copy);
  if (!resolved)
    return exchange;
  llvm::Expected<Tape> tape = Tape::build(resolved->lookupSymbol<FuncOp>(name));
  if (!tape)
    return tape.takeError();
  exchange.tape = std::move(*tape);
  return exchange;
}
