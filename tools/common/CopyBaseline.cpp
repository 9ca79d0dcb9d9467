//===- CopyBaseline.cpp - A copy of the same bytes ------------------------===//
//
// A loop joins N arrays into one by exclusive or, which costs a vector
// operation for each further array: less than the memory does. Each way to
// load and store is a template over N, so that one pass reads all N streams.
//
//===----------------------------------------------------------------------===//

#include "CopyBaseline.h"
#include "Array.h"
#include "llvm/ADT/SmallVector.h"
#include <algorithm>
#include <cstdint>
#include <cstring>
#ifdef __x86_64__
#include <immintrin.h>
#endif

using namespace act::tools;
using llvm::ArrayRef;

/// Arrays that one pass reads; more take further passes.
static constexpr size_t kMaxJoined = 4;

/// Without a result, what was read is shown to the compiler as needed.
enum class Result { None, Stored, Streamed };

/// For any machine: vectors of 16 bytes, which are SSE2 or NEON.
template <unsigned N, Result result> struct JoinPlain {
  static void run(char *to, const char *const *from, size_t bytes) {
    using Vector = uint64_t __attribute__((vector_size(16)));
    for (size_t i = 0; i < bytes; i += sizeof(Vector)) {
      Vector x = {};
      for (unsigned k = 0; k < N; ++k)
        x ^= *reinterpret_cast<const Vector *>(from[k] + i);
      if (result == Result::None)
        asm volatile("" : : "m"(x));
      else
        *reinterpret_cast<Vector *>(to + i) = x;
    }
  }
};

/// The C library's copy where there is one array for one result.
template <unsigned N, Result result>
struct JoinMemcpy : JoinPlain<N, result> {};
template <> struct JoinMemcpy<1, Result::Stored> {
  static void run(char *to, const char *const *from, size_t bytes) {
    std::memcpy(to, from[0], bytes);
  }
};

#ifdef __x86_64__
template <unsigned N, Result result> struct JoinAVX2 {
  __attribute__((target("avx2"))) static void
  run(char *to, const char *const *from, size_t bytes) {
    const char *streams[kMaxJoined] = {};
    std::copy_n(from, N, streams);
    for (size_t i = 0; i < bytes; i += 32) {
      __m256i x = _mm256_setzero_si256();
      for (unsigned k = 0; k < N; ++k)
        x = _mm256_xor_si256(
            x, _mm256_load_si256(
                   reinterpret_cast<const __m256i *>(streams[k] + i)));
      if (result == Result::None)
        asm volatile("" : : "x"(x));
      else if (result == Result::Stored)
        _mm256_store_si256(reinterpret_cast<__m256i *>(to + i), x);
      else
        _mm256_stream_si256(reinterpret_cast<__m256i *>(to + i), x);
    }
    if (result == Result::Streamed)
      _mm_sfence();
  }
};

template <unsigned N, Result result> struct JoinAVX512 {
  __attribute__((target("avx512f"))) static void
  run(char *to, const char *const *from, size_t bytes) {
    const char *streams[kMaxJoined] = {};
    std::copy_n(from, N, streams);
    for (size_t i = 0; i < bytes; i += 64) {
      __m512i x = _mm512_setzero_si512();
      for (unsigned k = 0; k < N; ++k)
        x = _mm512_xor_si512(x, _mm512_load_si512(streams[k] + i));
      if (result == Result::None)
        asm volatile("" : : "v"(x));
      else if (result == Result::Stored)
        _mm512_store_si512(to + i, x);
      else
        _mm512_stream_si512(reinterpret_cast<__m512i *>(to + i), x);
    }
    if (result == Result::Streamed)
      _mm_sfence();
  }
};
#endif

/// The loop for the number of arrays that are there.
template <template <unsigned, Result> class Join, Result result>
static void dispatch(char *to, ArrayRef<const char *> from, size_t bytes) {
  switch (from.size()) {
  case 0:
    return Join<0, result>::run(to, from.data(), bytes);
  case 1:
    return Join<1, result>::run(to, from.data(), bytes);
  case 2:
    return Join<2, result>::run(to, from.data(), bytes);
  case 3:
    return Join<3, result>::run(to, from.data(), bytes);
  default:
    Join<kMaxJoined, result>::run(to, from.data(), bytes);
    from = from.drop_front(kMaxJoined);
    if (!from.empty())
      dispatch<Join, Result::None>(nullptr, from, bytes);
  }
}

template <template <unsigned, Result> class Join, Result result>
static void join(char *to, ArrayRef<const char *> from, size_t bytes) {
  if (to)
    dispatch<Join, result>(to, from, bytes);
  else
    dispatch<Join, Result::None>(nullptr, from, bytes);
}

CopyBaseline::CopyBaseline(const std::vector<size_t> &inputBytes,
                           const std::vector<size_t> &outputBytes) {
  auto allocate = [](const std::vector<size_t> &sizes,
                     std::vector<Buffer> &buffers) {
    for (size_t bytes : sizes) {
      Buffer buffer;
      buffer.bytes = (bytes + 63) / 64 * 64;
      buffer.memory.reset(static_cast<char *>(allocateBytes(buffer.bytes)));
      std::memset(buffer.memory.get(), 1 << buffers.size() % 8, buffer.bytes);
      buffers.push_back(std::move(buffer));
    }
  };
  allocate(inputBytes, inputs);
  allocate(outputBytes, outputs);
}

void CopyBaseline::run(Loop loop) {
  // The inputs are dealt to the outputs in turn; without one they are read.
  size_t groups = std::max<size_t>(1, outputs.size());
  for (size_t group = 0; group < groups; ++group) {
    Buffer *output = outputs.empty() ? nullptr : &outputs[group];
    // From each size in the group to the next, what is that long takes part.
    for (size_t begin = 0;;) {
      size_t end = SIZE_MAX;
      llvm::SmallVector<const char *> from;
      auto takesPart = [&](const Buffer &buffer) {
        if (buffer.bytes > begin)
          end = std::min(end, buffer.bytes);
        return buffer.bytes > begin;
      };
      for (size_t k = group; k < inputs.size(); k += groups)
        if (takesPart(inputs[k]))
          from.push_back(inputs[k].memory.get() + begin);
      char *to = nullptr;
      if (output && takesPart(*output))
        to = output->memory.get() + begin;
      if (end == SIZE_MAX)
        break;
      loop(to, from, end - begin);
      begin = end;
    }
  }
}

std::vector<std::pair<std::string, std::function<void()>>>
CopyBaseline::candidates() {
  std::vector<std::pair<std::string, std::function<void()>>> all;
  auto add = [&](const char *name, Loop loop) {
    all.emplace_back(name, [this, loop] { run(loop); });
  };
  add("memcpy", join<JoinMemcpy, Result::Stored>);
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2")) {
    add("avx2", join<JoinAVX2, Result::Stored>);
    add("avx2 non-temporal", join<JoinAVX2, Result::Streamed>);
  }
  if (__builtin_cpu_supports("avx512f")) {
    add("avx512", join<JoinAVX512, Result::Stored>);
    add("avx512 non-temporal", join<JoinAVX512, Result::Streamed>);
  }
#else
  add("vectors", join<JoinPlain, Result::Stored>);
#endif
  return all;
}
