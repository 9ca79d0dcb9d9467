//===- TensorBodies.cpp - What functions of a row mean --------------------===//
//
// Their values are those of each element, as everywhere in a body; what they
// combine is said by act.row and act.softmax. causal=1 becomes a comparison of
// positions, which are inputs that nobody passes.
//
//===----------------------------------------------------------------------===//

#include "ParserImpl.h"
#include "TensorFunctions.h"
#include "act/IR/Softmax.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace act;

Value act::Parser::positionAlong(const Token &at, int64_t axis) {
  for (auto [known, value] : body.positions)
    if (known == axis)
      return value;
  if (!count(at))
    return {};
  body.inputs.push_back(builder.getStringAttr(positionName(axis)).getValue());
  Value value = body.block->addArgument(type, locationOf(at.offset));
  body.positions.push_back({axis, value});
  return value;
}

/// Element k of row q takes part where k <= q + causal_offset.
bool act::Parser::addCausalMask(const Token &name, TensorOptions &options) {
  Value offset = options.values.lookup("causal_offset");
  if (!options.isCausal)
    return !offset || bool(error(name, "'causal_offset' moves the mask of "
                                       "causal=1, which is not given"));
  if (options.axis == 0)
    return error(name, "causal=1 compares positions along the axis of the row "
                       "and the one in front of it, and axis 0 has none; count "
                       "it from the last, as in axis=-1");
  Value key = positionAlong(name, options.axis);
  Value query = key ? positionAlong(name, options.axis - 1) : Value();
  Value &all = options.values["mask"];
  all = query
            ? counted(name,
                      [&] {
                        return buildCausalMask(builder, locationOf(name.offset),
                                               key, query, offset, all);
                      })
            : Value();
  return bool(all);
}

Value act::Parser::rowOf(const Token &at, StringRef combiner, Value operand,
                         Value mask) {
  return operand ? create<RowOp>(at, combiner, operand, mask) : Value();
}

Value act::Parser::buildSoftmax(StringRef form, const Token &name,
                                const TensorOptions &options) {
  auto value = [&](StringRef key) { return options.values.lookup(key); };
  SoftmaxInputs inputs;
  inputs.x = options.x;
  if (name.text == "softmin")
    inputs.x = create<arith::NegFOp>(name, inputs.x);
  if (!inputs.x)
    return {};
  inputs.scale = value("scale");
  inputs.softcap = value("softcap");
  inputs.bias = value("bias");
  inputs.temperature = value("temperature");
  inputs.sink = value("sink");
  inputs.mask = value("mask");
  // An input is checked when it is known.
  inputs.hasPositiveTemperature =
      isa_and_nonnull<BlockArgument>(inputs.temperature);
  return counted(name, [&] {
    return act::buildSoftmax(builder, locationOf(name.offset), form,
                             options.emptyRow, inputs);
  });
}

/// -sum(q log p), with q 1 for the target's class, or given as probabilities;
/// of either (1 - s) q + s / n with label smoothing s.
Value act::Parser::buildCrossEntropy(const Token &name,
                                     const TensorOptions &options) {
  auto value = [&](StringRef key) { return options.values.lookup(key); };
  Value target = value("target"), given = value("probabilities");
  if (bool(target) == bool(given)) {
    error(name, "'cross_entropy' expects either 'target', an input of class "
                "numbers, or 'probabilities'");
    return {};
  }
  Value mask = value("mask"), zero = constant(name, "0"),
        one = constant(name, "1"), smoothing = value("label_smoothing");
  Value logarithm = buildSoftmax("log", name, options);
  Value place = target ? positionAlong(name, options.axis) : given;
  if (!logarithm || !zero || !one || !place)
    return {};
  // Where q is 0, p may be 0, too.
  auto term = [&](Value q, Value condition) -> Value {
    Value loss = create<arith::NegFOp>(name, logarithm);
    if (loss && q)
      loss = create<arith::MulFOp>(name, q, loss);
    return loss ? create<arith::SelectOp>(name, condition, loss, zero) : loss;
  };
  Value isPart = target ? create<arith::CmpFOp>(name, arith::CmpFPredicate::OEQ,
                                                place, target)
                        : create<arith::CmpFOp>(name, arith::CmpFPredicate::UNE,
                                                given, zero);
  Value loss = isPart ? rowOf(name, "sum", term(given, isPart), mask) : Value();
  if (!loss || !smoothing)
    return loss;
  Value whole = create<arith::NegFOp>(name, logarithm);
  Value uniform = rowOf(name, "sum", whole, mask);
  Value classes = rowOf(name, "sum", one, mask);
  Value rest = create<arith::SubFOp>(name, one, smoothing);
  if (!uniform || !classes || !rest)
    return {};
  Value share = create<arith::DivFOp>(name, smoothing, classes);
  Value hard = create<arith::MulFOp>(name, rest, loss);
  Value soft = share ? create<arith::MulFOp>(name, share, uniform) : Value();
  Value both = hard && soft ? create<arith::AddFOp>(name, hard, soft) : Value();
  if (!both || !target)
    return both;
  // A target that is no class counts nothing.
  Value here = create<arith::SelectOp>(name, isPart, one, zero);
  Value hits = rowOf(name, "sum", here, mask);
  Value isClass =
      hits ? create<arith::CmpFOp>(name, arith::CmpFPredicate::UNE, hits, zero)
           : Value();
  return isClass ? create<arith::SelectOp>(name, isClass, both, zero) : Value();
}

/// argmax: the place of the first element that is the largest. hardmax: 1
/// there, else 0. Both are NaN of a row that has one.
Value act::Parser::buildSelection(const Token &name,
                                  const TensorOptions &options) {
  Value mask = options.values.lookup("mask");
  Value largest = rowOf(name, "max", options.x, mask);
  Value place = largest ? positionAlong(name, options.axis) : Value();
  Value back = place ? create<arith::NegFOp>(name, place) : Value();
  Value zero = constant(name, "0"), one = constant(name, "1");
  Value never = zero ? create<math::LogOp>(name, zero) : Value();
  if (!back || !never || !one)
    return {};
  Value isLargest = create<arith::CmpFOp>(name, arith::CmpFPredicate::OEQ,
                                          options.x, largest);
  Value candidate = create<arith::SelectOp>(name, isLargest, back, never);
  Value last = rowOf(name, "max", candidate, mask);
  Value first = last ? create<arith::NegFOp>(name, last) : Value();
  Value isNumber = first
                       ? create<arith::CmpFOp>(name, arith::CmpFPredicate::OEQ,
                                               largest, largest)
                       : Value();
  Value result = first;
  if (isNumber && name.text == "hardmax") {
    Value isFirst =
        create<arith::CmpFOp>(name, arith::CmpFPredicate::OEQ, place, first);
    result =
        isFirst ? create<arith::SelectOp>(name, isFirst, one, zero) : Value();
  }
  return isNumber && result
             ? create<arith::SelectOp>(name, isNumber, result, largest)
             : Value();
}

Value act::Parser::buildTensorCall(const TensorFunction &function,
                                   const Token &name, TensorOptions &options) {
  if (!addCausalMask(name, options))
    return {};
  Value mask = options.values.lookup("mask");
  switch (function.kind) {
  case TensorKind::Softmax:
    return buildSoftmax(name.text == "log_softmax" ? "log"
                        : name.text == "logsumexp" ? "sum"
                                                   : "probability",
                        name, options);
  case TensorKind::Sparse:
    return buildSoftmax(name.text, name, options);
  case TensorKind::CrossEntropy:
    return buildCrossEntropy(name, options);
  case TensorKind::Selection:
    return buildSelection(name, options);
  case TensorKind::Combination:
  case TensorKind::Position:
    break;
  }
  if (name.text == "rowmax")
    return rowOf(name, "max", options.x, mask);
  Value sum = rowOf(name, "sum", options.x, mask);
  if (name.text == "sum" || !sum)
    return sum;
  Value count = rowOf(name, "sum", constant(name, "1"), mask);
  return count ? create<arith::DivFOp>(name, sum, count) : Value();
}
