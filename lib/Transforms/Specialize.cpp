//===- Specialize.cpp - Fixes what one kernel is compiled for -------------===//

#include "act/IR/FunctionTable.h"
#include "act/Reference/Limits.h"
#include "act/Transforms/Expand.h"
#include "act/Transforms/Passes.h"

namespace act {
#define GEN_PASS_DEF_ACTSPECIALIZE
#include "act/Transforms/Passes.h.inc"
} // namespace act

using namespace mlir;
using namespace act;

namespace {
struct Specialize : act::impl::ActSpecializeBase<Specialize> {
  using ActSpecializeBase::ActSpecializeBase;

  /// The function to compile, or a diagnostic.
  FailureOr<FuncOp> chooseFunction() {
    SmallVector<FuncOp> publicFuncs;
    for (FuncOp func : getOperation().getOps<FuncOp>()) {
      if (func.getSymName() == function)
        return func;
      if (func.isPublic())
        publicFuncs.push_back(func);
    }
    if (!function.empty())
      return getOperation().emitError("there is no act.func @") << function;
    if (publicFuncs.size() == 1)
      return publicFuncs.front();
    return getOperation().emitError("holds ")
           << publicFuncs.size()
           << " public functions; name the one to compile";
  }

  FailureOr<FloatType> storageType() {
    Builder builder(&getContext());
    if (dtype == "f64")
      return builder.getF64Type();
    if (dtype == "f32")
      return builder.getF32Type();
    if (dtype == "f16")
      return builder.getF16Type();
    if (dtype == "bf16")
      return builder.getBF16Type();
    return getOperation().emitError("unknown element type '")
           << dtype << "'; use f64, f32, f16 or bf16";
  }

  /// States the limits of counted results that state none.
  LogicalResult findLimits(FuncOp func) {
    std::vector<std::vector<std::string>> limits;
    for (unsigned i = 0; i < func.getNumResults(); ++i) {
      if (!isa_and_nonnull<UnitAttr>(func.getResultAttr(i, kStatsAttr)))
        continue;
      if (!runtime.empty())
        return func.emitError("its limits may depend on '")
               << runtime[0]
               << "', which is given at run time; state them by `limits`";
      if (limits.empty()) {
        llvm::Expected<Tape> tape = Tape::build(func);
        if (!tape)
          return func.emitError(llvm::toString(tape.takeError()));
        limits = finiteLimits(*tape);
      }
      SmallVector<StringRef> texts(limits[i].begin(), limits[i].end());
      func.setResultAttr(i, kStatsAttr,
                         Builder(&getContext()).getStrArrayAttr(texts));
    }
    return success();
  }

  void runOnOperation() override {
    FailureOr<FuncOp> chosen = chooseFunction();
    FailureOr<FloatType> storage = storageType();
    if (failed(chosen) || failed(storage))
      return signalPassFailure();
    FuncOp func = *chosen;
    for (FuncOp other : getOperation().getOps<FuncOp>())
      other.setVisibility(other == func ? SymbolTable::Visibility::Public
                                        : SymbolTable::Visibility::Private);
    SmallVector<StringRef> known;
    for (unsigned i = func.getNumInputs(); i < func.getNumArguments(); ++i)
      known.push_back(func.getArgName(i));
    for (const std::string &name : runtime)
      if (!llvm::is_contained(known, name)) {
        func.emitError("has no parameter '")
            << name << "'" << didYouMean(name, known);
        return signalPassFailure();
      }
    if (failed(bindDefaults(func, runtime)) || failed(findLimits(func)))
      return signalPassFailure();
    auto type = TypeAttr::get(*storage);
    // Whole numbers need more digits than the short types have.
    auto wide = storage->getIntOrFloatBitWidth() < 32
                    ? TypeAttr::get(Float32Type::get(&getContext()))
                    : type;
    for (unsigned i = 0; i < func.getNumArguments(); ++i)
      if (!func.getArgAttr(i, kStorageAttr))
        func.setArgAttr(i, kStorageAttr, isIndexInput(func, i) ? wide : type);
    for (unsigned i : uniform)
      if (i < func.getNumInputs())
        func.setArgAttr(i, kUniformAttr, UnitAttr::get(&getContext()));
    llvm::DenseSet<Value> uniformOnes = uniformValues(func);
    for (unsigned i = 0; i < func.getNumResults(); ++i) {
      if (!func.getResultAttr(i, kStorageAttr))
        func.setResultAttr(i, kStorageAttr, type);
      if (isRowFunction(func) && func.getResultAttr(i, kReduceAttr) &&
          !isOnePerRow(func, i, uniformOnes))
        func.setResultAttr(i, kSpreadAttr, UnitAttr::get(&getContext()));
      // Only what is summed is a result of terms.
      if (!llvm::is_contained(reduced, i))
        func.removeResultAttr(i, StringAttr::get(&getContext(), kReduceAttr));
    }
    for (unsigned i : scalar)
      if (i < func.getNumInputs())
        func.setArgAttr(i, kScalarAttr, UnitAttr::get(&getContext()));
  }
};
} // namespace
