//===- RowCases.cpp - Rows of the catalogue against exact values ----------===//

#include "ExactValues.h"
#include "Suite.h"
#include "act/IR/FunctionTable.h"
#include "act/Syntax/Parser.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>
#include <cstring>

using namespace act;
using namespace act::gpucheck;
using llvm::Error;
using llvm::Expected;

/// Of f32 every so-many-th element is taken: all exponents with both signs.
static constexpr uint64_t kStride = 65537;

/// All elements of a 16-bit type, or a sample of f32 with its special values.
static Expected<tools::Array> inputsOf(DType type) {
  std::vector<uint32_t> bits;
  bool is16 = sizeOf(type) == 2;
  uint64_t step = is16 ? 1 : kStride;
  for (uint64_t i = 0; i < uint64_t(1) << (is16 ? 16 : 32); i += step)
    bits.push_back(i);
  if (!is16)
    for (uint32_t sign : {0u, 0x80000000u})
      for (uint32_t special :
           {0u, 1u, 0x007fffffu, 0x00800000u, 0x7f7fffffu, 0x7f800000u})
        bits.push_back(sign | special);
  auto array = tools::allocate(elementTypeOf(type), {int64_t(bits.size())});
  for (size_t i = 0; array && i < bits.size(); ++i)
    std::memcpy(static_cast<char *>(array->data()) + i * sizeOf(type), &bits[i],
                sizeOf(type)); // little-endian
  return array;
}

namespace {
/// What the results of a kernel of one input are like.
class Errors {
public:
  Errors(const Kernel &kernel, Accuracy accuracy)
      : kernel(kernel),
        isFast(accuracy == Accuracy::Fast && kernel.type == DType::F32),
        bound(gpuRowBoundOf(kernel.type, accuracy)) {}

  void judge(const tools::Array &x, const tools::Array &y);
  Outcome outcome() const;

private:
  /// The error in ulp; 0 within the floor of the fast class.
  double errorOf(double y, const Quad &exact) const;
  double boundAt(const Quad &exact) const;

  const Kernel &kernel;
  bool isFast;
  double bound;
  int64_t inputs = 0, misrounded = 0, beyond = 0;
  double maxUlp = 0;
  std::string where;
};
} // namespace

using Traits = NumberTraits<Quad>;

double Errors::errorOf(double y, const Quad &exact) const {
  bool isExcused = isFast && Traits::abs(exact) < Quad(kFastLeast) &&
                   Traits::abs(Quad(y) - exact) <= Quad(kFastFloor);
  return isExcused ? 0 : ulpError(y, exact, kernel.type);
}

double Errors::boundAt(const Quad &exact) const {
  bool isFinite = !Traits::isNaN(exact) && !Traits::isInfinite(exact);
  return isFast && isFinite ? fastBoundAt(exact) : bound;
}

void Errors::judge(const tools::Array &x, const tools::Array &y) {
  report::ExactValues exacts(kernel.tape, kernel.type, kernel.isRow());
  for (int64_t i = 0; i < x.size(); ++i) {
    report::Exact exact = exacts.at(x.get(i));
    double ulp = errorOf(y.get(i), exact.value);
    if (exact.orElse)
      ulp = std::min(ulp, errorOf(y.get(i), *exact.orElse));
    ++inputs;
    misrounded += ulp > 0.5;
    maxUlp = std::max(maxUlp, ulp);
    if (ulp <= boundAt(exact.value))
      continue;
    if (beyond++ == 0)
      where = tools::formatShortest(y.get(i), y.type) + " at " +
              tools::formatShortest(x.get(i), x.type);
  }
}

Outcome Errors::outcome() const {
  std::string text = llvm::formatv(
      "{0} inputs, max {1:f3} ulp (bound {2}), {3} misrounded", inputs, maxUlp,
      isFast ? "2^-11 of the value" : llvm::formatv("{0}", bound).str(),
      misrounded);
  if (beyond == 0)
    return {Outcome::Passed, text};
  return {Outcome::Failed,
          text + ", " + std::to_string(beyond) + " beyond, the first " + where};
}

/// Whether the simulator gives the bits that a device gave; nothing to add
/// where it may not.
static Error compareWithSimulator(const Place &place, const Kernel &kernel,
                                  const Program &program, Accuracy accuracy,
                                  tools::Array &x, const tools::Array &y,
                                  Outcome &outcome) {
  if (!place.getDevice() || !kernel.isExact())
    return Error::success();
  Place simulator = Place::simulated(place.getLevel());
  Expected<Kernel> simulated =
      Kernel::compile(simulator, program, kernel.type, accuracy);
  if (!simulated)
    return simulated.takeError();
  Expected<tools::Array> z = tools::allocate(y.type, y.shape);
  if (!z)
    return z.takeError();
  if (Error error = simulated->run(simulator, x.shape, {{&x, {1}}, {&*z, {1}}}))
    return error;
  std::string difference;
  if (haveSameBits(y, *z, difference)) {
    outcome.text += ", bits as simulated";
  } else {
    outcome.state = Outcome::Failed;
    outcome.text += "; device and simulator differ: " + difference;
  }
  return Error::success();
}

static Expected<Outcome> checkRow(const Place &place, const Program &program,
                                  DType type, Accuracy accuracy) {
  Expected<Kernel> kernel = Kernel::compile(place, program, type, accuracy);
  if (!kernel)
    return kernel.takeError();
  Expected<tools::Array> x = inputsOf(type);
  if (!x)
    return x.takeError();
  Expected<tools::Array> y = tools::allocate(x->type, x->shape);
  if (!y)
    return y.takeError();
  // NaN where nothing is written.
  std::memset(y->data(), 0xff, y->size() * sizeOf(type));
  if (Error error = kernel->run(place, x->shape, {{&*x, {1}}, {&*y, {1}}}))
    return std::move(error);
  Errors errors(*kernel, accuracy);
  errors.judge(*x, *y);
  Outcome outcome = errors.outcome();
  if (Error error = compareWithSimulator(place, *kernel, program, accuracy, *x,
                                         *y, outcome))
    return std::move(error);
  return outcome;
}

/// False for a row that is constant piece by piece, whose derivative is no
/// kernel: no small step changes it.
static bool hasSlope(const FunctionInfo &row) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto module = parseRow(row, &context);
  auto f =
      cantFail(Interpreter<double>::create(*module->getOps<FuncOp>().begin()));
  for (double x = -8.03; x < 8; x += 0.1)
    if (f.evaluate({x}) != f.evaluate({x + 0x1p-10}))
      return true;
  return false;
}

void act::gpucheck::addRowCases(std::vector<Case> &cases) {
  auto add = [&](llvm::StringRef row, Program::Kind kind, DType type,
                 Accuracy accuracy) {
    std::string name = llvm::formatv(
        "row/{0}/{1}/{2}{3}", row, kind == Program::Forward ? "value" : "slope",
        nameOf(type),
        accuracy == Accuracy::Default ? ""
                                      : std::string("/") + nameOf(accuracy));
    bool isSmall = (row == "silu" || row == "relu") && type == DType::BF16 &&
                   accuracy == Accuracy::Default;
    Program program{row.str(), kind};
    cases.push_back({name, isSmall, false, [=](const Place &place) {
                       return checkRow(place, program, type, accuracy);
                     }});
  };
  for (const FunctionInfo &row : allFunctions())
    if (isUnary(row))
      for (auto kind : {Program::Forward, Program::Derivative})
        if (kind == Program::Forward || hasSlope(row))
          for (DType type : {DType::BF16, DType::F16, DType::F32})
            for (Accuracy accuracy :
                 {Accuracy::Default, Accuracy::Strict, Accuracy::Fast})
              add(row.Name, kind, type, accuracy);
}
