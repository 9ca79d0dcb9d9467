//===- Driver.cpp - Runs one kernel on AArch64 without a C library --------===//
//
// Linked to one emitted object. Reads from standard input, as int64: the number
// of inputs, of outputs, and of elements; the bytes of each array. Then come
// the inputs. Writes the outputs, which are 0 before the call, to standard
// output. Ends with 1 where it cannot.
//
//===----------------------------------------------------------------------===//

#include "act/KernelABI.h"

using namespace act;

/// The kernel, by a name that the linker gives it.
extern "C" void kernel(const KernelArgs *args);

namespace {

constexpr long kRead = 63, kWrite = 64, kExit = 93;
constexpr int64_t kMaxOperands = 16, kArenaBytes = int64_t(1) << 28;
alignas(64) char arena[kArenaBytes];

long call(long number, long a, long b = 0, long c = 0) {
  register long x8 asm("x8") = number;
  register long x0 asm("x0") = a;
  register long x1 asm("x1") = b;
  register long x2 asm("x2") = c;
  asm volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
  return x0;
}

void check(bool isGood) {
  if (!isGood)
    call(kExit, 1);
}

/// Moves all bytes or ends.
void transfer(long number, int file, void *data, int64_t bytes) {
  char *at = static_cast<char *>(data);
  while (bytes > 0) {
    long moved = call(number, file, reinterpret_cast<long>(at), bytes);
    check(moved > 0);
    at += moved;
    bytes -= moved;
  }
}

} // namespace

extern "C" void _start() {
  int64_t header[3], bytes[kMaxOperands], strides[kMaxOperands];
  transfer(kRead, 0, header, sizeof(header));
  int64_t inputs = header[0], operands = inputs + header[1], count = header[2];
  check(operands <= kMaxOperands);
  transfer(kRead, 0, bytes, operands * sizeof(int64_t));
  void *pointers[kMaxOperands];
  int64_t used = 0;
  for (int64_t k = 0; k < operands; ++k) {
    pointers[k] = arena + used;
    strides[k] = 1;
    used += (bytes[k] + 63) / 64 * 64;
    check(used <= kArenaBytes);
    if (k < inputs)
      transfer(kRead, 0, pointers[k], bytes[k]);
  }
  // The rest of the arena is scratch memory.
  KernelArgs args = {pointers, count,   strides,     1,
                     strides,  nullptr, arena + used};
  kernel(&args);
  for (int64_t k = inputs; k < operands; ++k)
    transfer(kWrite, 1, pointers[k], bytes[k]);
  call(kExit, 0);
}
