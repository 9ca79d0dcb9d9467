//===- JetTestUtil.h - What the tests of derivatives share ------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_JETTESTUTIL_H
#define ACT_TEST_UNIT_JETTESTUTIL_H

#include "act/Reference/Jet.h"
#include "act/Reference/MpfrNumber.h"
#include "act/Syntax/Parser.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

using Traits = act::NumberTraits<act::MpfrNumber>;

inline mlir::MLIRContext &context() {
  static mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  return context;
}

/// The public function of a source that must parse.
inline mlir::OwningOpRef<mlir::ModuleOp> parsed(llvm::StringRef source,
                                                act::FuncOp &func) {
  auto module = act::parseSource(source, &context());
  EXPECT_TRUE(module) << source.str();
  if (module)
    for (act::FuncOp candidate : module->getOps<act::FuncOp>())
      if (candidate.isPublic())
        func = candidate;
  return module;
}

/// The tape of a source that must parse.
inline act::Tape tapeOf(llvm::StringRef source) {
  act::FuncOp func;
  auto module = parsed(source, func);
  return cantFail(act::Tape::build(func));
}

/// One operation on as many arguments.
inline act::Tape tapeOf(act::Opcode opcode, unsigned numArgs) {
  act::Tape tape;
  tape.numInputs = tape.numArgs = numArgs;
  act::TapeStep step;
  step.op.opcode = opcode;
  step.op.numOperands = numArgs;
  for (unsigned i = 0; i < numArgs; ++i)
    step.operands[i] = i;
  tape.steps.push_back(step);
  tape.results.push_back(numArgs);
  return tape;
}

/// x to the power of a constant, as one operation.
inline act::Tape powerTape(llvm::StringRef exponent) {
  act::Tape tape = tapeOf(act::Opcode::Pow, 1);
  tape.steps[0].op.numOperands = 2;
  tape.steps[0].operands[1] = 1;
  act::TapeStep constant;
  constant.text = exponent.str();
  tape.steps.insert(tape.steps.begin(), constant);
  tape.results[0] = 2;
  return tape;
}

inline double relativeError(const act::MpfrNumber &got,
                            const act::MpfrNumber &want) {
  if (got == want)
    return 0;
  return Traits::toDouble(Traits::abs((got - want) / want));
}

#endif // ACT_TEST_UNIT_JETTESTUTIL_H
