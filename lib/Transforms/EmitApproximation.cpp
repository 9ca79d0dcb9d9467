//===- EmitApproximation.cpp - A method of the table as IR ----------------===//

#include "EmitApproximation.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/ErrorHandling.h"

using namespace mlir;
using namespace act;

using Plain = Value (*)(Emitter &, Value);

static Real plainly(RealEmitter &real, Real z, Plain method) {
  return RealEmitter::of(method(real.emit, real.plain(z)));
}

/// f(z), or slope z where z is so small that f is linear, if z has its exponent
/// apart: the result keeps it.
static Real linearNearZero(RealEmitter &real, Real z, Quad slope,
                           Plain method) {
  // The copy that is rounded; z keeps its exponent.
  Real rounded = z;
  Value x = real.plain(rounded);
  Real y = RealEmitter::of(method(real.emit, x));
  if (!z.exponent)
    return y;
  Emitter &emit = real.emit;
  Value isTiny = emit.lt(emit.abs(x), emit.constant(0x1p-64));
  return real.select(isTiny, real.mul(z, RealEmitter::of(slope), false), y);
}

namespace {
struct Method {
  StringRef name;
  Real (*emit)(RealEmitter &, Real);
};
} // namespace

/// A method without a low word whose result is plain.
#define ACT_PLAIN(name)                                                        \
  {                                                                            \
#name, [](RealEmitter &real, Real z) {                                     \
      return plainly(real, z,                                                  \
                     [](Emitter &e, Value x) { return approx::name(e, x); });  \
    }   \
  }
/// One whose result has its exponent apart, and may be above 1 or not.
#define ACT_SCALED(name, mayGrow)                                              \
  {                                                                            \
#name, [](RealEmitter &real, Real z) {                                     \
      std::optional<Value> lo = real.low(z);                                   \
      return RealEmitter::of(approx::name(real.emit, z.hi, lo), mayGrow);      \
    }   \
  }
/// One that is linear near 0.
#define ACT_LINEAR(name, slope)                                                \
  {                                                                            \
#name, [](RealEmitter &real, Real z) {                                     \
      return linearNearZero(real, z, slope, [](Emitter &e, Value x) {          \
        return approx::name(e, x);                                             \
      });                                                                      \
    }   \
  }

static const Method methods[] = {
    ACT_SCALED(expScaled, true),
    ACT_SCALED(sigmoidScaled, false),
    ACT_SCALED(softplusScaled, false),
    ACT_SCALED(erfcScaled, false),
    {"expm1",
     [](RealEmitter &real, Real z) {
       std::optional<Value> lo = real.low(z);
       return RealEmitter::of(approx::expm1(real.emit, z.hi, lo));
     }},
    ACT_LINEAR(log1p, 1),
    ACT_LINEAR(tanh, 1),
    ACT_LINEAR(erf, quadFromText("1.1283791670955125738961589031215451717")),
    ACT_PLAIN(log),
    ACT_PLAIN(sin),
    ACT_PLAIN(cos),
    ACT_PLAIN(sinh),
    ACT_PLAIN(cosh),
    ACT_PLAIN(gelu),
    ACT_PLAIN(geluSlope),
    ACT_PLAIN(geluCurvature),
    ACT_PLAIN(gelu10),
    ACT_PLAIN(gelu10Slope),
    ACT_PLAIN(geluTanh),
    ACT_PLAIN(geluTanhSlope),
    ACT_PLAIN(isruSlope),
    ACT_PLAIN(isruCurvature),
    ACT_PLAIN(logishSlope),
    ACT_PLAIN(mish),
    ACT_PLAIN(mishSlope),
    ACT_PLAIN(quickGelu),
    ACT_PLAIN(quickGeluSlope),
    ACT_PLAIN(serfSlope),
    ACT_PLAIN(sigmoid),
    ACT_PLAIN(sigmoidSlope),
    ACT_PLAIN(silu),
    ACT_PLAIN(siluSlope),
    ACT_PLAIN(squareplusSlope),
    ACT_PLAIN(squareplusCurvature),
    ACT_PLAIN(tanhSlope),
    ACT_PLAIN(tanhshrink),
    ACT_PLAIN(wideExp),
    ACT_PLAIN(wideExpm1),
    ACT_PLAIN(wideSigmoid),
    ACT_PLAIN(wideSoftplus),
    ACT_PLAIN(wideLog),
    ACT_PLAIN(wideTanh),
    ACT_PLAIN(wideSinh),
    ACT_PLAIN(wideCosh),
    ACT_PLAIN(wideErf),
    ACT_PLAIN(wideErfc),
    ACT_PLAIN(quickExp),
    ACT_PLAIN(quickExpm1),
    ACT_PLAIN(quickSigmoid),
    ACT_PLAIN(quickSoftplus),
    ACT_PLAIN(quickTanh),
    ACT_PLAIN(quickErfc),
};

Real act::emitApproximation(const ApproximationInfo &row, RealEmitter &real,
                            Real z) {
  for (const Method &method : methods)
    if (method.name == row.Method)
      return method.emit(real, z);
  llvm_unreachable("a row of Approximations.td names no method");
}
