//===- Machine.cpp - What --target names ----------------------------------===//

#include "Machine.h"
#include "act/Jit/Compiler.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace act;
using namespace act::run;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;

/// The SM version that a target without one is for where no device decides.
static constexpr StringRef kDefaultChip = "sm_90";

static bool isOn(Road road, Stage stage) {
  return llvm::is_contained(stagesOf(road), stage);
}

/// What the command line implies where it names no target.
static StringRef impliedTarget(const Options &options) {
  bool isGpu = options.emit == "ptx" ||
               (options.stopAfter && !isOn(Road::Cpu, *options.stopAfter));
  return isGpu ? "cuda" : "cpu";
}

static Expected<Machine> parseTarget(StringRef target) {
  auto [kind, level] = target.split(':');
  Machine machine;
  machine.simulates = kind == "gpusim";
  if (kind == "cuda" || kind == "gpusim") {
    machine.isAnyChip = level.empty();
    machine.gpu = gpuLevelNamed(machine.isAnyChip ? kDefaultChip : level);
    if (!machine.gpu)
      return createStringError("unknown SM version '" + level + "'; use " +
                               gpuLevelNames());
    return machine;
  }
  if (kind != "cpu")
    return createStringError(
        "unknown target '" + target +
        "'; use cpu, cpu:LEVEL, cuda, cuda:SM or gpusim with LEVEL " +
        cpuLevelNames() + " and SM " + gpuLevelNames());
  machine.cpu = level.empty() ? bestHostLevel() : cpuLevelNamed(level);
  if (machine.cpu)
    return machine;
  if (level.empty())
    return createStringError(noHostLevelMessage());
  return createStringError("unknown CPU level '" + level + "'; use " +
                           cpuLevelNames());
}

Expected<Machine> act::run::chooseMachine(const Options &options) {
  StringRef target =
      options.target.empty() ? impliedTarget(options) : options.target;
  Expected<Machine> machine = parseTarget(target);
  if (!machine)
    return machine.takeError();
  Road road = machine->road();
  if (options.stopAfter && !isOn(road, *options.stopAfter)) {
    std::string names;
    for (Stage stage : stagesUpTo(road, lastPassesOf(road)))
      names += std::string(names.empty() ? "" : ", ") + nameOf(stage);
    return createStringError(llvm::Twine("there is no stage '") +
                             nameOf(*options.stopAfter) + "' on the way to '" +
                             target + "'; use one of: " + names);
  }
  bool isPtx = options.emit == "ptx";
  if (road == Road::Cpu && isPtx)
    return createStringError("--emit=ptx is a GPU's product, and '" + target +
                             "' is none; use --target=cuda");
  if (road == Road::Gpu && !options.emit.empty() && !isPtx &&
      options.emit != "llvm")
    return createStringError("--emit=" + options.emit +
                             " is a CPU's product; for '" + target +
                             "' use --emit=ptx or llvm");
  return machine;
}

/// Opens the device that kernels of the GPU target run on.
static Error openDevice(Machine &machine) {
  if (machine.device)
    return Error::success();
  auto driver = CudaDriver::get();
  if (!driver)
    return driver.takeError();
  auto device = (*driver)->device(0);
  if (!device)
    return device.takeError();
  Expected<const GpuLevel *> best = levelFor(**device);
  if (!best)
    return best.takeError();
  if (machine.isAnyChip)
    machine.gpu = *best;
  unsigned wanted = machine.gpu->capability;
  unsigned own = (*device)->info().capability;
  // Code for an "a" level runs on its own capability only.
  bool isExact = StringRef(machine.gpu->name).ends_with("a");
  if (isExact ? own != wanted : own < wanted)
    return createStringError(
        llvm::Twine("CUDA device 0, ") + (*device)->info().name +
        ", is an sm_" + llvm::Twine(own) + " and does not run code for " +
        machine.gpu->name + "; use --target=cuda:" + (*best)->name +
        ", or --emit=ptx, which runs nothing");
  machine.device = std::move(*device);
  return Error::success();
}

Error act::run::prepareToRun(Machine &machine) {
  if (machine.gpu && !machine.simulates)
    return openDevice(machine);
  if (machine.gpu && !bestHostLevel())
    return createStringError(noHostLevelMessage());
  if (machine.gpu || hostSupports(*machine.cpu))
    return Error::success();
  const CpuLevel *best = bestHostLevel();
  return createStringError(
      llvm::Twine("this machine does not run code of level ") +
      machine.cpu->name + "; " +
      (best ? std::string("use --target=cpu:") + best->name
            : noHostLevelMessage()) +
      ", or --emit=llvm, asm or obj, which run nothing");
}
