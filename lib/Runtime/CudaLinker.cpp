//===- CudaLinker.cpp - The driver compiles PTX ---------------------------===//
//
// cuModuleLoadDataEx would compile PTX, too, but shows no machine code that a
// cache could keep; the linker does.
//
//===----------------------------------------------------------------------===//

#include "CudaLinker.h"
#include "CudaScope.h"
#include "act/Target/PtxVersions.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include <cstring>

using namespace act;
using namespace act::cuda;
using namespace llvm;

JitLog::JitLog() {
  values[0] = errors;
  values[1] = reinterpret_cast<void *>(uintptr_t(sizeof(errors)));
  values[2] = notes;
  values[3] = reinterpret_cast<void *>(uintptr_t(sizeof(notes)));
}

std::string JitLog::text() const {
  auto trimmed = [](const char *buffer) {
    return StringRef(buffer, strnlen(buffer, kBytes)).trim("\n ").str();
  };
  std::string text = trimmed(errors), more = trimmed(notes);
  if (!text.empty() && !more.empty())
    text += '\n';
  text += more;
  return text.empty() ? text : "\n" + text;
}

/// The word after a directive that stands at the beginning of a line, up to a
/// blank or a comma; empty where there is none.
static StringRef directive(StringRef ptx, StringRef name) {
  while (!ptx.empty()) {
    StringRef line;
    std::tie(line, ptx) = ptx.split('\n');
    line = line.ltrim();
    if (line.consume_front(name) && (line.empty() || isSpace(line.front())))
      return line.ltrim().take_until(
          [](char c) { return isSpace(c) || c == ',' || c == '/'; });
  }
  return {};
}

/// PTX version as in Gpu.h, 0 if it cannot be read.
static unsigned versionOf(StringRef ptx) {
  auto [major, minor] = directive(ptx, ".version").split('.');
  unsigned high = 0, low = 0;
  if (major.getAsInteger(10, high) || minor.getAsInteger(10, low))
    return 0;
  return 10 * high + low;
}

Error cuda::checkPtx(const CudaDevice &device, StringRef ptx) {
  const CudaDriver &driver = device.driver();
  unsigned version = versionOf(ptx), newest = driver.ptxVersion();
  if (version > newest && cudaVersionForPtx(version) > driver.version())
    return driver.tooOld("PTX " + ptxVersionText(version) +
                             " (this driver takes PTX up to " +
                             ptxVersionText(newest) + ")",
                         cudaVersionForPtx(version));
  // Text for "sm_90a" runs on that capability alone, for "sm_90" on later
  // ones, too. What cannot be read is left to the driver.
  StringRef target = directive(ptx, ".target"), digits = target;
  unsigned capability = 0;
  if (!digits.consume_front("sm_") || digits.consumeInteger(10, capability))
    return Error::success();
  unsigned own = device.info().capability;
  if (digits.empty() ? own >= capability : own == capability || digits != "a")
    return Error::success();
  return createStringError(
      "a kernel for " + target + " does not run on CUDA device " +
      Twine(device.ordinal()) + ", " + device.info().name +
      ", which is an sm_" + Twine(own) + ": compile it for that");
}

namespace {
/// A run of the driver's linker; its context must be current throughout.
struct Linker {
  explicit Linker(const CudaApi &api) : api(api) {}
  ~Linker() {
    if (state)
      api.linkDestroy(state);
  }
  const CudaApi &api;
  CUlinkState state = nullptr;
};
} // namespace

Expected<std::string> CudaDevice::assemble(StringRef ptx) const {
  if (Error error = checkPtx(*this, ptx))
    return std::move(error);
  CudaScope scope(*this);
  if (scope.result() != CUDA_SUCCESS)
    return owner->error(scope.result(), "compiling PTX");
  const CudaApi &api = owner->api();
  // The driver reads up to a null byte, and takes the text as writable.
  std::string text = ptx.str();
  // The log must live for as long as the linker.
  JitLog log;
  Linker linker(api);
  void *cubin = nullptr;
  size_t size = 0;
  CUresult code =
      api.linkCreate(JitLog::kCount, log.options, log.values, &linker.state);
  if (code == CUDA_SUCCESS)
    code = api.linkAddData(linker.state, CU_JIT_INPUT_PTX, text.data(),
                           text.size() + 1, "kernel.ptx", 0, nullptr, nullptr);
  if (code == CUDA_SUCCESS)
    code = api.linkComplete(linker.state, &cubin, &size);
  if (code != CUDA_SUCCESS)
    return owner->error(code, "the CUDA driver refuses the PTX" + log.text());
  return std::string(static_cast<const char *>(cubin), size);
}

std::string CudaDevice::cubinKey(StringRef ptx) const {
  auto hash = BLAKE3::hash(arrayRefFromStringRef(ptx));
  return "cubin\nptx " + toHex(hash, /*LowerCase=*/true) + "\nsm " +
         std::to_string(facts.capability) + "\ndriver " +
         std::to_string(owner->version()) + "\n";
}
