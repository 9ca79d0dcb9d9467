//===- QuantizeCases.cpp - Results in 8 bits ------------------------------===//

#include "ExactValues.h"
#include "Inputs.h"
#include "QuantizedJudge.h"
#include "Suite.h"
#include "act/Reference/Ulp.h"
#include <cmath>
#include <cstring>

using namespace act;
using namespace act::gpucheck;
using llvm::Error;
using llvm::Expected;

/// Length of a row: some groups of 128, and no multiple of a chunk.
static constexpr int64_t kColumns = 1100;

static Expected<tools::Array> filled(tools::ElementType type,
                                     std::vector<int64_t> shape) {
  Expected<tools::Array> array = tools::allocate(type, std::move(shape));
  if (array)
    std::memset(array->data(), 0xff, array->size() * tools::sizeOf(type));
  return array;
}

namespace {
/// A kernel and its arrays.
struct Run {
  static Expected<Run> create(const Place &place, const Program &program,
                              DType type, tools::Array &x);

  std::vector<View> views(tools::Array &x);
  void judge(const tools::Array &x, tools::QuantizedJudge &judge) const;

  Kernel kernel;
  /// The result and its scales, if there are any.
  std::vector<tools::Array> results;
};
} // namespace

Expected<Run> Run::create(const Place &place, const Program &program,
                          DType type, tools::Array &x) {
  Expected<Kernel> kernel = Kernel::compile(place, program, type);
  if (!kernel)
    return kernel.takeError();
  Run run{std::move(*kernel), {}};
  for (unsigned k = 1; k < run.kernel.numOperands(); ++k) {
    DType own = run.kernel.compiled.signature.operands[k];
    auto array = filled(elementTypeOf(own), run.kernel.shapeOf(k, x.shape));
    if (!array)
      return array.takeError();
    run.results.push_back(std::move(*array));
  }
  if (Error error = run.kernel.run(place, x.shape, run.views(x)))
    return std::move(error);
  return std::move(run);
}

std::vector<View> Run::views(tools::Array &x) {
  std::vector<View> views = {{&x, {x.shape.back(), 1}}};
  for (tools::Array &array : results)
    views.push_back({&array, {array.shape.back(), 1}});
  return views;
}

void Run::judge(const tools::Array &x, tools::QuantizedJudge &judge) const {
  report::ExactValues exacts(kernel.tape, kernel.type, kernel.isRow());
  double ulps = tools::excessOf(
      kernel.type, gpuRowBoundOf(kernel.type, Accuracy::Default), false);
  std::vector<tools::ExactValue> values;
  for (int64_t i = 0; i < x.size(); ++i) {
    Quad exact = exacts.at(x.get(i)).value;
    double value = double(exact);
    double unit = std::isfinite(value)
                      ? std::ldexp(1.0, int(ulpExponent(exact, kernel.type)))
                      : 0;
    values.push_back({value, ulps * unit});
  }
  bool hasScales = results.size() > 1;
  int64_t columns = x.shape.back(), group = columns;
  if (hasScales && kernel.compiled.signature.rows->group)
    group = kernel.compiled.signature.rows->group;
  int64_t number = 0;
  for (int64_t row = 0; row < x.size(); row += columns)
    for (int64_t at = 0; at < columns; at += group, ++number) {
      int64_t first = row + at, count = std::min(group, columns - at);
      double scale = 1;
      if (hasScales) {
        scale = results[1].get(number);
        judge.judgeScale(llvm::ArrayRef(values).slice(first, count),
                         float(scale), number);
      }
      for (int64_t i = first; i < first + count; ++i)
        judge.judge(i, values[i], scale, results[0].get(i));
    }
}

static Expected<tools::Array> inputsOf(DType type) {
  // Every number of 16 bits, those of one exponent side by side, or normal
  // ones.
  bool is16 = sizeOf(type) == 2;
  int64_t rows = is16 ? 65536 / kColumns + 1 : 37;
  auto x = tools::loadInput("normal:3:" + std::to_string(rows) + "x" +
                                std::to_string(kColumns),
                            elementTypeOf(type));
  for (int64_t i = 0; x && is16 && i < 65536; ++i) {
    auto bits = uint16_t(i);
    std::memcpy(static_cast<char *>(x->data()) + 2 * i, &bits, 2);
  }
  return x;
}

static Expected<Outcome> check(const Place &place, const Program &program,
                               DType type) {
  Expected<tools::Array> x = inputsOf(type);
  if (!x)
    return x.takeError();
  Expected<Run> run = Run::create(place, program, type, *x);
  if (!run)
    return run.takeError();
  tools::QuantizedJudge judge(run->results[0].type, /*isStrict=*/false);
  run->judge(*x, judge);
  if (judge.numFailures() > 0)
    return Outcome{Outcome::Failed, judge.summary() + "; " + judge.problem()};
  Outcome outcome{Outcome::Passed, judge.summary()};
  if (!place.getDevice() || !run->kernel.isExact())
    return outcome;
  Place simulator = Place::simulated(place.getLevel());
  Expected<Run> simulated = Run::create(simulator, program, type, *x);
  if (!simulated)
    return simulated.takeError();
  std::string difference;
  if (haveSameBits(run->results[0], simulated->results[0], difference))
    outcome.text += ", bits as simulated";
  else
    outcome = {Outcome::Failed, "device and simulator differ: " + difference};
  return outcome;
}

void act::gpucheck::addQuantizeCases(std::vector<Case> &cases) {
  for (const char *source : {"identity", "silu", "gelu"})
    for (DType type : {DType::BF16, DType::F16, DType::F32})
      for (const char *format : {"e4m3", "e5m2", "int8"})
        for (const char *scales : {"\"1\"", "row", "block"}) {
          std::string name = std::string("quantize/") + source + "/" +
                             nameOf(type) + "/" + format + "/" +
                             (*scales == '"' ? "given" : scales);
          bool isSmall = source == std::string("silu") && type == DType::BF16 &&
                         format == std::string("e4m3");
          Program program{source, Program::Forward, {},
                          std::string(format) + ", " + scales};
          cases.push_back({name, isSmall, false, [=](const Place &place) {
                             return check(place, program, type);
                           }});
        }
}
