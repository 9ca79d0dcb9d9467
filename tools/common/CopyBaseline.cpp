//===- CopyBaseline.cpp - A copy of the same bytes ------------------------===//

#include "CopyBaseline.h"
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <immintrin.h>

using namespace act::tools;

static void copyPlain(char *to, const char *from, size_t bytes) {
  std::memcpy(to, from, bytes);
}

__attribute__((target("avx2"))) static void
copyAVX2(char *to, const char *from, size_t bytes) {
  for (size_t i = 0; i + 32 <= bytes; i += 32)
    _mm256_store_si256(
        reinterpret_cast<__m256i *>(to + i),
        _mm256_load_si256(reinterpret_cast<const __m256i *>(from + i)));
}

__attribute__((target("avx512f"))) static void
copyAVX512(char *to, const char *from, size_t bytes) {
  for (size_t i = 0; i + 64 <= bytes; i += 64)
    _mm512_store_si512(to + i, _mm512_load_si512(from + i));
}

__attribute__((target("avx2"))) static void
streamAVX2(char *to, const char *from, size_t bytes) {
  for (size_t i = 0; i + 32 <= bytes; i += 32)
    _mm256_stream_si256(
        reinterpret_cast<__m256i *>(to + i),
        _mm256_load_si256(reinterpret_cast<const __m256i *>(from + i)));
  _mm_sfence();
}

__attribute__((target("avx512f"))) static void
streamAVX512(char *to, const char *from, size_t bytes) {
  for (size_t i = 0; i + 64 <= bytes; i += 64)
    _mm512_stream_si512(reinterpret_cast<__m512i *>(to + i),
                        _mm512_load_si512(from + i));
  _mm_sfence();
}

/// Sums an array that has no counterpart among the outputs, so that its bytes
/// are read too.
static void readOnly(const char *from, size_t bytes) {
  uint64_t sum = 0;
  for (size_t i = 0; i + 64 <= bytes; i += 8) {
    uint64_t word;
    std::memcpy(&word, from + i, 8);
    sum += word;
  }
  asm volatile("" : : "r"(sum));
}

CopyBaseline::CopyBaseline(const std::vector<size_t> &inputBytes,
                           const std::vector<size_t> &outputBytes) {
  auto allocate = [](const std::vector<size_t> &sizes,
                     std::vector<Buffer> &buffers) {
    for (size_t bytes : sizes) {
      size_t rounded = (bytes + 63) / 64 * 64;
      Buffer buffer;
      buffer.bytes = rounded;
      buffer.memory.reset(
          static_cast<char *>(std::aligned_alloc(64, rounded + 64)));
      std::memset(buffer.memory.get(), 1, rounded);
      buffers.push_back(std::move(buffer));
    }
  };
  allocate(inputBytes, inputs);
  allocate(outputBytes, outputs);
}

void CopyBaseline::run(Loop loop) {
  // Each output takes the next input; what an output has beyond its input is
  // filled from the output itself, what an input has beyond is only read.
  for (size_t k = 0; k < std::max(inputs.size(), outputs.size()); ++k) {
    size_t in = k < inputs.size() ? inputs[k].bytes : 0;
    size_t out = k < outputs.size() ? outputs[k].bytes : 0;
    size_t both = std::min(in, out);
    if (both > 0)
      loop(outputs[k].memory.get(), inputs[k].memory.get(), both);
    if (in > both)
      readOnly(inputs[k].memory.get() + both, in - both);
    if (out > both)
      std::memset(outputs[k].memory.get() + both, 1, out - both);
  }
}

std::vector<std::pair<std::string, std::function<void()>>>
CopyBaseline::candidates() {
  std::vector<std::pair<std::string, std::function<void()>>> all;
  auto add = [&](const char *name, Loop loop) {
    all.emplace_back(name, [this, loop] { run(loop); });
  };
  add("memcpy", copyPlain);
  if (__builtin_cpu_supports("avx2")) {
    add("avx2", copyAVX2);
    add("avx2 non-temporal", streamAVX2);
  }
  if (__builtin_cpu_supports("avx512f")) {
    add("avx512", copyAVX512);
    add("avx512 non-temporal", streamAVX512);
  }
  return all;
}
