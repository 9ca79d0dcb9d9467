//===- MomentFacts.cpp - Means over a standard normal input ---------------===//

#include "NumberText.h"
#include "ShapeFacts.h"
#include "act/Analysis/Moments.h"

using namespace act;
using namespace act::report;
using Json = llvm::json::Value;
using Traits = NumberTraits<MpfrNumber>;

/// Bits of the quadrature; about 25 digits of it are right.
static constexpr unsigned kMomentBits = 192;

void act::report::addMoments(Report &report, const Curve<MpfrNumber> &curve,
                             const Shape<MpfrNumber> &shape) {
  MpfrPrecision scope(kMomentBits);
  Moments<MpfrNumber> moments = gaussianMoments<MpfrNumber>(
      curve, MpfrNumber(1.0), act::placesOf<MpfrNumber>(shape.breaks));
  // What the quadrature cannot tell from 0 is 0.
  auto known = [](const MpfrNumber &x, const MpfrNumber &error) {
    return Traits::abs(x) < error ? MpfrNumber(0.0) : x;
  };
  auto gain = [](const MpfrNumber &meanSquare) -> Json {
    if (!(meanSquare > MpfrNumber(0.0)) || Traits::isInfinite(meanSquare))
      return nullptr;
    return numberOf(MpfrNumber(1.0) / Traits::sqrt(meanSquare));
  };
  MpfrNumber mean = known(moments.meanF, moments.error[0]);
  MpfrNumber error =
      *std::max_element(moments.error.begin(), moments.error.end());
  llvm::append_range(
      report.facts,
      std::vector<Fact>{
          {{"mean_f"}, numberOf(mean)},
          {{"mean_f2"}, numberOf(moments.meanF2)},
          {{"mean_df"}, numberOf(known(moments.meanDf, moments.error[2]))},
          {{"mean_df2"}, numberOf(moments.meanDf2)},
          {{"largest_error_of_means"}, numberOf(error, 2)},
          {{"is_zero_centred"}, mean == MpfrNumber(0.0)},
          {{"forward_gain"}, gain(moments.meanF2)},
          {{"backward_gain"}, gain(moments.meanDf2)}});
}
