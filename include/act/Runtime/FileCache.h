//===- FileCache.h - Entries that processes share ---------------*- C++ -*-===//
//
// An entry is found by a key: a text that names all that its bytes depend on.
// It holds its whole key and a digest, and both are compared when it is read:
// a defect of any kind reads as a miss. An entry appears whole or not at all
// (temporary file and rename), so nothing depends on locks.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_RUNTIME_FILECACHE_H
#define ACT_RUNTIME_FILECACHE_H

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <atomic>
#include <memory>
#include <string>

namespace act {

/// A cache in a folder. Safe from any thread and with any number of processes.
class FileCache {
public:
  /// Opens a folder, which is made if need be, and removes entries that were
  /// not used for a week. Entries are code that will run, so a folder that
  /// somebody else owns or can write to is an error.
  static llvm::Expected<std::unique_ptr<FileCache>>
  open(llvm::StringRef folder);

  /// The cache in ACT_CACHE_DIR, opened once a process; null where that is
  /// unset.
  static llvm::Expected<const FileCache *> ofUser();

  /// The bytes that were stored for the key, aligned to 16 and with a null
  /// byte behind them; null if there are none.
  std::unique_ptr<llvm::MemoryBuffer> lookup(llvm::StringRef key) const;

  /// Keeps these bytes in place of any before; false if they could not be
  /// written, which is no error: they will be made again.
  bool store(llvm::StringRef key, llvm::StringRef bytes) const;

  /// The file of a key's entry.
  std::string path(llvm::StringRef key) const;

  unsigned hits() const { return numHits; }
  unsigned misses() const { return numMisses; }

private:
  explicit FileCache(llvm::StringRef folder) : folder(folder) {}

  std::string folder;
  mutable std::atomic<unsigned> numHits{0}, numMisses{0};
};

} // namespace act

#endif // ACT_RUNTIME_FILECACHE_H
