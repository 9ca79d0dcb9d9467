//===- FileCache.cpp - Entries that processes share -----------------------===//
//
// An entry: 8 bytes that say what it is, the sizes of key and payload (64 bits
// each, little-endian), the digest of these, the key and the payload; key;
// payload.
//
//===----------------------------------------------------------------------===//

#include "act/Runtime/FileCache.h"
#include "act/Target/Knobs.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/CachePruning.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <cerrno>
#include <optional>
#include <unistd.h>

using namespace act;
using namespace llvm;

static constexpr StringRef kMagic = "actcach1";
static constexpr size_t kSizes = 16, kDigest = 32;
static constexpr size_t kHeader = 8 + kSizes + kDigest;

/// What stands before key and payload.
static std::string headerOf(StringRef key, StringRef payload) {
  char sizes[kSizes];
  support::endian::write64le(sizes, key.size());
  support::endian::write64le(sizes + 8, payload.size());
  std::string header = kMagic.str() + std::string(sizes, kSizes);
  BLAKE3 hash;
  for (StringRef part : {StringRef(header), key, payload})
    hash.update(part);
  auto digest = hash.final<kDigest>();
  return header.append(reinterpret_cast<const char *>(digest.data()), kDigest);
}

/// The payload of a whole entry of this key; nothing if a bit is wrong.
static std::optional<StringRef> payloadOf(StringRef entry, StringRef key) {
  StringRef rest = entry.drop_front(std::min(entry.size(), kHeader));
  if (!rest.consume_front(key) ||
      entry.take_front(kHeader) != headerOf(key, rest))
    return std::nullopt;
  return rest;
}

Expected<std::unique_ptr<FileCache>> FileCache::open(StringRef folder) {
  auto failed = [&](const Twine &why) {
    return createStringError("the cache folder '" + folder + "' " + why);
  };
  if (std::error_code error =
          sys::fs::create_directories(folder, true, sys::fs::owner_all))
    return failed("cannot be made: " + error.message());
  sys::fs::file_status status;
  if (std::error_code error = sys::fs::status(folder, status))
    return failed("cannot be read: " + error.message());
  if (status.getUser() != ::geteuid())
    return failed("belongs to another user, whose code would run: name one of "
                  "your own in ACT_CACHE_DIR");
  if (status.permissions() & (sys::fs::group_write | sys::fs::others_write))
    return failed("can be written by other users, whose code would run: "
                  "chmod go-w it, or name another in ACT_CACHE_DIR");
  pruneCache(folder, CachePruningPolicy());
  return std::unique_ptr<FileCache>(new FileCache(folder));
}

Expected<const FileCache *> FileCache::ofUser() {
  struct Outcome {
    std::unique_ptr<FileCache> cache;
    std::string message;
  };
  static const Outcome *outcome = [] {
    auto *found = new Outcome;
    if (knobs().cacheDirectory.empty())
      return found;
    auto cache = open(knobs().cacheDirectory);
    if (cache)
      found->cache = std::move(*cache);
    else
      found->message = toString(cache.takeError());
    return found;
  }();
  if (!outcome->message.empty())
    return createStringError(outcome->message);
  return outcome->cache.get();
}

std::string FileCache::path(StringRef key) const {
  // The prefix by which pruneCache() knows its files.
  SmallString<128> file(folder);
  sys::path::append(file,
                    "llvmcache-" +
                        toHex(BLAKE3::hash(arrayRefFromStringRef(key)), true));
  return std::string(file);
}

std::unique_ptr<MemoryBuffer> FileCache::lookup(StringRef key) const {
  // Read, not mapped: a file that another process shortens cannot hurt then.
  auto entry = MemoryBuffer::getFile(path(key), /*IsText=*/false,
                                     /*RequiresNullTerminator=*/false,
                                     /*IsVolatile=*/true);
  if (entry)
    if (auto payload = payloadOf((*entry)->getBuffer(), key)) {
      ++numHits;
      return MemoryBuffer::getMemBufferCopy(*payload);
    }
  ++numMisses;
  return nullptr;
}

/// Writes all of it to the disk.
static bool writeAll(int file, StringRef bytes) {
  while (!bytes.empty()) {
    ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    bytes = bytes.drop_front(written);
  }
  return true;
}

bool FileCache::store(StringRef key, StringRef bytes) const {
  // sys::fs::TempFile would install signal handlers, which a library must not.
  std::string name = path(key);
  SmallString<128> temporary;
  int file = -1;
  if (sys::fs::createUniqueFile(name + ".%%%%%%%%", file, temporary,
                                sys::fs::OF_None,
                                sys::fs::owner_read | sys::fs::owner_write))
    return false;
  bool written = writeAll(file, headerOf(key, bytes)) && writeAll(file, key) &&
                 writeAll(file, bytes) && ::fsync(file) == 0;
  written &= ::close(file) == 0;
  if (written && !sys::fs::rename(temporary, name))
    return true;
  sys::fs::remove(temporary);
  return false;
}
