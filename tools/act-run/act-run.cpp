//===- act-run.cpp - Compile a formula and run it -------------------------===//

#include "Check.h"
#include "Data.h"
#include "Derivative.h"
#include "Device.h"
#include "Machine.h"
#include "MatrixProducts.h"
#include "Npy.h"
#include "Options.h"
#include "Print.h"
#include "Quantized.h"
#include "RowCheck.h"
#include "RowData.h"
#include "Source.h"
#include "Stats.h"
#include "Timing.h"
#include "act/Jit/Compiler.h"
#include "act/Jit/RowForm.h"
#include "act/Runtime/GpuRunner.h"
#include "act/Runtime/RowRunner.h"
#include "act/Target/FloatEnvironment.h"
#include "act/Target/Knobs.h"
#include "act/Transforms/RoundEach.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>

using namespace act;
using namespace act::run;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;

/// Reports an error and gives the exit code.
static int fail(Error error, int code = 1) {
  llvm::errs() << "act-run: error: " << llvm::toString(std::move(error))
               << "\n";
  return code;
}

/// Parameters given at run time must be the function's.
static Error checkParams(FuncOp func, const Options &options) {
  for (auto &[name, value] : options.params) {
    std::vector<StringRef> known;
    for (unsigned i = func.getNumInputs(); i < func.getNumArguments(); ++i)
      known.push_back(func.getArgName(i));
    if (!llvm::is_contained(known, name))
      return createStringError(
          "the function has no parameter '" + name + "'" +
          (known.empty() ? std::string(" (it has none)")
                         : " (it has: " + llvm::join(known, ", ") + ")"));
  }
  return Error::success();
}

/// Run-time parameters must lie in the range under which what is saved tells
/// the derivative.
static Error checkRanges(const CompileResult &compiled,
                         const Options &options) {
  for (auto &[name, value] : options.params) {
    auto range = compiled.parameterRanges.find(name);
    if (range == compiled.parameterRanges.end() || value > 0 ||
        (value == 0 && range->second == ">= 0"))
      continue;
    return createStringError(
        "--param=" + name + "=" +
        tools::formatShortest(value, tools::ElementType::F64) +
        ": with --save=" + options.save + " this parameter must be " +
        range->second + "; save the input instead");
  }
  return Error::success();
}

/// Where results go: FILE.npy with NAME replaced.
static Error writeResults(const Data &data, llvm::ArrayRef<std::string> names,
                          const Options &options) {
  if (options.output.empty())
    return Error::success();
  for (auto [i, result] : llvm::enumerate(data.results)) {
    std::string path = options.output;
    if (size_t at = path.find("NAME"); at != std::string::npos)
      path.replace(at, 4, names[i]);
    if (Error error = tools::writeNpy(path, result))
      return error;
  }
  return Error::success();
}

namespace {
/// One invocation after its command line is understood.
class Run {
public:
  Run(const Options &options, const Machine &machine)
      : options(options), machine(machine),
        context(createContext(machine.road())) {}

  int perform();

private:
  /// A step of a source of several kernels, on arrays that are there.
  Run(const Options &options, const Run &whole,
      mlir::OwningOpRef<mlir::ModuleOp> step, NamedArrays arrays,
      std::string label)
      : options(options), machine(whole.machine), context(whole.context),
        module(std::move(step)), given(std::move(arrays)),
        label(std::move(label)) {}
  /// A run of the forward function of a backward that reads what it saves.
  Run(const Options &options, const Run &backward)
      : options(options), machine(backward.machine), context(backward.context),
        module(backward.pristine.get().clone()) {}

  /// Chooses, compiles and loads; the exit code, or nothing to go on.
  std::optional<int> prepare();
  Error runKernel();
  void runCpuKernel();
  Error runGpuKernel();
  /// Starts the kernel of a GPU, which has an answer where it is simulated.
  Error launchGpuKernel();
  Error printRunTimes(llvm::raw_ostream &os);
  Expected<Data> loadInputs(FuncOp func);
  /// The function that results are compared with.
  Expected<Tape> tapeOf(FuncOp func) const;
  Error compileKernel();
  int runAndJudge();
  int judge();
  /// Runs a source of several kernels.
  int runSteps(mlir::func::FuncOp whole);
  /// Prints or writes the results, and times.
  int report();
  void nameResults(FuncOp func);
  /// The parameter block in the compute type.
  void addTimes(const KernelsMade &made);
  std::vector<char> parameterBlock() const;

  Options options;
  Machine machine;
  std::shared_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  /// The module as it was read, where a forward run follows.
  mlir::OwningOpRef<mlir::ModuleOp> pristine;
  /// Inputs that are not on the command line, and what a step is called.
  std::optional<NamedArrays> given;
  std::string label;
  std::optional<MpfrReference> reference;
  /// What results are compared with, of a function of a row.
  std::optional<Tape> rowTape;
  Exchange exchange;
  /// Name of the function that is compiled, and what its results are called.
  std::string name;
  std::vector<std::string> resultNames;
  double parseMilliseconds = 0;
  Data data;
  CompileResult compiled;
  /// Of a function of a row, prepared by the first run.
  std::unique_ptr<RowRunner> rowRunner;
  std::optional<GpuRunner> gpuRunner;
  std::vector<char> scratch;
  std::optional<DeviceArrays> onDevice;
  Stats stats;
};
} // namespace

Error Run::compileKernel() {
  CompileOptions compile;
  compile.function = name;
  compile.dtype = nameOf(data.dtype);
  compile.accuracy = options.accuracy;
  compile.rounding = options.rounding;
  compile.tolerance = options.tolerance.value_or(0);
  compile.flush = options.flush;
  compile.level = machine.cpu;
  compile.gpu = machine.gpu;
  compile.simulates = machine.simulates;
  compile.device = machine.device;
  compile.simulation.hostThreads = options.threads;
  if (data.axis && machine.cpu)
    chooseRowForm(compile, data.rowShape(), *data.axis, data.dtype,
                  data.numInputs - data.uniformInputs.size());
  compile.scalarInputs = data.scalarInputs();
  compile.uniformInputs = data.uniformInputs;
  compile.reducedResults = data.reducedResults();
  for (auto &[name, value] : options.params)
    compile.runtimeParameters.push_back(name);
  if (options.stopAfter) {
    compile.product = Product::MLIR;
    compile.stopAfter = *options.stopAfter;
    compile.verify = true;
  } else if (!options.emit.empty()) {
    compile.product = options.emit == "llvm"  ? Product::LLVMIR
                      : options.emit == "ptx" ? Product::PTX
                      : options.emit == "asm" ? Product::Assembly
                                              : Product::Object;
  }
  compile.dumpDirectory = knobs().dumpDirectory;
  compile.whenMade = [this](const KernelsMade &made) { addTimes(made); };
  auto result = act::compile(*module, compile);
  if (!result)
    return result.takeError();
  compiled = std::move(*result);
  return Error::success();
}

/// To those of the compile, stage by stage.
void Run::addTimes(const KernelsMade &made) {
  bool isFirst = compiled.times.back().stage != Stage::Executable;
  compiled.wasCached = made.wasCached && (isFirst || compiled.wasCached);
  for (const StageTime &time : made.times) {
    auto known = llvm::find_if(compiled.times, [&](const StageTime &each) {
      return each.stage == time.stage;
    });
    if (known == compiled.times.end())
      compiled.times.push_back(time);
    else
      known->milliseconds += time.milliseconds;
  }
}

Expected<Tape> Run::tapeOf(FuncOp func) const {
  if (options.rounding == RoundingPoints::Once || data.dtype == DType::F64)
    return Tape::build(func);
  // What each operation is rounded to belongs to the function then.
  auto rounded = func->getParentOfType<mlir::ModuleOp>().clone();
  mlir::OwningOpRef<mlir::ModuleOp> owner(rounded);
  auto type = mlir::cast<mlir::FloatType>(
      mlir::parseType(nameOf(data.dtype), rounded.getContext()));
  for (FuncOp each : rounded.getOps<FuncOp>())
    roundEach(each, type);
  return Tape::build(rounded.lookupSymbol<FuncOp>(func.getSymName()));
}

std::vector<char> Run::parameterBlock() const {
  std::vector<char> block(8 * std::max<size_t>(1, options.params.size()));
  for (auto &[name, value] : options.params) {
    // The kernel's parameters follow the function's order.
    auto names = llvm::ArrayRef(compiled.argumentNames)
                     .drop_front(compiled.signature.numInputs);
    size_t index = llvm::find(names, name) - names.begin();
    if (compiled.signature.computesInDouble) {
      std::memcpy(&block[index * sizeof(double)], &value, sizeof(double));
    } else {
      float rounded = float(value);
      std::memcpy(&block[index * sizeof(float)], &rounded, sizeof(float));
    }
  }
  return block;
}

int Run::judge() {
  if (!options.check)
    return 0;
  llvm::raw_ostream &os = options.output == "-" ? llvm::errs() : llvm::outs();
  if (data.quantization)
    return judgeQuantized(data, *reference, !compiled.identity.empty(),
                          machine.gpu, options, os);
  CheckReport report =
      data.axis ? checkRows(data, *rowTape, options)
                : checkResults(data, *reference, !compiled.identity.empty(),
                               compiled.identityOrder, exchange, machine.gpu,
                               options);
  os << label;
  if (exchange.isAbsolute)
    os << "check: max error " << llvm::format("%.3g", report.maxError)
       << ", tolerance ";
  else
    os << "check: max " << llvm::format("%.3f", report.maxError)
       << " ulp, bound ";
  os << llvm::format("%.3g", report.bound) << ", " << report.compared
     << " elements";
  if (report.stride > 1)
    os << " (every " << report.stride << "th)";
  if (!compiled.identity.empty())
    os << ", row " << compiled.identity;
  if (compiled.identityOrder > 0)
    os << " to order " << compiled.identityOrder;
  os << "\n";
  if (!report.where.empty())
    os << "  worst " << report.where << "\n";
  if (report.overflowed > 0)
    os << "  not judged: " << report.overflowed
       << (report.overflowed == 1 ? " element" : " elements")
       << " where a plain evaluation overflows, the first "
       << report.firstOverflow << "\n";
  if (report.passed)
    return 0;
  os.flush();
  llvm::errs() << "act-run: error: the result is beyond its bound\n";
  return 1;
}

Error Run::launchGpuKernel() {
  std::vector<void *> arrays;
  std::vector<std::vector<int64_t>> strides;
  std::vector<RunOperand> operands = data.runOperands();
  llvm::append_range(operands, stats.runOperands());
  for (const RunOperand &operand : operands) {
    arrays.push_back(operand.data);
    strides.push_back(operand.strides);
  }
  if (!gpuRunner) {
    Expected<GpuRunner> runner = GpuRunner::create(
        compiled.signature, *compiled.gpuModule, compiled.name, data.iteration,
        strides, data.axis.value_or(-1),
        onDevice ? onDevice->operands(data).data() : arrays.data());
    if (!runner)
      return runner.takeError();
    gpuRunner = std::move(*runner);
  }
  std::vector<char> parameters = parameterBlock();
  if (onDevice)
    return onDevice->run(*gpuRunner, data, parameters.data());
  scratch.resize(gpuRunner->scratchBytes());
  return gpuRunner->run(arrays.data(), parameters.data(), scratch.data());
}

Error Run::runGpuKernel() {
  if (!machine.device)
    return launchGpuKernel();
  Expected<DeviceArrays> arrays =
      DeviceArrays::create(machine.device, data, stats.memory());
  if (!arrays)
    return arrays.takeError();
  onDevice.emplace(std::move(*arrays));
  if (Error error = launchGpuKernel())
    return error;
  return onDevice->download(data);
}

Error Run::runKernel() {
  if (machine.gpu)
    return runGpuKernel();
  runCpuKernel();
  return Error::success();
}

void Run::runCpuKernel() {
  std::vector<RunOperand> operands = data.runOperands();
  if (compiled.signature.rows) {
    std::vector<void *> arrays;
    std::vector<std::vector<int64_t>> strides;
    for (const RunOperand &operand : operands) {
      arrays.push_back(operand.data);
      strides.push_back(operand.strides);
    }
    if (!rowRunner)
      rowRunner = std::make_unique<RowRunner>(
          compiled.signature, compiled.kernel->entry(), data.iteration,
          *data.axis, strides, options.threads);
    return rowRunner->run(arrays, parameterBlock().data());
  }
  llvm::append_range(operands, stats.runOperands());
  runElementwise(compiled.signature, compiled.kernel->entry(), data.iteration,
                 operands, parameterBlock().data(), options.threads);
}

Error Run::printRunTimes(llvm::raw_ostream &os) {
  if (!label.empty())
    os << label << "\n";
  printStages(os, compiled, parseMilliseconds, data,
              gpuRunner ? &*gpuRunner : nullptr);
  if (onDevice)
    return printDeviceTimes(
        os, data, onDevice->getStream(),
        [&](const CudaStream &) { return launchGpuKernel(); });
  printTimes(os, data, [&] { llvm::cantFail(runKernel()); });
  return Error::success();
}

int Run::runAndJudge() {
  if (options.check)
    if (Error error = checkFloatEnvironment(options.flush))
      return fail(std::move(error));
  if (Error error = runKernel())
    return fail(std::move(error));
  int code = judge();
  return code != 0 ? code : report();
}

int Run::report() {
  llvm::raw_ostream &os = options.output == "-" ? llvm::errs() : llvm::outs();
  data.dropAxes();
  if (Error error = writeResults(data, resultNames, options))
    return fail(std::move(error));
  if (options.output.empty())
    for (auto [i, result] : llvm::enumerate(data.results))
      tools::printSummary(os, resultNames[i], result);
  stats.print(os, resultNames);
  os.flush();
  stats.warn(resultNames, options.statsThreshold.value_or(0.2));
  if (options.time)
    if (Error error = printRunTimes(os))
      return fail(std::move(error));
  return 0;
}

void Run::nameResults(FuncOp func) {
  resultNames = arraysOf(func).results;
  if (func.getQuantization())
    resultNames = namesOfQuantized(func);
  bool isOnly = resultNames.size() == 1 && !options.vjp;
  for (auto [i, result] : llvm::enumerate(resultNames))
    if (isOnly || result.empty())
      result = isOnly ? "out" : "out" + std::to_string(i);
}

/// What the command line gives, or what a forward run saves.
Expected<Data> Run::loadInputs(FuncOp func) {
  if (given)
    return placeNamed(func, std::move(*given), options);
  if (!options.readsSaved())
    return loadData(func, options);
  // One device for both runs.
  if (Error error = prepareToRun(machine))
    return std::move(error);
  Options forwardOptions = options.forward();
  Run forward(forwardOptions, *this);
  if (std::optional<int> code = forward.prepare())
    return createStringError("the forward run failed");
  if (Error error = forward.runKernel())
    return std::move(error);
  return loadSaved(func, std::move(forward.data), options);
}

int Run::perform() {
  module = tools::readSource("act-run", options.source, context.get(),
                             options.compat);
  if (!module)
    return 1;
  tools::DiagnosticPrinter printer("act-run", options.source, context.get());
  if (auto whole = findProducts(*module))
    return runSteps(whole);
  if (std::optional<int> code = prepare())
    return *code;
  return runAndJudge();
}

int Run::runSteps(mlir::func::FuncOp whole) {
  if (Error error = checkProductOptions(options))
    return fail(std::move(error));
  if (options.stopAfter) {
    llvm::outs() << *module << "\n";
    return 0;
  }
  if (Error error = prepareToRun(machine))
    return fail(std::move(error));
  int code = 0;
  auto perform = [&](Step step) -> Expected<tools::Array> {
    Options own = options;
    own.inputs.clear();
    own.function.clear();
    own.dtype = step.arrays.dtype;
    Run run(own, *this, std::move(step.module), std::move(step.arrays),
            std::move(step.label));
    auto failed = [&](int with) {
      code = with;
      return createStringError("a step failed");
    };
    if (std::optional<int> prepared = run.prepare())
      return failed(*prepared);
    if (step.isLast) {
      if (int last = run.runAndJudge())
        return failed(last);
      return tools::Array();
    }
    if (Error error = run.runKernel())
      return std::move(error);
    if (int judged = run.judge())
      return failed(judged);
    if (options.time)
      if (Error error = run.printRunTimes(llvm::outs()))
        return std::move(error);
    run.data.dropAxes();
    return std::move(run.data.results.front());
  };
  Error error = performSteps(whole, options, perform);
  if (code == 0)
    return error ? fail(std::move(error)) : 0;
  llvm::consumeError(std::move(error)); // It is printed.
  return code;
}

std::optional<int> Run::prepare() {
  auto begin = std::chrono::steady_clock::now();
  FuncOp base = tools::chooseFunction("act-run", *module, options.function);
  if (!base)
    return 1;
  if (Error error = adoptStorage(base, options))
    return fail(std::move(error));
  if (options.readsSaved())
    pristine = module.get().clone();
  if (options.quantization && failed(quantize(base, *options.quantization)))
    return 1;
  // The corridor resolves derivatives itself; a copy tells their signature.
  name = options.stats ? addStats(base) : addDerivative(base, options);
  mlir::OwningOpRef<mlir::ModuleOp> resolved;
  if (!name.empty())
    resolved = tools::resolvedCopy(*module);
  if (!resolved)
    return 1;
  auto func = resolved->lookupSymbol<FuncOp>(name);
  nameResults(func);
  if (resultNames.size() > 1 && !options.output.empty() &&
      !StringRef(options.output).contains("NAME"))
    return fail(createStringError("there are several results; write NAME in "
                                  "--output, which becomes the result's name"),
                2);
  std::chrono::duration<double, std::milli> spent =
      std::chrono::steady_clock::now() - begin;
  parseMilliseconds = spent.count();
  if (Error error = checkParams(func, options))
    return fail(std::move(error));
  if (func.getNumInputs() + resultNames.size() > kMaxOperands)
    return fail(createStringError(
        "the function has " +
        llvm::Twine(func.getNumInputs() + resultNames.size()) +
        " inputs and results; a kernel has at most " +
        llvm::Twine(kMaxOperands)));
  if (options.onlyPrints() && options.inputs.empty()) {
    data.dtype = options.dtype.value_or(DType::F32);
  } else {
    Expected<Data> loaded = loadInputs(func);
    if (!loaded)
      return fail(loaded.takeError());
    data = std::move(*loaded);
    // A derivative knows what is one value a row.
    if (func.getSymName() != base.getSymName() && !options.readsSaved() &&
        markRowArguments(base, func, data)) {
      resolved = tools::resolvedCopy(*module);
      if (!resolved)
        return 1;
      func = resolved->lookupSymbol<FuncOp>(name);
      markRowArguments(func, func, data);
    }
    if (Error error = addResults(func, options, data))
      return fail(std::move(error));
    if (!options.onlyPrints())
      if (Error error = prepareToRun(machine))
        return fail(std::move(error));
  }
  // The reference reads the function as written, before the corridor does.
  std::optional<Tape> tape;
  if (options.check && data.axis && !data.quantization) {
    Expected<Tape> built = Tape::buildRow(func);
    if (!built)
      return fail(built.takeError());
    rowTape = std::move(*built);
  } else if (options.check) {
    Expected<Tape> built = tapeOf(func);
    if (!built)
      return fail(built.takeError());
    tape = std::move(*built);
    Expected<Exchange> planned =
        planExchange(*module, base, name, data.dtype, options);
    if (!planned)
      return fail(planned.takeError());
    exchange = std::move(*planned);
  }
  if (Error error = stateLimits(*module, name, data.dtype, options))
    return fail(std::move(error));
  if (Error error = compileKernel())
    return fail(std::move(error));
  if (Error error = checkRanges(compiled, options))
    return fail(std::move(error));
  if (options.onlyPrints()) {
    llvm::outs() << compiled.text;
    return 0;
  }
  Expected<Stats> counts = Stats::create(data, compiled, options);
  if (!counts)
    return fail(counts.takeError());
  stats = std::move(*counts);
  if (tape) {
    if (compiled.identityOrder == 0)
      tape->adoptLimits(compiled.identity);
    reference.emplace(*tape);
  }
  return std::nullopt;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  auto parsed = parseOptions(argc, argv);
  if (!parsed)
    return fail(parsed.takeError(), 2);
  if (parsed->first == Action::Exit)
    return 0;
  const Options &options = parsed->second;
  Expected<Machine> machine = chooseMachine(options);
  if (!machine)
    return fail(machine.takeError());
  return Run(options, *machine).perform();
}
