//===- GpuClusterTest.cpp - Rows that a cluster of GPU blocks shares ------===//
//
// The kernel of clusters against those of split rows, whose bits it must give.
//
//===----------------------------------------------------------------------===//

#include "GpuRows.h"
#include "GpuRun.h"
#include "RecordedLaunches.h"
#include "act/GpuKernelNames.h"
#include <numeric>

using namespace act;
using namespace act::test;

namespace {

/// Rows that are run, of all that there are: those that fill a device take the
/// simulator seconds.
constexpr size_t kRun = 2;

/// A module of which launches run the first rows alone.
class FirstRows : public GpuModule {
public:
  explicit FirstRows(std::unique_ptr<GpuModule> all) : all(std::move(all)) {}

  llvm::Expected<const GpuKernel *> kernel(llvm::StringRef name) override {
    auto found = all->kernel(name);
    if (!found)
      return found.takeError();
    kernels.push_back(std::make_unique<Kernel>(**found, name, *this));
    return kernels.back().get();
  }
  bool launchesClusters() const override { return hasClusters; }

  bool hasClusters = true;
  /// Kernels that were launched, and the last one's shape.
  mutable std::vector<std::string> launched;
  mutable LaunchShape shape;

private:
  struct Kernel : GpuKernel {
    Kernel(const GpuKernel &whole, llvm::StringRef name, const FirstRows &owner)
        : whole(whole), name(name), owner(owner) {}
    llvm::Error launch(const LaunchShape &shape, void *const *parameters,
                       void *stream) const override {
      owner.launched.push_back(name);
      owner.shape = shape;
      LaunchShape some = shape;
      unsigned rows = shape.cluster > 1 ? 0 : 1;
      some.grid[rows] =
          std::min<uint32_t>(some.grid[rows], kRun * some.cluster);
      return whole.launch(some, parameters, stream);
    }
    const GpuKernel &whole;
    std::string name;
    const FirstRows &owner;
  };
  std::unique_ptr<GpuModule> all;
  std::vector<std::unique_ptr<Kernel>> kernels;
};

/// A function of a row, run in clusters and without.
class Clustered {
public:
  explicit Clustered(RowSubject subject, const SimulationOptions &options = {})
      : kernel(
            loaded(compileRows(subject, nullptr, compileOptions()), options)) {
    if (!kernel)
      return;
    auto some = std::make_unique<FirstRows>(std::move(kernel.result.gpuModule));
    module = some.get();
    kernel.result.gpuModule = std::move(some);
  }

  /// Of what is run alone.
  static CompileOptions compileOptions() {
    CompileOptions options = gpuOptions();
    options.gpuKernels = gpuSplitNames("", 4);
    options.gpuKernels.push_back(gpuClusterName(""));
    return options;
  }
  int64_t lanes() const { return kernel.result.signature.lanes; }
  int64_t part() const { return gpuSplitPart(lanes()); }
  /// The shortest rows that are split, of which the last part is a chunk.
  int64_t shortest() const {
    bool computesInDouble = kernel.result.signature.computesInDouble;
    return int64_t(gpuRowThreads(computesInDouble)) *
               std::end(kGpuRowChunks)[-1] * lanes() +
           lanes();
  }
  /// Of the rows that are run.
  std::vector<Row> inputs(size_t count) const {
    std::vector<Row> inputs;
    for (unsigned k = 0; k < kernel.numInputs(); ++k)
      inputs.push_back(normalRow(kernel.isUniform(k) ? kRun : kRun * count, 3,
                                 41 + k, kernel.subject.type));
    return inputs;
  }
  /// Operands in memory, as the kernels leave them; `places` says where each
  /// of them is.
  std::vector<std::vector<char>> runAt(size_t rows, int64_t count,
                                       const std::vector<Row> &inputs,
                                       llvm::ArrayRef<unsigned> places) {
    std::vector<std::vector<char>> memory;
    std::vector<RunOperand> operands;
    for (unsigned k = 0; k < places.size(); ++k)
      memory.push_back(packed(
          k < inputs.size() ? inputs[k]
                            : Row(kernel.isUniform(k) ? kRun : kRun * count),
          kernel.typeOf(k)));
    for (unsigned k = 0; k < places.size(); ++k)
      operands.push_back(
          {memory[places[k]].data(), kernel.isUniform(k)
                                         ? std::vector<int64_t>{1, 0}
                                         : std::vector<int64_t>{count, 1}});
    runRows(kernel, {int64_t(rows), count}, /*axis=*/1, operands);
    return memory;
  }
  /// Results in clusters, of so many rows that these are taken; the same bits
  /// are expected without them.
  std::vector<Row> run(size_t rows, int64_t count,
                       const std::vector<Row> &inputs) {
    using Names = std::vector<std::string>;
    const std::string &name = kernel.result.name;
    std::vector<unsigned> places(kernel.numInputs() + kernel.numResults());
    std::iota(places.begin(), places.end(), 0);
    std::vector<std::vector<char>> memory[2];
    for (bool hasClusters : {false, true}) {
      module->hasClusters = hasClusters;
      module->launched.clear();
      memory[hasClusters] = runAt(rows, count, inputs, places);
      EXPECT_EQ(module->launched,
                hasClusters
                    ? Names({gpuClusterName(name)})
                    : gpuSplitNames(
                          name, kernel.result.signature.rows->splitKernels));
    }
    std::vector<Row> results;
    for (unsigned k = kernel.numInputs(); k < places.size(); ++k) {
      EXPECT_TRUE(memory[0][k] == memory[1][k])
          << kernel.subject.text() << ", result " << k;
      results.push_back(unpacked(memory[1][k], kernel.typeOf(k)));
    }
    return results;
  }
  std::vector<Row> run(size_t rows, int64_t count) {
    return run(rows, count, inputs(count));
  }

  RowKernel kernel;
  FirstRows *module = nullptr;
};

/// So many rows fill a device with clusters of two blocks.
constexpr unsigned kPairs = (kGpuMultiprocessors + 1) / 2;

class GpuCluster : public testing::TestWithParam<DType> {
protected:
  DType type() const { return GetParam(); }
};

void expectSplitBits(const std::vector<GpuRowSource> &sources,
                     RowSubject subject) {
  for (const GpuRowSource &source : sources) {
    subject.source = source.text;
    subject.uniformInputs = source.uniform;
    Clustered function(subject);
    ASSERT_TRUE(function.module) << source.text;
    if (function.kernel.result.signature.rows->splitKernels < 2) {
      EXPECT_FALSE(function.kernel.result.signature.rows->hasCluster);
      continue;
    }
    function.run(kPairs, function.shortest());
    EXPECT_EQ(function.module->shape.cluster, 2u) << source.text;
    if (testing::Test::HasFailure())
      return;
  }
}

TEST_P(GpuCluster, ResultsAreThoseOfSplitRows) {
  expectSplitBits(gpuRowSources(), {"", type()});
}

// Up to four launches, of which each takes what the one before has combined.
TEST_P(GpuCluster, GradientsAreThoseOfSplitRows) {
  RowSubject subject{"", type()};
  subject.isBackward = true;
  expectSplitBits(gpuRowGradients(), subject);
}

// Blocks have equally many parts, or some have one fewer.
TEST_P(GpuCluster, MayHaveTwoFourOrEightBlocks) {
  for (bool isBackward : {false, true}) {
    RowSubject subject{"softmax(x)", type()};
    subject.isBackward = isBackward;
    Clustered function(subject);
    ASSERT_TRUE(function.module);
    std::map<unsigned, int64_t> longest;
    for (int64_t parts = 5; parts < 100; ++parts) {
      RecordedLaunches module(function.kernel.numInputs() +
                              function.kernel.numResults());
      std::vector<int64_t> strides = {parts * function.part(), 1};
      std::vector<std::vector<int64_t>> all(
          function.kernel.result.signature.operands.size(), strides);
      std::vector<void *> aligned(all.size());
      auto runner = llvm::cantFail(
          GpuRunner::create(function.kernel.result.signature, module, "f",
                            {kPairs, strides[0]}, all, 1, aligned.data()));
      std::vector<char> scratch(1);
      llvm::cantFail(runner.run(aligned.data(), nullptr, nullptr));
      longest[module.launches.front().shape.cluster] = parts;
    }
    ASSERT_EQ(longest.size(), 4u); // Longer ones are split: 1.
    for (auto [blocks, parts] : longest) {
      if (blocks == 1)
        continue;
      for (int64_t fewer : {0, 1, int(blocks) / 2}) {
        if (isBackward && fewer != 1)
          continue;
        int64_t length = (parts - fewer) * function.part() -
                         (fewer == 1 ? 3 * function.lanes() : 0);
        function.run((kGpuMultiprocessors + blocks - 1) / blocks, length);
        EXPECT_EQ(function.module->shape.cluster, blocks);
        EXPECT_LE(function.module->shape.sharedBytes, kGpuClusterBytes);
      }
    }
  }
}

TEST_P(GpuCluster, StaysWithinItsBound) {
  for (const char *source : {"softmax(x)", "logsumexp(x)"}) {
    RowKernel kernel = gpuRows({source, type()});
    ASSERT_TRUE(kernel) << source;
    int64_t count = 9 * gpuSplitPart(kernel.result.signature.lanes) / 2;
    Row x = normalRow(kPairs * count, 3, 27, type());
    Row all = kernel.run(kPairs, {x}).front();
    size_t one = all.size() / kPairs;
    for (size_t row : {size_t(0), size_t(kPairs - 1)})
      expectWithinBound(
          kernel, 1,
          {Row(x.begin() + row * count, x.begin() + (row + 1) * count)},
          {Row(all.begin() + row * one, all.begin() + (row + 1) * one)});
  }
}

TEST_P(GpuCluster, DoesNotDependOnTheOrderOfBlocksAndThreads) {
  SimulationOptions reversed, parallel;
  reversed.reversed = true;
  parallel.hostThreads = 3;
  for (const char *source : {"softmax(x)", "logsumexp(x, mask=x > -1)"}) {
    std::vector<std::vector<Row>> results;
    for (const SimulationOptions &options :
         {SimulationOptions(), reversed, parallel}) {
      Clustered function({source, type()}, options);
      ASSERT_TRUE(function.module) << source;
      results.push_back(
          function.run(kPairs, function.shortest() + 8 * function.lanes()));
    }
    EXPECT_EQ(results[1], results[0]) << source;
    EXPECT_EQ(results[2], results[0]) << source;
  }
}

// Each block reads inputs of that kind before the last one writes them.
TEST_P(GpuCluster, ResultsOfARowMayBeInPlace) {
  RowSubject subject{"softmax(x, temperature=1 + t^2 / 8)", type()};
  subject.uniformInputs = {1};
  subject.isBackward = true;
  SimulationOptions reversed;
  reversed.reversed = true;
  for (const SimulationOptions &options : {SimulationOptions(), reversed}) {
    Clustered function(subject, options);
    ASSERT_TRUE(function.module);
    ASSERT_TRUE(function.kernel.isUniform(1) && function.kernel.isUniform(4));
    int64_t count = function.shortest();
    std::vector<Row> inputs = function.inputs(count);
    std::vector<Row> expected = function.run(kPairs, count, inputs);
    auto memory = function.runAt(kPairs, count, inputs, {0, 1, 2, 0, 1});
    EXPECT_TRUE(memory[0] == packed(expected[0], type()));
    EXPECT_TRUE(memory[1] == packed(expected[1], type()));
  }
}

TEST(GpuClusters, HaveSteepAndMaskedParts) {
  Clustered function({"softmax(x, mask=m > 0, empty_row=zero)", DType::F32});
  ASSERT_TRUE(function.module);
  int64_t part = function.part(), count = 7 * part;
  Row x = normalRow(kRun * count, 1, 51, DType::F32), m(kRun * count, 1);
  for (int64_t i = 0; i < part; ++i) {
    x[i] -= 200;
    m[part + i] = 0;
    x[2 * part + i] = -HUGE_VAL;
  }
  x[count - 1] = 30;
  // The second row has no element, or a NaN.
  for (int64_t i = count; i < 2 * count; ++i)
    m[i] = 0;
  Row y = function.run(kPairs, count, {x, m}).front();
  EXPECT_GT(y[count - 1], 0.9);
  EXPECT_EQ(Row(y.begin() + count, y.begin() + 2 * count), Row(count));
  std::fill(m.begin(), m.end(), 1);
  x[count + 5] = NAN;
  y = function.run(kPairs, count, {x, m}).front();
  EXPECT_EQ(std::count_if(y.begin(), y.end(),
                          [](double each) { return std::isnan(each); }),
            count);
}

INSTANTIATE_TEST_SUITE_P(Types, GpuCluster,
                         testing::Values(DType::F64, DType::F32, DType::F16,
                                         DType::BF16),
                         [](const testing::TestParamInfo<DType> &info) {
                           return std::string(nameOf(info.param));
                         });

} // namespace
