//===- ExactValues.cpp - Exact values at speed ----------------------------===//

#include "ExactValues.h"
#include "Curves.h"
#include "llvm/ADT/STLExtras.h"

using namespace act;
using namespace act::report;
using Traits = NumberTraits<Quad>;

/// An operation in binary128 next to one in double: 60 bits more, of which the
/// C library's functions may lose 4.
static constexpr double kQuadPerDouble = 0x1p-56;

ExactValues::ExactValues(const Tape &tape, DType type, bool isRow,
                         KnownValues *memory)
    : type(type), isRow(isRow), quads(tape), errors(quads, DType::F64),
      plainErrors(quads, type == DType::F64 ? DType::F64 : DType::F32),
      reference(tape), memory(memory) {}

/// True if an error of so many ulp changes neither the value nor its rounding.
bool ExactValues::isProven(const Quad &value, double error) const {
  if (Traits::isNaN(value) || Traits::isInfinite(value) ||
      !(error <= kNegligible))
    return false;
  if (error == 0)
    return true;
  Quad units = Traits::scale(Traits::abs(value), -ulpExponent(value, type));
  Quad fromTie = Traits::abs(units - Traits::floor(units) - Quad(0.5));
  return fromTie > Quad(error);
}

/// 0.2 x - 0.3 is a tie for some x, and 0.3 exp(x) more is none, but next to
/// nothing where x = -1256. More and more bits are asked until they tell.
static constexpr mpfr_prec_t kDeepBits[] = {640, 2560, 16384, 81920};

/// Of these the last are lost to rounding on the way.
static constexpr mpfr_prec_t kLostBits = 200;

int ExactValues::sideOf(const Quad &tie, double x) {
  for (auto [i, bits] : llvm::enumerate(kDeepBits)) {
    MpfrPrecision scope(bits);
    if (i == deepLevels.size())
      deepLevels.emplace_back(reference.getTape());
    MpfrNumber centre = mpfrOf(tie);
    MpfrNumber rest = deepLevels[i].evaluate({MpfrNumber(x)}) - centre;
    if (mpfr_zero_p(rest.get()) == 0 &&
        mpfr_get_exp(rest.get()) >
            mpfr_get_exp(centre.get()) - (bits - kLostBits))
      return mpfr_sgn(rest.get());
  }
  return 0;
}

/// The number of 113 bits that is nearest, but on the same side of a tie.
Quad ExactValues::besideTie(const MpfrNumber &exact, double x) {
  Quad value = quadOf(exact);
  if (Traits::isNaN(value) || Traits::isInfinite(value) || value == Quad(0))
    return value;
  Quad units = Traits::scale(Traits::abs(value), -ulpExponent(value, type));
  bool isTie = units - Traits::floor(units) == Quad(0.5);
  if (!isTie)
    return value;
  int side = sideOf(value, x);
  Quad least = Traits::scale(Quad(1), Traits::exponentOf(value) - 112);
  return side > 0 ? value + least : side < 0 ? value - least : value;
}

Exact ExactValues::at(double x) {
  if (!std::isfinite(x))
    return special(x);
  double error;
  errors.evaluate(Quad(x), type, error);
  // The rounding to the type is no error of the reference.
  error = (error - (type == DType::F64 ? 0 : 0.5)) * kQuadPerDouble;
  const Quad &value = quads.getResult(0);
  if (errors.isDecided() && isProven(value, error)) {
    ++byBinary128;
    return {value, std::nullopt};
  }
  ++byMpfr;
  if (!memory || x == 0)
    return {besideTie(reference.evaluate({x})[0], x), std::nullopt};
  auto [place, isNew] = memory->try_emplace(x);
  if (isNew)
    place->second = besideTie(reference.evaluate({x})[0], x);
  return {place->second, std::nullopt};
}

Exact ExactValues::special(double x) {
  std::optional<Exact> &exact = known[std::isnan(x) ? 0 : x < 0 ? 1 : 2];
  if (exact)
    return *exact;
  exact.emplace(Exact{quadOf(reference.evaluate({x})[0]), std::nullopt});
  if (std::isinf(x) && Traits::isNaN(exact->value)) {
    Quad limit = quadOf(reference.limitAtInfinity({x}, 0));
    if (isRow)
      exact->value = limit;
    else
      exact->orElse = limit;
  }
  return *exact;
}

std::optional<double> ExactValues::plainBound(double x) {
  double bound;
  plainErrors.evaluate(Quad(x), type, bound);
  if (std::isinf(bound) && plainErrors.overflows(0))
    return std::nullopt;
  return bound;
}
