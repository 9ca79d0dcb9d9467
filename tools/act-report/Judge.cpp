//===- Judge.cpp - Blocks of results against exact values -----------------===//

#include "Judge.h"
#include "llvm/ADT/STLExtras.h"

using namespace act;
using namespace act::report;
using Traits = NumberTraits<Quad>;

/// Part of an input on each side within which a root is near.
static constexpr double kNear = 1.0 / 32;

/// Checks of a sweep by MPFR, if it is long, and inputs between two at least.
static constexpr uint64_t kChecks = 1 << 16, kLeastStep = 257;

uint64_t act::report::checkStep(const SweepPlan &plan) {
  return std::max(kLeastStep, plan.size() / kChecks);
}

/// So many points that may have the largest error of a block are evaluated; of
/// more, those that exceed it by 2^-20 ulp. The slope of mish at 0 is 3/5, and
/// two of five results near 0 are equally wrong.
static constexpr unsigned kMostCandidates = 8;

struct Judge::Candidate {
  uint64_t number;
  unsigned region;
  Point point;
  /// What its error is at most.
  double most;
};

struct Judge::Pass {
  /// Number of the next input of the plan, and of the first that is counted.
  uint64_t number, begin;
  uint64_t step;
  BlockResult block = {};
  std::optional<Point> before = std::nullopt;
  /// Of each region: the number of the worst input, and what the largest error
  /// is at least.
  std::array<uint64_t, kNumRegions> worst = {};
  std::array<double, kNumRegions> least = {};
  /// Screened points that may have the largest error, in order.
  std::vector<Candidate> candidates = {};
};

Judge::Judge(const SweepTask &task)
    : task(task), type(task.plan.getElements().getType()),
      exacts(task.kernel.tape, type, task.kernel.isRow(), task.memory),
      isFixed(task.maxUlp || task.hasRowBound) {
  if (type != DType::F64 && BatchValues::supports(task.kernel.tape))
    screen.emplace(task.kernel.tape, type, task.nearZero);
}

bool Judge::isNearRoot(double x) const {
  double margin = std::fabs(x) * kNear;
  auto first = llvm::lower_bound(task.roots, x - margin);
  return first != task.roots.end() && *first <= x + margin;
}

Region Judge::regionOf(double x, const Quad &exact) const {
  if (x == 0 || !std::isfinite(x))
    return Region::Special;
  if (isNearRoot(x))
    return Region::Root;
  Quad normal = Traits::scale(Quad(1), formatOf(type).minExponent);
  return Traits::abs(exact) < normal ? Region::Subnormal : Region::Normal;
}

template <class Number> double Judge::leastBoundAt(const Number &exact) const {
  using Traits = NumberTraits<Number>;
  if (task.maxUlp)
    return *task.maxUlp;
  if (task.isFast() && !Traits::isNaN(exact) && !Traits::isInfinite(exact))
    return fastBoundAt(exact);
  return task.hasRowBound ? rowBoundOf(type, task.accuracy)
                          : formulaBoundOf(type);
}

std::optional<double> Judge::boundAt(double x, const Quad &exact, double ulp) {
  double ofRows = leastBoundAt(exact);
  // More is asked for only where it matters.
  if (isFixed || ulp <= ofRows)
    return ofRows;
  std::optional<double> plain = exacts.plainBound(x);
  if (!plain)
    return std::nullopt;
  return std::max(ofRows, *plain);
}

template <class Number>
bool Judge::isExcused(double y, const Number &exact, double apart) const {
  using Traits = NumberTraits<Number>;
  auto number = [](double value) { return Traits::fromDouble(value); };
  return task.isFast() && !task.maxUlp &&
         Traits::abs(exact) + number(apart) < number(kFastLeast) &&
         Traits::abs(number(y) - exact) + number(apart) <= number(kFastFloor);
}

Tally *Judge::countScreened(Pass &pass, unsigned lane, const Point &point) {
  uint64_t verdict = screen->verdicts[lane];
  double ulp = screen->ulps[lane], off = screen->ulpErrors[lane];
  if (!(verdict & Screen::Known))
    return nullptr;
  bool excused = isExcused(point.y, point.value, point.error);
  if (excused != isExcused(point.y, point.value, -point.error))
    return nullptr;
  if (excused)
    ulp = off = 0;
  // A bound that is a part of the exact value is less wrong than the error.
  double bound = leastBoundAt(point.value);
  bool isBeyond = ulp > bound;
  if (!excused && (std::fabs(ulp - bound) <= 2 * off || (isBeyond && !isFixed)))
    return nullptr;
  Region region = isNearRoot(point.x)           ? Region::Root
                  : verdict & Screen::Subnormal ? Region::Subnormal
                                                : Region::Normal;
  double &least = pass.least[unsigned(region)];
  if (ulp >= kNegligible && ulp + off >= least) {
    least = std::max(least, ulp - off);
    pass.candidates.push_back(
        {pass.number, unsigned(region), point, ulp + off});
  }
  Tally &tally = pass.block.regions[unsigned(region)];
  ++tally.inputs;
  tally.sumUlp += ulp;
  tally.beyondBound += isBeyond;
  tally.misrounded += (verdict & Screen::Misrounded) != 0;
  tally.wrongSigns += (verdict & Screen::WrongSign) != 0;
  ++pass.block.sources.byDouble;
  return &tally;
}

Tally &Judge::countExactly(Pass &pass, Point &point) {
  double x = point.x, y = point.y;
  uint64_t byBinary128 = exacts.byBinary128, byMpfr = exacts.byMpfr;
  Exact exact = exacts.at(x);
  pass.block.sources.byBinary128 += exacts.byBinary128 - byBinary128;
  pass.block.sources.byMpfr += exacts.byMpfr - byMpfr;
  point.value = Traits::toDouble(exact.value);
  // For the order; equal values of binary128 are looked at again.
  point.error = std::fabs(point.value) * 0x1p-52;
  unsigned region = unsigned(regionOf(x, exact.value));
  Tally &tally = pass.block.regions[region];
  ++tally.inputs;
  double ulp = ulpError(y, exact.value, type);
  if (exact.orElse)
    ulp = std::min(ulp, ulpError(y, *exact.orElse, type));
  if (isExcused(y, exact.value))
    ulp = 0;
  std::optional<double> bound = boundAt(x, exact.value, ulp);
  if (!bound) {
    ++tally.notJudged;
    return tally;
  }
  bool isMismatch = std::isinf(ulp);
  if (isMismatch)
    ++tally.nonFinite;
  else
    tally.sumUlp += ulp;
  // An infinite slope bounds no error, but excuses no NaN.
  if (!(ulp <= *bound) || (isMismatch && !std::isfinite(y)))
    ++tally.beyondBound;
  if (ulp >= kNegligible && y != roundTo(exact.value, type))
    ++tally.misrounded;
  if ((y > 0 && exact.value < 0) || (y < 0 && exact.value > 0))
    ++tally.wrongSigns;
  updateWorst(pass, pass.number, region,
              {ulp, x, y, Traits::toDouble(exact.value), *bound});
  return tally;
}

/// The first input of those with the largest error stays.
void Judge::updateWorst(Pass &pass, uint64_t number, unsigned region,
                        const Worst &next) {
  Worst &worst = pass.block.regions[region].worst;
  if (next.ulp < kNegligible || next.ulp < worst.ulp ||
      (next.ulp == worst.ulp && number > pass.worst[region]))
    return;
  worst = next;
  pass.worst[region] = number;
}

void Judge::settleWorst(Pass &pass) {
  // Points with the same value in double and the same result have the same
  // error: where a function is flat, there are many.
  llvm::SmallVector<std::pair<double, double>> seen;
  for (const Candidate &at : pass.candidates) {
    auto [x, y, value, error] = at.point;
    double known = pass.block.regions[at.region].worst.ulp;
    if (seen.size() >= kMostCandidates)
      known += kNegligible;
    if (at.most < std::max(known, pass.least[at.region]) ||
        llvm::is_contained(seen, std::pair(value, y)))
      continue;
    seen.emplace_back(value, y);
    Quad exact = exacts.at(x).value;
    double ulp = ulpError(y, exact, type);
    updateWorst(pass, at.number, at.region,
                {ulp, x, y, Traits::toDouble(exact), *boundAt(x, exact, ulp)});
  }
}

void Judge::check(Pass &pass, unsigned lane, const Point &point) {
  using Mpfr = NumberTraits<MpfrNumber>;
  MpfrNumber distance = exacts.exactly(point.x) - MpfrNumber(point.value);
  bool isAbove = distance > MpfrNumber(0.0), isPositive = point.value > 0;
  double apart = std::fabs(Mpfr::toDouble(distance));
  double side = screen->sides[lane];
  bool isSided = side == Screen::AwayFromZero || side == Screen::TowardsZero;
  bool holds =
      !isSided || isAbove == ((side == Screen::AwayFromZero) == isPositive);
  // A value beyond double is infinite, and no more is said of it.
  if (std::isinf(point.value)) {
    apart = 0;
    MpfrNumber size = Mpfr::abs(exacts.exactly(point.x));
    holds = size > MpfrNumber(0x1p800) && isAbove != isPositive;
  }
  Sources seen;
  seen.checked = 1;
  seen.apartAt = point.x;
  seen.apartOfBound = !holds ? HUGE_VAL : apart == 0 ? 0 : apart / point.error;
  if (std::isfinite(point.value))
    seen.apartUlp = std::ldexp(apart, -int(ulpExponent(point.value, type)));
  pass.block.sources.add(seen);
}

bool Judge::breaksOrder(const Point &before, const Point &point) {
  if (!(before.y < point.y || before.y > point.y))
    return false;
  bool falls = before.y > point.y;
  if (std::fabs(before.value - point.value) > before.error + point.error)
    return falls == (before.value < point.value);
  Quad a = exacts.at(before.x).value, b = exacts.at(point.x).value;
  return falls ? a <= b : a >= b;
}

bool Judge::breaksSymmetry(double y, double mirrored) const {
  double want = task.symmetry == Symmetry::Odd ? -y : y;
  return !(mirrored == want || (std::isnan(mirrored) && std::isnan(want)));
}

/// The elements as doubles.
static std::vector<double> doublesOf(const tools::Array &array) {
  std::vector<double> numbers(array.size());
  if (array.type == tools::ElementType::F32)
    std::copy_n(static_cast<const float *>(array.data()), numbers.size(),
                numbers.begin());
  else
    for (auto [i, number] : llvm::enumerate(numbers))
      number = array.get(int64_t(i));
  return numbers;
}

void Judge::judgeBatch(Pass &pass, llvm::ArrayRef<double> x,
                       llvm::ArrayRef<double> y,
                       llvm::ArrayRef<double> mirrored) {
  if (screen)
    screen->judge(x, y);
  for (unsigned lane = 0; lane < x.size(); ++lane, ++pass.number) {
    Point point{x[lane], y[lane], NAN, NAN};
    if (screen && (screen->verdicts[lane] & Screen::Known)) {
      point.value = screen->values[lane];
      point.error = screen->errors[lane];
    }
    if (pass.number >= pass.begin) {
      Tally *tally = screen ? countScreened(pass, lane, point) : nullptr;
      if (tally && pass.number % pass.step == 0)
        check(pass, lane, point);
      if (!tally)
        tally = &countExactly(pass, point);
      tally->orderBreaks += pass.before && breaksOrder(*pass.before, point);
      // Each pair once.
      if (!mirrored.empty() && point.x > 0)
        tally->symmetryBreaks += breaksSymmetry(point.y, mirrored[lane]);
    }
    pass.before = point;
  }
}

BlockResult Judge::judge(uint64_t begin, uint64_t end) {
  // The one before shows whether the first is in order.
  uint64_t from = begin == 0 ? 0 : begin - 1;
  std::vector<uint64_t> places, mirrors;
  const SweepPlan &plan = task.plan;
  for (uint64_t i = from; i < end; ++i) {
    places.push_back(plan.placeAt(i));
    mirrors.push_back(plan.getElements().last() - places.back());
  }
  tools::Array inputs = plan.getElements().at(places);
  std::vector<double> x = doublesOf(inputs);
  std::vector<double> y = doublesOf(task.kernel.run(inputs)), mirrored;
  if (task.symmetry == Symmetry::Odd || task.symmetry == Symmetry::Even)
    mirrored = doublesOf(task.kernel.run(plan.getElements().at(mirrors)));

  Pass pass{from, begin, checkStep(plan)};
  for (size_t i = 0; i < x.size(); i += Screen::kBlock) {
    size_t size = std::min<size_t>(Screen::kBlock, x.size() - i);
    auto part = [&](const std::vector<double> &all) {
      return all.empty() ? llvm::ArrayRef<double>()
                         : llvm::ArrayRef(all).slice(i, size);
    };
    judgeBatch(pass, part(x), part(y), part(mirrored));
  }
  settleWorst(pass);
  for (const Tally &tally : pass.block.regions)
    pass.block.maxUlp = std::max(pass.block.maxUlp, tally.worst.ulp);
  return pass.block;
}
