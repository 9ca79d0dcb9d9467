//===- LevelKernel.cpp - Kernels of each CPU level ------------------------===//

#include "LevelKernel.h"
#include "DeriveTestUtil.h"
#include "act/Syntax/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>

using namespace act;
using namespace act::test;
using llvm::createStringError;
using llvm::StringRef;

std::string Subject::text() const {
  return source + " " + nameOf(type) + " " + nameOf(accuracy) + " order " +
         std::to_string(order);
}

/// The public function of a source after `declare` has seen it.
static CompileResult compileDeclared(const CpuLevel &level,
                                     const Subject &subject, Product product,
                                     llvm::function_ref<void(FuncOp)> declare) {
  auto context = createContext();
  auto module = parseSource(subject.source, context.get());
  EXPECT_TRUE(module) << subject.source;
  declare(*llvm::find_if(module->getOps<FuncOp>(),
                         [](FuncOp func) { return func.isPublic(); }));
  CompileOptions options;
  options.dtype = nameOf(subject.type);
  options.accuracy = subject.accuracy;
  options.longRows = subject.longRows;
  options.level = &level;
  options.product = product;
  auto result = compile(*module, options);
  if (result)
    return std::move(*result);
  ADD_FAILURE() << subject.text() << " for " << level.name << ": "
                << llvm::toString(result.takeError());
  return {};
}

CompileResult act::test::compileFor(const CpuLevel &level,
                                    const Subject &subject, Product product) {
  return compileDeclared(level, subject, product, [&](FuncOp func) {
    if (subject.order > 0)
      addDerivative(func, {{subject.order}});
  });
}

CompileResult act::test::compileCounting(const CpuLevel &level,
                                         const Subject &subject,
                                         Product product) {
  return compileDeclared(level, subject, product, [](FuncOp func) {
    mlir::OpBuilder builder(func.getContext());
    builder.setInsertionPointAfter(func);
    builder.create<StatsOp>(
        func.getLoc(), builder.getStringAttr("counting"), mlir::StringAttr(),
        mlir::FlatSymbolRefAttr::get(func.getSymNameAttr()), mlir::ArrayAttr());
    func.setPrivate();
  });
}

static size_t countOf(const CompileResult &kernel, const Bytes &input) {
  return input.size() / sizeOf(kernel.signature.operands.front());
}

Bytes act::test::runHere(const CompileResult &kernel,
                         const std::vector<Bytes> &inputs, unsigned threads) {
  size_t count = countOf(kernel, inputs.front());
  Bytes output(count * sizeOf(kernel.signature.operands.back()));
  std::vector<RunOperand> operands;
  for (const Bytes &input : inputs)
    operands.push_back({const_cast<char *>(input.data()), {1}});
  operands.push_back({output.data(), {1}});
  runElementwise(kernel.signature, kernel.kernel->entry(), {int64_t(count)},
                 operands, nullptr, threads);
  return output;
}

/// Room for the results of a call, then for its masks.
static std::vector<Bytes> outputsOf(const KernelSignature &signature,
                                    size_t count) {
  std::vector<Bytes> outputs;
  for (size_t k = signature.numInputs; k < signature.operands.size(); ++k)
    outputs.emplace_back(count * sizeOf(signature.operands[k]));
  size_t bytes = count / signature.lanes * maskBytes(signature.lanes);
  for (const CountedResult &result : signature.counted)
    for (unsigned m = 0; m < result.numMasks(); ++m)
      outputs.emplace_back(bytes);
  return outputs;
}

std::vector<Bytes> act::test::callHere(const CompileResult &kernel,
                                       const std::vector<Bytes> &inputs) {
  size_t count = countOf(kernel, inputs.front());
  std::vector<Bytes> outputs = outputsOf(kernel.signature, count);
  std::vector<void *> pointers;
  for (const Bytes &input : inputs)
    pointers.push_back(const_cast<char *>(input.data()));
  for (Bytes &output : outputs)
    pointers.push_back(output.data());
  std::vector<int64_t> strides(pointers.size(), 1);
  KernelArgs args{};
  args.operands = pointers.data();
  args.count = count;
  args.strides = args.rowStrides = strides.data();
  args.rows = 1;
  kernel.kernel->entry()(&args);
  return outputs;
}

static llvm::Error execute(llvm::ArrayRef<std::string> command,
                           StringRef input = "", StringRef output = "") {
  llvm::SmallVector<StringRef> args(command.begin(), command.end());
  std::string message;
  int code = llvm::sys::ExecuteAndWait(args[0], args, std::nullopt,
                                       {input, output, std::nullopt},
                                       /*SecondsToWait=*/600, 0, &message);
  if (code == 0)
    return llvm::Error::success();
  return createStringError(llvm::join(args, " ") + ": exit code " +
                           llvm::Twine(code) + " " + message);
}

const Emulator &Emulator::get() {
  static const Emulator emulator;
  return emulator;
}

Emulator::Emulator() {
  auto find = [&](std::string &path, std::initializer_list<const char *> names,
                  const char *package) {
    for (const char *name : names)
      if (auto found = llvm::sys::findProgramByName(name)) {
        path = *found;
        return;
      }
    missingTool = std::string(*names.begin()) + " is not installed (package " +
                  package + ")";
  };
  find(lld, {"ld.lld-19", "ld.lld"}, "lld-19");
  find(clang, {"clang-19", "clang"}, "clang-19");
  find(qemu, {"qemu-aarch64", "qemu-aarch64-static"}, "qemu-user");
  if (!missingTool.empty())
    return;
  llvm::SmallString<128> unique;
  if (llvm::sys::fs::createUniqueDirectory("act-emulated", unique)) {
    ADD_FAILURE() << "cannot create a temporary folder";
    return;
  }
  folder = unique.str().str();
  llvm::Error error = execute(
      {clang, "--target=aarch64-linux-gnu", "-O1", "-ffreestanding",
       "-nostdinc++", "-fno-exceptions", "-fno-stack-protector",
       "-isystem" ACT_EMULATED_SOURCES "/freestanding", "-I" ACT_INCLUDE_DIR,
       "-c", ACT_EMULATED_SOURCES "/Driver.cpp", "-o", path("driver.o")});
  EXPECT_FALSE(bool(error)) << llvm::toString(std::move(error));
}

Emulator::~Emulator() {
  if (!folder.empty())
    llvm::sys::fs::remove_directories(folder);
}

llvm::Expected<std::vector<Bytes>>
Emulator::call(const CompileResult &object,
               const std::vector<Bytes> &inputs) const {
  auto write = [&](const char *name, auto writeTo) {
    std::error_code code;
    llvm::raw_fd_ostream file(path(name), code);
    writeTo(file);
  };
  std::vector<Bytes> outputs =
      outputsOf(object.signature, countOf(object, inputs.front()));
  write("kernel.o", [&](llvm::raw_ostream &os) { os << object.text; });
  write("input", [&](llvm::raw_ostream &os) {
    auto number = [&](int64_t value) {
      os.write(reinterpret_cast<const char *>(&value), sizeof(value));
    };
    number(inputs.size());
    number(outputs.size());
    number(countOf(object, inputs.front()));
    for (const std::vector<Bytes> &arrays : {inputs, outputs})
      for (const Bytes &array : arrays)
        number(array.size());
    for (const Bytes &input : inputs)
      os.write(input.data(), input.size());
  });
  if (llvm::Error error =
          execute({lld, "--defsym=kernel=" + object.name, path("driver.o"),
                   path("kernel.o"), "-o", path("program")}))
    return std::move(error);
  if (llvm::Error error =
          execute({qemu, path("program")}, path("input"), path("output")))
    return std::move(error);
  auto output = llvm::MemoryBuffer::getFile(path("output"));
  if (!output)
    return createStringError(output.getError(), "the program wrote nothing");
  StringRef bytes = (*output)->getBuffer();
  for (Bytes &array : outputs) {
    if (bytes.size() < array.size())
      return createStringError("the program wrote too little");
    llvm::copy(bytes.take_front(array.size()), array.begin());
    bytes = bytes.drop_front(array.size());
  }
  return outputs;
}
