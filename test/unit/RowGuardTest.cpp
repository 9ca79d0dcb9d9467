//===- RowGuardTest.cpp - Kernels of rows stay within their arrays --------===//
//
// Arrays end where memory does: any access behind them ends the process.
//
//===----------------------------------------------------------------------===//

#include "RowTestUtil.h"
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

using namespace act;
using namespace act::test;

namespace {

/// Bytes in front of a page that nobody may touch.
class GuardedBytes {
public:
  explicit GuardedBytes(const std::vector<char> &bytes) {
    size_t page = sysconf(_SC_PAGESIZE);
    size_t room = (bytes.size() + page - 1) / page * page;
    size = room + page;
    memory = static_cast<char *>(mmap(nullptr, size, PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    EXPECT_NE(memory, MAP_FAILED);
    EXPECT_EQ(mprotect(memory + room, page, PROT_NONE), 0);
    data = memory + room - bytes.size();
    std::memcpy(data, bytes.data(), bytes.size());
  }
  GuardedBytes(const GuardedBytes &) = delete;
  ~GuardedBytes() { munmap(memory, size); }

  char *data;

private:
  char *memory;
  size_t size;
};

class RowGuard : public testing::TestWithParam<DType> {};

TEST_P(RowGuard, NothingBehindTheArraysIsTouched) {
  DType type = GetParam();
  for (const char *source : {"softmax(x)", "log_softmax(x)", "sum(x)"})
    for (RowWay way : kRowWays) {
      RowSubject subject{source, type};
      subject.setWay(way);
      RowKernel kernel = compileRows(subject);
      ASSERT_TRUE(kernel);
      bool isOne = kernel.isUniform(1);
      for (int64_t count : {1, 3, 8, 31, 63, 64, 65, 100, 1023, 1025})
        for (int64_t rows : {1, 3, 17}) {
          Row x = normalRow(rows * count, 2, 51, type);
          std::vector<char> in = packed(x, type);
          std::vector<char> none =
              packed(Row(isOne ? rows : rows * count), type);
          GuardedBytes from(in), to(none), turned(none);
          runRows(kernel, {rows, count}, /*axis=*/1,
                  {{from.data, {count, 1}},
                   {to.data, {isOne ? 1 : count, isOne ? 0 : 1}}});
          // The same bytes, read along the other axis.
          runRows(kernel, {count, rows}, /*axis=*/0,
                  {{from.data, {1, count}},
                   {turned.data, {isOne ? 0 : 1, isOne ? 1 : count}}});
          EXPECT_EQ(std::memcmp(to.data, turned.data, none.size()), 0)
              << subject.text() << ", " << rows << " rows of " << count;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Types, RowGuard,
                         testing::Values(DType::F64, DType::F32, DType::F16,
                                         DType::BF16),
                         [](const testing::TestParamInfo<DType> &info) {
                           return std::string(nameOf(info.param));
                         });

} // namespace
