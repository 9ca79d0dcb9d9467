//===- Gpu.cpp - What an SM version can do --------------------------------===//

#include "act/Target/Gpu.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace act;

static constexpr GpuLevel levels[] = {
    {"sm_75", 75, 70}, {"sm_80", 80, 70}, {"sm_86", 86, 71},
    {"sm_89", 89, 81}, {"sm_90", 90, 78}, {"sm_90a", 90, 80},
};

llvm::ArrayRef<GpuLevel> act::gpuLevels() { return levels; }

std::string act::gpuLevelNames() {
  return llvm::join(
      llvm::map_range(levels,
                      [](const GpuLevel &l) { return std::string(l.name); }),
      ", ");
}

const GpuLevel *act::gpuLevelNamed(llvm::StringRef name) {
  const auto *it = llvm::find_if(
      levels, [&](const GpuLevel &level) { return name == level.name; });
  return it == std::end(levels) ? nullptr : it;
}

const GpuLevel *act::gpuLevelFor(unsigned capability) {
  const GpuLevel *best = nullptr;
  for (const GpuLevel &level : levels)
    if (level.capability <= capability &&
        !llvm::StringRef(level.name).ends_with("a"))
      best = &level;
  return best;
}
