//===- RowTestUtil.cpp - Kernels of rows and their reference --------------===//

#include "RowTestUtil.h"
#include "GpuRun.h"
#include <random>

using namespace act;
using namespace act::test;

std::string RowSubject::text() const {
  return source +
         (isBackward ? " backward "
          : isJvp    ? " jvp "
                     : " ") +
         nameOf(type) + " " + nameOf(accuracy) + (inLanes ? " in lanes" : "") +
         (inStrips ? " in strips" : "") + (isLong ? " of long rows" : "");
}

RowKernel act::test::compileRows(const RowSubject &subject,
                                 const CpuLevel *level,
                                 CompileOptions options) {
  RowKernel kernel;
  kernel.subject = subject;
  kernel.context = createContext(options.road());
  auto module = parseSource(subject.source, kernel.context.get());
  EXPECT_TRUE(module) << subject.source;
  if (!module)
    return kernel;
  auto publicFunction = [](mlir::ModuleOp module) {
    return *llvm::find_if(module.getOps<FuncOp>(),
                          [](FuncOp func) { return func.isPublic(); });
  };
  FuncOp base = publicFunction(*module);
  // A derivative knows what is one value a row.
  bool isDerived = subject.isBackward || subject.isJvp;
  for (unsigned i : subject.uniformInputs)
    if (isDerived && i < base.getNumInputs())
      base.setArgAttr(i, kUniformAttr,
                      mlir::UnitAttr::get(kernel.context.get()));
  if (subject.isBackward)
    addVjp(base);
  if (subject.isJvp)
    addJvp(base);
  if (isDerived)
    options.function = "derived";
  mlir::OwningOpRef<mlir::ModuleOp> copy = module->clone();
  FuncOp plain = isDerived ? resolved(*copy) : publicFunction(*copy);
  EXPECT_TRUE(plain) << subject.source;
  if (!plain)
    return kernel;
  auto tape = Tape::buildRow(plain);
  if (tape)
    kernel.tape = std::move(*tape);
  else
    ADD_FAILURE() << llvm::toString(tape.takeError());
  options.dtype = nameOf(subject.type);
  options.accuracy = subject.accuracy;
  if (!options.gpu)
    options.level = level ? level : bestHostLevel();
  options.uniformInputs = subject.uniformInputs;
  options.reducedResults = subject.reducedResults;
  options.rowsInLanes = subject.inLanes;
  options.rowsInStrips = subject.inStrips;
  options.recomputesRows = subject.recomputes;
  options.longRows = subject.isLong;
  options.verify = true;
  auto result = compile(*module, options);
  if (!result)
    ADD_FAILURE() << subject.text() << ": "
                  << llvm::toString(result.takeError());
  else
    kernel.result = std::move(*result);
  return kernel;
}

void act::test::runRows(const RowKernel &kernel,
                        const std::vector<int64_t> &shape, int64_t axis,
                        const std::vector<RunOperand> &operands,
                        unsigned threads) {
  if (kernel.result.gpuModule)
    return runGpu(kernel.result, shape, operands, axis);
  std::vector<void *> arrays;
  std::vector<std::vector<int64_t>> strides;
  for (const RunOperand &operand : operands) {
    arrays.push_back(operand.data);
    strides.push_back(operand.strides);
  }
  RowRunner runner(kernel.result.signature, kernel.entry(), shape, axis,
                   strides, threads);
  runner.run(arrays, /*parameters=*/nullptr);
}

std::vector<Row> RowKernel::run(size_t rows, const std::vector<Row> &inputs,
                                unsigned threads) const {
  DType type = subject.type;
  int64_t count = 0;
  for (auto [k, input] : llvm::enumerate(inputs))
    if (!isUniform(k))
      count = input.size() / rows;
  std::vector<std::vector<char>> memory;
  std::vector<RunOperand> operands;
  for (unsigned k = 0; k < numInputs() + numResults(); ++k) {
    size_t size = isUniform(k) ? rows : rows * count;
    DType own = k < numInputs() ? typeOf(k) : type;
    memory.push_back(k < numInputs() ? packed(inputs[k], own)
                                     : packed(Row(size), own));
    EXPECT_EQ(memory.back().size(), size * sizeOf(own)) << subject.text();
  }
  for (unsigned k = 0; k < memory.size(); ++k)
    operands.push_back(
        {memory[k].data(), isUniform(k) ? std::vector<int64_t>{1, 0}
                                        : std::vector<int64_t>{count, 1}});
  runRows(*this, {int64_t(rows), count}, /*axis=*/1, operands, threads);
  std::vector<Row> results;
  for (unsigned k = numInputs(); k < memory.size(); ++k)
    results.push_back(unpacked(memory[k], type));
  return results;
}

void RowJudge::evaluate(const std::vector<Row> &inputs, size_t count) {
  std::vector<std::vector<Quad>> arguments;
  for (const Row &input : inputs)
    arguments.emplace_back(input.begin(), input.end());
  interpreter.evaluate(arguments, count);
}

void RowJudge::expect(double computed, unsigned k, size_t i) {
  double ulp = ulpError(computed, exact(k, i), type);
  double allowed =
      std::max(formulaBoundOf(type), interpreter.bound(k, i, type));
  error.ulp = std::max(error.ulp, ulp);
  error.part = std::max(error.part, ulp / allowed);
  if (!(ulp <= allowed) && !hasFailed) // One is enough to see.
    ADD_FAILURE() << name << ", result " << k << ", element " << i << ": "
                  << computed << ", exact " << double(exact(k, i)) << ", "
                  << ulp << " ulp of " << allowed;
  hasFailed |= !(ulp <= allowed);
}

RowError act::test::expectWithinBound(const RowKernel &kernel, size_t rows,
                                      const std::vector<Row> &inputs,
                                      const std::vector<Row> &results) {
  return expectAllWithinBound(kernel, rows, inputs, {results});
}

RowError
act::test::expectAllWithinBound(const RowKernel &kernel, size_t rows,
                                const std::vector<Row> &inputs,
                                const std::vector<std::vector<Row>> &runs) {
  RowJudge judge(kernel);
  auto part = [&](const Row &all, bool isUniform, size_t row) {
    size_t count = isUniform ? 1 : all.size() / rows;
    return Row(all.begin() + row * count, all.begin() + (row + 1) * count);
  };
  for (size_t row = 0; row < rows; ++row) {
    std::vector<Row> own;
    size_t count = 0;
    for (auto [k, input] : llvm::enumerate(inputs)) {
      own.push_back(part(input, kernel.isUniform(k), row));
      if (!kernel.isUniform(k))
        count = own.back().size();
    }
    judge.evaluate(own, count);
    for (const std::vector<Row> &results : runs)
      for (auto [k, result] : llvm::enumerate(results)) {
        Row computed =
            part(result, kernel.isUniform(kernel.numInputs() + k), row);
        for (size_t i = 0; i < computed.size(); ++i)
          judge.expect(computed[i], k, i);
      }
  }
  return judge.worst();
}

Row act::test::normalRow(size_t count, double sigma, unsigned seed,
                         DType type) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(0, sigma);
  Row row(count);
  for (double &x : row)
    x = normal(random);
  return rounded(row, type);
}
