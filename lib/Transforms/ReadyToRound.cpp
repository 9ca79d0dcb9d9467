//===- ReadyToRound.cpp - What storing a result is to round ---------------===//

#include "ReadyToRound.h"
#include "NearTie.h"
#include "act/Transforms/FunctionArithmetic.h"
#include "act/Transforms/Rounding.h"
#include <cstdlib>

using namespace mlir;
using namespace act;

/// Relative differences from a tie, as powers of two, from which on the two
/// arithmetics resolve them.
static constexpr unsigned kWideResolution = 40, kF32Resolution = 19;

/// y, or beside the tie that it seems to be next to 0 or far out.
static Value besideTies(Emitter &emit, FuncOp func, unsigned number,
                        const Arithmetic &arithmetic, Value x, Value y) {
  // What rounded operations make near 0 is no power of x.
  if (!func.getBody().getOps<RoundOp>().empty())
    return y;
  auto stated = func.getArgAttrOfType<TypeAttr>(0, kStorageAttr);
  auto format = stated ? dyn_cast<FloatType>(stated.getValue()) : nullptr;
  if (!format)
    return y;
  llvm::Expected<Tape> tape =
      Tape::build(func, func.getReturn().getValues()[number]);
  if (!tape) { // Approximation reports what it does not know.
    llvm::consumeError(tape.takeError());
    return y;
  }
  unsigned bits = format.getFPMantissaWidth();
  unsigned resolution = arithmetic.isWide() ? kWideResolution : kF32Resolution;
  for (const NearTie &tie : findNearTies(*tape, bits, resolution))
    y = emitNearTie(emit, tie, x, y);
  for (int side : {-1, 1})
    if (auto tie = findFarTie(*tape, bits, resolution, side))
      y = emitNearTie(emit, *tie, x, y);
  return y;
}

/// y, or the result that the table lists for the input.
static Value withExceptions(Emitter &emit, FnAttr identity, StringRef storage,
                            Value x, Value y) {
  for (const ExceptionInfo &row : allExceptions()) {
    if (identity.getName() != row.Function ||
        identity.getOrder() != row.Order || storage != row.Storage)
      continue;
    Value argument = emit.constant(std::strtod(row.Argument, nullptr));
    Value result = emit.constant(std::strtod(row.Result, nullptr));
    y = emit.select(emit.eq(x, argument), result, y);
  }
  return y;
}

/// The type that a result is stored as; null for terms of a sum, which are
/// stored as they are computed.
static FloatType storageOf(FuncOp func, unsigned number, Type unstated) {
  if (func.getResultAttr(number, kReduceAttr))
    return nullptr;
  if (auto stated = func.getResultAttrOfType<TypeAttr>(number, kStorageAttr))
    return dyn_cast<FloatType>(stated.getValue());
  return dyn_cast<FloatType>(unstated);
}

Value act::readyToRound(Emitter &emit, FuncOp func, unsigned number,
                        Type unstated, const Arithmetic &arithmetic,
                        ValueRange arguments, Value y) {
  FloatType to = storageOf(func, number, unstated);
  // A mask or a sum; and of f32 and f16 only the strict class promises that
  // results are correctly rounded.
  if (!to || to.isF64() || !(arithmetic.isWide() || to.isBF16()))
    return y;
  if (func.getNumArguments() == 1)
    y = besideTies(emit, func, number, arithmetic, arguments[0], y);
  if (!arithmetic.isWide())
    return y;
  FnAttr identity = identityAtDefaults(func, number);
  if (identity && func.getNumArguments() == 1) {
    std::string storage;
    llvm::raw_string_ostream(storage) << to;
    y = withExceptions(emit, identity, storage, arguments[0], y);
  }
  return to.getWidth() == 16 ? roundToOdd(emit.getBuilder(), func.getLoc(), y)
                             : y;
}
