//===- CopyBaseline.h - A copy of the same bytes ----------------*- C++ -*-===//
#ifndef ACT_TOOLS_COPYBASELINE_H
#define ACT_TOOLS_COPYBASELINE_H

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

private:
  struct Buffer {
    std::unique_ptr<char, decltype(&std::free)> memory{nullptr, &std::free};
    size_t bytes = 0;
  };
  using Loop = void (*)(char *to, const char *from, size_t bytes);
  void run(Loop loop);

  std::vector<Buffer> inputs, outputs;
};

} // namespace act::tools

#endif // ACT_TOOLS_COPYBASELINE_H
