//===- PackedLayoutTest.cpp - Gate and up halves in one array -------------===//

#include "act/Runtime/PackedLayout.h"
#include "RunnerTestUtil.h"

using namespace act;
using namespace act::test;

namespace {

using Shape = std::vector<int64_t>;

/// Position along the packed dimension, straight from the definition.
int64_t packedColumn(GatedLayout layout, int64_t column, bool isUp,
                     int64_t features, int64_t block) {
  switch (layout) {
  case GatedLayout::Separate:
    return column;
  case GatedLayout::GateUp:
    return column + (isUp ? features : 0);
  case GatedLayout::UpGate:
    return column + (isUp ? 0 : features);
  case GatedLayout::Interleaved:
    return 2 * column + isUp;
  case GatedLayout::Blocked:
    return column / block * 2 * block + (isUp ? block : 0) + column % block;
  }
  return -1;
}

constexpr GatedLayout packedLayouts[] = {
    GatedLayout::GateUp, GatedLayout::UpGate, GatedLayout::Interleaved,
    GatedLayout::Blocked};

TEST(PackedLayout, RunsAKernelOnEachLayout) {
  for (GatedLayout layout : packedLayouts)
    for (int64_t block : {1, 4, 32, 160})
      for (int64_t step : {1, 3}) { // of the packed array's last dimension
        constexpr int64_t rows = 5, features = 480;
        std::string error;
        auto gated = GatedIteration::fromPacked(layout, {rows, 2 * features},
                                                block, error);
        ASSERT_TRUE(gated) << error;
        EXPECT_EQ(gated->unpackedShape(), (Shape{rows, features}));

        int64_t pitch = (2 * features + 1) * step;
        std::vector<float> packed = iota(rows * pitch), out(rows * features);
        GatedParts parts = gated->parts({pitch, step});
        runElementwise(signatureOf(false), kernel, gated->shape(),
                       {{packed.data() + parts.gateOffset, parts.strides},
                        {packed.data() + parts.upOffset, parts.strides},
                        {out.data(), gated->unpackedStrides({features, 1})}},
                       nullptr);
        for (int64_t i = 0; i < rows * features; ++i) {
          int64_t row = i / features * pitch, column = i % features;
          auto at = [&](bool isUp) {
            return packed[row + step * packedColumn(layout, column, isUp,
                                                    features, block)];
          };
          ASSERT_EQ(out[i], 10 * at(false) + at(true))
              << int(layout) << ", block " << block;
        }
      }
}

TEST(PackedLayout, WritesPackedGradients) {
  // The result goes to the gate's half; the up half keeps what it had.
  for (GatedLayout layout : packedLayouts) {
    constexpr int64_t rows = 3, features = 256, block = 64;
    std::string error;
    auto gated = GatedIteration::create(layout, {rows, features}, block, error);
    ASSERT_TRUE(gated) << error;
    std::vector<float> a = iota(rows * features), perColumn = iota(features);
    std::vector<float> packed(rows * 2 * features, -1);
    GatedParts parts = gated->parts({2 * features, 1});
    runElementwise(signatureOf(false), kernel, gated->shape(),
                   {{a.data(), gated->unpackedStrides({features, 1})},
                    {perColumn.data(), gated->unpackedStrides({0, 1})},
                    {packed.data() + parts.gateOffset, parts.strides}},
                   nullptr, 2);
    for (int64_t i = 0; i < rows * features; ++i) {
      float *row = &packed[i / features * 2 * features];
      int64_t c = i % features;
      ASSERT_EQ(row[packedColumn(layout, c, false, features, block)],
                10 * a[i] + float(c));
      ASSERT_EQ(row[packedColumn(layout, c, true, features, block)], -1);
    }
  }
}

TEST(PackedLayout, SeparateArraysStayAsTheyAre) {
  std::string error;
  auto gated =
      GatedIteration::fromPacked(GatedLayout::Separate, {2, 7}, 0, error);
  ASSERT_TRUE(gated);
  EXPECT_EQ(gated->shape(), (Shape{2, 7}));
  EXPECT_EQ(gated->parts({9, 1}).strides, (Shape{9, 1}));
  EXPECT_EQ(gated->parts({9, 1}).upOffset, 0);
  EXPECT_EQ(gated->unpackedStrides({1, 2}), (Shape{1, 2}));
  EXPECT_TRUE(GatedIteration::create(GatedLayout::Separate, {}, 0, error));
}

TEST(PackedLayout, EmptyLastDimension) {
  std::string error;
  for (GatedLayout layout : packedLayouts) {
    auto gated = GatedIteration::fromPacked(layout, {4, 0}, 8, error);
    ASSERT_TRUE(gated) << error;
    EXPECT_EQ(gated->unpackedShape(), (Shape{4, 0}));
  }
}

std::string errorOf(GatedLayout layout, Shape packedShape, int64_t block) {
  std::string error;
  EXPECT_FALSE(GatedIteration::fromPacked(layout, packedShape, block, error));
  return error;
}

TEST(PackedLayout, ErrorsSayWhatIsExpected) {
  EXPECT_EQ(errorOf(GatedLayout::GateUp, {4, 7}, 0),
            "the last dimension holds as many elements of the gate as of the "
            "up part and must be even, but is 7");
  EXPECT_EQ(errorOf(GatedLayout::Blocked, {4, 96}, 32),
            "blocks of 32 need a gate whose last dimension is a multiple of 32 "
            "(the packed one, of 64), but the gate has 48");
  EXPECT_EQ(errorOf(GatedLayout::Blocked, {4, 96}, 0),
            "the block size must be positive, but is 0");
  EXPECT_EQ(errorOf(GatedLayout::Interleaved, {}, 0),
            "a packed gate needs a last dimension that holds gate and up, but "
            "the array has rank 0");
}

} // namespace
