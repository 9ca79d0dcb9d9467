//===- RowFit.cpp - A row fitted to samples -------------------------------===//

#include "RowFit.h"
#include "Array.h"
#include "Curves.h"
#include "JumpSearch.h"
#include "RowModel.h"
#include "SimpleNumber.h"
#include "act/IR/ExactNumber.h"
#include "act/Reference/Ulp.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include <cstdio>

using namespace mlir;
using namespace act;
using namespace act::report;

/// Samples that starts are tried on, and that fits are made with.
static constexpr size_t kScanned = 128, kFitted = 256;
static constexpr unsigned kMostSteps = 50;
/// Of the starts, those that are followed.
static constexpr size_t kFollowed = 4;
/// Digits of parameters where the row does not match.
static constexpr int kRoughDigits = 6;
/// A fit is worth refining where its differences are below this many times
/// what a match may have at the largest y.
static constexpr double kPromising = 8;

namespace {
/// Fits one row.
class Fitter {
public:
  Fitter(const FunctionInfo &row, const Samples &samples, Rounding rounding,
         MLIRContext *context)
      : model(row, context), context(context), rounding(rounding), all(samples),
        scanned(samples.thinned(kScanned)), few(samples.thinned(kFitted)),
        scale(1 / samples.largestY()) {}

  std::optional<RowFit> run();

private:
  using Values = SmallVector<double, 4>;
  using Texts = SmallVector<FittedParam, 4>;

  LeastSquaresFit fitPlain(const Samples &samples, ArrayRef<double> start,
                           unsigned maxSteps);
  LeastSquaresFit fitByUlp(ArrayRef<double> start, ArrayRef<bool> isFree,
                           unsigned maxSteps = 20);
  std::vector<Values> starts() const;
  LeastSquaresFit followStarts();
  LeastSquaresFit search();
  double bestJump(const Samples &samples, Values values, unsigned param);
  void settleJumps(Values &values, Texts &texts);
  bool hasDefault(const LeastSquaresFit &fit, SmallVector<bool, 4> isFree,
                  unsigned param);
  void settleFreeOnes(Values &values, Texts &texts, double width);
  Texts roughTexts(const LeastSquaresFit &fit) const;
  Differences roughDifferences(const Samples &samples, ArrayRef<double> values);
  double ulpsOf(double x, double y, const Quad &f) const;
  bool judge(const Samples &samples, const Curves &curves,
             Differences &differences) const;
  bool matches(const Texts &texts, RowFit &result) const;
  void refine(const LeastSquaresFit &fit, RowFit &result);

  RowModel model;
  MLIRContext *context;
  Rounding rounding;
  const Samples &all;
  Samples scanned, few;
  double scale;
};
} // namespace

LeastSquaresFit Fitter::fitPlain(const Samples &samples, ArrayRef<double> start,
                                 unsigned maxSteps) {
  std::vector<double> weights(samples.size(), scale);
  SmallVector<bool, 4> isFree;
  for (unsigned i = 0; i < start.size(); ++i)
    isFree.push_back(!model.isJump(i));
  return model.fit<double>(samples.x, samples.y, weights, start, isFree,
                           maxSteps);
}

/// Weighted by the rounding of each y, and computed wide: what remains is what
/// the parameters do not explain.
LeastSquaresFit Fitter::fitByUlp(ArrayRef<double> start, ArrayRef<bool> isFree,
                                 unsigned maxSteps) {
  double floor = std::ldexp(all.largestY(), -30);
  std::vector<double> weights;
  for (auto [x, y] : llvm::zip(few.x, few.y)) {
    double size = std::max(std::fabs(y), floor);
    if (rounding == Rounding::OfTerms)
      size = std::max(size, std::fabs(x));
    // Finite for subnormals too.
    long exponent = std::min(-ulpExponent(size, few.type), 1000L);
    weights.push_back(std::ldexp(1, int(exponent)));
  }
  return model.fit<Quad>(few.x, few.y, weights, start, isFree, maxSteps);
}

/// The defaults with each parameter scaled; those of one parameter are close
/// enough to each other for a function that oscillates.
std::vector<Fitter::Values> Fitter::starts() const {
  SmallVector<double, 256> factors;
  if (model.getParams().size() == 1) {
    for (int i = -60; i <= 60; ++i)
      for (int sign : {1, -1})
        factors.push_back(sign * std::exp2(i / 12.0));
  } else if (model.getParams().size() == 2) {
    factors = {0.25, 0.5, 2, 4};
  } else {
    factors = {0.5, 2};
  }
  std::vector<Values> starts = {model.defaults()};
  for (unsigned i = 0; i < model.getParams().size(); ++i) {
    if (model.isJump(i))
      continue;
    double value = starts.front()[i], reach = all.largestX() / 16;
    bool isTiny = std::fabs(value) < reach / 1024;
    SmallVector<double, 256> others = {-reach, reach};
    if (!isTiny)
      others = llvm::map_to_vector<256>(
          factors, [&](double factor) { return value * factor; });
    for (size_t k = 0, count = starts.size(); k < count; ++k)
      for (double other : others) {
        starts.push_back(starts[k]);
        starts.back()[i] = other;
      }
  }
  return starts;
}

/// The best of the fits that start from the best starts; the first of those
/// that cannot be told apart.
LeastSquaresFit Fitter::followStarts() {
  std::vector<Values> all = starts();
  std::vector<std::pair<double, size_t>> ranked;
  for (auto [i, start] : llvm::enumerate(all))
    ranked.push_back({fitPlain(scanned, start, 0).cost, i});
  llvm::sort(ranked);
  // The defaults last: from far away, a fit may end anywhere.
  SmallVector<size_t, 8> followed;
  for (auto [cost, i] : llvm::ArrayRef(ranked).take_front(kFollowed))
    followed.push_back(i);
  followed.push_back(0);
  double arrived = double(few.size()) * 0x1p-100;
  LeastSquaresFit best = fitPlain(few, all[followed.front()], kMostSteps);
  for (size_t i : llvm::ArrayRef(followed).drop_front()) {
    if (best.cost <= arrived)
      break;
    LeastSquaresFit fit = fitPlain(few, all[i], kMostSteps);
    if (fit.cost < best.cost)
      best = std::move(fit);
  }
  return best;
}

LeastSquaresFit Fitter::search() {
  LeastSquaresFit best = followStarts();
  for (unsigned i = 0; i < best.parameters.size(); ++i) {
    if (!model.isJump(i))
      continue;
    // Roughly, the others following; then among these.
    LeastSquaresFit moved = best;
    auto costAt = [&](double value) {
      moved.parameters[i] = value;
      return fitPlain(scanned, moved.parameters, 8).cost;
    };
    double reach = 4 * all.largestX();
    moved.parameters[i] =
        findJump(costAt, best.parameters[i], reach, kRoughRounds);
    moved = fitPlain(few, moved.parameters, kMostSteps);
    moved.parameters[i] = bestJump(few, moved.parameters, i);
    moved = fitPlain(few, moved.parameters, kMostSteps);
    if (moved.cost < best.cost)
      best = std::move(moved);
  }
  return best;
}

/// The jump that is best with the other parameters as they are.
double Fitter::bestJump(const Samples &samples, Values values, unsigned param) {
  auto costAt = [&](double value) {
    values[param] = value;
    double cost = 0;
    for (auto [x, y] : llvm::zip(samples.x, samples.y)) {
      double r = (model.value(x, values) - y) * scale;
      cost += r * r;
    }
    return cost;
  };
  return findJump(costAt, values[param], 4 * all.largestX(), kFineRounds);
}

Differences Fitter::roughDifferences(const Samples &samples,
                                     ArrayRef<double> values) {
  Differences differences;
  for (auto [x, y] : llvm::zip(samples.x, samples.y)) {
    double f = model.value(x, values), difference = std::fabs(y - f);
    if (!std::isfinite(difference))
      difference = std::numeric_limits<double>::infinity();
    if (difference > differences.largest) {
      differences.largest = difference;
      differences.at = x;
    }
  }
  return differences;
}

double Fitter::ulpsOf(double x, double y, const Quad &f) const {
  using Traits = NumberTraits<Quad>;
  if (rounding == Rounding::OfResult || Traits::abs(f) >= std::fabs(x))
    return ulpError(y, f, all.type);
  Quad difference = Traits::abs(Quad(y) - f);
  return Traits::toDouble(Traits::scale(difference, -ulpExponent(x, all.type)));
}

/// Compares with the bound function; false at the first sample that rounding
/// does not explain.
bool Fitter::judge(const Samples &samples, const Curves &curves,
                   Differences &differences) const {
  Curve<Quad> quick = curves.quick();
  Curve<MpfrNumber> exact = curves.exact();
  differences = {};
  for (auto [x, y] : llvm::zip(samples.x, samples.y)) {
    Quad f = quick.at(Quad(x))[0];
    double ulps = ulpsOf(x, y, f);
    // Binary128 loses digits to cancellation too.
    if (ulps > samples.tolerance()) {
      f = quadOf(exact.at(MpfrNumber(x))[0]);
      ulps = ulpsOf(x, y, f);
    }
    if (!(ulps <= samples.tolerance()))
      return false;
    differences.ulps = std::max(differences.ulps, ulps);
    double difference = std::fabs(double(Quad(y) - f));
    if (difference > differences.largest) {
      differences.largest = difference;
      differences.at = x;
    }
  }
  return true;
}

/// Tries parameters; they are the result's if the row matches with them.
bool Fitter::matches(const Texts &texts, RowFit &result) const {
  std::string params;
  for (const FittedParam &text : texts) {
    if (!isExactNumber(text.text))
      return false;
    params +=
        (params.empty() ? "" : ";") + text.param.name.str() + "=" + text.text;
  }
  FunctionInfo bound = model.getRow();
  bound.Params = params.c_str();
  std::optional<Curves> curves = Curves::ofRow(bound, context, 0);
  Differences differences;
  if (!curves || !judge(few, *curves, differences) ||
      !judge(all, *curves, differences))
    return false;
  result.matches = true;
  result.params = texts;
  result.differences = differences;
  result.numSteps = curves->getTape().steps.size();
  return true;
}

/// Any value between two samples does for a jump: the simplest is meant.
void Fitter::settleJumps(Values &values, Texts &texts) {
  for (unsigned i = 0; i < values.size(); ++i) {
    if (!model.isJump(i))
      continue;
    values[i] = bestJump(all, values, i);
    auto isSame = [&](double value) {
      Values moved = values;
      moved[i] = value;
      return llvm::all_of(all.x, [&](double x) {
        return model.value(x, moved) == model.value(x, values);
      });
    };
    Plateau plateau = findPlateau(isSame, values[i], 4 * all.largestX());
    texts[i].isDetermined = !plateau.isOpen;
    texts[i].text = simplestNumber(plateau.lo, values[i], plateau.hi,
                                   texts[i].param.defaultText);
    values[i] = NumberTraits<double>::fromText(texts[i].text);
  }
}

/// A parameter that the fit says nothing of has its default, unless that
/// fits worse: then it is one of many that do.
bool Fitter::hasDefault(const LeastSquaresFit &fit, SmallVector<bool, 4> isFree,
                        unsigned param) {
  Values moved = fit.parameters;
  moved[param] = model.defaults()[param];
  isFree[param] = false;
  double cost = fitByUlp(moved, isFree).cost;
  return cost <= fit.cost * 1.01 + 1e-3 * double(few.size());
}

/// Gives the parameters one by one the simplest number within `width` of
/// their uncertainty, and fits those that remain again. Those that are not
/// determined come first: what they are decides what others have to be.
void Fitter::settleFreeOnes(Values &values, Texts &texts, double width) {
  SmallVector<bool, 4> isFree;
  for (unsigned i = 0; i < values.size(); ++i)
    isFree.push_back(!model.isJump(i));
  LeastSquaresFit fit = fitByUlp(values, isFree);
  auto settle = [&](unsigned i, double uncertainty) {
    texts[i].text = simplestNumber(
        fit.parameters[i] - uncertainty, fit.parameters[i],
        fit.parameters[i] + uncertainty, texts[i].param.defaultText);
    values = fit.parameters;
    values[i] = NumberTraits<double>::fromText(texts[i].text);
    isFree[i] = false;
    fit = fitByUlp(values, isFree);
  };
  for (unsigned i = 0; i < values.size(); ++i) {
    if (!isFree[i])
      continue;
    texts[i].isDetermined = std::isfinite(fit.spread[i]);
    if (!texts[i].isDetermined)
      settle(i, hasDefault(fit, isFree, i)
                    ? std::numeric_limits<double>::infinity()
                    : std::fabs(fit.parameters[i]) / 4 * std::min(width, 1.0));
  }
  for (unsigned i = 0; i < values.size(); ++i) {
    if (!isFree[i])
      continue;
    // Rounding alone leaves about 0.3 ulp, and a double has its own.
    double rms = std::sqrt(fit.cost / double(few.size()));
    settle(i, width * (fit.spread[i] * std::max(rms, 0.3) +
                       0x1p-53 * std::fabs(fit.parameters[i])));
  }
}

Fitter::Texts Fitter::roughTexts(const LeastSquaresFit &fit) const {
  Texts texts;
  for (auto [i, param] : llvm::enumerate(model.getParams())) {
    char buffer[40];
    std::snprintf(buffer, sizeof(buffer), "%.*g", kRoughDigits,
                  fit.parameters[i]);
    bool isMoved = fit.parameters[i] != model.defaults()[i];
    texts.push_back({param, isMoved ? buffer : param.defaultText.str(),
                     model.isJump(i) || std::isfinite(fit.spread[i])});
  }
  return texts;
}

/// Looks for parameters with which the row matches.
void Fitter::refine(const LeastSquaresFit &fit, RowFit &result) {
  if (fit.parameters.empty()) {
    (void)matches({}, result);
    return;
  }
  Values start = fit.parameters;
  Texts texts = result.params;
  settleJumps(start, texts);
  for (double width : {8.0, 2.0, 0.5, 0.0}) {
    Values values = start;
    settleFreeOnes(values, texts, width);
    if (matches(texts, result))
      return;
  }
}

std::optional<RowFit> Fitter::run() {
  LeastSquaresFit fit{{}, 0, {}};
  if (!model.getParams().empty())
    fit = search();
  double unit = std::ldexp(1, int(ulpExponent(all.largestY(), all.type)));
  RowFit result;
  result.row = &model.getRow();
  result.params = roughTexts(fit);
  Differences rough = roughDifferences(few, fit.parameters);
  if (rough.largest <= kPromising * all.tolerance() * unit)
    refine(fit, result);
  if (result.matches)
    return result;
  Values printed;
  for (const FittedParam &param : result.params)
    printed.push_back(NumberTraits<double>::fromText(param.text));
  result.differences = roughDifferences(all, printed);
  if (!std::isfinite(result.differences.largest))
    return std::nullopt;
  return result;
}

std::optional<RowFit> act::report::fitRow(const FunctionInfo &row,
                                          const Samples &samples,
                                          Rounding rounding,
                                          MLIRContext *context) {
  return Fitter(row, samples, rounding, context).run();
}
