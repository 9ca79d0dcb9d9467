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
  if (!z.isApart())
    return y;
  Emitter &emit = real.emit;
  Value isTiny = emit.lt(emit.abs(x), emit.constant(0x1p-64));
  return real.select(isTiny, real.mul(z, RealEmitter::of(slope), false), y);
}

using InPairs = approx::Pair<Emitter> (*)(Emitter &, Value,
                                          approx::Low<Emitter>);

/// The same in two words.
static Real pairNearZero(RealEmitter &real, Real z, Quad slope,
                         InPairs method) {
  Real settled = z;
  std::optional<Value> lo = real.low(settled);
  Real y = RealEmitter::of(method(real.emit, settled.hi, lo));
  // Inside a method low words may become subnormal, too.
  if (!z.isApart() && !real.flush)
    return y;
  Emitter &emit = real.emit;
  Value isTiny = emit.lt(emit.abs(settled.hi), emit.constant(0x1p-64));
  return real.select(isTiny, real.mul(z, RealEmitter::of(slope), true), y);
}

namespace {
struct Method {
  StringRef name;
  Real (*emit)(RealEmitter &, Real);
};
} // namespace

static const Method methods[] = {
#define ACT_PLAIN(name)                                                        \
  {#name, [](RealEmitter &real, Real z) {                                      \
     return plainly(real, z,                                                   \
                    [](Emitter &e, Value x) { return approx::name(e, x); });   \
   }},
#define ACT_LINEAR(name, slope)                                                \
  {#name, [](RealEmitter &real, Real z) {                                      \
     static const Quad exactSlope = quadFromText(slope);                       \
     return linearNearZero(real, z, exactSlope, [](Emitter &e, Value x) {      \
       return approx::name(e, x);                                              \
     });                                                                       \
   }},
#define ACT_LOW(name)                                                          \
  {#name, [](RealEmitter &real, Real z) {                                      \
     std::optional<Value> lo = real.low(z);                                    \
     return RealEmitter::of(approx::name(real.emit, z.hi, lo));                \
   }},
#define ACT_SCALED(name, mayGrow)                                              \
  {#name, [](RealEmitter &real, Real z) {                                      \
     std::optional<Value> lo = real.low(z);                                    \
     return RealEmitter::of(approx::name(real.emit, z.hi, lo), mayGrow);       \
   }},
#define ACT_PAIR_LINEAR(name, slope)                                           \
  {#name, [](RealEmitter &real, Real z) {                                      \
     static const Quad exactSlope = quadFromText(slope);                       \
     return pairNearZero(real, z, exactSlope,                                  \
                         [](Emitter &e, Value x, approx::Low<Emitter> lo) {    \
                           return approx::name(e, x, lo);                      \
                         });                                                   \
   }},
#include "act/Transforms/Approximations/Methods.def"
};

Real act::emitApproximation(const ApproximationInfo &row, RealEmitter &real,
                            Real z) {
  for (const Method &method : methods)
    if (method.name == row.Method)
      return method.emit(real, z);
  llvm_unreachable("a row of Approximations.td names no method");
}
