//===- Source.cpp - The program that a tool is given ----------------------===//

#include "Source.h"
#include "act/IR/FunctionTable.h"
#include "act/Syntax/Parser.h"
#include "act/Transforms/Derive.h"
#include "act/Transforms/Passes.h"
#include "act/Transforms/Stats.h"
#include "mlir/Bytecode/BytecodeReader.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace act;
using namespace act::tools;

/// Chains of tensor operations are one function from here on.
static OwningOpRef<ModuleOp> fused(OwningOpRef<ModuleOp> module) {
  if (!module)
    return nullptr;
  PassManager pm((*module)->getContext());
  pm.addPass(createActFuse());
  if (failed(pm.run(*module)))
    return nullptr;
  return module;
}

/// The name that the source gives an argument, "x" for `%x`; empty where it has
/// a number only, or no text.
static StringRef nameInSource(BlockArgument argument,
                              llvm::SourceMgr &sources) {
  const llvm::MemoryBuffer &buffer =
      *sources.getMemoryBuffer(sources.getMainFileID());
  auto loc = dyn_cast<FileLineColLoc>(argument.getLoc());
  if (!loc || loc.getFilename() != buffer.getBufferIdentifier() ||
      isBytecode(buffer))
    return "";
  llvm::SMLoc place = sources.FindLocForLineAndColumn(
      sources.getMainFileID(), loc.getLine(), loc.getColumn());
  if (!place.isValid())
    return "";
  StringRef text(place.getPointer(),
                 buffer.getBufferEnd() - place.getPointer());
  if (!text.consume_front("%"))
    return "";
  StringRef name =
      text.take_while([](char c) { return llvm::isAlnum(c) || c == '_'; });
  StringRef rest = text.drop_front(name.size()).ltrim();
  bool isName = !name.empty() && !llvm::isDigit(name.front());
  return isName && rest.starts_with(":") ? name : "";
}

/// Arguments without act.name get the name that they have in the source, else
/// arg0 and so on, so that --input and gradients can speak of them.
static void nameArguments(FunctionOpInterface func, llvm::SourceMgr &sources) {
  if (func.isExternal())
    return;
  llvm::StringSet<> used;
  for (unsigned i = 0; i < func.getNumArguments(); ++i)
    if (auto name = func.getArgAttrOfType<StringAttr>(i, kNameAttr))
      used.insert(name.getValue());
  for (BlockArgument argument : func.getArguments()) {
    unsigned number = argument.getArgNumber();
    if (func.getArgAttr(number, kNameAttr))
      continue;
    std::string name = nameInSource(argument, sources).str();
    for (unsigned n = number; name.empty() || !used.insert(name).second; ++n)
      name = "arg" + std::to_string(n);
    func.setArgAttr(number, kNameAttr,
                    StringAttr::get(func.getContext(), name));
  }
}

static OwningOpRef<ModuleOp> parseMLIR(std::unique_ptr<llvm::MemoryBuffer> text,
                                       MLIRContext *context) {
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(text), llvm::SMLoc());
  SourceMgrDiagnosticHandler handler(sources, context, llvm::errs());
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(sources, context);
  if (module)
    for (auto func : module->getOps<FunctionOpInterface>())
      nameArguments(func, sources);
  return fused(std::move(module));
}

static OwningOpRef<ModuleOp>
parseExpression(StringRef text, MLIRContext *context, StringRef framework) {
  SourceDiagnostic diagnostic;
  ParseOptions options;
  options.diagnostic = &diagnostic;
  options.framework = framework;
  OwningOpRef<ModuleOp> module = parseSource(text, context, options);
  if (!module)
    diagnostic.print(llvm::errs(), text, "<expression>",
                     llvm::errs().has_colors());
  return module;
}

OwningOpRef<ModuleOp> act::tools::readSource(StringRef tool, StringRef source,
                                             MLIRContext *context,
                                             StringRef framework) {
  bool isFile = source.ends_with(".mlir") || source.ends_with(".mlirbc");
  if (!isFile && source != "-")
    return parseExpression(source, context, framework);
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(source);
  if (!buffer) {
    llvm::errs() << tool << ": error: cannot read '" << source
                 << "': " << buffer.getError().message() << "\n";
    return nullptr;
  }
  StringRef text = (*buffer)->getBuffer();
  StringRef start = text.ltrim();
  if (isFile || start.starts_with("module") || start.starts_with("func") ||
      start.starts_with("act.") || start.starts_with("#"))
    return parseMLIR(std::move(*buffer), context);
  return parseExpression(text.rtrim(), context, framework);
}

FuncOp act::tools::chooseFunction(StringRef tool, ModuleOp module,
                                  StringRef name) {
  SmallVector<FuncOp> publicFuncs;
  SmallVector<StringRef> names;
  for (FuncOp func : module.getOps<FuncOp>()) {
    names.push_back(func.getSymName());
    if (func.getSymName() == name)
      return func;
    if (func.isPublic())
      publicFuncs.push_back(func);
  }
  if (name.empty() && publicFuncs.size() == 1)
    return publicFuncs.front();
  llvm::errs() << tool << ": error: ";
  if (!name.empty())
    llvm::errs() << "there is no function '" << name << "' in the source"
                 << didYouMean(name, names) << "\n";
  else if (llvm::any_of(module.getOps<func::FuncOp>(), [](func::FuncOp func) {
             return !func.isDeclaration() &&
                    !func.getBody().getOps<linalg::MatmulOp>().empty();
           }))
    llvm::errs() << "the source has products of matrices, '@', which act-run "
                    "runs and no other tool takes\n";
  else if (publicFuncs.empty())
    llvm::errs() << "the source has no public act.func, nor a func.func of "
                    "act.apply, act.gated and act.softmax operations on "
                    "tensors\n";
  else
    llvm::errs() << "the source has " << publicFuncs.size()
                 << " public functions; choose one with --function=NAME\n";
  return nullptr;
}

OwningOpRef<ModuleOp> act::tools::resolvedCopy(ModuleOp module) {
  OwningOpRef<ModuleOp> copy = module.clone();
  // The corridor makes the same remarks again.
  ScopedDiagnosticHandler quiet(module.getContext(), [](Diagnostic &d) {
    return success(d.getSeverity() == DiagnosticSeverity::Remark);
  });
  if (failed(resolveDerivatives(*copy)) || failed(resolveStats(*copy)))
    return nullptr;
  return copy;
}

DiagnosticPrinter::DiagnosticPrinter(StringRef tool, StringRef source,
                                     MLIRContext *context)
    : tool(tool.str()), source(source.str()),
      handler(context, [this](Diagnostic &diagnostic) {
        print(diagnostic);
        return success();
      }) {}

void DiagnosticPrinter::print(Diagnostic &diagnostic) const {
  // Whoever wrote an expression has not written the operation.
  std::string text = diagnostic.str();
  StringRef message = text;
  if (message.consume_front("'act."))
    message = message.split("' op ").second.empty()
                  ? StringRef(text)
                  : message.split("' op ").second;
  StringRef severity =
      diagnostic.getSeverity() == DiagnosticSeverity::Error     ? "error"
      : diagnostic.getSeverity() == DiagnosticSeverity::Warning ? "warning"
                                                                : "remark";
  auto place = dyn_cast<FileLineColLoc>(diagnostic.getLocation());
  if (!place) {
    llvm::errs() << tool << ": " << severity << ": " << message << "\n";
    return;
  }
  if (place.getFilename() == "<expression>" && severity == "error") {
    SourceDiagnostic error;
    error.line = place.getLine();
    error.column = place.getColumn();
    error.message = message.str();
    error.print(llvm::errs(), source, "<expression>",
                llvm::errs().has_colors());
    return;
  }
  llvm::errs() << place.getFilename().getValue() << ":" << place.getLine()
               << ":" << place.getColumn() << ": " << severity << ": "
               << message << "\n";
}
