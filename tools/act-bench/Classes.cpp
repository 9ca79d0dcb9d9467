//===- Classes.cpp - What the strict class costs --------------------------===//

#include "Classes.h"
#include "Array.h"
#include "Inputs.h"
#include "InterleavedTimer.h"
#include "Level.h"
#include "act/IR/FunctionTable.h"
#include "act/Jit/Compiler.h"
#include "act/Syntax/Parser.h"
#include <benchmark/benchmark.h>

using namespace act;

/// In the L1 cache, together with the results.
static constexpr int64_t kElements = 4096;

/// A row or its derivative.
static llvm::Expected<CompileResult> compiled(const FunctionInfo &row,
                                              int64_t order, DType type,
                                              Accuracy accuracy) {
  auto context = createContext();
  auto module = parseSource(row.Name, context.get());
  FuncOp func = *module->getOps<FuncOp>().begin();
  if (order != 0) {
    func.setPrivate();
    mlir::OpBuilder builder(module->getContext());
    builder.setInsertionPointToEnd(module->getBody());
    builder.create<DerivativeOp>(
        func.getLoc(), builder.getStringAttr("derived"), mlir::StringAttr(),
        mlir::FlatSymbolRefAttr::get(func.getSymNameAttr()), mlir::StringAttr(),
        builder.getDenseI64ArrayAttr({order}), mlir::StringAttr(),
        mlir::UnitAttr());
  }
  CompileOptions options;
  options.dtype = nameOf(type);
  options.accuracy = accuracy;
  options.level = bench::level();
  return compile(*module, options);
}

static void classes(benchmark::State &state, const FunctionInfo *row,
                    int64_t order, DType type) {
  auto strict = compiled(*row, order, type, Accuracy::Strict);
  auto standard = compiled(*row, order, type, Accuracy::Default);
  auto elementType =
      type == DType::F32 ? tools::ElementType::F32 : tools::ElementType::F64;
  auto input =
      tools::loadInput("normal:1:" + std::to_string(kElements), elementType);
  auto output = tools::allocate(elementType, {kElements});
  if (!strict || !standard || !input || !output) {
    auto errors = llvm::joinErrors(
        llvm::joinErrors(strict.takeError(), standard.takeError()),
        llvm::joinErrors(input.takeError(), output.takeError()));
    state.SkipWithError(llvm::toString(std::move(errors)).c_str());
    return;
  }
  auto run = [&](const CompileResult &kernel) {
    runElementwise(kernel.signature, kernel.kernel->entry(), {kElements},
                   {{input->data(), {1}}, {output->data(), {1}}}, nullptr);
  };
  std::vector<tools::Timing> timings;
  for (auto _ : state) {
    timings = tools::timeInterleaved(
        {[&] { run(*strict); }, [&] { run(*standard); }}, 0.1, 101);
    state.SetIterationTime(timings[0].medianSeconds);
  }
  double perElement = 1e9 / double(kElements);
  state.counters["ns/element"] = timings[0].medianSeconds * perElement;
  state.counters["default_ns/element"] = timings[1].medianSeconds * perElement;
  state.counters["strict/default"] =
      timings[0].medianSeconds / timings[1].medianSeconds;
  state.counters["best/best"] = timings[0].minSeconds / timings[1].minSeconds;
}

void act::bench::registerClasses() {
  for (const FunctionInfo &row : allFunctions()) {
    if (!isUnary(row))
      continue;
    for (int64_t order : {0, 1})
      for (DType type : {DType::F32, DType::F64})
        benchmark::RegisterBenchmark((std::string("strict/") + row.Name + "/d" +
                                      std::to_string(order) + "/" +
                                      nameOf(type))
                                         .c_str(),
                                     classes, &row, order, type)
            ->UseManualTime()
            ->Iterations(1)
            ->Unit(benchmark::kMicrosecond);
  }
}
