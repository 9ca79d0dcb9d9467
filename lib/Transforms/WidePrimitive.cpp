//===- WidePrimitive.cpp - Primitives in f64 for narrower results ---------===//

#include "WidePrimitive.h"
#include "act/IR/Act.h"
#include "act/Transforms/Approximations/Wide.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace act;

Value act::emitWidePrimitive(Emitter &emit, Operation &op, Value x) {
  return llvm::TypeSwitch<Operation *, Value>(&op)
      .Case([&](math::ExpOp) { return approx::wideExp(emit, x); })
      .Case([&](math::ExpM1Op) { return approx::wideExpm1(emit, x); })
      .Case([&](SigmoidOp) { return approx::wideSigmoid(emit, x); })
      .Case([&](SoftplusOp) { return approx::wideSoftplus(emit, x); })
      .Case([&](math::TanhOp) { return approx::wideTanh(emit, x); })
      .Case([&](math::SinhOp) { return approx::wideSinh(emit, x); })
      .Case([&](math::CoshOp) { return approx::wideCosh(emit, x); })
      .Case([&](math::ErfOp) { return approx::wideErf(emit, x); })
      .Case([&](ErfcOp) { return approx::wideErfc(emit, x); })
      .Case([&](math::LogOp) { return approx::wideLog(emit, x); })
      .Default([](Operation *) { return Value(); });
}
