//===- KernelTestUtil.cpp - Derived kernels and their references ----------===//

#include "KernelTestUtil.h"
#include "GpuRun.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/bit.h"
#include <cmath>
#include <cstring>
#include <random>

using namespace act;
using namespace act::test;

//===----------------------------------------------------------------------===//
// References
//===----------------------------------------------------------------------===//

FastReference::FastReference(const Tape &tape)
    : numResults(tape.results.size()), doubles(tape), quads(tape),
      doubleBound(doubles, DType::F64), quadBound(quads, DType::F64),
      floatBound(quads, DType::F32), reference(tape) {}

static bool allFinite(llvm::ArrayRef<double> args) {
  return llvm::all_of(args, [](double x) { return std::isfinite(x); });
}

MpfrNumber FastReference::exactly(llvm::ArrayRef<double> args, unsigned k) {
  ++numByMpfr;
  if (allFinite(args) ||
      llvm::any_of(args, [](double x) { return std::isnan(x); }))
    return reference.evaluate(args)[k];
  return reference.limitAtInfinity(args, k);
}

double FastReference::value(llvm::ArrayRef<double> args, unsigned k) {
  return Traits::toDouble(exactly(args, k));
}

/// ulpError, but infinite where the computed value has the other sign. A zero
/// has none.
template <class Number>
static double distance(double computed, const Number &exact, DType type) {
  Number zero = NumberTraits<Number>::fromDouble(0);
  if ((computed > 0 && exact < zero) || (computed < 0 && exact > zero))
    return HUGE_VAL;
  return ulpError(computed, exact, type);
}

double FastReference::exactError(double computed, llvm::ArrayRef<double> args,
                                 DType type, unsigned k) {
  return distance(computed, exactly(args, k), type);
}

template <class Use>
double FastReference::decide(llvm::ArrayRef<double> args, DType type,
                             unsigned k, Use use) {
  if (++calls % 64 == 0 || !allFinite(args))
    return use(exactly(args, k));
  // The rounding to the element type is no error of the reference.
  double rounding = type == DType::F64 ? 0 : 0.5;
  std::vector<double> bounds(numResults);
  if (type != DType::F64) {
    doubleBound.evaluate(args, type, bounds);
    double value = doubles.getResult(k);
    if (bounds[k] - rounding <= kNegligible && std::isfinite(value) &&
        value != 0) {
      ++numByDouble;
      return use(value);
    }
  }
  // The same operations in 113 bits are as many times better as there are
  // more bits.
  std::vector<Quad> wide(args.begin(), args.end());
  quadBound.evaluate(wide, type, bounds);
  const Quad &value = quads.getResult(k);
  if ((bounds[k] - rounding) * 0x1p-60 <= kNegligible && value != 0 &&
      NumberTraits<Quad>::abs(value) > Quad(1e-320)) {
    ++numByQuad;
    return use(value);
  }
  return use(exactly(args, k));
}

double FastReference::error(double computed, llvm::ArrayRef<double> args,
                            DType type, unsigned k) {
  return decide(args, type, k, [&](const auto &exact) {
    return distance(computed, exact, type);
  });
}

double FastReference::errorFrom(double exact, double computed, DType type) {
  return distance(computed, exact, type);
}

double FastReference::valueFor(llvm::ArrayRef<double> args, DType type,
                               unsigned k) {
  return decide(args, type, k, [](const auto &exact) {
    return NumberTraits<std::decay_t<decltype(exact)>>::toDouble(exact);
  });
}

bool FastReference::overflows(llvm::ArrayRef<double> args) {
  return llvm::any_of(doubles.evaluateSlots(args),
                      [](double x) { return !std::isfinite(x); });
}

double FastReference::formulaBound(llvm::ArrayRef<double> args, DType type,
                                   unsigned k) {
  std::vector<Quad> wide(args.begin(), args.end());
  std::vector<double> bounds(numResults);
  (type == DType::F64 ? quadBound : floatBound).evaluate(wide, type, bounds);
  return std::max(formulaBoundOf(type), bounds[k]);
}

bool FastReference::isWithinBound(double computed, llvm::ArrayRef<double> args,
                                  double ulps, unsigned k) {
  MpfrNumber exact = exactly(args, k);
  if (ulpError(computed, exact, DType::F64) <= ulps)
    return true;
  // The bound is relative to a value of which cancellation may have left
  // nothing: it counts as it is, without the value.
  std::vector<Quad> wide(args.begin(), args.end()), values(numResults);
  std::vector<double> bounds(numResults);
  quadBound.evaluate(wide, DType::F64, bounds);
  quads.evaluate(wide, values);
  double allowed =
      bounds[k] * std::ldexp(1, ulpExponent(values[k], DType::F64));
  MpfrNumber error = Traits::abs(MpfrNumber(computed) - exact);
  return std::isfinite(computed) && !(error > MpfrNumber(allowed));
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

static FuncOp publicFunction(mlir::ModuleOp module) {
  for (FuncOp func : module.getOps<FuncOp>())
    if (func.isPublic())
      return func;
  return nullptr;
}

TestKernel act::test::compileTest(llvm::StringRef source, DType type,
                                  const std::function<void(FuncOp)> &prepare,
                                  bool quiet, CompileOptions options) {
  TestKernel test;
  test.type = type;
  test.context = createContext(options.road());
  std::optional<mlir::ScopedDiagnosticHandler> handler;
  if (quiet)
    handler.emplace(test.context.get(),
                    [](mlir::Diagnostic &) { return mlir::success(); });
  auto module = parseSource(source, test.context.get());
  EXPECT_TRUE(module) << source.str();
  prepare(publicFunction(*module));
  mlir::OwningOpRef<mlir::ModuleOp> copy = module->clone();
  FuncOp derived = resolved(*copy);
  EXPECT_TRUE(derived || quiet) << source.str();
  if (!derived)
    return test;
  test.reference =
      std::make_unique<FastReference>(cantFail(Tape::build(derived)));
  options.function = "derived";
  options.dtype = nameOf(type);
  if (!options.level && !options.gpu)
    options.level = bestHostLevel();
  options.verify = true;
  auto result = compile(*module, options);
  if (!result)
    ADD_FAILURE() << source.str() << ": " << llvm::toString(result.takeError());
  else
    test.result = std::move(*result);
  return test;
}

std::vector<std::vector<double>>
TestKernel::run(const std::vector<double> &inputs) const {
  size_t n = inputs.size(), numResults = result.signature.operands.size() - 1;
  std::vector<char> in = packed(inputs, type);
  std::vector<std::vector<char>> out(numResults,
                                     std::vector<char>(n * sizeOf(type)));
  std::vector<RunOperand> operands = {{in.data(), {1}}};
  for (std::vector<char> &bytes : out)
    operands.push_back({bytes.data(), {1}});
  if (result.gpuModule)
    runGpu(result, {int64_t(n)}, operands);
  else
    runElementwise(result.signature, result.kernel->entry(), {int64_t(n)},
                   operands, nullptr);
  std::vector<std::vector<double>> results;
  for (const std::vector<char> &bytes : out)
    results.push_back(unpacked(bytes, type));
  return results;
}
