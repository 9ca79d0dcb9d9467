//===- Ptxas.cpp - Assembling PTX in tests --------------------------------===//

#include "Ptxas.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdlib>

using namespace act::test;
using llvm::createStringError;
using llvm::StringRef;

//===----------------------------------------------------------------------===//
// The program
//===----------------------------------------------------------------------===//

const Ptxas &Ptxas::get() {
  static const Ptxas ptxas;
  return ptxas;
}

Ptxas::Ptxas() {
  if (const char *named = std::getenv("ACT_PTXAS"); named && *named)
    program = named;
  else if (auto onPath = llvm::sys::findProgramByName("ptxas"))
    program = *onPath;
  else if (auto ofToolkit =
               llvm::sys::findProgramByName("ptxas", {"/usr/local/cuda/bin"}))
    program = *ofToolkit;
  if (program.empty())
    missingTool = "ptxas is not installed (of the CUDA toolkit; ACT_PTXAS "
                  "names it elsewhere)";
  else if (!llvm::sys::fs::can_execute(program))
    missingTool = program + " cannot be executed";
}

namespace {
/// A folder of temporary files, which go with it.
class Folder {
public:
  Folder() {
    llvm::SmallString<64> created;
    error = llvm::sys::fs::createUniqueDirectory("act-ptxas", created);
    path = created.str();
  }
  ~Folder() {
    if (!error)
      llvm::sys::fs::remove_directories(path);
  }
  Folder(const Folder &) = delete;
  std::string file(const llvm::Twine &name) const {
    return (path + "/" + name).str();
  }
  std::error_code error;
  std::string path;
};
} // namespace

static llvm::Error writeFile(const std::string &path, StringRef text) {
  std::error_code code;
  llvm::raw_fd_ostream stream(path, code);
  stream << text;
  stream.close();
  if (code || stream.has_error())
    return createStringError("cannot write " + path);
  return llvm::Error::success();
}

static std::string contentsOf(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().str() : "";
}

//===----------------------------------------------------------------------===//
// What it says
//===----------------------------------------------------------------------===//

/// What ptxas says, each error with the line of the module that it means:
/// "ptxas FOLDER/3.ptx, line 12; error : ...".
static std::string explain(StringRef said, llvm::ArrayRef<std::string> modules,
                           StringRef folder) {
  std::string text;
  for (StringRef line : llvm::split(said.rtrim(), '\n')) {
    text += "\n" + line.str();
    auto [before, after] = line.split(", line ");
    StringRef file = before.rsplit('/').second;
    size_t module, number;
    if (!file.consume_back(".ptx") || file.getAsInteger(10, module) ||
        module >= modules.size() || after.consumeInteger(10, number))
      continue;
    llvm::SmallVector<StringRef> lines;
    StringRef(modules[module]).split(lines, '\n');
    if (number >= 1 && number <= lines.size())
      text += "\n  " + lines[number - 1].trim().str();
  }
  return text;
}

/// Lines that speak of what ptxas could not do: warnings, and notes with a
/// number, such as "(C7510) Potential Performance Loss".
static bool isWarning(StringRef line) {
  return line.contains("warning") || line.contains("(C7");
}

/// Gives warnings to the kernels they name, or to all.
static void addWarnings(StringRef said, std::vector<KernelSass> &kernels) {
  for (StringRef line : llvm::split(said, '\n')) {
    if (!isWarning(line))
      continue;
    auto names = [&](const KernelSass &kernel) {
      return line.contains("'" + kernel.name + "'") ||
             line.contains("entry " + kernel.name + " ");
    };
    bool isOfOne = llvm::any_of(kernels, names);
    for (KernelSass &kernel : kernels)
      if (!isOfOne || names(kernel))
        kernel.warnings.push_back(line.trim().str());
  }
}

//===----------------------------------------------------------------------===//
// Modules
//===----------------------------------------------------------------------===//

static bool isInName(char c) {
  return llvm::isAlnum(c) || c == '_' || c == '$';
}

/// What a line at the module's level declares: a kernel, or a variable, the
/// last name in front of its size and value.
static StringRef declaredIn(StringRef line) {
  auto [before, after] = line.split(".entry ");
  if (before.size() < line.size())
    return after.take_while(isInName);
  if (!line.starts_with(".global") && !line.starts_with(".const") &&
      !line.starts_with(".shared") && !line.starts_with(".extern"))
    return {};
  StringRef declaration = line.take_until([](char c) { return c == '['; });
  return declaration.rtrim(" ;").rsplit(' ').second;
}

/// The module with what it declares named NAME__INDEX, so that several fit into
/// one cubin: ptxas crashes where two have a global variable of one name.
static std::string renamed(StringRef ptx, size_t index) {
  llvm::StringSet<> names;
  for (StringRef line : llvm::split(ptx, '\n'))
    names.insert(declaredIn(line));
  std::string text, suffix = "__" + std::to_string(index);
  while (!ptx.empty()) {
    // Registers and directives are no names.
    bool isOther = ptx[0] == '%' || ptx[0] == '.';
    StringRef word = ptx.drop_front(isOther).take_while(isInName);
    text += isOther ? ptx.take_front() : "";
    text += word;
    text += !isOther && names.contains(word) && !word.empty() ? suffix : "";
    ptx = ptx.drop_front(word.size() + isOther);
    if (word.empty() && !isOther) {
      text += ptx.take_front();
      ptx = ptx.drop_front();
    }
  }
  return text;
}

llvm::Expected<std::vector<std::vector<KernelSass>>>
Ptxas::assembleAll(llvm::ArrayRef<std::string> modules, StringRef level) const {
  if (!missingTool.empty())
    return createStringError(missingTool);
  Folder folder;
  if (folder.error)
    return createStringError(folder.error, "no temporary folder");
  std::string output = folder.file("cubin"), said = folder.file("said");
  std::string arch = ("-arch=" + level).str();
  std::vector<std::string> args = {program, arch, "-v", "-o", output};
  for (auto [i, module] : llvm::enumerate(modules)) {
    args.push_back(folder.file(llvm::Twine(i) + ".ptx"));
    if (llvm::Error error = writeFile(args.back(), renamed(module, i)))
      return std::move(error);
  }
  std::string message;
  llvm::SmallVector<StringRef> words(args.begin(), args.end());
  int code =
      llvm::sys::ExecuteAndWait(program, words, std::nullopt, {"", said, said},
                                /*SecondsToWait=*/300, 0, &message);
  std::string text = contentsOf(said);
  if (code != 0)
    return createStringError("ptxas for " + level + ": exit code " +
                             llvm::Twine(code) + " " + message +
                             explain(text, modules, folder.path));
  auto kernels = readCubin(contentsOf(output));
  if (!kernels)
    return kernels.takeError();
  addWarnings(text, *kernels);

  std::vector<std::vector<KernelSass>> result(modules.size());
  for (KernelSass &kernel : *kernels) {
    auto [name, suffix] = StringRef(kernel.name).rsplit("__");
    size_t index;
    if (suffix.getAsInteger(10, index) || index >= modules.size())
      return createStringError("a kernel of no module: '" + kernel.name + "'");
    kernel.name = name.str();
    result[index].push_back(std::move(kernel));
  }
  return result;
}

llvm::Expected<std::vector<KernelSass>> Ptxas::assemble(StringRef ptx,
                                                        StringRef level) const {
  auto all = assembleAll({ptx.str()}, level);
  if (!all)
    return all.takeError();
  return std::move(all->front());
}

//===----------------------------------------------------------------------===//
// What kernels are held to
//===----------------------------------------------------------------------===//

testing::AssertionResult act::test::noSpills(const KernelSass &kernel) {
  if (kernel.localBytes == 0 && kernel.count("LDL") == 0 &&
      kernel.count("STL") == 0)
    return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << kernel.localBytes << " bytes of local memory; " << kernel.text();
}

testing::AssertionResult act::test::registersAtMost(const KernelSass &kernel,
                                                    unsigned most) {
  if (kernel.registers <= most)
    return testing::AssertionSuccess();
  return testing::AssertionFailure() << kernel.registers << " registers, "
                                     << most << " allowed; " << kernel.text();
}

testing::AssertionResult act::test::noWarnings(const KernelSass &kernel) {
  if (kernel.warnings.empty())
    return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << kernel.name << ": " << llvm::join(kernel.warnings, "\n");
}

double act::test::instructionsPerElement(const KernelSass &kernel,
                                         unsigned elements) {
  return double(kernel.instructions) / elements;
}

double act::test::mufuPerElement(const KernelSass &kernel, unsigned elements) {
  return double(kernel.count("MUFU")) / elements;
}

llvm::ArrayRef<SassBudget> act::test::sassBudgets() {
  static const SassBudget budgets[] = {
#define SASS_BUDGET(Row, DType, Instructions, Mufu)                            \
  {Row, DType, Instructions, Mufu},
#include "SassBudgets.def"
  };
  return budgets;
}

const SassBudget *act::test::sassBudgetOf(StringRef row, StringRef dtype) {
  for (const SassBudget &budget : sassBudgets())
    if (row == budget.row && dtype == budget.dtype)
      return &budget;
  return nullptr;
}

testing::AssertionResult act::test::withinBudget(const KernelSass &kernel,
                                                 unsigned elements,
                                                 const SassBudget &budget) {
  double instructions = 8 * instructionsPerElement(kernel, elements);
  double mufu = mufuPerElement(kernel, elements);
  if (instructions <= budget.instructionsPer8 && mufu <= budget.mufuPerElement)
    return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << budget.row << " " << budget.dtype << ": " << instructions
         << " instructions for 8 elements (" << budget.instructionsPer8
         << " allowed), " << mufu << " MUFU an element ("
         << budget.mufuPerElement << " allowed); " << kernel.text();
}
