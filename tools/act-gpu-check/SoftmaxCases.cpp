//===- SoftmaxCases.cpp - Functions of a row against exact values ---------===//
//
// Rows of every length at which another kernel takes over, up to those that
// many blocks share, and few and many of them. Where arrays lie changes no bit.
//
//===----------------------------------------------------------------------===//

#include "Inputs.h"
#include "Suite.h"
#include "act/Reference/Quad.h"
#include "act/Reference/RowInterpreter.h"
#include "llvm/Support/FormatVariadic.h"

using namespace act;
using namespace act::gpucheck;
using llvm::Error;
using llvm::Expected;

namespace {
struct Source {
  const char *name;
  Program program;
};

/// Rows of so many elements, of which the first and the last one are judged.
struct Rows {
  int64_t count, length;
};

/// Where elements are: from one row and from one column to the next, and the
/// elements before the first one.
struct Placement {
  int64_t row, column, offset = 0;
};

/// Runs one function of a row over arrays of any size.
class SoftmaxCheck {
public:
  SoftmaxCheck(const Place &place, const Source &source, DType type)
      : place(place), source(source), type(type) {}

  Error start();
  /// Judges dense rows, and compares them with the simulator's where these are
  /// to be the same bits.
  Error check(Rows rows);
  /// Compares dense rows with the same ones elsewhere, in place too.
  Error compare(Rows rows, llvm::ArrayRef<Placement> elsewhere);
  Outcome outcome() const;

private:
  using Arrays = std::vector<tools::Array>;

  bool isUniform(unsigned k) const {
    return kernel->compiled.signature.rows->isUniform[k];
  }
  /// The axis whose positions an input has, from the end; 0 for others.
  int64_t positionOf(unsigned k) const;
  /// Inputs and empty results of dense rows.
  Expected<Arrays> arraysOf(Rows rows) const;
  std::vector<View> viewsOf(Arrays &arrays, Rows rows) const;
  Error run(const Place &where, const Kernel &which, Arrays &arrays, Rows rows);
  void judge(const Arrays &arrays, Rows rows, int64_t row);
  void fail(Rows rows, const std::string &text) {
    if (problem.empty())
      problem =
          llvm::formatv("{0} rows of {1}: {2}", rows.count, rows.length, text);
  }

  const Place &place;
  const Source &source;
  DType type;
  std::optional<Kernel> kernel, simulated;
  std::optional<RowInterpreter<Quad>> reference;
  double worstUlp = 0, worstPart = 0;
  int64_t judged = 0, compared = 0;
  std::string problem;
};
} // namespace

/// The simulator takes as long for this as everything else for a case.
static constexpr int64_t kMostSimulated = 1 << 16;

Error SoftmaxCheck::start() {
  Expected<Kernel> compiled = Kernel::compile(place, source.program, type);
  if (!compiled)
    return compiled.takeError();
  kernel.emplace(std::move(*compiled));
  reference.emplace(kernel->tape, computeModelOf(type, Accuracy::Default));
  return Error::success();
}

int64_t SoftmaxCheck::positionOf(unsigned k) const {
  llvm::StringRef name = kernel->compiled.argumentNames[k];
  return name == "position(-1)" ? -1 : name == "position(-2)" ? -2 : 0;
}

Expected<SoftmaxCheck::Arrays> SoftmaxCheck::arraysOf(Rows rows) const {
  Arrays arrays;
  for (unsigned k = 0; k < kernel->numOperands(); ++k) {
    auto element = elementTypeOf(kernel->compiled.signature.operands[k]);
    int64_t axis = k < kernel->numInputs() ? positionOf(k) : 0;
    int64_t size = axis == -1                   ? rows.length
                   : axis == -2 || isUniform(k) ? rows.count
                                                : rows.count * rows.length;
    Expected<tools::Array> array =
        k < kernel->numInputs() && axis == 0
            ? tools::loadInput(
                  llvm::formatv("normal:{0}:{1}", 31 + k, size).str(), element)
            : tools::allocate(element, {size});
    if (!array)
      return array.takeError();
    for (int64_t i = 0; axis != 0 && i < size; ++i)
      array->set(i, double(i));
    // Spread enough for small probabilities.
    for (int64_t i = 0; k == 0 && i < size; ++i)
      array->set(i, 4 * array->get(i));
    // NaN where nothing is written.
    if (k >= kernel->numInputs())
      std::memset(array->data(), 0xff, size * tools::sizeOf(element));
    arrays.push_back(std::move(*array));
  }
  return arrays;
}

std::vector<View> SoftmaxCheck::viewsOf(Arrays &arrays, Rows rows) const {
  std::vector<View> views;
  for (auto [k, array] : llvm::enumerate(arrays)) {
    int64_t axis = k < kernel->numInputs() ? positionOf(k) : 0;
    std::vector<int64_t> strides = {rows.length, 1};
    if (axis == -1)
      strides = {0, 1};
    else if (axis == -2 || isUniform(k))
      strides = {1, 0};
    views.push_back({&array, strides});
  }
  return views;
}

Error SoftmaxCheck::run(const Place &where, const Kernel &which, Arrays &arrays,
                        Rows rows) {
  return which.run(where, {rows.count, rows.length}, viewsOf(arrays, rows));
}

void SoftmaxCheck::judge(const Arrays &arrays, Rows rows, int64_t row) {
  std::vector<std::vector<Quad>> inputs(kernel->numInputs());
  auto sizeIn = [&](unsigned k) { return isUniform(k) ? 1 : rows.length; };
  for (unsigned k = 0; k < inputs.size(); ++k) {
    int64_t axis = positionOf(k), size = axis == -2 ? 1 : sizeIn(k);
    for (int64_t i = 0; i < size; ++i)
      inputs[k].emplace_back(arrays[k].get(axis == -1 ? i : row * size + i));
  }
  reference->evaluate(inputs, rows.length);
  for (unsigned k = inputs.size(); k < arrays.size(); ++k)
    for (int64_t i = 0; i < sizeIn(k); ++i) {
      unsigned result = k - inputs.size();
      double computed = arrays[k].get(row * sizeIn(k) + i);
      double ulp = ulpError(computed, reference->result(result, i), type);
      double allowed =
          std::max(formulaBoundOf(type), reference->bound(result, i, type));
      worstUlp = std::max(worstUlp, ulp);
      worstPart = std::max(worstPart, ulp / allowed);
      if (!(ulp <= allowed))
        fail(rows, llvm::formatv(
                       "result {0}, row {1}, element {2} is {3}, {4} ulp from "
                       "{5}, of {6} allowed",
                       result, row, i, computed, ulp,
                       double(reference->result(result, i)), allowed));
    }
  ++judged;
}

Error SoftmaxCheck::check(Rows rows) {
  Expected<Arrays> arrays = arraysOf(rows);
  if (!arrays)
    return arrays.takeError();
  if (Error error = run(place, *kernel, *arrays, rows))
    return error;
  judge(*arrays, rows, 0);
  if (rows.count > 1)
    judge(*arrays, rows, rows.count - 1);
  if (!place.getDevice() || !kernel->isExact() ||
      rows.count * rows.length > kMostSimulated)
    return Error::success();
  if (!simulated) {
    Expected<Kernel> other = Kernel::compile(Place::simulated(place.getLevel()),
                                             source.program, type);
    if (!other)
      return other.takeError();
    simulated.emplace(std::move(*other));
  }
  Expected<Arrays> expected = arraysOf(rows);
  if (!expected)
    return expected.takeError();
  if (Error error =
          run(Place::simulated(place.getLevel()), *simulated, *expected, rows))
    return error;
  for (unsigned k = kernel->numInputs(); k < arrays->size(); ++k)
    if (std::string text; !haveSameBits((*arrays)[k], (*expected)[k], text))
      fail(rows, "device and simulator differ: " + text);
  ++compared;
  return Error::success();
}

/// Of functions of one input.
Error SoftmaxCheck::compare(Rows rows, llvm::ArrayRef<Placement> elsewhere) {
  Expected<Arrays> dense = arraysOf(rows);
  if (!dense)
    return dense.takeError();
  if (Error error = run(place, *kernel, *dense, rows))
    return error;
  int64_t size = rows.count * rows.length;
  for (const Placement &at : elsewhere) {
    int64_t last =
        at.offset + (rows.count - 1) * at.row + (rows.length - 1) * at.column;
    Expected<tools::Array> array =
        tools::allocate((*dense)[0].type, {last + 1});
    if (!array)
      return array.takeError();
    auto place = [&](int64_t i) {
      return at.offset + i / rows.length * at.row + i % rows.length * at.column;
    };
    for (int64_t i = 0; i <= last; ++i)
      array->set(i, -7);
    for (int64_t i = 0; i < size; ++i)
      array->set(place(i), (*dense)[0].get(i));
    View view{&*array, {at.row, at.column}, at.offset};
    if (Error error =
            kernel->run(this->place, {rows.count, rows.length}, {view, view}))
      return error;
    for (int64_t i = 0; i < size; ++i)
      if (array->get(place(i)) != (*dense)[1].get(i))
        fail(rows, llvm::formatv("element {0} is another one with strides {1} "
                                 "and {2} from {3} on",
                                 i, at.row, at.column, at.offset));
    ++compared;
  }
  return Error::success();
}

Outcome SoftmaxCheck::outcome() const {
  std::string text =
      llvm::formatv("{0} rows judged, max {1:f3} ulp, {2:f3} of the bound; {3} "
                    "runs with the same bits",
                    judged, worstUlp, worstPart, compared);
  if (problem.empty())
    return {Outcome::Passed, text};
  return {Outcome::Failed, problem + "; " + text};
}

static std::vector<Source> allSources() {
  auto of = [](const char *name, const char *text,
               Program::Kind kind = Program::Forward,
               std::vector<unsigned> uniform = {}) {
    return Source{name, {text, kind, std::move(uniform)}};
  };
  return {of("softmax", "softmax(x)"),
          of("log_softmax", "log_softmax(x)"),
          of("logsumexp", "logsumexp(x)"),
          of("sparsemax", "sparsemax(x)"),
          of("masked", "softmax(x, mask=m > 0, empty_row=zero)"),
          of("causal", "softmax(x, causal=1)"),
          of("sink", "log_softmax(x, sink=s)", Program::Forward, {1}),
          of("temperature", "softmax(x, temperature=0.7) * y"),
          of("centred", "x - mean(x, keepdims=1)"),
          of("softmax-backward", "softmax(x)", Program::Backward),
          of("log_softmax-backward", "log_softmax(x)", Program::Backward),
          of("logsumexp-backward", "logsumexp(x)", Program::Backward, {1})};
}

/// Around a chunk of a thread, a warp, a block.
static const Rows kShort[] = {{5, 1},   {5, 2},   {5, 7},   {5, 8},   {5, 9},
                              {5, 31},  {5, 33},  {5, 127}, {5, 128}, {5, 129},
                              {3, 255}, {3, 256}, {3, 257}, {3, 1000}};
/// Around what a block keeps, and rows that are split.
static const Rows kLong[] = {{3, 1025},  {3, 4095},   {2, 4097},  {2, 8191},
                             {2, 8193},  {2, 16383},  {2, 16385}, {2, 32768},
                             {1, 65537}, {2, 131072}, {1, 262144}};
/// Too many to be split.
static const Rows kMany[] = {{kGpuMultiprocessors + 1, 16387}, {1000, 1003}};
/// As many as clusters of two, four and eight blocks are for.
static const Rows kClustered[] = {
    {66, 8200}, {66, 16392}, {33, 98304}, {17, 262144}};
/// A million.
static const Rows kOne[] = {{1, 1 << 20}};
static const Rows kPlaced[] = {{3, 1}, {3, 33}, {2, 1003}, {2, 16399}};

void act::gpucheck::addSoftmaxCases(std::vector<Case> &cases) {
  auto add = [&](const Source &source, const char *what, DType type,
                 bool isSmall, auto body) {
    cases.push_back(
        {llvm::formatv("softmax/{0}/{1}/{2}", source.name, what, nameOf(type)),
         isSmall, false, [=](const Place &place) -> Expected<Outcome> {
           SoftmaxCheck check(place, source, type);
           if (Error error = check.start())
             return std::move(error);
           if (Error error = body(check))
             return std::move(error);
           return check.outcome();
         }});
  };
  auto judging = [](llvm::ArrayRef<Rows> all) {
    return [=](SoftmaxCheck &check) -> Error {
      for (Rows rows : all)
        if (Error error = check.check(rows))
          return error;
      return Error::success();
    };
  };
  auto placing = [](SoftmaxCheck &check) -> Error {
    for (Rows rows : kPlaced)
      // In place; behind one another with an element between them, apart, and
      // side by side, as along any axis but the last.
      if (Error error = check.compare(rows, {{rows.length, 1},
                                             {rows.length + 1, 1, 1},
                                             {2 * rows.length + 3, 2, 5},
                                             {1, rows.count}}))
        return error;
    return Error::success();
  };
  // Rows that are not aligned are split, and have the same bits.
  auto clustering = [&](bool compares) {
    return [=, judge = judging(kClustered)](SoftmaxCheck &check) -> Error {
      if (Error error = judge(check))
        return error;
      if (!compares)
        return Error::success();
      return check.compare({66, 16392}, {{16392, 1}, {16393, 1, 1}});
    };
  };
  for (const Source &source : allSources())
    for (DType type : {DType::BF16, DType::F16, DType::F32}) {
      llvm::StringRef name = source.name;
      bool isSoftmax = name == "softmax", isBF16 = type == DType::BF16;
      add(source, "short", type,
          isBF16 &&
              (isSoftmax || name == "causal" || name == "softmax-backward"),
          judging(kShort));
      add(source, "long", type, false, judging(kLong));
      if (isSoftmax || name == "log_softmax")
        add(source, "placed", type, isSoftmax && isBF16, placing);
      if (isSoftmax || name == "softmax-backward" || name == "logsumexp") {
        add(source, "many", type, false, judging(kMany));
        add(source, "clusters", type, false, clustering(isSoftmax));
        add(source, "million", type, false, judging(kOne));
      }
    }
}
