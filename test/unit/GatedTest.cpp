//===- GatedTest.cpp - Gates and their gradients in every layout ----------===//
//
// SwiGLU through act.gated and act.vjp, compiled and run on packed arrays,
// against the formulas in MPFR at places that are worked out element by
// element.
//
//===----------------------------------------------------------------------===//

#include "act/Jit/Compiler.h"
#include "act/Reference/MpfrNumber.h"
#include "act/Reference/Ulp.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/bit.h"
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <random>

using namespace act;

namespace {

/// One layout, as the source names it.
struct Layout {
  GatedLayout kind;
  int64_t block;

  std::string text() const {
    const char *names[] = {"separate", "gate_up", "up_gate", "interleaved",
                           "blocked"};
    return kind == GatedLayout::Blocked
               ? "blocked<" + std::to_string(block) + ">"
               : names[int(kind)];
  }
  /// Column in the packed array, straight from the definition; with separate
  /// arrays the up part's stands behind the gate's row.
  int64_t column(int64_t c, bool isUp, int64_t features) const {
    switch (kind) {
    case GatedLayout::Separate:
    case GatedLayout::GateUp:
      return c + (isUp ? features : 0);
    case GatedLayout::UpGate:
      return c + (isUp ? 0 : features);
    case GatedLayout::Interleaved:
      return 2 * c + isUp;
    case GatedLayout::Blocked:
      return c / block * 2 * block + (isUp ? block : 0) + c % block;
    }
    return -1;
  }
};

const Layout layouts[] = {
    {GatedLayout::Separate, 0}, {GatedLayout::GateUp, 0},
    {GatedLayout::UpGate, 0},   {GatedLayout::Interleaved, 0},
    {GatedLayout::Blocked, 1},  {GatedLayout::Blocked, 5},
    {GatedLayout::Blocked, 64}};

std::string sourceOf(const Layout &layout, DType type) {
  bool isPacked = layout.kind != GatedLayout::Separate;
  std::string tensor = std::string("tensor<?x?x") + nameOf(type) + ">";
  std::string argument = ": " + tensor + " {act.name = ";
  return R"(
    act.func private @swiglu(%g: f64, %u: f64) -> f64 {
      %s = act.apply #act.fn<silu>(%g) : (f64) -> f64
      %y = arith.mulf %s, %u : f64
      act.return %y : f64
    }
    act.vjp @backward of @forward
    func.func @forward(%x)" +
         argument + "\"x\"}" + (isPacked ? "" : ", %u" + argument + "\"u\"}") +
         ") -> " + tensor + " {\n %y = act.gated @swiglu(" +
         (isPacked ? "%x" : "%x, %u") + ") layout(#act.layout<" +
         layout.text() + ">) : (" + tensor + (isPacked ? "" : ", " + tensor) +
         ") -> " + tensor + "\n return %y : " + tensor + "\n}";
}

/// The kernel of @forward or @backward.
CompileResult compileGate(const Layout &layout, DType type,
                          const char *function) {
  auto context = createContext();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(sourceOf(layout, type),
                                                        context.get());
  EXPECT_TRUE(module) << sourceOf(layout, type);
  CompileOptions options;
  options.function = function;
  options.dtype = nameOf(type);
  options.level = bestHostLevel();
  options.verify = true;
  auto result = compile(*module, options);
  if (result)
    return std::move(*result);
  ADD_FAILURE() << llvm::toString(result.takeError());
  return {};
}

/// An array of f32 or bf16 elements; values are rounded towards zero.
struct Array {
  DType type;
  std::vector<char> bytes;

  Array(DType type, int64_t size) : type(type), bytes(size * sizeOf(type)) {}
  void set(int64_t i, float value) {
    uint32_t bits = llvm::bit_cast<uint32_t>(value) >> (is16() ? 16 : 0);
    std::memcpy(at(i), &bits, sizeOf(type));
  }
  float get(int64_t i) const {
    uint32_t bits = 0;
    std::memcpy(&bits, bytes.data() + i * sizeOf(type), sizeOf(type));
    return llvm::bit_cast<float>(bits << (is16() ? 16 : 0));
  }
  char *at(int64_t i) { return bytes.data() + i * sizeOf(type); }
  bool is16() const { return sizeOf(type) == 2; }
};

/// Value and gradients of silu(g) u, in any number.
template <class T> T expOf(const T &x);
template <> double expOf(const double &x) { return std::exp(x); }
template <> MpfrNumber expOf(const MpfrNumber &x) {
  return MpfrNumber::apply(mpfr_exp, x);
}
template <class T> struct SwiGlu {
  T y, dg, du;
  SwiGlu(T g, T u, T dy) : y(g), dg(g), du(g) {
    T one(1.0), s = one / (one + expOf<T>(-g));
    y = g * s * u;
    dg = dy * u * (s * (one + g * (one - s)));
    du = dy * g * s;
  }
};

/// `computed` against the formula. Gradients may lose `terms` ulps of the terms
/// that cancel at the root of silu'.
void expectNear(float computed, const MpfrNumber &exact, double plain,
                double terms, DType type) {
  double value = NumberTraits<MpfrNumber>::toDouble(exact);
  EXPECT_NEAR(plain, value, 1e-14 * (std::fabs(plain) + terms));
  if (std::fabs(computed - value) <= 0x1p-21 * terms)
    return;
  EXPECT_LE(ulpError(computed, exact, type, ZeroSign::Ignored),
            type == DType::F32 ? 8 : 1)
      << computed << " for " << value;
}

class Gated : public testing::TestWithParam<std::tuple<Layout, DType>> {
protected:
  /// Rows have gaps, which nothing may write.
  void SetUp() override {
    std::tie(layout, type) = GetParam();
    forward = compileGate(layout, type, "forward");
    backward = compileGate(layout, type, "backward");
    ASSERT_TRUE(forward.kernel && backward.kernel);
  }

  /// Sets the shape and fills the inputs.
  void begin(int64_t newRows, int64_t newFeatures) {
    rows = newRows, features = newFeatures;
    std::string error;
    gated = GatedIteration::create(layout.kind, {rows, features}, layout.block,
                                   error);
    ASSERT_TRUE(gated) << error;
    pitch = 2 * features + 3;
    x.emplace(type, rows * pitch), dx.emplace(type, rows * pitch);
    y.emplace(type, rows * features), dy.emplace(type, rows * features);
    std::mt19937 random(rows * 1000 + features);
    std::normal_distribution<float> normal(0, 4);
    for (int64_t i = 0; i < rows * pitch; ++i)
      x->set(i, normal(random)), dx->set(i, -1);
    for (int64_t i = 0; i < rows * features; ++i)
      dy->set(i, normal(random));
  }
  int64_t place(int64_t i, bool isUp) const {
    return i / features * pitch + layout.column(i % features, isUp, features);
  }
  /// Gate or up part of an array with the pitch of x.
  RunOperand part(Array &array, GatedPart which) const {
    GatedParts parts = gated->parts({pitch, 1});
    bool isSecond =
        layout.kind == GatedLayout::Separate && which == GatedPart::Up;
    return {array.at(parts.offset(which) + (isSecond ? features : 0)),
            parts.strides};
  }
  RunOperand whole(Array &array) const {
    return {array.at(0), gated->unpackedStrides({features, 1})};
  }
  void run(const CompileResult &kernel, std::vector<RunOperand> operands,
           unsigned threads = 1) const {
    runElementwise(kernel.signature, kernel.kernel->entry(), gated->shape(),
                   operands, nullptr, threads);
  }
  void runBackward(Array &into, unsigned threads = 1) {
    run(backward,
        {part(*x, GatedPart::Gate), part(*x, GatedPart::Up), whole(*dy),
         part(into, GatedPart::Gate), part(into, GatedPart::Up)},
        threads);
  }

  Layout layout;
  DType type;
  CompileResult forward, backward;
  int64_t rows = 0, features = 0, pitch = 0;
  std::optional<GatedIteration> gated;
  std::optional<Array> x, dx, y, dy;
};

TEST_P(Gated, ValuesAndGradientsAreThoseOfTheFormula) {
  for (int64_t size : {1, 2, 5, 13, 64, 127, 130, 640, 1003}) {
    if (layout.block && size % layout.block != 0)
      continue;
    for (int64_t newRows : {1, 4}) {
      begin(newRows, size);
      unsigned threads = newRows == 4 ? 3 : 1;
      run(forward,
          {part(*x, GatedPart::Gate), part(*x, GatedPart::Up), whole(*y)},
          threads);
      runBackward(*dx, threads);
      std::vector<bool> isPart(rows * pitch);
      for (int64_t i = 0; i < rows * features; ++i) {
        double g = x->get(place(i, false)), u = x->get(place(i, true));
        double d = dy->get(i);
        isPart[place(i, false)] = isPart[place(i, true)] = true;
        SwiGlu<double> plain(g, u, d);
        SwiGlu<MpfrNumber> exact{MpfrNumber(g), MpfrNumber(u), MpfrNumber(d)};
        expectNear(y->get(i), exact.y, plain.y, 0, type);
        expectNear(dx->get(place(i, false)), exact.dg, plain.dg,
                   std::fabs(u * d), type);
        expectNear(dx->get(place(i, true)), exact.du, plain.du, 0, type);
      }
      for (int64_t i = 0; i < rows * pitch; ++i)
        if (!isPart[i])
          ASSERT_EQ(dx->get(i), -1) << "written between the rows";
    }
  }
}

TEST_P(Gated, TheResultMayReplaceOnePart) {
  int64_t size = layout.block ? 10 * layout.block : 333;
  for (GatedPart target : {GatedPart::Gate, GatedPart::Up}) {
    begin(3, size);
    RunOperand gate = part(*x, GatedPart::Gate), up = part(*x, GatedPart::Up);
    run(forward, {gate, up, whole(*y)});
    Array before = *x;
    run(forward, {gate, up, part(*x, target)}, 2);
    for (int64_t i = 0; i < rows * features; ++i) {
      bool isUp = target == GatedPart::Up;
      ASSERT_EQ(x->get(place(i, isUp)), y->get(i)) << i;
      ASSERT_EQ(x->get(place(i, !isUp)), before.get(place(i, !isUp))) << i;
    }
  }
}

TEST_P(Gated, TheGradientMayReplaceTheInput) {
  begin(3, layout.block ? 10 * layout.block : 333);
  runBackward(*dx);
  runBackward(*x, 2);
  for (int64_t i = 0; i < rows * features; ++i)
    for (bool isUp : {false, true})
      ASSERT_EQ(x->get(place(i, isUp)), dx->get(place(i, isUp))) << i;
}

TEST_P(Gated, TheCompileTellsWhereThePartsAre) {
  auto isPart = [&](const std::optional<PackedPart> &part, GatedPart which) {
    return part && part->array == "x" && part->part == which &&
           part->layout == layout.kind && part->block == layout.block;
  };
  const auto &parts = backward.packedParts;
  ASSERT_EQ(parts.size(), 5u); // gate, up, cotangent; their gradients
  EXPECT_FALSE(parts[2]);
  bool isPacked = layout.kind != GatedLayout::Separate;
  for (unsigned first : {0, 3}) {
    EXPECT_EQ(isPart(parts[first], GatedPart::Gate), isPacked);
    EXPECT_EQ(isPart(parts[first + 1], GatedPart::Up), isPacked);
    EXPECT_EQ(bool(parts[first]), isPacked);
  }
  ASSERT_EQ(forward.packedParts.size(), 3u);
  EXPECT_FALSE(forward.packedParts[2]);
}

std::string
nameOfCase(const testing::TestParamInfo<std::tuple<Layout, DType>> &info) {
  std::string name =
      std::get<0>(info.param).text() + "_" + nameOf(std::get<1>(info.param));
  llvm::erase_if(name, [](char c) { return c == '<' || c == '>'; });
  return name;
}

INSTANTIATE_TEST_SUITE_P(Layouts, Gated,
                         testing::Combine(testing::ValuesIn(layouts),
                                          testing::Values(DType::F32,
                                                          DType::BF16)),
                         nameOfCase);

} // namespace
