//===- Target.cpp - What a CPU level can do -------------------------------===//

#include "act/Target/Target.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include <numeric>
#include <unistd.h>

using namespace act;

static constexpr CpuLevel levels[] = {
    {"x86-64-v3",
     Arch::X86_64,
     "x86-64-v3",
     "",
     256,
     "avx2 fma f16c bmi2",
     {0.5, 5, 8, 1, 12, 12, 8}},
    // Explicit 512-bit vectors are meant; the CPU's tuning would split them.
    {"x86-64-v4",
     Arch::X86_64,
     "x86-64-v4",
     "-prefer-256-bit",
     512,
     "avx512f avx512bw avx512cd avx512dq avx512vl",
     {0.75, 10, 16, 1, 1, 20, 12}},
    // Fused multiply-add and 128-bit vectors are part of the architecture.
    {"neon", Arch::AArch64, "generic", "", 128, "", {0.5, 7, 10, 2, 3, 8, 4}},
};

llvm::ArrayRef<CpuLevel> act::cpuLevels() { return levels; }

std::string act::cpuLevelNames() {
  return llvm::join(
      llvm::map_range(levels,
                      [](const CpuLevel &l) { return std::string(l.name); }),
      ", ");
}

const CpuLevel *act::cpuLevelNamed(llvm::StringRef name) {
  const auto *it = llvm::find_if(
      levels, [&](const CpuLevel &level) { return name == level.name; });
  return it == std::end(levels) ? nullptr : it;
}

static llvm::Triple::ArchType archOf(const CpuLevel &level) {
  return level.arch == Arch::X86_64 ? llvm::Triple::x86_64
                                    : llvm::Triple::aarch64;
}

static bool isOfHost(const CpuLevel &level) {
  static const llvm::Triple host(llvm::sys::getProcessTriple());
  return host.getArch() == archOf(level);
}

bool act::hostSupports(const CpuLevel &level) {
  static const llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  llvm::SmallVector<llvm::StringRef> needs;
  llvm::StringRef(level.needs).split(needs, ' ', -1, /*KeepEmpty=*/false);
  return isOfHost(level) && llvm::all_of(needs, [&](llvm::StringRef need) {
           return features.lookup(need);
         });
}

const CpuLevel *act::bestHostLevel() {
  const CpuLevel *best = nullptr;
  for (const CpuLevel &level : levels)
    if (hostSupports(level))
      best = &level;
  return best;
}

std::string act::noHostLevelMessage() {
  return "this machine runs none of the CPU levels " + cpuLevelNames() +
         "; it takes an x86-64 with AVX2 and FMA, or an AArch64";
}

std::string act::tripleFor(const CpuLevel &level) {
  if (isOfHost(level))
    return llvm::sys::getProcessTriple();
  return (llvm::Triple::getArchTypeName(archOf(level)) + "-unknown-linux-gnu")
      .str();
}

llvm::StringRef act::lanePermutation(const CpuLevel &level,
                                     unsigned elementBits, bool isFloat,
                                     unsigned lanes) {
  if (level.arch != Arch::X86_64)
    return "";
  if (lanes == 8 && elementBits == 32)
    return isFloat ? "llvm.x86.avx2.permps" : "llvm.x86.avx2.permd";
  if (lanes == 16 && elementBits == 32)
    return isFloat ? "llvm.x86.avx512.permvar.sf.512"
                   : "llvm.x86.avx512.permvar.si.512";
  if (lanes == 8 && elementBits == 64)
    return isFloat ? "llvm.x86.avx512.permvar.df.512"
                   : "llvm.x86.avx512.permvar.di.512";
  return "";
}

llvm::StringRef act::byteLookup(const CpuLevel &level, unsigned registers) {
  static constexpr const char *names[] = {
      "llvm.aarch64.neon.tbl1", "llvm.aarch64.neon.tbl2",
      "llvm.aarch64.neon.tbl3", "llvm.aarch64.neon.tbl4"};
  if (level.arch != Arch::AArch64 || registers == 0 ||
      registers > std::size(names))
    return "";
  return names[registers - 1];
}

int64_t act::secondLevelCacheBytes() {
#ifdef _SC_LEVEL2_CACHE_SIZE
  if (long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE); bytes > 0)
    return bytes;
#endif
  return 1 << 20;
}

int64_t act::secondLevelPlaces(int64_t bytesApart) {
  constexpr int64_t ways = 8, line = 64;
  int64_t period = secondLevelCacheBytes() / ways;
  return period / std::max(line, std::gcd(bytesApart, period)) * ways;
}

int64_t act::lastLevelCacheBytes() {
  // What sysconf says may be the sum over all such caches of the machine.
  auto text = llvm::MemoryBuffer::getFileAsStream(
      "/sys/devices/system/cpu/cpu0/cache/index3/size");
  llvm::StringRef size = text ? (*text)->getBuffer().trim() : "";
  int64_t kibibytes;
  if (!size.consumeInteger(10, kibibytes) && size == "K" && kibibytes > 0)
    return kibibytes * 1024;
  return std::max<int64_t>(8 << 20, secondLevelCacheBytes());
}
