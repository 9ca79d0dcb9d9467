//===- Cubin.cpp - What ptxas made of a kernel ----------------------------===//

#include "Cubin.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ELF.h"
#include "llvm/Support/Endian.h"
#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

using namespace act::test;
using llvm::createStringError;
using llvm::StringRef;
using llvm::object::ELF64LE;
using llvm::object::ELF64LEFile;

unsigned KernelSass::count(StringRef name) const {
  unsigned sum = 0;
  for (const auto &[opcode, times] : opcodes) {
    StringRef rest = opcode;
    if (rest.consume_front(name) && (rest.empty() || rest.front() == '.'))
      sum += times;
  }
  return sum;
}

std::optional<unsigned> KernelSass::issued(unsigned loads,
                                           unsigned stores) const {
  // Of each place: instruction, loads and stores so far.
  using Place = std::tuple<size_t, unsigned, unsigned>;
  std::set<Place> seen;
  std::set<std::pair<unsigned, Place>> open = {{0, {0, 0, 0}}};
  while (!open.empty()) {
    auto [count, place] = *open.begin();
    open.erase(open.begin());
    auto [at, loaded, stored] = place;
    if (at >= steps.size() || !seen.insert(place).second)
      continue;
    const SassStep &step = steps[at];
    bool isSingle = (step.isLoad || step.isStore) && !step.isWhole;
    if (isSingle && !step.isConditional)
      continue;
    loaded += step.isLoad && step.isWhole;
    stored += step.isStore && step.isWhole;
    count += !step.isNop;
    if (step.isExit && loaded == loads && stored == stores)
      return count;
    if (step.target)
      open.insert({count, {*step.target, loaded, stored}});
    if (step.isConditional || !(step.target || step.isExit))
      open.insert({count, {at + 1, loaded, stored}});
  }
  return std::nullopt;
}

std::string KernelSass::text() const {
  std::string text = name + ": " + std::to_string(instructions) +
                     " instructions, " + std::to_string(registers) +
                     " registers";
  const char *separator = "; ";
  for (const auto &[opcode, times] : opcodes) {
    text += separator + opcode + " " + std::to_string(times);
    separator = ", ";
  }
  return text;
}

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

namespace {
/// 128 bits.
struct Instruction {
  uint64_t low, high;
  unsigned opcode() const { return low & 0x1ff; }
  bool is(unsigned number) const { return opcode() == number; }
};

enum Opcode : unsigned {
  kMufu = 0x108,
  kNop = 0x118,
  kBra = 0x147,
  kExit = 0x14d,
  kLdg = 0x181,
  kStg = 0x186
};
} // namespace

static std::string nameOf(const Instruction &instruction) {
  // Of an access: 8, 16 bits with and without sign, then without.
  static const char *widths[] = {".8",  ".8",  ".16",  ".16",
                                 ".32", ".64", ".128", ".?"};
  static const char *functions[16] = {
#define SASS_MUFU(Number, Name) "." #Name,
#include "Sass.def"
  };
  unsigned function = instruction.high >> 10 & 15;
  const char *width = widths[instruction.high >> 9 & 7];
  switch (instruction.opcode()) {
  case kMufu:
    return std::string("MUFU") +
           (functions[function] ? functions[function] : ".?");
#define SASS_SIZED(Number, Name)                                               \
  case Number:                                                                 \
    return std::string(#Name) + width;
#define SASS(Number, Name)                                                     \
  case Number:                                                                 \
    return #Name;
#include "Sass.def"
  default:
    return "op" + llvm::utohexstr(instruction.opcode(), /*LowerCase=*/true, 3);
  }
}

/// Of instruction number `at`. The guard is in bits 12 to 15, a second one of
/// branches in bits 87 to 90; 7 is true. The distance of a branch from the next
/// instruction is in words of 4 bytes: on sm_90 its low byte in bits 16 to 23
/// and the rest from bit 34 on.
static SassStep stepOf(const Instruction &instruction, size_t at) {
  SassStep step;
  step.isLoad = instruction.is(kLdg);
  step.isStore = instruction.is(kStg);
  step.isWhole = (instruction.high >> 9 & 7) >= 5;
  step.isExit = instruction.is(kExit);
  step.isNop = instruction.is(kNop);
  step.isConditional = (instruction.low >> 12 & 15) != 7;
  if (instruction.is(kBra)) {
    step.isConditional |= (instruction.high >> 23 & 15) != 7;
    int64_t words = int64_t(instruction.high << 46) >> 16;
    words |= int64_t(instruction.low >> 34);
    step.target =
        at + 1 + (words * 256 + int64_t(instruction.low >> 16 & 255)) / 4;
  }
  return step;
}

/// Counts the instructions of a section. It ends in a branch to itself and in
/// NOPs up to its alignment.
static llvm::Error countInstructions(llvm::ArrayRef<uint8_t> code,
                                     KernelSass &kernel) {
  using llvm::support::endian::read64le;
  std::vector<Instruction> instructions;
  for (size_t at = 0; at + 16 <= code.size(); at += 16)
    instructions.push_back({read64le(&code[at]), read64le(&code[at + 8])});
  while (!instructions.empty() && instructions.back().is(kNop))
    instructions.pop_back();
  if (instructions.empty() || !instructions.back().is(kBra))
    return createStringError("the code of '" + kernel.name +
                             "' does not end as that of sm_75 to sm_90");
  instructions.pop_back();
  for (const Instruction &instruction : instructions) {
    kernel.steps.push_back(stepOf(instruction, kernel.steps.size()));
    if (instruction.is(kNop))
      continue;
    ++kernel.instructions;
    ++kernel.opcodes[nameOf(instruction)];
  }
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Sections
//===----------------------------------------------------------------------===//

namespace {
/// What .nv.info says of the symbol with a number.
struct Resources {
  std::map<uint32_t, uint32_t> registers, frame;
};
} // namespace

/// Reads a sequence of attributes: a byte each for format and kind, then by
/// format nothing, a byte, 16 bits, or a 16-bit size and so many bytes.
static llvm::Error readInfo(llvm::ArrayRef<uint8_t> bytes,
                            Resources &resources) {
  enum { Sized = 4, FrameSize = 0x11, RegCount = 0x2f };
  using llvm::support::endian::read16le;
  using llvm::support::endian::read32le;
  while (!bytes.empty()) {
    if (bytes.size() < 4)
      return createStringError(".nv.info ends within an attribute");
    uint8_t format = bytes[0], kind = bytes[1];
    uint16_t size = format == Sized ? read16le(&bytes[2]) : 0;
    bytes = bytes.drop_front(4);
    if (bytes.size() < size)
      return createStringError(".nv.info ends within an attribute");
    if (size >= 8 && kind == RegCount)
      resources.registers[read32le(&bytes[0])] = read32le(&bytes[4]);
    if (size >= 8 && kind == FrameSize)
      resources.frame[read32le(&bytes[0])] = read32le(&bytes[4]);
    bytes = bytes.drop_front(size);
  }
  return llvm::Error::success();
}

namespace {
/// A cubin's sections by name, and the numbers of its symbols.
struct Sections {
  std::map<std::string, const ELF64LE::Shdr *> byName;
  std::map<std::string, uint32_t> symbols;
};
} // namespace

static llvm::Expected<Sections> sectionsOf(const ELF64LEFile &file) {
  Sections found;
  auto sections = file.sections();
  if (!sections)
    return sections.takeError();
  for (const ELF64LE::Shdr &section : *sections) {
    auto name = file.getSectionName(section);
    if (!name)
      return name.takeError();
    found.byName[name->str()] = &section;
    if (section.sh_type != llvm::ELF::SHT_SYMTAB)
      continue;
    auto symbols = file.symbols(&section);
    auto names = file.getStringTableForSymtab(section);
    if (!symbols)
      return symbols.takeError();
    if (!names)
      return names.takeError();
    for (const ELF64LE::Sym &symbol : *symbols) {
      auto symbolName = symbol.getName(*names);
      if (!symbolName)
        return symbolName.takeError();
      if (symbol.getType() == llvm::ELF::STT_FUNC)
        found.symbols[symbolName->str()] = &symbol - symbols->begin();
    }
  }
  return found;
}

llvm::Expected<std::vector<KernelSass>> act::test::readCubin(StringRef bytes) {
  auto file = ELF64LEFile::create(bytes);
  if (!file)
    return file.takeError();
  if (file->getHeader().e_machine != llvm::ELF::EM_CUDA)
    return createStringError("not a cubin: an ELF file for another machine");
  unsigned capability = file->getHeader().e_flags >> 8 & 0xff;
  if (capability < 75 || capability > 90)
    return createStringError("a cubin for sm_" + llvm::Twine(capability) +
                             "; the reader knows sm_75 to sm_90");
  auto sections = sectionsOf(*file);
  if (!sections)
    return sections.takeError();
  Resources resources;
  if (const ELF64LE::Shdr *info = sections->byName[".nv.info"]) {
    auto contents = file->getSectionContents(*info);
    if (!contents)
      return contents.takeError();
    if (llvm::Error error = readInfo(*contents, resources))
      return std::move(error);
  }
  std::vector<KernelSass> kernels;
  for (const auto &[sectionName, section] : sections->byName) {
    StringRef name = sectionName;
    if (!name.consume_front(".text."))
      continue;
    KernelSass kernel;
    kernel.name = name.str();
    auto symbol = sections->symbols.find(kernel.name);
    if (symbol == sections->symbols.end() ||
        !resources.registers.count(symbol->second))
      return createStringError("the cubin does not say how many registers '" +
                               name + "' has");
    kernel.registers = resources.registers[symbol->second];
    kernel.localBytes = resources.frame[symbol->second];
    // From sm_90 on the first KiB is the system's.
    auto shared = sections->byName.find(".nv.shared." + kernel.name);
    if (shared != sections->byName.end())
      kernel.sharedBytes =
          shared->second->sh_size - (capability >= 90 ? 1024 : 0);
    auto code = file->getSectionContents(*section);
    if (!code)
      return code.takeError();
    if (llvm::Error error = countInstructions(*code, kernel))
      return std::move(error);
    kernels.push_back(std::move(kernel));
  }
  return kernels;
}
