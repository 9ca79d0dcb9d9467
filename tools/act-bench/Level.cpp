//===- Level.cpp - The CPU level that is measured -------------------------===//

#include "Level.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>

using namespace act;

static const CpuLevel *chosenLevel = nullptr;

const CpuLevel *bench::level() { return chosenLevel; }

bool bench::takeLevelFlag(int &argc, char **argv) {
  constexpr llvm::StringRef kFlag = "--level=";
  char **end = argv + argc;
  char **flag = std::find_if(argv + 1, end, [&](llvm::StringRef argument) {
    return argument.starts_with(kFlag);
  });
  if (flag == end) {
    chosenLevel = bestHostLevel();
    if (!chosenLevel)
      llvm::errs() << "act-bench: error: " << noHostLevelMessage() << "\n";
    return chosenLevel;
  }
  llvm::StringRef name = llvm::StringRef(*flag).drop_front(kFlag.size());
  std::rotate(flag, flag + 1, end);
  --argc;
  chosenLevel = cpuLevelNamed(name);
  if (!chosenLevel) {
    llvm::errs() << "act-bench: error: unknown CPU level '" << name << "'; use "
                 << cpuLevelNames() << "\n";
    return false;
  }
  if (!hostSupports(*chosenLevel)) {
    llvm::errs() << "act-bench: error: this machine does not run '" << name
                 << "'; leave --level out for the best level that it runs\n";
    return false;
  }
  return true;
}
