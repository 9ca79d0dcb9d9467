//===- SweptKernel.cpp - The kernel that is swept -------------------------===//

#include "SweptKernel.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace act;
using namespace act::report;

/// Adds the derivative of `base` to its module; its name, or "".
static std::string addDerivative(FuncOp base, unsigned order) {
  auto module = base->getParentOfType<ModuleOp>();
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  std::string name = base.getSymName().str() + "_d";
  while (SymbolTable::lookupSymbolIn(module, name))
    name += "_";
  builder.create<DerivativeOp>(base.getLoc(), name, base,
                               ArrayRef<int64_t>{int64_t(order)});
  for (FuncOp func : module.getOps<FuncOp>())
    func.setPrivate();
  return succeeded(verify(module)) ? name : "";
}

/// The tape of a function of a module, derivatives resolved. Problems have
/// been printed.
static std::optional<Tape> tapeOf(ModuleOp module, StringRef name) {
  OwningOpRef<ModuleOp> copy = tools::resolvedCopy(module);
  if (!copy)
    return std::nullopt;
  llvm::Expected<Tape> tape = Tape::build(copy->lookupSymbol<FuncOp>(name));
  if (!tape) {
    emitError(module.getLoc(), llvm::toString(tape.takeError()));
    return std::nullopt;
  }
  return std::move(*tape);
}

std::optional<SweptKernel> SweptKernel::compile(Subject &subject,
                                                unsigned order, DType type,
                                                Accuracy accuracy) {
  DialectRegistry registry;
  registerCorridor(registry);
  subject.context.appendDialectRegistry(registry);
  subject.context.loadAllAvailableDialects();
  // The corridor consumes its module.
  OwningOpRef<ModuleOp> module = subject.module.get().clone();
  auto base = module->lookupSymbol<FuncOp>(subject.func.getSymName());
  CompileOptions options;
  options.function =
      order == 0 ? base.getSymName().str() : addDerivative(base, order);
  options.dtype = nameOf(type);
  options.accuracy = accuracy;
  options.level = bestHostLevel();
  if (!options.level) {
    subject.func.emitError(noHostLevelMessage());
    return std::nullopt;
  }
  std::optional<Tape> tape;
  if (!options.function.empty())
    tape = tapeOf(*module, options.function);
  if (!tape)
    return std::nullopt;
  options.product = Product::Object;
  llvm::Expected<CompileResult> compiled = act::compile(*module, options);
  llvm::Error error = compiled ? llvm::Error::success() : compiled.takeError();
  if (!error) {
    auto loaded = loadObject(
        llvm::MemoryBuffer::getMemBufferCopy(compiled->text), compiled->name);
    if (loaded)
      compiled->kernel = std::move(*loaded);
    else
      error = loaded.takeError();
  }
  if (error) {
    subject.func.emitError(llvm::toString(std::move(error)));
    return std::nullopt;
  }
  if (compiled->identityOrder == 0)
    tape->adoptLimits(compiled->identity);
  return SweptKernel{std::move(*compiled), std::move(*tape)};
}

tools::Array SweptKernel::run(const tools::Array &inputs) const {
  int64_t size = inputs.size();
  tools::Array results = cantFail(tools::allocate(inputs.type, {size}));
  runElementwise(compiled.signature, compiled.kernel->entry(), {size},
                 {{inputs.data(), {1}}, {results.data(), {1}}}, nullptr);
  return results;
}
