//===- Approximate.cpp - Real arithmetic becomes machine arithmetic -------===//
//
// Up to here a body means real numbers; from here on it is operations of one
// compute type that the target runs natively. Before: act.sigmoid on "f64 by
// convention"; after: fma, bit operations and one small table on f32.
//
//===----------------------------------------------------------------------===//

#include "BodyApproximator.h"
#include "act/Transforms/FunctionArithmetic.h"
#include "act/Transforms/Passes.h"
#include "mlir/AsmParser/AsmParser.h"

namespace act {
#define GEN_PASS_DEF_ACTAPPROXIMATE
#include "act/Transforms/Passes.h.inc"
} // namespace act

using namespace mlir;
using namespace act;

namespace {
struct Approximate : act::impl::ActApproximateBase<Approximate> {
  using ActApproximateBase::ActApproximateBase;

  void runOnOperation() override {
    FuncOp func = getOperation();
    OpBuilder builder(&getContext());
    std::optional<Accuracy> wanted = accuracyNamed(accuracy.getValue());
    if (!wanted) {
      func.emitError("unknown accuracy class '")
          << accuracy << "'; use strict, default or fast";
      return signalPassFailure();
    }
    if (target != "any" && target != "nvptx") {
      func.emitError("unknown target '")
          << target << "' of methods; use any or nvptx";
      return signalPassFailure();
    }
    // Operations are correctly rounded only with bits to spare.
    if (!func.getBody().getOps<RoundOp>().empty())
      wanted = Accuracy::Strict;
    Type storage = parseType(dtype, &getContext());
    if (!storage) // Reported.
      return signalPassFailure();
    bool isForGpu = target == "nvptx";
    // Most functions have one class; of several results some may be computed
    // as in strict.
    Accuracy overall = accuracyOf(func, storage, *wanted, isForGpu);
    FloatType type =
        computeTypeOf(arithmeticOf(func, storage, overall, isForGpu), builder);
    Block &source = func.getBody().front();
    Block *body = new Block();
    func.getBody().push_back(body);
    for (BlockArgument arg : source.getArguments())
      body->addArgument(type, arg.getLoc());
    builder.setInsertionPointToEnd(body);
    SmallVector<Value> results(func.getNumResults());
    for (Accuracy each : kAccuracies) {
      SmallVector<unsigned> numbers;
      for (unsigned i = 0; i < func.getNumResults(); ++i)
        if (accuracyOf(func, i, storage, *wanted, isForGpu) == each)
          numbers.push_back(i);
      if (!numbers.empty() &&
          failed(approximate(func, storage, *wanted, each, numbers, results)))
        return signalPassFailure();
    }
    builder.create<ReturnOp>(func.getLoc(), results);
    source.dropAllDefinedValueUses();
    source.erase();
    func.setFunctionType(FunctionType::get(
        &getContext(), SmallVector<Type>(func.getNumArguments(), type),
        SmallVector<Type>(func.getNumResults(), type)));
  }

private:
  /// Sets results of these numbers to what they are in one class, as which the
  /// wanted one is computed, in the type of the last block's arguments.
  LogicalResult approximate(FuncOp func, Type storage, Accuracy wanted,
                            Accuracy accuracy, ArrayRef<unsigned> numbers,
                            SmallVectorImpl<Value> &results) {
    Block &target = func.getBody().back();
    OpBuilder builder = OpBuilder::atBlockEnd(&target);
    Arithmetic arithmetic =
        arithmeticOf(func, storage, accuracy, this->target == "nvptx");
    arithmetic.flush = flush;
    arithmetic.forStrict = wanted == Accuracy::Strict && accuracy != wanted;
    FloatType type = computeTypeOf(arithmetic, builder);
    Type outer = target.getArgument(0).getType();
    SmallVector<Value> arguments(target.getArguments());
    if (type != outer)
      for (Value &x : arguments)
        x = builder.create<arith::TruncFOp>(func.getLoc(), type, x);
    BodyApproximator approximator(func, arithmetic, storage,
                                  std::move(arguments), builder);
    FailureOr<SmallVector<Value>> computed = approximator.run(numbers);
    if (failed(computed))
      return failure();
    for (auto [number, y] : llvm::zip(numbers, *computed))
      results[number] =
          type == outer
              ? y
              : builder.create<arith::ExtFOp>(func.getLoc(), outer, y);
    return success();
  }
};
} // namespace
