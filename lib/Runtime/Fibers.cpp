//===- Fibers.cpp - Threads that take turns -------------------------------===//

// The checks that some distributions add to longjmp allow no other stack.
#undef _FORTIFY_SOURCE

#include "Fibers.h"
#include "llvm/Support/Errno.h"
#include <cerrno>
#include <csetjmp>
#include <sys/mman.h>
#include <ucontext.h>
#if defined(__SANITIZE_ADDRESS__)
#define ACT_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ACT_ADDRESS_SANITIZER
#endif
#endif
#ifdef ACT_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

using namespace act;

static constexpr size_t kStackBytes = 64 << 10;
/// A page, or as many as make the largest page of any machine.
static constexpr size_t kGuardBytes = 16 << 10;

#ifdef ACT_ADDRESS_SANITIZER
/// The sanitizer must know the stack that is in use.
static void announce(void **fake, const void *bottom, size_t size) {
  __sanitizer_start_switch_fiber(fake, bottom, size);
}
static void announceArrival(void *fake, const void **from, size_t *size) {
  __sanitizer_finish_switch_fiber(fake, from, size);
}
/// What forgotten functions had on a stack must not pass for objects whose
/// scope has ended. __asan_unpoison_memory_region can be switched off.
__attribute__((no_sanitize("address"))) static void
forgetUse(const void *bottom, size_t size) {
  size_t scale, offset;
  __asan_get_shadow_mapping(&scale, &offset);
  auto *shadow = reinterpret_cast<volatile char *>(
      (reinterpret_cast<uintptr_t>(bottom) >> scale) + offset);
  for (size_t i = 0; i < size >> scale; ++i)
    shadow[i] = 0;
}
#else
static void forgetUse(const void *, size_t) {}
static void announce(void **, const void *, size_t) {}
static void announceArrival(void *, const void **, size_t *) {}
#endif

/// swapcontext asks the kernel for the signal mask, at some 400 ns. So it only
/// begins a fiber; from then on switches are jumps.
struct Fibers::Context {
  jmp_buf place;
  bool hasBegun = false;
  /// For the address sanitizer.
  const void *bottom = nullptr;
  size_t size = 0;
  void *fake = nullptr;
};

/// Memory of stacks.
class Fibers::Stacks {
public:
  static llvm::Expected<std::unique_ptr<Stacks>> create(unsigned count);
  ~Stacks() { munmap(memory, count * kStackBytes); }

  /// The lowest byte of a stack that may be touched.
  char *bottom(unsigned i) const {
    return memory + i * kStackBytes + kGuardBytes;
  }
  /// Stacks that began alike would all use the same few sets of the caches.
  size_t size(unsigned i) const {
    return kStackBytes - kGuardBytes - i % 128 * 64;
  }

  const unsigned count;

  /// Making them takes longer than most blocks run.
  static thread_local std::unique_ptr<Stacks> kept;

private:
  Stacks(char *memory, unsigned count) : count(count), memory(memory) {}

  char *memory;
};

thread_local std::unique_ptr<Fibers::Stacks> Fibers::Stacks::kept;

llvm::Expected<std::unique_ptr<Fibers::Stacks>>
Fibers::Stacks::create(unsigned count) {
  if (kept && kept->count >= count)
    return std::move(kept);
  void *memory = mmap(nullptr, count * kStackBytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED)
    return llvm::createStringError("no memory for the stacks of " +
                                   llvm::Twine(count) +
                                   " threads: " + llvm::sys::StrError());
  std::unique_ptr<Stacks> stacks(
      new Stacks(static_cast<char *>(memory), count));
  for (unsigned i = 0; i < count; ++i)
    if (mprotect(stacks->bottom(i) - kGuardBytes, kGuardBytes, PROT_NONE) != 0)
      return llvm::createStringError("stacks of threads cannot be guarded: " +
                                     llvm::sys::StrError());
  return stacks;
}

Fibers::Fibers() = default;

Fibers::~Fibers() {
  if (!Stacks::kept || Stacks::kept->count < stacks->count)
    Stacks::kept = std::move(stacks);
}

Fibers::Context &Fibers::context(unsigned fiber) {
  return contexts[fiber == kHost ? count : fiber];
}

llvm::Expected<std::unique_ptr<Fibers>>
Fibers::create(unsigned count, void (*body)(void *, unsigned), void *argument) {
  auto stacks = Stacks::create(count);
  if (!stacks)
    return stacks.takeError();
  std::unique_ptr<Fibers> fibers(new Fibers());
  fibers->stacks = std::move(*stacks);
  fibers->count = count;
  fibers->body = body;
  fibers->argument = argument;
  fibers->contexts.reset(new Context[count + 1]);
  fibers->context(kHost).hasBegun = true;
  for (unsigned i = 0; i < count; ++i) {
    Context &context = fibers->contexts[i];
    context.bottom = fibers->stacks->bottom(i);
    context.size = fibers->stacks->size(i);
    forgetUse(context.bottom, context.size);
  }
  return fibers;
}

/// makecontext passes integers.
void Fibers::begin(unsigned high, unsigned low, unsigned fiber) {
  auto *self = reinterpret_cast<Fibers *>(uintptr_t(high) << 32 | low);
  // The first fiber comes from the host's stack, whose bounds this tells.
  Context &host = self->context(kHost);
  const void *bottom;
  size_t size;
  announceArrival(nullptr, &bottom, &size);
  if (!host.bottom) {
    host.bottom = bottom;
    host.size = size;
  }
  self->body(self->argument, fiber);
}

void Fibers::switchTo(unsigned current, unsigned next) {
  Context &from = context(current), &to = context(next);
  announce(&from.fake, to.bottom, to.size);
  if (_setjmp(from.place) == 0) {
    if (to.hasBegun)
      _longjmp(to.place, 1);
    to.hasBegun = true;
    ucontext_t start;
    getcontext(&start);
    start.uc_stack.ss_sp = const_cast<void *>(to.bottom);
    start.uc_stack.ss_size = to.size;
    start.uc_link = nullptr;
    auto address = reinterpret_cast<uintptr_t>(this);
    makecontext(&start, reinterpret_cast<void (*)()>(begin), 3,
                unsigned(address >> 32), unsigned(address), next);
    setcontext(&start);
  }
  announceArrival(context(current).fake, nullptr, nullptr);
}
