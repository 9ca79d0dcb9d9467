//===- Patches.cpp - Where an evaluation cancels, a polynomial ------------===//

#include "act/Transforms/Patches.h"
#include "act/Reference/ErrorBound.h"
#include "act/Transforms/ChebyshevFit.h"
#include <cmath>

using namespace mlir;
using namespace act;

/// No argument, or several arguments or a run-time parameter.
static constexpr int kNone = -1, kMany = -2;

/// For each value of the body, the one input it is a function of.
static DenseMap<Value, int> ownersOf(FuncOp func) {
  DenseMap<Value, int> owners;
  for (BlockArgument arg : func.getBody().getArguments())
    owners[arg] = arg.getArgNumber() < func.getNumInputs()
                      ? int(arg.getArgNumber())
                      : kMany;
  for (Operation &op : func.getBody().front().without_terminator()) {
    int owner = kNone;
    for (Value operand : op.getOperands()) {
      int other = owners.lookup(operand);
      owner = owner == kNone || owner == other ? other
              : other == kNone                 ? owner
                                               : kMany;
    }
    for (Value result : op.getResults())
      owners[result] = owner;
  }
  return owners;
}

/// Values that are functions of one input but are used beyond that.
static SmallVector<Value> outermost(FuncOp func,
                                    const DenseMap<Value, int> &owners) {
  SmallVector<Value> found;
  for (Operation &op : func.getBody().front().without_terminator())
    for (Value result : op.getResults()) {
      if (owners.lookup(result) < 0 || !isa<FloatType>(result.getType()))
        continue;
      if (llvm::any_of(result.getUsers(), [&](Operation *user) {
            return isa<ReturnOp>(user) || owners.lookup(user->getResult(0)) < 0;
          }))
        found.push_back(result);
    }
  return found;
}

/// True if some operation can cancel or has no value somewhere.
static bool mayCancel(FuncOp func) {
  return llvm::any_of(func.getBody().front(), [](Operation &op) {
    StringRef name = op.getName().getStringRef();
    return name == "arith.addf" || name == "arith.subf" ||
           name == "arith.divf" || name == "arith.mulf";
  });
}

/// Each costs a polynomial in the kernel.
static constexpr size_t kMaxPatches = 8;

namespace {

/// Looks for the places of one function of one argument.
class Search {
public:
  Search(Tape tape, unsigned argument, WorkingPrecision precision)
      : argument(argument), precision(precision), isDouble(precision.isDouble),
        compute(isDouble ? DType::F64 : DType::F32), doubles(tape),
        quads(std::move(tape)), errors(doubles, compute),
        args(doubles.getTape().numArgs, 1.0) {}

  Care run();

private:
  struct Sample {
    double x, value, bound;
  };

  Sample sample(double x);
  Quad exact(Quad x);
  std::optional<Limit> limit(double sign);
  /// The least power of two from which on f stays at `value` x^power up to
  /// rounding.
  double settlesFrom(double sign, Quad value, int power = 0);
  /// True if f overflows on the way to a finite result.
  bool overflows(double sign);
  /// The power of x that f tends to, where it overflows before.
  std::optional<Limit> farPower(double sign);
  void choosePlaces();
  /// How far from `centre` towards `direction` the bound stays too large.
  double extent(double centre, double direction);
  /// The root between two samples of different sign.
  std::optional<Quad> rootBetween(Quad a, Quad b);
  void patch(Quad centre, bool isRoot);
  unsigned multiplicityAt(Quad centre);

  unsigned argument;
  WorkingPrecision precision;
  bool isDouble;
  DType compute;
  Interpreter<double> doubles;
  Interpreter<Quad> quads;
  ErrorBound<double> errors;
  std::vector<double> args;
  std::vector<Sample> samples;
  double threshold = 0;
  Care care;
};

} // namespace

Search::Sample Search::sample(double x) {
  Sample s{x, 0, 0};
  args[argument] = x;
  errors.evaluate(args, compute, s.bound);
  s.value = doubles.evaluate(args);
  // 0 / 0 has no error bound of its own.
  if (std::isnan(s.value))
    s.bound = std::numeric_limits<double>::infinity();
  return s;
}

Quad Search::exact(Quad x) {
  std::vector<Quad> values(args.begin(), args.end());
  values[argument] = x;
  return quads.evaluate(values);
}

//===----------------------------------------------------------------------===//
// Limits at infinity
//===----------------------------------------------------------------------===//

/// x^power
static Quad powerOf(Quad x, int power) {
  Quad y = 1;
  for (int i = 0; i < std::abs(power); ++i)
    y = y * x;
  return power < 0 ? 1 / y : y;
}

double Search::settlesFrom(double sign, Quad value, int power) {
  using Traits = NumberTraits<Quad>;
  Quad allowed = value == 0 ? Quad(isDouble ? 0x1p-1074 : 0x1p-149) / 8
                            : Traits::abs(value) * Quad(precision.settled);
  auto hasSettled = [&](int k) {
    for (double step : {1.0, 1.5, 2.0, 4.0, 64.0}) {
      Quad x = Traits::scale(sign * step, k);
      // Where even binary128 overflows there is nothing to compare.
      if (Traits::abs(exact(x) / powerOf(x, power) - value) > allowed)
        return false;
    }
    return true;
  };
  int low = 0, high = isDouble ? 1024 : 128;
  while (low < high) {
    int middle = (low + high) / 2;
    if (hasSettled(middle))
      high = middle;
    else
      low = middle + 1;
  }
  return std::exp2(low);
}

std::optional<Limit> Search::limit(double sign) {
  using Traits = NumberTraits<Quad>;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  args[argument] = sign * infinity;
  if (!std::isnan(doubles.evaluate(args)))
    return std::nullopt;
  // Far beyond every format that kernels compute in, with room for its powers.
  Quad far = Traits::scale(sign, 1900);
  // Unless it has an exponential of an exponential: then as far as there are
  // values.
  if (Traits::isNaN(exact(far))) {
    int exponent = 14;
    do
      far = Traits::scale(sign, --exponent);
    while (exponent > 8 && Traits::isNaN(exact(far)));
    // A zero may be what cancellation has left, unless it was a zero of every
    // format before.
    while (exponent > 0 && exact(Traits::scale(sign, exponent)) == 0)
      --exponent;
    if (exact(far) == 0 &&
        !(Traits::abs(exact(Traits::scale(sign, exponent))) < Quad(1e-300)))
      return std::nullopt;
  }
  Quad a = exact(far), b = exact(far / 4);
  if (Traits::isNaN(a) || Traits::isNaN(b))
    return std::nullopt;
  Quad magnitude = Traits::abs(a);
  if (magnitude > Quad(1e300)) // Grows: an infinity of its sign.
    return Limit{Traits::isNegative(a) ? -infinity : infinity, infinity};
  if (magnitude < Quad(1e-300))
    return Limit{std::copysign(0.0, Traits::isNegative(a) ? -1.0 : 1.0),
                 settlesFrom(sign, 0)};
  if (Traits::abs(a - b) > magnitude * Quad(0x1p-60))
    return std::nullopt;
  return Limit{a, settlesFrom(sign, a)};
}

bool Search::overflows(double sign) {
  // In double as in any other format: at its end, and where squares and
  // higher powers overflow or vanish.
  for (double x : {0x1.fp1023, 0x1.8p1000, 0x1.05p512, 0x1.05p342, 0x1.05p256,
                   0x1.05p205, 0x1.05p180}) {
    args[argument] = sign * x;
    Quad right = exact(Quad(sign * x));
    double computed = doubles.evaluate(args);
    if (!(NumberTraits<Quad>::abs(right) < Quad(0x1.fffffp1023)))
      continue;
    Quad error = NumberTraits<Quad>::abs(Quad(computed) - right);
    if (!(error <= Quad(0x1p-1060) + NumberTraits<Quad>::abs(right) / 1024))
      return true;
  }
  return false;
}

std::optional<Limit> Search::farPower(double sign) {
  if (!overflows(sign))
    return std::nullopt;
  Quad far = NumberTraits<Quad>::scale(sign, 1900);
  for (int power : {1, 2, -1, -2, -3, -4}) {
    Quad a = exact(far) / powerOf(far, power);
    Quad b = exact(far / 4) / powerOf(far / 4, power);
    Quad magnitude = NumberTraits<Quad>::abs(a);
    if (magnitude > 0 && magnitude < Quad(1e30) &&
        NumberTraits<Quad>::abs(a - b) <= magnitude * Quad(0x1p-60))
      return Limit{a, settlesFrom(sign, a, power), power};
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

std::optional<Quad> Search::rootBetween(Quad a, Quad b) {
  Quad fa = exact(a), fb = exact(b);
  if (!(fa * fb < 0))
    return std::nullopt;
  // Regula falsi with Illinois' halving; bisection would take 110 steps.
  int side = 0;
  for (int i = 0; i < 80; ++i) {
    Quad c = (fa * b - fb * a) / (fa - fb);
    Quad fc = exact(c);
    Quad width = NumberTraits<Quad>::abs(b - a);
    if (fc == 0 || width < NumberTraits<Quad>::abs(c) * Quad(0x1p-108))
      return c;
    if (fc * fb > 0) {
      b = c, fb = fc;
      if (side == -1)
        fa = fa / 2;
      side = -1;
    } else if (fc * fa > 0) {
      a = c, fa = fc;
      if (side == 1)
        fb = fb / 2;
      side = 1;
    } else {
      return std::nullopt; // NaN.
    }
  }
  return (fa * b - fb * a) / (fa - fb);
}

double Search::extent(double centre, double direction) {
  // Doubling steps out to where the bound is small, then halving back. What
  // is large beyond this is no matter of one place.
  double last = 0, step = std::max(std::fabs(centre), 1.0) * 0x1p-6;
  double good = 0;
  for (int i = 0; i < 8 && good == 0; ++i, step *= 2) {
    if (sample(centre + direction * step).bound <= threshold)
      good = step;
    else
      last = step;
  }
  if (good == 0)
    return last;
  for (int i = 0; i < 4; ++i) {
    double middle = (last + good) / 2;
    (sample(centre + direction * middle).bound <= threshold ? good : last) =
        middle;
  }
  return good;
}

unsigned Search::multiplicityAt(Quad centre) {
  Quad h = NumberTraits<Quad>::scale(1, -30);
  Quad ratio = exact(centre + 2 * h) / exact(centre + h);
  for (unsigned m = 0; m <= 6; ++m)
    if (NumberTraits<Quad>::abs(ratio - Quad(1 << m)) < Quad(0x1p-12))
      return m;
  return 0;
}

/// True if the terms of the polynomial are not much larger than their sum.
static bool isWellConditioned(const std::vector<Quad> &coefficients, double u) {
  double sum = 0, magnitude = 0, power = 1;
  for (Quad c : coefficients) {
    sum += double(c) * power;
    magnitude += std::fabs(double(c) * power);
    power *= u;
  }
  return magnitude <= 6 * std::fabs(sum);
}

void Search::patch(Quad centre, bool isRoot) {
  for (const Patch &known : care.patches)
    if (double d = double(centre - known.centre);
        d >= known.below && d <= known.above)
      return;
  Patch patch;
  patch.centre = centre;
  patch.below = -extent(double(centre), -1);
  patch.above = extent(double(centre), 1);
  bool isZeroThere =
      isRoot || NumberTraits<Quad>::abs(exact(Quad(0x1p-40))) < Quad(0x1p-30);
  patch.multiplicity = isZeroThere ? multiplicityAt(centre) : 0;
  if (isRoot && patch.multiplicity == 0)
    return; // A jump, not a root.
  auto reduced = [&](Quad d) {
    Quad y = exact(centre + d);
    for (unsigned i = 0; i < patch.multiplicity; ++i)
      y = y / d;
    return y;
  };
  // A smaller interval where this one holds a kink, wants too many terms, or
  // the polynomial itself would cancel at its ends; the longer side gives way.
  for (int attempt = 0; attempt < 24; ++attempt) {
    auto fit = fitPolynomial(reduced, patch.below, patch.above,
                             precision.tolerance, precision.mostTerms);
    double half = (patch.above - patch.below) / 2;
    if (fit && isWellConditioned(*fit, -half) &&
        isWellConditioned(*fit, half)) {
      patch.coefficients = std::move(*fit);
      care.patches.push_back(std::move(patch));
      return;
    }
    bool both =
        -patch.below < 2 * patch.above && patch.above < 2 * -patch.below;
    if (both || -patch.below > patch.above)
      patch.below *= 0.85;
    if (both || -patch.below < patch.above)
      patch.above *= 0.85;
  }
}

void Search::choosePlaces() {
  // A long formula has a larger bound everywhere, which is no cancellation:
  // what is usual where functions have their shape tells.
  std::vector<double> bounds;
  for (const Sample &s : samples)
    if (std::fabs(s.x) > 0x1p-4 && std::fabs(s.x) < 8 && std::isfinite(s.bound))
      bounds.push_back(s.bound);
  if (bounds.empty())
    return;
  auto usual = bounds.begin() + bounds.size() / 4;
  std::nth_element(bounds.begin(), usual, bounds.end());
  threshold = std::max(precision.largestBound, *usual);

  size_t zero = samples.size() / 2;
  if (samples[zero].bound > 2 * threshold ||
      samples[zero + 1].bound > 2 * threshold)
    patch(0, false);
  // From the middle outwards, so that a function with many roots gets care
  // where it is used most.
  auto visit = [&](size_t i) {
    const Sample &a = samples[i], &b = samples[i + 1];
    bool isExact = std::max(a.bound, b.bound) <= 4;
    if (a.value * b.value < 0 && !isExact && care.patches.size() < kMaxPatches)
      if (std::optional<Quad> root = rootBetween(a.x, b.x))
        patch(*root, true);
  };
  for (size_t k = 0; k < zero; ++k) {
    visit(zero + k);
    visit(zero - 1 - k);
  }
}

Care Search::run() {
  care.argument = argument;
  for (bool isRight : {false, true}) {
    double sign = isRight ? 1 : -1;
    care.limits[isRight] = farPower(sign);
    if (!care.limits[isRight])
      care.limits[isRight] = limit(sign);
  }
  // Four points an octave, where functions have their shape; none is a short
  // number, at which a root would show no change of sign.
  auto point = [](int k) { return 1.0371829 * std::exp2(k / 4.0); };
  for (int k = 27; k >= -40; --k)
    samples.push_back(sample(-point(k)));
  samples.push_back(sample(0));
  for (int k = -40; k <= 27; ++k)
    samples.push_back(sample(point(k)));
  choosePlaces();
  return std::move(care);
}

llvm::DenseMap<Value, Care> act::findCare(FuncOp func,
                                          WorkingPrecision precision) {
  llvm::DenseMap<Value, Care> found;
  // What rounded operations lose is what they are to give.
  bool isRounded = !func.getBody().getOps<RoundOp>().empty();
  if (isRounded || !mayCancel(func))
    return found;
  DenseMap<Value, int> owners = ownersOf(func);
  for (Value value : outermost(func, owners)) {
    llvm::Expected<Tape> tape = Tape::build(func, value);
    if (!tape) { // Approximation reports what it does not know.
      llvm::consumeError(tape.takeError());
      continue;
    }
    Care care = Search(std::move(*tape), owners.lookup(value), precision).run();
    if (!care.patches.empty() || care.limits[0] || care.limits[1])
      found[value] = std::move(care);
  }
  return found;
}
