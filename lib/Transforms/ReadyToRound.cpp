//===- ReadyToRound.cpp - What storing a result is to round ---------------===//

#include "ReadyToRound.h"
#include "NearTie.h"
#include "act/Transforms/FunctionArithmetic.h"
#include "act/Transforms/Rounding.h"

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
    for (const NearTie &tie : findFarTies(*tape, bits, resolution, side))
      y = emitNearTie(emit, tie, x, y);
  return y;
}

Value act::readyToRound(Emitter &emit, FuncOp func, unsigned number,
                        Type unstated, const Arithmetic &arithmetic,
                        ValueRange arguments, Value y) {
  FloatType to = storageOf(func, number, unstated);
  // A mask or a sum; and correctly rounded are results of 16 bits in the strict
  // class, and of bf16 in each.
  if (!to || to.getWidth() != 16 || !(arithmetic.isWide() || to.isBF16()))
    return y;
  // On a GPU bf16 results are correctly rounded in the strict class only.
  if (func.getNumArguments() == 1 &&
      (arithmetic.isWide() || !arithmetic.forGpu))
    y = besideTies(emit, func, number, arithmetic, arguments[0], y);
  if (!arithmetic.isWide())
    return y;
  return roundToOdd(emit.getBuilder(), func.getLoc(), y);
}
