//===- GateCases.cpp - Gates and their gradients in every layout ----------===//

#include "Inputs.h"
#include "Suite.h"
#include "act/Reference/ErrorBound.h"
#include "act/Reference/MpfrNumber.h"
#include "act/Runtime/PackedLayout.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>

using namespace act;
using namespace act::gpucheck;
using llvm::Error;
using llvm::Expected;

/// Elements that MPFR judges; the others must have the same bits in each
/// layout.
static constexpr int64_t kJudged = 500;

namespace {
struct Layout {
  const char *name;
  GatedLayout kind;
  int64_t block;
};

/// The arrays of one gate: packed x and its gradient with gaps between rows,
/// dense y and its gradient.
struct GateArrays {
  Layout layout;
  int64_t rows, features, pitch;
  std::optional<GatedIteration> iteration;
  tools::Array x, dx, y, dy;

  View part(tools::Array &array, GatedPart which) const {
    GatedParts parts = iteration->parts({pitch, 1});
    bool isSecond =
        layout.kind == GatedLayout::Separate && which == GatedPart::Up;
    return {&array, parts.strides,
            parts.offset(which) + (isSecond ? features : 0)};
  }
  View whole(tools::Array &array) const {
    return {&array, iteration->unpackedStrides({features, 1})};
  }
  /// Where a part's element is in x and dx.
  int64_t place(int64_t row, int64_t column, GatedPart which) const {
    bool isUp = which == GatedPart::Up;
    int64_t block = layout.block;
    switch (layout.kind) {
    case GatedLayout::Separate:
    case GatedLayout::GateUp:
      return row * pitch + column + (isUp ? features : 0);
    case GatedLayout::UpGate:
      return row * pitch + column + (isUp ? 0 : features);
    case GatedLayout::Interleaved:
      return row * pitch + 2 * column + isUp;
    case GatedLayout::Blocked:
      return row * pitch + column / block * 2 * block + column % block +
             (isUp ? block : 0);
    }
    return -1;
  }
};

/// Errors of a kernel's results. A gate multiplies a row by factors, so it is
/// held to the bound of rows and an ulp, or to what a plain evaluation may
/// lose where that is more.
struct Judge {
  explicit Judge(const Kernel &kernel)
      : type(kernel.type), reference(kernel.tape), quads(kernel.tape),
        plain(quads, DType::F32), bounds(kernel.tape.results.size()) {}

  /// What is wrong with the results, or "".
  std::string judge(const std::vector<double> &args,
                    const std::vector<double> &results);

  DType type;
  MpfrReference reference;
  Interpreter<Quad> quads;
  ErrorBound<Quad> plain;
  std::vector<double> bounds;
  double worst = 0;
};

/// Checks a gate of one type: values and gradients by themselves with separate
/// arrays, and those of other layouts by these.
class GateCheck {
public:
  GateCheck(const Place &place, DType type) : place(place), type(type) {}

  Expected<Outcome> run(const std::string &source);

private:
  Expected<GateArrays> arraysOf(Layout layout, int64_t rows, int64_t features);
  Error compute(GateArrays &arrays) const;
  /// Gradients where the inputs are, and values where the gate is, must be
  /// those of `arrays`.
  Error compareInPlace(const GateArrays &arrays);
  void judge(const GateArrays &arrays);
  void compare(const GateArrays &arrays, const GateArrays &expected);
  void fail(const std::string &text) {
    if (problem.empty())
      problem = text;
  }

  const Place &place;
  DType type;
  std::optional<Kernel> forward, backward;
  double worst = 0;
  int64_t compared = 0;
  std::string problem;
};
} // namespace

static const Layout kLayouts[] = {{"separate", GatedLayout::Separate, 0},
                                  {"gate_up", GatedLayout::GateUp, 0},
                                  {"up_gate", GatedLayout::UpGate, 0},
                                  {"interleaved", GatedLayout::Interleaved, 0},
                                  {"blocked<1>", GatedLayout::Blocked, 1},
                                  {"blocked<5>", GatedLayout::Blocked, 5},
                                  {"blocked<64>", GatedLayout::Blocked, 64}};

Expected<GateArrays> GateCheck::arraysOf(Layout layout, int64_t rows,
                                         int64_t features) {
  GateArrays arrays{layout, rows, features, 2 * features + 3, {}, {},
                    {},     {},   {}};
  std::string error;
  arrays.iteration = GatedIteration::create(layout.kind, {rows, features},
                                            layout.block, error);
  if (!arrays.iteration)
    return llvm::createStringError(error);
  // The same gates and ups whatever the layout.
  auto values = [&](const char *range, std::vector<int64_t> shape) {
    return tools::loadInput(
        llvm::formatv("uniform:{0}:7:{1}", range, tools::formatShape(shape))
            .str(),
        elementTypeOf(type));
  };
  auto gates = values("-12:12", {rows, 2 * features});
  if (!gates)
    return gates.takeError();
  auto cotangents = values("-2:2", {rows, features});
  if (!cotangents)
    return cotangents.takeError();
  arrays.dy = std::move(*cotangents);
  for (tools::Array *array : {&arrays.x, &arrays.dx}) {
    auto memory = tools::allocate(elementTypeOf(type), {rows * arrays.pitch});
    if (!memory)
      return memory.takeError();
    *array = std::move(*memory);
    for (int64_t i = 0; i < array->size(); ++i)
      array->set(i, -1);
  }
  auto result = tools::allocate(elementTypeOf(type), {rows, features});
  if (!result)
    return result.takeError();
  arrays.y = std::move(*result);
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < features; ++c)
      for (auto which : {GatedPart::Gate, GatedPart::Up})
        arrays.x.set(arrays.place(r, c, which),
                     gates->get(r * 2 * features + c +
                                (which == GatedPart::Up ? features : 0)));
  return std::move(arrays);
}

Error GateCheck::compute(GateArrays &a) const {
  View gate = a.part(a.x, GatedPart::Gate), up = a.part(a.x, GatedPart::Up);
  const std::vector<int64_t> &shape = a.iteration->shape();
  if (Error error = forward->run(place, shape, {gate, up, a.whole(a.y)}))
    return error;
  return backward->run(place, shape,
                       {gate, up, a.whole(a.dy), a.part(a.dx, GatedPart::Gate),
                        a.part(a.dx, GatedPart::Up)});
}

Error GateCheck::compareInPlace(const GateArrays &a) {
  for (const Kernel *kernel : {&*forward, &*backward}) {
    Expected<GateArrays> b = arraysOf(a.layout, a.rows, a.features);
    if (!b)
      return b.takeError();
    bool isForward = kernel == &*forward;
    View gate = b->part(b->x, GatedPart::Gate);
    View up = b->part(b->x, GatedPart::Up);
    std::vector<View> operands = {gate, up};
    if (!isForward)
      operands.push_back(b->whole(b->dy));
    operands.push_back(gate);
    if (!isForward)
      operands.push_back(up);
    if (Error error = kernel->run(place, b->iteration->shape(), operands))
      return error;
    for (int64_t i = 0; i < a.rows * a.features; ++i) {
      int64_t r = i / a.features, c = i % a.features;
      int64_t g = a.place(r, c, GatedPart::Gate);
      int64_t u = a.place(r, c, GatedPart::Up);
      bool isSame =
          isForward ? b->x.get(g) == a.y.get(i) && b->x.get(u) == a.x.get(u)
                    : b->x.get(g) == a.dx.get(g) && b->x.get(u) == a.dx.get(u);
      if (!isSame)
        fail(std::string(a.layout.name) + ": others in place");
    }
  }
  return Error::success();
}

std::string Judge::judge(const std::vector<double> &args,
                         const std::vector<double> &results) {
  plain.evaluate(std::vector<Quad>(args.begin(), args.end()), type, bounds);
  std::vector<MpfrNumber> exact = reference.evaluate(args);
  auto text = [&](double x) {
    return tools::formatShortest(x, elementTypeOf(type));
  };
  for (auto [k, result] : llvm::enumerate(results)) {
    double ulp = ulpError(result, exact[k], type);
    double bound =
        std::max(gpuRowBoundOf(type, Accuracy::Default) + 1, bounds[k]);
    worst = std::max(worst, ulp);
    if (!(ulp <= bound))
      return llvm::formatv("result {0} at g = {1}, u = {2} is {3}: {4:f3} ulp, "
                           "bound {5:f3}",
                           k, text(args[0]), text(args[1]), text(result), ulp,
                           bound);
  }
  return "";
}

void GateCheck::judge(const GateArrays &a) {
  int64_t size = a.rows * a.features;
  Judge values(*forward), gradients(*backward);
  for (int64_t i = 0; i < size; i += std::max<int64_t>(1, size / kJudged)) {
    auto at = [&](const tools::Array &array, GatedPart which) {
      return array.get(a.place(i / a.features, i % a.features, which));
    };
    double g = at(a.x, GatedPart::Gate), u = at(a.x, GatedPart::Up);
    for (std::string wrong :
         {values.judge({g, u}, {a.y.get(i)}),
          gradients.judge({g, u, a.dy.get(i)}, {at(a.dx, GatedPart::Gate),
                                                at(a.dx, GatedPart::Up)})})
      if (!wrong.empty())
        fail(wrong);
  }
  worst = std::max(values.worst, gradients.worst);
}

/// The same bits element by element, and nothing between the rows.
void GateCheck::compare(const GateArrays &a, const GateArrays &expected) {
  std::string difference;
  std::string where = llvm::formatv("{0}, {1} rows of {2}: ", a.layout.name,
                                    a.rows, a.features);
  if (!haveSameBits(a.y, expected.y, difference))
    fail(where + difference);
  double sum = 0;
  for (int64_t r = 0; r < a.rows; ++r)
    for (int64_t c = 0; c < a.features; ++c)
      for (auto which : {GatedPart::Gate, GatedPart::Up}) {
        double x = a.dx.get(a.place(r, c, which));
        if (x != expected.dx.get(expected.place(r, c, which)))
          fail(where + "gradients differ");
        ++compared;
      }
  for (int64_t r = 0; r < a.rows; ++r)
    for (int64_t c = 2 * a.features; c < a.pitch; ++c)
      sum += a.dx.get(r * a.pitch + c) + 1;
  if (sum != 0)
    fail(where + "written between the rows");
}

Expected<Outcome> GateCheck::run(const std::string &source) {
  for (auto kind : {Program::Forward, Program::Backward}) {
    Expected<Kernel> kernel = Kernel::compile(place, {source, kind}, type);
    if (!kernel)
      return kernel.takeError();
    (kind == Program::Forward ? forward : backward).emplace(std::move(*kernel));
  }
  bool isFirst = true;
  for (int64_t features : {640, 1, 5, 13, 64, 127, 130, 1003}) {
    Expected<GateArrays> expected = arraysOf(kLayouts[0], 3, features);
    if (!expected)
      return expected.takeError();
    if (Error error = compute(*expected))
      return std::move(error);
    if (isFirst)
      judge(*expected);
    isFirst = false;
    for (const Layout &layout : llvm::ArrayRef(kLayouts)) {
      if (layout.block && features % layout.block != 0)
        continue;
      Expected<GateArrays> arrays = arraysOf(layout, 3, features);
      if (!arrays)
        return arrays.takeError();
      if (Error error = compute(*arrays))
        return std::move(error);
      compare(*arrays, *expected);
      if (Error error = compareInPlace(*arrays))
        return std::move(error);
    }
  }
  Outcome outcome;
  outcome.state = problem.empty() ? Outcome::Passed : Outcome::Failed;
  outcome.text =
      llvm::formatv("max {0:f3} ulp, {1} gradients of 7 layouts "
                    "compared{2}{3}",
                    worst, compared, problem.empty() ? "" : "; ", problem);
  return outcome;
}

void act::gpucheck::addGateCases(std::vector<Case> &cases) {
  for (const char *gate : {"swiglu", "geglu", "geglu_tanh", "reglu", "glu"})
    for (DType type : {DType::BF16, DType::F16, DType::F32}) {
      bool isSmall = llvm::StringRef(gate) == "swiglu" && type == DType::BF16;
      cases.push_back({std::string("gate/") + gate + "/" + nameOf(type),
                       isSmall, false, [=](const Place &place) {
                         return GateCheck(place, type).run(gate);
                       }});
    }
}
