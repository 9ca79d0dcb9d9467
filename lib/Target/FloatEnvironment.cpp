//===- FloatEnvironment.cpp - What the thread does to numbers -------------===//

#include "act/Target/FloatEnvironment.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/Twine.h"
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

using namespace act;

namespace {
/// Bits of the control register that make results other than promised.
struct Flag {
  uint64_t bits;
  const char *name;
  bool concernsSubnormals;
};
} // namespace

#if defined(__x86_64__)
static constexpr const char *controlRegister = "MXCSR";
static constexpr Flag flags[] = {
    {0x8000, "flush-to-zero (FTZ)", true},
    {0x0040, "denormals-are-zero (DAZ)", true},
    {0x6000, "a rounding mode other than to nearest (RC)", false},
};
static uint64_t readControl() { return _mm_getcsr(); }
static void writeControl(uint64_t value) { _mm_setcsr(unsigned(value)); }
#elif defined(__aarch64__)
static constexpr const char *controlRegister = "FPCR";
static constexpr Flag flags[] = {
    {1 << 24, "flush-to-zero (FZ)", true},
    {1 << 19, "flush-to-zero of f16 (FZ16)", true},
    {1 << 0, "flush inputs to zero (FIZ)", true},
    {3 << 22, "a rounding mode other than to nearest (RMode)", false},
};
static uint64_t readControl() {
  uint64_t value;
  __asm__ volatile("mrs %0, fpcr" : "=r"(value));
  return value;
}
static void writeControl(uint64_t value) {
  __asm__ volatile("msr fpcr, %0" : : "r"(value));
}
#else
#error "act runs on x86-64 and AArch64"
#endif

llvm::Error act::checkFloatEnvironment(bool flushes) {
  uint64_t control = readControl();
  for (const Flag &flag : flags) {
    if (!(control & flag.bits) || (flushes && flag.concernsSubnormals))
      continue;
    return llvm::createStringError(
        llvm::Twine(flag.name) + " is set in " + controlRegister +
        " of this thread, with which the bounds of kernels do not hold; " +
        (flag.concernsSubnormals ? "clear it or compile with flush"
                                 : "clear it"));
  }
  return llvm::Error::success();
}

DefaultFloatEnvironment::DefaultFloatEnvironment() : saved(readControl()) {
  uint64_t control = saved;
  for (const Flag &flag : flags)
    control &= ~flag.bits;
  writeControl(control);
}

DefaultFloatEnvironment::~DefaultFloatEnvironment() { writeControl(saved); }
