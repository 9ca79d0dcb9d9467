//===- NearZero.cpp - What a function is next to 0 ------------------------===//

#include "NearZero.h"
#include "act/Reference/MpfiInterval.h"
#include "act/Reference/Ulp.h"

using namespace act;
using namespace act::report;

/// A larger curvature is left to other methods.
static constexpr double kMostCurvature = 0x1p10;

static bool areApart(const MpfiInterval &a, const MpfiInterval &b) {
  return mpfr_less_p(a.hi(), b.lo()) || mpfr_less_p(b.hi(), a.lo());
}

/// True if no step changes its branch: the derivatives on the tape are then
/// those of the function throughout.
static bool isSmooth(const Tape &tape, llvm::ArrayRef<MpfiInterval> slots) {
  MpfiInterval zero(0, 0);
  return llvm::all_of(llvm::enumerate(tape.steps), [&](auto indexed) {
    const TapeStep &step = indexed.value();
    const MpfiInterval &result = slots[tape.numArgs + indexed.index()];
    const MpfiInterval &a = slots[step.operands[0]];
    switch (step.op.opcode) {
    case Opcode::Compare:
    case Opcode::And:
    case Opcode::Or:
    case Opcode::Xor:
    case Opcode::Floor:
      return mpfr_equal_p(result.lo(), result.hi()) != 0;
    case Opcode::Max:
    case Opcode::Min:
      return areApart(a, slots[step.operands[1]]);
    case Opcode::Clamp:
      return areApart(a, slots[step.operands[1]]) &&
             areApart(a, slots[step.operands[2]]);
    case Opcode::Abs:
    case Opcode::Sign:
      return areApart(a, zero);
    default:
      return !result.isNaN();
    }
  });
}

NearZero NearZero::of(const Tape &tape) {
  NearZero nothing, found;
  if (tape.results.size() < 3)
    return nothing;
  IntervalEvaluator evaluator(tape);
  auto at0 = evaluator.evaluate({MpfiInterval(0, 0)});
  const MpfiInterval &value = at0[tape.results[0]];
  const MpfiInterval &slope = at0[tape.results[1]];
  if (value.isNaN() || slope.isNaN() || !mpfi_is_zero(value.get()) ||
      !mpfr_equal_p(slope.lo(), slope.hi()))
    return nothing;
  found.slope = mpfr_get_d(slope.lo(), MPFR_RNDN);
  if (mpfr_cmp_d(slope.lo(), found.slope) != 0 ||
      !isRepresentable(found.slope, DType::F32) ||
      !(std::fabs(found.slope) >= 1 / kMostCurvature &&
        std::fabs(found.slope) <= kMostCurvature))
    return nothing;
  auto around = evaluator.evaluate({MpfiInterval(-reach, reach)});
  if (!isSmooth(tape, around))
    return nothing;
  const MpfiInterval &second = around[tape.results[2]];
  if (second.isNaN())
    return nothing;
  double lo = mpfr_get_d(second.lo(), MPFR_RNDD);
  double hi = mpfr_get_d(second.hi(), MPFR_RNDU);
  found.curvature = std::max(std::fabs(lo), std::fabs(hi)) / 2;
  if (!(found.curvature <= kMostCurvature))
    return nothing;
  if (lo > 0 || hi < 0)
    found.bend = lo > 0 ? 1 : -1;
  else if (lo != 0 || hi != 0)
    return nothing;
  return found;
}
