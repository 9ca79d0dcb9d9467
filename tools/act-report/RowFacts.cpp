//===- RowFacts.cpp - What the catalogue's table says of a row ------------===//

#include "RowFacts.h"
#include "Curves.h"
#include "NumberText.h"
#include "act/Analysis/Classes.h"
#include "act/Analysis/FormatLimits.h"
#include "act/Analysis/Moments.h"
#include "act/IR/PrimitiveTable.h"
#include "act/Syntax/Parser.h"
#include "act/Transforms/Expand.h"
#include "act/Transforms/Readable.h"

using namespace mlir;
using namespace act;
using namespace act::report;
using Json = llvm::json::Value;

/// Digits of the table's numbers.
static constexpr unsigned kTableDigits = 6;

std::vector<Label> act::report::rowFactColumns() {
  return {{"name", true}, {"formula", true}, {"derivative", true},
          {"range"},      {"max_gradient"},  {"gradient_at_minus_inf"},
          {"vanishing"},  {"dead_units"},    {"zero_centred"},
          {"monotonic"},  {"smoothness"},    {"cost"},
          {"year"},       {"source"}};
}

/// The first derivative as one writes it.
static std::string derivativeOf(FuncOp expanded) {
  sym::Graph graph(expanded.getContext());
  auto results = graph.read(expanded);
  if (failed(results))
    return "";
  std::vector<std::string> names;
  for (unsigned i = 0; i < expanded.getNumArguments(); ++i)
    names.push_back(expanded.getArgName(i).str());
  sym::Expr slope = graph.differentiate(results->front(), 0);
  return printReadable(collectFactors(graph, slope), names,
                       expanded.getNumInputs());
}

/// What the formula takes to evaluate, the dearest operations only.
static std::string costOf(FuncOp expanded) {
  unsigned transcendental = 0, roots = 0;
  for (Operation &op : expanded.getBody().front()) {
    const PrimitiveInfo *row = lookupPrimitiveOp(op.getName().getStringRef());
    StringRef cost = row ? row->Cost : "";
    transcendental += cost == "transcendental";
    roots += cost == "root" || isa<arith::DivFOp>(op);
  }
  if (transcendental > 0)
    return std::to_string(transcendental) +
           (transcendental == 1 ? " transcendental" : " transcendentals");
  return roots > 0 ? "a division or root" : "arithmetic";
}

/// Whether gradients die out where inputs are large.
static StringRef vanishingOf(const Shape<MpfrNumber> &shape) {
  auto vanishes = [](const Tail<MpfrNumber> &tail) {
    return tail.limits[1] && *tail.limits[1] == MpfrNumber(0.0);
  };
  bool below = vanishes(shape.atMinusInf), above = vanishes(shape.atPlusInf);
  return below && above ? "at both ends"
         : below        ? "at -inf"
         : above        ? "at inf"
                        : "no";
}

/// Where no gradient passes at all: over the reals, or once f32 rounds it.
static std::string deadOf(const Curve<MpfrNumber> &curve,
                          const Shape<MpfrNumber> &shape) {
  if (shape.isOscillating)
    return "no";
  // Bounded intervals let go of a unit that has got into them.
  std::string flat;
  auto isDeadAt = [&](const MpfrNumber &x) {
    return curve.value(x, 1) == MpfrNumber(0.0);
  };
  for (const Stretch<MpfrNumber> &stretch : joined<MpfrNumber>(shape.signs[1]))
    if (stretch.sign == Sign::Zero) {
      bool isOpenBelow = NumberTraits<MpfrNumber>::isInfinite(stretch.lo);
      bool isOpenAbove = NumberTraits<MpfrNumber>::isInfinite(stretch.hi);
      if (isOpenBelow && isOpenAbove)
        return "everywhere";
      if (isOpenBelow || isOpenAbove)
        flat += (flat.empty() ? "" : " and ") +
                (isOpenBelow ? (isDeadAt(stretch.hi) ? "x <= " : "x < ") +
                                   textOf(stretch.hi)
                             : (isDeadAt(stretch.lo) ? "x >= " : "x > ") +
                                   textOf(stretch.lo));
    }
  if (!flat.empty())
    return flat;
  std::string text;
  for (int side : {-1, 1}) {
    auto limits =
        FormatLimitsFinder<MpfrNumber>(curve, shape, side).find(DType::F32);
    if (limits.zeroSlope)
      text += (text.empty() ? "" : " and ") +
              std::string(side < 0 ? "below " : "above ") +
              textOf(*limits.zeroSlope, kTableDigits);
  }
  return text.empty() ? "no" : "in f32 " + text;
}

/// "yes", or the mean.
static std::string zeroCentredOf(const Moments<MpfrNumber> &moments) {
  if (NumberTraits<MpfrNumber>::abs(moments.meanF) < MpfrNumber(1e-20))
    return "yes";
  return "no, mean " + textOf(moments.meanF, kTableDigits);
}

std::vector<Json> act::report::factsOf(const FunctionInfo &row) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<ActDialect, arith::ArithDialect, math::MathDialect>();
  OwningOpRef<ModuleOp> module = parseRow(row, &context);
  FuncOp func = *module->getOps<FuncOp>().begin();
  std::optional<Curves> curves = Curves::ofRow(row, &context, 3);
  if (failed(expandBody(func)) || !curves)
    return {row.Name, row.Formula};
  Curve<MpfrNumber> curve = curves->exact();
  Shape<MpfrNumber> shape = analyse(curve);
  Moments<MpfrNumber> moments = gaussianMoments<MpfrNumber>(
      curve, MpfrNumber(1.0), act::placesOf<MpfrNumber>(shape.breaks));
  return {row.Name,
          row.Formula,
          derivativeOf(func),
          textOf(shape.images[0].ranges),
          numberOf(largestSlopeOf(shape).value, kTableDigits),
          numberOf(shape.atMinusInf.limits[1], kTableDigits),
          vanishingOf(shape).str(),
          deadOf(curve, shape),
          zeroCentredOf(moments),
          monotonicityOf(shape).str(),
          smoothnessOf(shape),
          costOf(func),
          orNull(row.Year),
          orNull(row.Cites)};
}
