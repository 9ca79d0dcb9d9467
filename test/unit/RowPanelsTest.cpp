//===- RowPanelsTest.cpp - Rows side by side in arrays of any size --------===//
//
// How the runtime copies rows along the first axis, or does not, depends on
// sizes, strides and caches. The results are those of dense rows.
//
//===----------------------------------------------------------------------===//

#include "RowTestUtil.h"
#include "act/Jit/RowForm.h"
#include <cstring>

using namespace act;
using namespace act::test;

namespace {

/// Rows of an array repeat this many.
constexpr int64_t kDistinct = 5;

/// Where elements of rows along the first axis are.
struct Layout {
  int64_t count, rows;
  /// Elements from one of a row to the next.
  int64_t pitch;
  /// Elements in front of the first one, from the start of a line of memory.
  int64_t offset = 0;
  bool inPlace = false;
  unsigned threads = 1;
};

/// An array of one operand. Elements beside the rows must stay as they are.
class Columns {
public:
  Columns(const Layout &layout, int64_t count, size_t bytes)
      : layout(layout), count(count), bytes(bytes),
        memory((layout.offset + count * layout.pitch) * bytes + 128, 'x') {
    auto address = reinterpret_cast<uintptr_t>(memory.data());
    begin = memory.data() + (64 - address % 64) % 64 + layout.offset * bytes;
  }
  char *data() const { return begin; }
  std::vector<int64_t> strides() const {
    return {count == 1 ? 0 : layout.pitch, 1};
  }
  /// `rows` holds kDistinct dense rows.
  void fill(const std::vector<char> &rows) {
    for (int64_t i = 0; i < count; ++i)
      for (int64_t j = 0; j < layout.rows; ++j)
        std::memcpy(at(i, j), element(rows, i, j), bytes);
  }
  void expect(const std::vector<char> &rows, const std::string &what) const {
    int64_t wrong = 0, touched = 0;
    for (int64_t i = 0; i < count; ++i)
      for (int64_t j = 0; j < layout.pitch; ++j)
        if (j < layout.rows)
          wrong += std::memcmp(at(i, j), element(rows, i, j), bytes) != 0;
        else
          for (size_t b = 0; b < bytes; ++b)
            touched += at(i, j)[b] != 'x';
    EXPECT_EQ(wrong, 0) << what;
    EXPECT_EQ(touched, 0) << what;
  }

private:
  char *at(int64_t i, int64_t j) const {
    return begin + (i * layout.pitch + j) * bytes;
  }
  const char *element(const std::vector<char> &rows, int64_t i,
                      int64_t j) const {
    return rows.data() + (j % kDistinct * count + i) * bytes;
  }

  Layout layout;
  int64_t count;
  size_t bytes;
  std::vector<char> memory;
  char *begin;
};

/// A function with vectors along the rows, and across them in both ways.
struct Kernels {
  explicit Kernels(RowSubject subject)
      : type(subject.type), along(compileRows(subject)) {
    for (RowWay way : {RowWay::Lanes, RowWay::Strips}) {
      subject.setWay(way);
      across.push_back(compileRows(subject));
    }
  }
  DType type;
  RowKernel along;
  std::vector<RowKernel> across;
};

/// Both kernels get the same rows, one of them as columns.
void expectSame(const RowKernel &along, const RowKernel &across,
                const Layout &layout) {
  DType type = along.subject.type;
  ASSERT_TRUE(along && across);
  std::vector<Row> inputs;
  for (unsigned k = 0; k < along.numInputs(); ++k)
    inputs.push_back(normalRow(
        kDistinct * (along.isUniform(k) ? 1 : layout.count), 2, 61 + k, type));
  std::vector<Row> results = along.run(kDistinct, inputs);
  std::vector<std::unique_ptr<Columns>> arrays;
  std::vector<RunOperand> operands;
  for (unsigned k = 0; k < along.numInputs() + along.numResults(); ++k) {
    bool isInput = k < along.numInputs();
    // A result takes the place of the input of its number.
    if (!isInput && layout.inPlace) {
      operands.push_back(operands[k - along.numInputs()]);
      continue;
    }
    arrays.push_back(std::make_unique<Columns>(
        layout, along.isUniform(k) ? 1 : layout.count, sizeOf(type)));
    if (isInput)
      arrays.back()->fill(packed(inputs[k], type));
    operands.push_back({arrays.back()->data(), arrays.back()->strides()});
  }
  runRows(across, {layout.count, layout.rows}, /*axis=*/0, operands,
          layout.threads);
  for (unsigned k = 0; k < along.numResults(); ++k)
    arrays[layout.inPlace ? k : along.numInputs() + k]->expect(
        packed(results[k], type),
        across.subject.text() + ", result " + std::to_string(k) + ", " +
            std::to_string(layout.rows) + " rows of " +
            std::to_string(layout.count) + ", pitch " +
            std::to_string(layout.pitch));
}

void expectSame(const Kernels &kernels, const Layout &layout) {
  for (const RowKernel &across : kernels.across)
    expectSame(kernels.along, across, layout);
}

class RowPanels : public testing::TestWithParam<DType> {
protected:
  std::vector<Kernels> functions() const {
    RowSubject scaled{"softmax(x * t)", GetParam()};
    scaled.uniformInputs = {1};
    RowSubject pair{"softmax(a - b)", GetParam()};
    pair.isBackward = true;
    RowSubject uniform = pair;
    uniform.source = "softmax(x * t)";
    uniform.uniformInputs = {1};
    std::vector<Kernels> functions;
    for (const RowSubject &subject :
         {RowSubject{"softmax(x)", GetParam()},
          RowSubject{"logsumexp(x)", GetParam()}, scaled, pair, uniform})
      functions.emplace_back(subject);
    return functions;
  }
  /// So many rows that results are written around the caches.
  int64_t many(int64_t count) const {
    return (16 << 20) / (count * int64_t(sizeOf(GetParam()))) + 70;
  }
};

// Arrays that caches hold are not copied, but for rows that fill no vector.
TEST_P(RowPanels, InCaches) {
  for (const Kernels &kernels : functions())
    for (int64_t count : {1, 63, 300})
      for (int64_t rows : {1, 16, 37, 200}) {
        expectSame(kernels, {count, rows, rows});
        expectSame(kernels, {count, rows, rows + 3, /*offset=*/1});
        expectSame(kernels, {count, rows, rows, 0, /*inPlace=*/false, 3});
      }
}

// Elements that a cache has few places for are copied, in tiles of a power of
// two of panels.
TEST_P(RowPanels, FarApart) {
  for (const Kernels &kernels : functions())
    for (int64_t rows : {16, 250, 1000}) {
      expectSame(kernels, {700, rows, 4096});
      expectSame(kernels, {700, rows, 4096, /*offset=*/1});
      expectSame(kernels, {700, rows, 4096, 0, /*inPlace=*/false, 3});
    }
}

// The one kernel alone, and lines of memory that results fill or do not.
TEST_P(RowPanels, AroundTheCaches) {
  for (const Kernels &kernels : functions())
    for (int64_t count : {512, 1031}) {
      int64_t rows = many(count), whole = rows / 64 * 64 + 64;
      expectSame(kernels, {count, whole, whole});
      expectSame(kernels, {count, whole, whole, 0, /*inPlace=*/false, 3});
      expectSame(kernels, {count, whole, whole + 64, /*offset=*/1});
      expectSame(kernels, {count, rows, rows});
    }
}

// Strips leave their results to the next one, with what blocks and rows need.
TEST_P(RowPanels, BlocksAroundTheCaches) {
  RowSubject scaled{"log_softmax(x / t)", GetParam()};
  scaled.uniformInputs = {1};
  RowSubject backward{"softmax(x)", GetParam()};
  backward.isBackward = true;
  for (RowSubject subject :
       {RowSubject{"softmax(x)", GetParam()},
        RowSubject{"softmax(x, mask=m > 2)", GetParam(), Accuracy::Strict},
        scaled, backward}) {
    subject.isLong = true;
    Kernels kernels(subject);
    for (int64_t count : {1031, 2100}) {
      int64_t rows = many(count), whole = rows / 64 * 64 + 64;
      expectSame(kernels, {count, whole, whole});
      expectSame(kernels, {count, whole, whole, 0, /*inPlace=*/false, 3});
      expectSame(kernels, {count, rows, rows + 1});
      expectSame(kernels, {count, rows, whole, 0, /*inPlace=*/true});
    }
  }
}

TEST_P(RowPanels, InPlace) {
  for (const char *source : {"softmax(x)", "log_softmax(x)"}) {
    Kernels kernels({source, GetParam()});
    expectSame(kernels, {300, 37, 37, 0, /*inPlace=*/true});
    expectSame(kernels, {700, 250, 4096, 0, /*inPlace=*/true, 2});
    int64_t rows = many(512) / 64 * 64 + 64;
    expectSame(kernels, {512, rows, rows, 0, /*inPlace=*/true});
  }
}

// An input that is the same for all rows.
TEST_P(RowPanels, BroadcastOverRows) {
  DType type = GetParam();
  Kernels kernels({"softmax(x - b)", type});
  const RowKernel &along = kernels.along;
  ASSERT_TRUE(along);
  for (Layout layout : {Layout{300, 37, 37}, Layout{700, 250, 4096}}) {
    Row x = normalRow(kDistinct * layout.count, 2, 71, type);
    Row b = normalRow(layout.count, 2, 72, type), all;
    for (int64_t row = 0; row < kDistinct; ++row)
      all.insert(all.end(), b.begin(), b.end());
    Columns from(layout, layout.count, sizeOf(type));
    from.fill(packed(x, type));
    std::vector<char> same = packed(b, type);
    for (const RowKernel &across : kernels.across) {
      ASSERT_TRUE(across);
      Columns to(layout, layout.count, sizeOf(type));
      runRows(across, {layout.count, layout.rows}, /*axis=*/0,
              {{from.data(), from.strides()},
               {same.data(), {1, 0}},
               {to.data(), to.strides()}});
      to.expect(packed(along.run(kDistinct, {x, all}).front(), type),
                across.subject.text());
    }
  }
}

// Where no cache keeps what a panel reads, and there are enough rows.
TEST(RowForm, TakesStripsOfRowsFarApart) {
  auto takesStrips = [](std::vector<int64_t> shape, int64_t axis,
                        DType type = DType::F32, unsigned inputs = 1) {
    KernelOptions options;
    options.rowsInStrips = true; // Of another shape.
    chooseRowForm(options, shape, axis, type, inputs);
    EXPECT_TRUE(options.rowsInLanes || !options.rowsInStrips);
    return options.rowsInStrips;
  };
  EXPECT_TRUE(takesStrips({4096, 4096}, 0));
  EXPECT_TRUE(takesStrips({3, 4096, 4096}, 1));
  EXPECT_FALSE(takesStrips({4096, 4096}, 1));
  EXPECT_FALSE(takesStrips({4096, 32}, 0));
  EXPECT_FALSE(takesStrips({16, 64}, 0));
  EXPECT_TRUE(takesStrips({1 << 14, 1 << 14}, 0, DType::F32, 2));
  EXPECT_TRUE(takesStrips({1 << 14, 1 << 14}, 0, DType::BF16, 1));
  EXPECT_FALSE(takesStrips({1 << 14, 1 << 14}, 0, DType::BF16, 2));
}

// Where the lanes are another machine's.
TEST_P(RowPanels, CompileForEveryLevel) {
  for (const char *name : {"x86-64-v3", "x86-64-v4", "neon"})
    for (bool inStrips : {false, true}) {
      auto context = createContext();
      auto module = parseSource("softmax(x)", context.get());
      ASSERT_TRUE(module);
      CompileOptions options;
      options.dtype = nameOf(GetParam());
      options.level = cpuLevelNamed(name);
      options.rowsInLanes = true;
      options.rowsInStrips = inStrips;
      options.product = Product::Assembly;
      options.verify = true;
      auto result = compile(*module, options);
      ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
      bool isNeon = name == std::string("neon");
      EXPECT_NE(result->text.find(isNeon ? "prfm" : "prefetch"),
                std::string::npos)
          << name;
    }
}

INSTANTIATE_TEST_SUITE_P(Types, RowPanels,
                         testing::Values(DType::F64, DType::F32, DType::F16,
                                         DType::BF16),
                         [](const testing::TestParamInfo<DType> &info) {
                           return std::string(nameOf(info.param));
                         });

} // namespace
