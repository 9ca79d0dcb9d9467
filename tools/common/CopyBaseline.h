//===- CopyBaseline.h - A copy of the same bytes ----------------*- C++ -*-===//
#ifndef ACT_TOOLS_COPYBASELINE_H
#define ACT_TOOLS_COPYBASELINE_H

#include "llvm/ADT/ArrayRef.h"
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace act::tools {

/// What any kernel that reads and writes these arrays is measured against:
/// loops that read as many bytes from as many arrays and write as many bytes,
/// in several ways. Owns its buffers; must outlive its candidates.
class CopyBaseline {
public:
  CopyBaseline(const std::vector<size_t> &inputBytes,
               const std::vector<size_t> &outputBytes);

  /// Ways to do it that this machine runs, by name, to be timed in turn with
  /// the kernel; the fastest counts.
  std::vector<std::pair<std::string, std::function<void()>>> candidates();

  /// What a candidate writes to output `k`: the exclusive or of the inputs
  /// that are joined into it. Input `k` is filled with bytes `1 << k % 8`.
  llvm::MutableArrayRef<char> output(size_t k) {
    return {outputs[k].memory.get(), outputs[k].bytes};
  }

  /// Reads `bytes` bytes, a multiple of 64, from each of `from` and writes
  /// their exclusive or to `to`, unless that is null. Everything is aligned
  /// to 64 bytes.
  using Loop = void (*)(char *to, llvm::ArrayRef<const char *> from,
                        size_t bytes);

private:
  struct Buffer {
    std::unique_ptr<char, decltype(&std::free)> memory{nullptr, &std::free};
    size_t bytes = 0;
  };
  void run(Loop loop);

  std::vector<Buffer> inputs, outputs;
};

} // namespace act::tools

#endif // ACT_TOOLS_COPYBASELINE_H
