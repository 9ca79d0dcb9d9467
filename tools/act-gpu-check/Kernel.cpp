//===- Kernel.cpp - Kernels that are checked ------------------------------===//

#include "Kernel.h"
#include "Source.h"
#include "act/Transforms/Quantize.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>
#include <cstring>
#include <map>

using namespace act;
using namespace act::gpucheck;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;

tools::ElementType act::gpucheck::elementTypeOf(DType type) {
  return type == DType::F64    ? tools::ElementType::F64
         : type == DType::F32  ? tools::ElementType::F32
         : type == DType::F16  ? tools::ElementType::F16
         : type == DType::E4M3 ? tools::ElementType::E4M3
         : type == DType::E5M2 ? tools::ElementType::E5M2
         : type == DType::Int8 ? tools::ElementType::I8
                               : tools::ElementType::BF16;
}

std::vector<int64_t> Kernel::shapeOf(unsigned operand,
                                     std::vector<int64_t> shape) const {
  const auto &rows = compiled.signature.rows;
  if (rows && rows->isUniform[operand])
    shape.back() =
        rows->group ? llvm::divideCeil(shape.back(), rows->group) : 1;
  return shape;
}

/// Adds what is asked for beside the function of the source; its name, or ""
/// for a result that is not quantised so.
static std::string addFunction(mlir::ModuleOp module, const Program &program) {
  FuncOp base;
  for (FuncOp func : module.getOps<FuncOp>())
    if (func.isPublic())
      base = func;
  Program::Kind kind = program.kind;
  if (!program.quantization.empty()) {
    auto quantization = llvm::dyn_cast_or_null<QuantizationAttr>(
        mlir::parseAttribute("#act.quantization<" + program.quantization + ">",
                             module.getContext()));
    if (!quantization || failed(markQuantized(base, quantization)))
      return "";
  }
  if (kind == Program::Forward)
    return base.getSymName().str();
  mlir::OpBuilder builder = mlir::OpBuilder::atBlockEnd(module.getBody());
  std::string name = base.getSymName().str() + "_derived";
  // A derivative knows what is one value a row.
  for (unsigned k : program.uniformInputs)
    if (k < base.getNumInputs())
      base.setArgAttr(k, kUniformAttr, builder.getUnitAttr());
  if (kind == Program::Derivative) {
    builder.create<DerivativeOp>(base.getLoc(), name, base,
                                 llvm::ArrayRef<int64_t>{1});
  } else {
    llvm::SmallVector<llvm::StringRef> wrt;
    for (unsigned i = 0; i < base.getNumInputs(); ++i)
      wrt.push_back(base.getArgName(i));
    builder.create<VjpOp>(
        base.getLoc(), builder.getStringAttr(name), mlir::StringAttr(),
        mlir::FlatSymbolRefAttr::get(base.getSymNameAttr()),
        builder.getStrArrayAttr(wrt), builder.getI64IntegerAttr(0),
        builder.getStringAttr("input"), mlir::StringAttr());
  }
  for (FuncOp func : module.getOps<FuncOp>())
    func.setPrivate();
  return name;
}

Expected<Kernel> Kernel::compile(const Place &place, const Program &program,
                                 DType type, Accuracy accuracy) {
  auto context = createContext(Road::Gpu);
  std::string problems;
  mlir::ScopedDiagnosticHandler handler(context.get(),
                                        [&](mlir::Diagnostic &diagnostic) {
                                          problems += "; " + diagnostic.str();
                                          return mlir::success();
                                        });
  auto failed = [&](Error error) {
    return createStringError(llvm::toString(std::move(error)) + problems);
  };
  auto module =
      tools::readSource("act-gpu-check", program.source, context.get());
  if (!module)
    return failed(createStringError("'" + program.source + "' is no source"));
  CompileOptions options;
  options.function = addFunction(*module, program);
  if (options.function.empty())
    return failed(createStringError("its result is not quantised"));
  options.dtype = nameOf(type);
  options.accuracy = accuracy;
  options.uniformInputs = program.uniformInputs;
  place.choose(options);
  auto madeLater = std::make_shared<std::string>();
  options.whenMade = [madeLater](const KernelsMade &made) {
    *madeLater += made.text;
  };
  // The corridor consumes its module.
  auto copy = tools::resolvedCopy(*module);
  if (!copy)
    return failed(createStringError("its derivative cannot be written"));
  auto func = copy->lookupSymbol<FuncOp>(options.function);
  Expected<Tape> tape =
      isRowFunction(func) ? Tape::buildRow(func) : Tape::build(func);
  if (!tape)
    return tape.takeError();
  Expected<CompileResult> compiled = act::compile(*module, options);
  if (!compiled)
    return failed(compiled.takeError());
  if (compiled->identityOrder == 0)
    tape->adoptLimits(compiled->identity);
  return Kernel{std::move(*compiled), madeLater, std::move(*tape), type};
}

Error Kernel::run(const Place &place, const std::vector<int64_t> &shape,
                  llvm::ArrayRef<View> operands) const {
  std::map<tools::Array *, Memory> memories;
  std::vector<void *> pointers;
  std::vector<std::vector<int64_t>> strides;
  for (const View &view : operands) {
    tools::Array *array = view.array;
    if (!memories.count(array)) {
      size_t bytes = array->size() * tools::sizeOf(array->type);
      Expected<Memory> memory = place.allocate(bytes);
      if (!memory)
        return memory.takeError();
      if (Error error = place.upload(*memory, array->data()))
        return error;
      memories.emplace(array, std::move(*memory));
    }
    pointers.push_back(static_cast<char *>(memories.at(array).data()) +
                       view.offset * int64_t(tools::sizeOf(array->type)));
    strides.push_back(view.strides);
  }
  Expected<GpuRunner> runner = createRunner(shape, strides, pointers.data());
  if (!runner)
    return runner.takeError();
  Expected<Memory> scratch = place.allocate(runner->scratchBytes());
  if (!scratch)
    return scratch.takeError();
  void *stream = place.getDevice() ? place.getStream().get() : nullptr;
  if (Error error =
          runner->run(pointers.data(), nullptr, scratch->data(), stream))
    return error;
  for (const View &view : operands.drop_front(numInputs()))
    if (Error error =
            place.download(view.array->data(), memories.at(view.array)))
      return error;
  return Error::success();
}

bool act::gpucheck::haveSameBits(const tools::Array &a, const tools::Array &b,
                                 std::string &difference) {
  size_t bytes = tools::sizeOf(a.type);
  for (int64_t i = 0; i < a.size(); ++i) {
    auto at = [&](const tools::Array &array) {
      return static_cast<const char *>(array.data()) + i * bytes;
    };
    if (!std::memcmp(at(a), at(b), bytes) ||
        (std::isnan(a.get(i)) && std::isnan(b.get(i))))
      continue;
    difference = "element " + std::to_string(i) + " is " +
                 tools::formatShortest(a.get(i), a.type) + " and " +
                 tools::formatShortest(b.get(i), b.type);
    return false;
  }
  return true;
}
