//===- Target.cpp - What a CPU level can do -------------------------------===//

#include "act/Target/Target.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"

using namespace act;

static constexpr CpuLevel levels[] = {
    {"x86-64-v3", 256, "avx2 fma f16c bmi2"},
    {"x86-64-v4", 512, "avx512f avx512bw avx512cd avx512dq avx512vl"},
};

llvm::ArrayRef<CpuLevel> act::cpuLevels() { return levels; }

const CpuLevel *act::cpuLevelNamed(llvm::StringRef name) {
  const auto *it = llvm::find_if(
      levels, [&](const CpuLevel &level) { return name == level.name; });
  return it == std::end(levels) ? nullptr : it;
}

bool act::hostSupports(const CpuLevel &level) {
  static const llvm::StringMap<bool> features =
      llvm::sys::getHostCPUFeatures();
  llvm::SmallVector<llvm::StringRef> needs;
  llvm::StringRef(level.needs).split(needs, ' ');
  return llvm::all_of(
      needs, [&](llvm::StringRef need) { return features.lookup(need); });
}

const CpuLevel *act::bestHostLevel() {
  const CpuLevel *best = nullptr;
  for (const CpuLevel &level : levels)
    if (hostSupports(level))
      best = &level;
  return best;
}
