//===- FileCacheTest.cpp - Entries that many processes share --------------===//

#include "CudaTestUtil.h"
#include <fstream>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace act;
using namespace act::test;

namespace {

std::string contentOf(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void setContent(const std::string &path, const std::string &content) {
  std::ofstream(path, std::ios::binary) << content;
}

/// Files in a folder.
unsigned countFiles(llvm::StringRef folder, llvm::StringRef with) {
  unsigned count = 0;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator it(folder, error), end;
       it != end && !error; it.increment(error))
    count += llvm::StringRef(it->path()).contains(with);
  return count;
}

TEST(FileCache, KeepsBytesUnderAKey) {
  TemporaryFolder folder;
  auto cache = need(FileCache::open(folder.path));
  EXPECT_EQ(cache->lookup("a"), nullptr);
  std::string bytes("one\0two", 7);
  EXPECT_TRUE(cache->store("a", bytes));
  EXPECT_TRUE(cache->store("empty", ""));
  auto found = cache->lookup("a");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->getBuffer(), bytes);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(found->getBufferStart()) % 16, 0u);
  EXPECT_EQ(*found->getBufferEnd(), '\0');
  EXPECT_EQ(need(FileCache::open(folder.path))->lookup("empty")->getBuffer(),
            "");
  EXPECT_TRUE(cache->store("a", "later"));
  EXPECT_EQ(cache->lookup("a")->getBuffer(), "later");
  EXPECT_EQ(cache->hits(), 2u);
  EXPECT_EQ(cache->misses(), 1u);
}

TEST(FileCache, ADefectReadsAsAMiss) {
  TemporaryFolder folder;
  auto cache = need(FileCache::open(folder.path));
  ASSERT_TRUE(cache->store("key", "payload"));
  const std::string whole = contentOf(cache->path("key"));
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string flipped = whole;
    flipped[i] ^= 1;
    setContent(cache->path("key"), flipped);
    EXPECT_EQ(cache->lookup("key"), nullptr) << "bit of byte " << i;
    setContent(cache->path("key"), whole.substr(0, i));
    EXPECT_EQ(cache->lookup("key"), nullptr) << "cut to " << i;
  }
  setContent(cache->path("key"), whole + "x");
  EXPECT_EQ(cache->lookup("key"), nullptr);
  setContent(cache->path("key"), whole);
  EXPECT_NE(cache->lookup("key"), nullptr);
}

TEST(FileCache, AnEntryOfAnotherKeyIsAMiss) {
  TemporaryFolder folder;
  auto cache = need(FileCache::open(folder.path));
  ASSERT_TRUE(cache->store("a", "bytes"));
  setContent(cache->path("b"), contentOf(cache->path("a")));
  EXPECT_EQ(cache->lookup("b"), nullptr);
}

TEST(FileCache, MakesItsFolderForTheUserAlone) {
  TemporaryFolder folder;
  std::string path = (folder.path + "/x/y").str();
  ASSERT_NE(need(FileCache::open(path)), nullptr);
  struct stat status;
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
}

TEST(FileCache, AFolderThatOthersCanWriteIsRefused) {
  TemporaryFolder folder;
  ASSERT_EQ(::chmod(folder.path.c_str(), 0770), 0);
  EXPECT_TRUE(has(messageOf(FileCache::open(folder.path)), "chmod go-w"));
  // A file is no folder.
  std::string file = (folder.path + "/file").str();
  setContent(file, "");
  EXPECT_TRUE(has(messageOf(FileCache::open(file + "/x")), "cannot be made"));
}

TEST(FileCache, WhatCannotBeWrittenIsNoError) {
  TemporaryFolder folder;
  auto cache = need(FileCache::open((folder.path + "/gone").str()));
  llvm::sys::fs::remove_directories(folder.path + "/gone");
  EXPECT_FALSE(cache->store("a", "bytes"));
  EXPECT_EQ(cache->lookup("a"), nullptr);
  // Nor does it leave anything: here a folder stands in its place.
  cache = need(FileCache::open(folder.path));
  ASSERT_FALSE(llvm::sys::fs::create_directory(cache->path("a")));
  EXPECT_FALSE(cache->store("a", "bytes"));
  EXPECT_EQ(cache->lookup("a"), nullptr);
  EXPECT_EQ(countFiles(folder.path, "llvmcache-"), 1u);
}

/// The environment is read once, so this is said before all tests.
const std::string usersFolder = [] {
  std::string path =
      testing::TempDir() + "act-cache-" + std::to_string(::getpid());
  ::setenv("ACT_CACHE_DIR", path.c_str(), 1);
  return path;
}();

TEST(FileCache, AUsersFolderComesFromTheEnvironment) {
  const FileCache *cache = need(FileCache::ofUser());
  ASSERT_NE(cache, nullptr);
  EXPECT_TRUE(cache->store("a", "bytes"));
  EXPECT_EQ(countFiles(usersFolder, "llvmcache-"), 1u);
  EXPECT_EQ(need(FileCache::ofUser()), cache);
  llvm::sys::fs::remove_directories(usersFolder);
}

/// Two writers and a reader of one entry: it is there whole or not at all.
TEST(FileCache, ProcessesShareIt) {
  TemporaryFolder folder;
  auto cache = need(FileCache::open(folder.path));
  auto payload = [](unsigned i) { return std::string(50000 + i, 'a' + i); };
  pid_t children[2];
  for (unsigned child = 0; child < 2; ++child)
    if ((children[child] = ::fork()) == 0) {
      bool isFine = true;
      for (unsigned i = 0; i < 50; ++i)
        isFine &= cache->store("key", payload(child));
      ::_exit(isFine ? 0 : 1);
    }
  unsigned alive = 2, reads = 0;
  while (alive) {
    if (auto found = cache->lookup("key")) {
      ++reads;
      EXPECT_TRUE(found->getBuffer() == payload(0) ||
                  found->getBuffer() == payload(1));
    } else {
      EXPECT_EQ(reads, 0u) << "an entry was gone";
    }
    int status;
    if (::waitpid(-1, &status, WNOHANG) > 0) {
      EXPECT_EQ(status, 0);
      --alive;
    }
  }
  EXPECT_NE(cache->lookup("key"), nullptr);
  EXPECT_EQ(countFiles(folder.path, "llvmcache-"), 1u);
}

class CubinCacheTest : public CudaTest {
protected:
  TemporaryFolder folder;
  std::unique_ptr<FileCache> cache = need(FileCache::open(folder.path));
};

TEST_F(CubinCacheTest, PtxIsCompiledOnce) {
  auto device = open();
  for (unsigned i = 0; i < 3; ++i) {
    auto module = need(device->load(kPtx, cache.get()));
    EXPECT_EQ(messageOf(module->kernel("silu")), "");
    EXPECT_EQ(cuda.count("cuLinkComplete"), 1u);
  }
  EXPECT_EQ(cache->hits(), 2u);
}

TEST_F(CubinCacheTest, OtherTextDeviceOrDriverIsAnotherEntry) {
  EXPECT_EQ(messageOf(open()->load(kPtx, cache.get())), "");
  EXPECT_EQ(messageOf(open(1)->load(kPtx, cache.get())), "");
  EXPECT_EQ(cuda.count("cuLinkComplete"), 1u); // the same kind of device
  EXPECT_EQ(messageOf(open()->load(kPtx + std::string(" "), cache.get())), "");
  EXPECT_EQ(cuda.count("cuLinkComplete"), 2u);
  cuda.capability = 100;
  EXPECT_EQ(messageOf(open()->load(kPtx, cache.get())), "");
  EXPECT_EQ(cuda.count("cuLinkComplete"), 3u);
  cuda.version = 12050;
  EXPECT_EQ(messageOf(open()->load(kPtx, cache.get())), "");
  EXPECT_EQ(cuda.count("cuLinkComplete"), 4u);
}

TEST_F(CubinCacheTest, ACubinThatTheDriverRefusesIsMadeAnew) {
  auto device = open();
  ASSERT_TRUE(cache->store(device->cubinKey(kPtx), "\x7f"
                                                   "ELFnonsense"));
  EXPECT_EQ(messageOf(device->load(kPtx, cache.get())), "");
  EXPECT_EQ(cuda.count("cuLinkComplete"), 1u);
  EXPECT_EQ(messageOf(device->load(kPtx, cache.get())), "");
  EXPECT_EQ(cuda.count("cuLinkComplete"), 1u);
}

TEST_F(CubinCacheTest, RefusedPtxLeavesNoEntry) {
  std::string ptx = std::string(kPtx) + "nonsense";
  EXPECT_TRUE(
      has(messageOf(open()->load(ptx, cache.get())), "refuses the PTX"));
  EXPECT_EQ(countFiles(folder.path, "llvmcache-"), 0u);
}

} // namespace
