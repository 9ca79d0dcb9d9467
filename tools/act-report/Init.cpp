//===- Init.cpp - act-report init: variances of weights that fit ----------===//

#include "Curves.h"
#include "Options.h"
#include "Pairing.h"
#include "act/Analysis/Breaks.h"
#include "llvm/Support/FormatVariadic.h"

using namespace act;
using namespace act::report;
using llvm::json::Array;
using Json = llvm::json::Value;
using Traits = NumberTraits<MpfrNumber>;

/// Bits of the moments; about 25 digits of them are right.
static constexpr unsigned kMomentBits = 192;

/// Says why there is nothing to report; true if it did.
static bool refuse(Subject &subject, const Moments<MpfrNumber> &moments) {
  auto error = [&] {
    return subject.func.emitError("act-report init: '")
           << subject.func.getSymName() << "' ";
  };
  if (Traits::isNaN(moments.meanF2))
    return error() << "has no value on a part of the line that signals reach; "
                      "give it one there with 'where'",
           true;
  if (Traits::isInfinite(moments.meanF2))
    return error() << "has an infinite E f(z)^2 for a normal z: it grows too "
                      "fast or has a pole, and no weights keep its signal "
                      "finite; bound its input, as in 'f(clamp(x, -8, 8))'",
           true;
  MpfrNumber spread = moments.meanF2 - moments.meanF * moments.meanF;
  if (!(spread > moments.meanF2 * MpfrNumber(1e-24)))
    return error() << "is constant: it passes no signal, whatever the weights "
                      "are",
           true;
  if (moments.error[1] > moments.meanF2 * MpfrNumber(1e-12))
    return error() << "cannot be integrated to 12 digits: it has a pole or "
                      "oscillates fast",
           true;
  return false;
}

/// 1 / sqrt(x): what restores a mean square to 1.
static Json gainOf(const MpfrNumber &x) {
  return Traits::toDouble(MpfrNumber(1.0) / Traits::sqrt(x));
}

/// A mean; 0 where the integral cannot tell it from 0.
static double meanOf(const MpfrNumber &x, const MpfrNumber &error) {
  return Traits::abs(x) > error || Traits::isNaN(x) ? Traits::toDouble(x) : 0;
}

static std::string overFanIn(double x) {
  return llvm::formatv("{0:f6} / n_in", x);
}

static Table makeTable(MeanField<Quad> &field, double fitting,
                       const Options &options) {
  Table table;
  table.key = "pairings";
  table.columns = {{"scheme"},          {"variance_of_weights", true},
                   {"weight_variance"}, {"q_after_layers"},
                   {"fixed_q"},         {"chi"},
                   {"gradient_factor"}, {"gradient_variance_after_layers"},
                   {"verdict"}};
  auto add = [&](Json scheme, Json formula, double weightVariance) {
    Pairing p = studyPairing(field, weightVariance, options.layers);
    table.rows.push_back({std::move(scheme), std::move(formula), weightVariance,
                          p.after.q, p.keepsAll ? Json("any") : Json(p.fixedQ),
                          p.chi, std::sqrt(p.chi), p.after.gradient,
                          verdictOf(p, fitting)});
  };
  add(Array{"lecun", "xavier"}, Array{"1 / n_in", "2 / (n_in + n_out)"}, 1);
  add("he", "2 / n_in", 2);
  add("gain^2", overFanIn(fitting), fitting);
  if (options.weightVariance)
    add("given", overFanIn(*options.weightVariance), *options.weightVariance);
  return table;
}

std::optional<Report> act::report::reportInit(const Options &options) {
  std::unique_ptr<Subject> subject = Subject::load(options, "init");
  if (!subject)
    return std::nullopt;
  std::optional<Curves> curves = Curves::create(*subject, "init", 2);
  if (!curves)
    return std::nullopt;
  MpfrPrecision scope(kMomentBits);
  Curve<MpfrNumber> exact = curves->exact();
  std::vector<MpfrNumber> breaks = breakPlaces(exact);
  Moments<MpfrNumber> moments =
      gaussianMoments<MpfrNumber>(exact, MpfrNumber(1.0), breaks);
  if (refuse(*subject, moments))
    return std::nullopt;

  std::vector<Quad> roundedBreaks;
  llvm::transform(breaks, std::back_inserter(roundedBreaks), quadOf);
  Curve<Quad> quick = curves->quick();
  MeanField<Quad> field(quick, roundedBreaks);
  double fitting = Traits::toDouble(MpfrNumber(1.0) / moments.meanF2);

  Report report;
  report.title = subject->func.getSymName().str();
  report.summary =
      "Moments for a normal z of variance 1, and what layers of this function "
      "do to the variance q of signals, from q = 1 on. The variance of weights "
      "is in units of 1 / n_in, with n_out = n_in; chi is the factor of the "
      "gradients' variance, by layer.";
  report.facts = {{{"mean_f"}, meanOf(moments.meanF, moments.error[0])},
                  {{"mean_f2"}, Traits::toDouble(moments.meanF2)},
                  {{"mean_df"}, meanOf(moments.meanDf, moments.error[2])},
                  {{"mean_df2"}, Traits::toDouble(moments.meanDf2)},
                  {{"forward_gain"}, gainOf(moments.meanF2)},
                  {{"backward_gain"}, gainOf(moments.meanDf2)},
                  {{"layers"}, options.layers}};
  report.tables.push_back(makeTable(field, fitting, options));
  return report;
}
