//===- RowFit.cpp - A row fitted to samples -------------------------------===//

#include "RowFit.h"
#include "Array.h"
#include "Curves.h"
#include "JumpSearch.h"
#include "RowModel.h"
#include "SimpleNumber.h"
#include "act/Reference/Ulp.h"
#include "llvm/ADT/STLExtras.h"
#include <cstdio>

using namespace mlir;
using namespace act;
using namespace act::report;

/// Samples that starts are tried on, and that fits are made with.
static constexpr size_t kScanned = 128, kFitted = 256;
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
  Fitter(const FunctionInfo &row, const Samples &samples, MLIRContext *context)
      : model(row, context), context(context), all(samples),
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
  LeastSquaresFit search();
  void settleJumps(Values &values, Texts &texts);
  void settleFreeOnes(Values &values, Texts &texts, double width);
  Texts roughTexts(const LeastSquaresFit &fit) const;
  Differences roughDifferences(const Samples &samples, ArrayRef<double> values);
  bool judge(const Samples &samples, const Curves &curves,
             Differences &differences) const;
  bool matches(const Texts &texts, Differences &differences) const;
  bool refine(const LeastSquaresFit &fit, RowFit &result);

  RowModel model;
  MLIRContext *context;
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
  for (double y : few.y)
    weights.push_back(std::ldexp(
        1, -int(ulpExponent(std::max(std::fabs(y), floor), few.type))));
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
    factors = {1, 0.25, 0.5, 2, 4};
  } else {
    factors = {1, 0.5, 2};
  }
  std::vector<Values> starts = {model.defaults()};
  for (unsigned i = 0; i < model.getParams().size(); ++i) {
    if (model.isJump(i) || starts.front()[i] == 0)
      continue;
    for (size_t k = 0, count = starts.size(); k < count; ++k)
      for (double factor : factors)
        if (factor != 1) {
          starts.push_back(starts[k]);
          starts.back()[i] *= factor;
        }
  }
  return starts;
}

/// The best of the fits that start from the best starts.
LeastSquaresFit Fitter::search() {
  std::vector<std::pair<double, Values>> ranked;
  for (Values &start : starts())
    ranked.push_back({fitPlain(scanned, start, 0).cost, std::move(start)});
  llvm::stable_sort(
      ranked, [](const auto &a, const auto &b) { return a.first < b.first; });
  LeastSquaresFit best = fitPlain(few, model.defaults(), 50);
  for (const auto &[cost, start] : llvm::ArrayRef(ranked).take_front(kFollowed))
    if (LeastSquaresFit fit = fitPlain(few, start, 50); fit.cost < best.cost)
      best = std::move(fit);
  for (unsigned i = 0; i < best.parameters.size(); ++i)
    if (model.isJump(i)) {
      LeastSquaresFit moved = best;
      auto costAt = [&](double value) {
        Values start = best.parameters;
        start[i] = value;
        LeastSquaresFit fit = fitPlain(scanned, start, 8);
        return fit.cost;
      };
      moved.parameters[i] = findJump(costAt, best.parameters[i],
                                     4 * all.largestX(), kRoughRounds);
      moved = fitPlain(few, moved.parameters, 50);
      if (moved.cost < best.cost)
        best = std::move(moved);
    }
  return best;
}

Differences Fitter::roughDifferences(const Samples &samples,
                                     ArrayRef<double> values) {
  Differences differences;
  for (auto [x, y] : llvm::zip(samples.x, samples.y)) {
    double f = model.value(x, values), difference = std::fabs(y - f);
    if (!std::isfinite(difference))
      difference = std::numeric_limits<double>::infinity();
    differences.ulps = std::max(differences.ulps, ulpError(y, f, samples.type));
    if (difference > differences.largest) {
      differences.largest = difference;
      differences.at = x;
    }
  }
  return differences;
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
    double ulps = ulpError(y, f, samples.type);
    // Binary128 loses digits to cancellation too.
    if (ulps > samples.tolerance()) {
      f = quadOf(exact.at(MpfrNumber(x))[0]);
      ulps = ulpError(y, f, samples.type);
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

bool Fitter::matches(const Texts &texts, Differences &differences) const {
  std::string params;
  for (const FittedParam &text : texts)
    params +=
        (params.empty() ? "" : ";") + text.param.name.str() + "=" + text.text;
  FunctionInfo bound = model.getRow();
  bound.Params = params.c_str();
  std::optional<Curves> curves = Curves::ofRow(bound, context, 0);
  return curves && judge(few, *curves, differences) &&
         judge(all, *curves, differences);
}

/// Any value between two samples does for a jump: the simplest is meant.
void Fitter::settleJumps(Values &values, Texts &texts) {
  for (unsigned i = 0; i < values.size(); ++i) {
    if (!model.isJump(i))
      continue;
    auto with = [&](double value) {
      Values moved = values;
      moved[i] = value;
      return moved;
    };
    auto costAt = [&](double value) {
      Values moved = with(value);
      double cost = 0;
      for (auto [x, y] : llvm::zip(all.x, all.y)) {
        double r = (model.value(x, moved) - y) * scale;
        cost += r * r;
      }
      return cost;
    };
    double reach = 4 * all.largestX();
    values[i] = findJump(costAt, values[i], reach, kFineRounds);
    auto isSame = [&](double value) {
      Values moved = with(value);
      return llvm::all_of(all.x, [&](double x) {
        return model.value(x, moved) == model.value(x, values);
      });
    };
    Plateau plateau = findPlateau(isSame, values[i], reach);
    texts[i].isDetermined = !plateau.isOpen;
    texts[i].text = simplestNumber(plateau.lo, values[i], plateau.hi,
                                   texts[i].param.defaultText);
    values[i] = NumberTraits<double>::fromText(texts[i].text);
  }
}

/// Gives the parameters one by one the simplest number within `width` of their
/// uncertainty, and fits those that remain again.
void Fitter::settleFreeOnes(Values &values, Texts &texts, double width) {
  SmallVector<bool, 4> isFree;
  for (unsigned i = 0; i < values.size(); ++i)
    isFree.push_back(!model.isJump(i));
  for (unsigned i = 0; i < values.size(); ++i) {
    if (!isFree[i])
      continue;
    LeastSquaresFit fit = fitByUlp(values, isFree);
    values = fit.parameters;
    double uncertainty;
    texts[i].isDetermined = std::isfinite(fit.spread[i]);
    if (texts[i].isDetermined) {
      // Rounding alone leaves about 0.3 ulp.
      double rms = std::sqrt(fit.cost / double(few.size()));
      uncertainty = width * fit.spread[i] * std::max(rms, 0.3);
    } else {
      // The default, unless the others cannot make up for it.
      Values moved = values;
      moved[i] = model.defaults()[i];
      SmallVector<bool, 4> others = isFree;
      others[i] = false;
      double cost = fitByUlp(moved, others).cost;
      bool isFreelyChosen = cost <= fit.cost * 1.01 + 1e-3 * double(few.size());
      uncertainty = isFreelyChosen
                        ? std::numeric_limits<double>::infinity()
                        : std::fabs(values[i]) / 4 * std::min(width, 1.0);
    }
    texts[i].text =
        simplestNumber(values[i] - uncertainty, values[i],
                       values[i] + uncertainty, texts[i].param.defaultText);
    values[i] = NumberTraits<double>::fromText(texts[i].text);
    isFree[i] = false;
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
bool Fitter::refine(const LeastSquaresFit &fit, RowFit &result) {
  if (fit.parameters.empty())
    return matches({}, result.differences);
  Values start = fit.parameters;
  Texts texts = roughTexts(fit);
  settleJumps(start, texts);
  for (double width : {8.0, 2.0, 0.5, 0.0}) {
    Values values = start;
    settleFreeOnes(values, texts, width);
    Differences differences;
    if (matches(texts, differences)) {
      result.params = std::move(texts);
      result.differences = differences;
      return true;
    }
  }
  return false;
}

std::optional<RowFit> Fitter::run() {
  LeastSquaresFit fit{{}, 0, {}};
  if (!model.getParams().empty())
    fit = search();
  double unit = std::ldexp(1, int(ulpExponent(all.largestY(), all.type)));
  RowFit result{&model.getRow(), roughTexts(fit), {}, false};
  Differences rough = roughDifferences(few, fit.parameters);
  if (rough.largest <= kPromising * all.tolerance() * unit)
    result.matches = refine(fit, result);
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

std::string RowFit::source() const {
  std::string text = std::string(row->Name) + "(x";
  for (const FittedParam &param : params)
    if (!param.isDefault())
      text += ", " + param.param.name.str() + "=" + param.text;
  return text + ")";
}

unsigned RowFit::numChanged() const {
  return llvm::count_if(
      params, [](const FittedParam &param) { return !param.isDefault(); });
}

std::optional<RowFit> act::report::fitRow(const FunctionInfo &row,
                                          const Samples &samples,
                                          MLIRContext *context) {
  return Fitter(row, samples, context).run();
}

std::vector<RowFit> act::report::fitRows(const Samples &samples,
                                         MLIRContext *context) {
  std::vector<RowFit> fits;
  for (const FunctionInfo &row : allFunctions())
    if (isUnary(row))
      if (std::optional<RowFit> fit = fitRow(row, samples, context))
        fits.push_back(std::move(*fit));
  llvm::stable_sort(fits, [](const RowFit &a, const RowFit &b) {
    if (a.matches != b.matches)
      return a.matches;
    if (!a.matches)
      return a.differences.largest < b.differences.largest;
    return std::make_tuple(a.params.size(), a.numChanged(),
                           a.differences.ulps) <
           std::make_tuple(b.params.size(), b.numChanged(), b.differences.ulps);
  });
  return fits;
}
