//===- TensorCalls.cpp - Functions of a whole row -------------------------===//
//
// softmax(x, axis=-1, temperature=0.5) and its like: what stands between the
// parentheses. What they mean is in TensorBodies.cpp. One source has one axis.
//
//===----------------------------------------------------------------------===//

#include "ParserImpl.h"
#include "TensorFunctions.h"
#include "act/IR/ExactNumber.h"
#include "act/IR/Softmax.h"

using namespace mlir;
using namespace act;

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
  if (name.text == "keepdims" || name.text == "causal") {
    uint32_t begin = peek().offset;
    if (!parseIntegerArgument(name.text, value))
      return false;
    (name.text == "causal" ? into.isCausal : into.keepsAxis) = value == 1;
    return value == 0 || value == 1 ||
           bool(error(begin, lastEnd - begin, "'" + name.text + "' is 0 or 1"));
  }
  Token word = peek(); // empty_row
  if (!at(Tok::Name) ||
      (word.text != "zero" && word.text != "nan" && word.text != "uniform"))
    return error(word, "'empty_row' is zero, nan or uniform");
  into.emptyRow = take().text;
  return true;
}

bool act::Parser::parseTensorArgument(const TensorFunction &function,
                                      TensorOptions &into) {
  SmallVector<StringRef> options = function.options(),
                         values = function.values(), known(options);
  llvm::append_range(known, values);
  Token argument = take();
  take(); // '='
  if (!into.x && function.kind != TensorKind::Position)
    return error(argument, "'" + function.name +
                               "' expects its array before '" + argument.text +
                               "'");
  if (!into.given.insert(argument.text).second)
    return error(argument, "argument '" + argument.text + "' of '" +
                               function.name + "' is given twice");
  if (llvm::is_contained(options, argument.text))
    return parseTensorOption(argument, into);
  if (!llvm::is_contained(values, argument.text))
    return error(argument, "'" + function.name + "' has no argument '" +
                               argument.text + "'" +
                               didYouMean(argument.text, known) +
                               " (it has: " + llvm::join(known, ", ") + ")");
  uint32_t begin = peek().offset;
  Value value = parseExpression();
  bool isMask = argument.text == "mask";
  if (!value || (!isMask && !checkNumeric(value, begin)))
    return false;
  if (isMask && value.getType() == type) {
    Value zero = constant(argument, "0");
    value = zero ? create<arith::CmpFOp>(argument, arith::CmpFPredicate::UNE,
                                         value, zero)
                 : Value();
    if (!value)
      return false;
  }
  into.values[argument.text] = value;
  return checkTensorValue(argument.text, value, begin, lastEnd - begin);
}

bool act::Parser::parseTensorArguments(const TensorFunction &function,
                                       TensorOptions &into) {
  bool takesArray = function.kind != TensorKind::Position;
  do {
    if (at(Tok::Name) && peek(1).is(Tok::Assign)) {
      if (!parseTensorArgument(function, into))
        return false;
      continue;
    }
    uint32_t begin = peek().offset;
    if (into.x || !takesArray) {
      SmallVector<StringRef> known = function.options();
      llvm::append_range(known, function.values());
      return error(peek(),
                   "'" + function.name + "' takes " +
                       (takesArray ? "one array; its other"
                                   : "no "
                                     "array; its") +
                       " arguments are named: " + llvm::join(known, ", "));
    }
    into.x = parseExpression();
    if (!checkNumeric(into.x, begin))
      return false;
  } while (consume(Tok::Comma));
  return true;
}

/// What is known of an argument's value: a temperature is positive, and one
/// that is an input is checked when it is known; a target is an input.
bool act::Parser::checkTensorValue(StringRef name, Value value, uint32_t begin,
                                   uint32_t length) {
  auto input = dyn_cast<BlockArgument>(value);
  std::string text = exactTextOf(value);
  if (name == "temperature") {
    if (input)
      body.positive.insert(input.getArgNumber());
    return text.empty() || isPositiveNumber(text) ||
           bool(error(begin, length, "a temperature is positive"));
  }
  if (name == "target") {
    if (!input)
      return error(begin, length,
                   "'target' is an input of class numbers, such as 't'");
    body.targets.insert(input.getArgNumber());
  }
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

Value act::Parser::parseTensorCall(const Token &name) {
  if (!body.freeNamesAreInputs)
    return error(name, "'" + name.text +
                           "' is a function of a whole row and cannot stand in "
                           "a definition; write it in the expression that "
                           "runs");
  const TensorFunction &function = *findTensorFunction(name.text);
  Token open = take();
  Nesting nesting(*this);
  TensorOptions options;
  if (!checkDepth() || !parseTensorArguments(function, options) || !close(open))
    return {};
  if (function.kind == TensorKind::Position)
    return positionAlong(name, options.axis);
  if (!adoptAxis(name, options))
    return {};
  Value result = buildTensorCall(function, name, options);
  if (result && function.dropsAxis && !options.keepsAxis)
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
