//===- TensorCalls.cpp - Functions of a whole row -------------------------===//
//
// softmax(x, axis=-1, temperature=0.5) and its like. Their values are those of
// each element, as everywhere in a body; what they combine is said by act.row
// and act.softmax. One source has one axis.
//
//===----------------------------------------------------------------------===//

#include "ParserImpl.h"
#include "act/IR/ExactNumber.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace act;

namespace {
/// What one of these functions takes besides x.
struct TensorFunction {
  StringRef name;
  bool isSoftmax, dropsAxis;
};
} // namespace

static constexpr TensorFunction tensorFunctions[] = {
    {"softmax", true, false}, {"log_softmax", true, false},
    {"softmin", true, false}, {"logsumexp", true, true},
    {"sum", false, true},     {"mean", false, true},
    {"rowmax", false, true},
};

static const TensorFunction *findTensorFunction(StringRef name) {
  for (const TensorFunction &function : tensorFunctions)
    if (function.name == name)
      return &function;
  return nullptr;
}

/// What the text of an exact number says of its sign.
static bool isPositiveNumber(StringRef text) {
  if (text == "pi" || text == "e")
    return true;
  StringRef mantissa = text.split('/').first;
  if (!mantissa.starts_with("0x"))
    mantissa = mantissa.take_front(mantissa.find_first_of("eE"));
  return !text.starts_with("-") &&
         mantissa.find_first_of("123456789") != StringRef::npos;
}

/// An integer argument such as axis=-1.
bool act::Parser::parseIntegerArgument(StringRef name, int64_t &value) {
  bool isNegative = consume(Tok::Minus);
  if (!at(Tok::Number) || peek().text.getAsInteger(10, value))
    return error(peek(), "'" + name + "' expects an integer, as in '" + name +
                             "=" + (name == "axis" ? "-1" : "1") + "'");
  take();
  if (isNegative)
    value = -value;
  return true;
}

bool act::Parser::parseTensorOption(const Token &name, TensorOptions &into) {
  int64_t value;
  if (name.text == "axis") {
    if (!parseIntegerArgument("axis", value))
      return false;
    into.axis = value;
    return true;
  }
  if (name.text == "keepdims") {
    uint32_t begin = peek().offset;
    if (!parseIntegerArgument("keepdims", value))
      return false;
    into.keepsAxis = value == 1;
    return value == 0 || value == 1 ||
           bool(error(begin, lastEnd - begin, "'keepdims' is 0 or 1"));
  }
  Token word = peek(); // empty_row
  if (!at(Tok::Name) ||
      (word.text != "zero" && word.text != "nan" && word.text != "uniform"))
    return error(word, "'empty_row' is zero, nan or uniform");
  into.emptyRow = take().text;
  return true;
}

bool act::Parser::parseTensorArguments(const Token &name, TensorOptions &into) {
  const TensorFunction &function = *findTensorFunction(name.text);
  SmallVector<StringRef> options = {"axis"}, values;
  if (function.dropsAxis)
    options.push_back("keepdims");
  if (function.isSoftmax) {
    values = {"temperature", "scale", "mask", "bias", "softcap", "sink"};
    if (!function.dropsAxis)
      options.push_back("empty_row");
  }
  bool isFirst = true;
  do {
    if (!at(Tok::Name) || !peek(1).is(Tok::Assign)) {
      uint32_t begin = peek().offset;
      if (!isFirst)
        return error(peek(), "'" + name.text +
                                 "' takes one array; its other arguments are "
                                 "named: " +
                                 llvm::join(options, ", ") +
                                 (values.empty() ? "" : ", ") +
                                 llvm::join(values, ", "));
      into.x = parseExpression();
      if (!checkNumeric(into.x, begin))
        return false;
      isFirst = false;
      continue;
    }
    Token argument = take();
    take(); // '='
    if (isFirst)
      return error(argument, "'" + name.text + "' expects its array before '" +
                                 argument.text + "'");
    if (!into.given.insert(argument.text).second)
      return error(argument, "argument '" + argument.text + "' of '" +
                                 name.text + "' is given twice");
    if (llvm::is_contained(options, argument.text)) {
      if (!parseTensorOption(argument, into))
        return false;
      continue;
    }
    if (!llvm::is_contained(values, argument.text)) {
      SmallVector<StringRef> known(options);
      llvm::append_range(known, values);
      return error(argument, "'" + name.text + "' has no argument '" +
                                 argument.text + "'" +
                                 didYouMean(argument.text, known) +
                                 " (it has: " + llvm::join(known, ", ") + ")");
    }
    uint32_t begin = peek().offset;
    Value value = parseExpression();
    bool isMask = argument.text == "mask";
    if (!value || (!isMask && !checkNumeric(value, begin)))
      return false;
    if (isMask && value.getType() == type) {
      Value zero = constant(argument, "0");
      if (zero)
        value = create<arith::CmpFOp>(argument, arith::CmpFPredicate::UNE,
                                      value, zero);
      if (!value)
        return false;
    }
    into.values[argument.text] = value;
    if (argument.text == "temperature" &&
        !checkTemperature(value, begin, lastEnd - begin))
      return false;
  } while (consume(Tok::Comma));
  return true;
}

/// A temperature that is a number must be positive; one that is an input is
/// checked when it is known.
bool act::Parser::checkTemperature(Value value, uint32_t begin,
                                   uint32_t length) {
  if (std::string text = exactTextOf(value); !text.empty())
    return isPositiveNumber(text) ||
           bool(error(begin, length, "a temperature is positive"));
  if (auto input = dyn_cast<BlockArgument>(value))
    body.positive.insert(input.getArgNumber());
  return true;
}

/// All functions of rows in a source have one axis.
bool act::Parser::adoptAxis(const Token &name, const TensorOptions &options) {
  if (body.axis && *body.axis != options.axis)
    return error(name, "'" + name.text + "' runs along axis " +
                           Twine(options.axis) +
                           ", but the expression has rows along axis " +
                           Twine(*body.axis) + "; one kernel has one axis");
  body.axis = options.axis;
  return true;
}

Value act::Parser::buildSoftmax(const Token &name,
                                const TensorOptions &options) {
  auto value = [&](StringRef key) { return options.values.lookup(key); };
  Value x = options.x, scale = value("scale");
  auto mul = [&](Value a, Value b) -> Value {
    return a && b ? create<arith::MulFOp>(name, a, b) : Value();
  };
  if (name.text == "softmin")
    x = create<arith::NegFOp>(name, x);
  // A factor is applied behind the difference if it is known to be positive.
  bool isLate = scale && isPositiveNumber(exactTextOf(scale)) &&
                !value("softcap") && !value("bias");
  if (scale && !isLate)
    x = mul(x, scale);
  if (!isLate)
    scale = {};
  if (Value cap = value("softcap"); cap && x) {
    Value inner = create<arith::DivFOp>(name, x, cap);
    Value bent = inner ? create<math::TanhOp>(name, inner) : Value();
    x = mul(cap, bent);
  }
  if (Value bias = value("bias"); bias && x)
    x = create<arith::AddFOp>(name, x, bias);
  Value temperature = value("temperature");
  // Of one that is computed nobody knows that it is positive.
  if (temperature && x && exactTextOf(temperature).empty() &&
      !isa<BlockArgument>(temperature)) {
    x = create<arith::DivFOp>(name, x, temperature);
  } else if (temperature && x) {
    Value one = scale ? scale : constant(name, "1");
    scale = one ? create<arith::DivFOp>(name, one, temperature) : Value();
    if (!scale)
      return {};
  }
  if (!x)
    return {};
  StringRef form = name.text == "log_softmax" ? "log"
                   : name.text == "logsumexp" ? "sum"
                                              : "probability";
  return create<SoftmaxOp>(name, type, builder.getStringAttr(form), x, scale,
                           value("mask"), value("sink"),
                           builder.getStringAttr(options.emptyRow));
}

Value act::Parser::parseTensorCall(const Token &name) {
  if (!body.freeNamesAreInputs)
    return error(name, "'" + name.text +
                           "' is a function of a whole row and cannot stand in "
                           "a definition; write it in the expression that "
                           "runs");
  const TensorFunction *function = findTensorFunction(name.text);
  if (!function)
    return error(name, "'" + name.text +
                           "' is not available in this version: it is a "
                           "function of a whole row");
  Token open = take();
  Nesting nesting(*this);
  TensorOptions options;
  if (!checkDepth() || !parseTensorArguments(name, options) || !close(open) ||
      !adoptAxis(name, options))
    return {};
  Value result;
  auto row = [&](StringRef combiner, Value operand) -> Value {
    return operand ? create<RowOp>(name, combiner, operand) : Value();
  };
  if (function->isSoftmax) {
    result = buildSoftmax(name, options);
  } else if (name.text == "mean") {
    Value sum = row("sum", options.x), count = row("sum", constant(name, "1"));
    result = sum && count ? create<arith::DivFOp>(name, sum, count) : Value();
  } else {
    result = row(name.text == "sum" ? "sum" : "max", options.x);
  }
  if (result && function->dropsAxis && !options.keepsAxis)
    body.dropped.insert(result);
  return result;
}

/// Values without the axis meet only such values and numbers.
bool act::Parser::checkRanks() {
  for (Operation &op : body.block->getOperations()) {
    if (op.getNumResults() != 1)
      continue;
    bool isDropped = false, isOther = false;
    for (Value operand : op.getOperands()) {
      bool dropped = body.dropped.contains(operand);
      Operation *source = operand.getDefiningOp();
      isDropped |= dropped;
      isOther |= !dropped && !isa_and_nonnull<act::ConstantOp>(source) &&
                 !body.numbers.contains(operand);
    }
    if (isDropped && (isOther || isa<RowOp, SoftmaxOp>(op))) {
      auto loc = cast<FileLineColLoc>(op.getLoc());
      uint32_t line = loc.getLine() < 2 ? 0 : lineStarts[loc.getLine() - 2];
      return error(line + loc.getColumn() - 1, 1,
                   "here a value that has dropped its axis meets one that has "
                   "it; write keepdims=1 where it is dropped");
    }
    if (isDropped)
      body.dropped.insert(op.getResult(0));
    if (!isDropped && !isOther && op.getNumOperands() > 0 &&
        !isa<RowOp, SoftmaxOp>(op))
      body.numbers.insert(op.getResult(0));
  }
  if (!body.axis)
    return true;
  body.func->setAttr(kAxisAttr, builder.getI64IntegerAttr(*body.axis));
  return true;
}
