//===- Expression.cpp - Operators, numbers and names ----------------------===//

#include "ParserImpl.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace act;

/// The value of a decimal text that is an integer and fits.
static std::optional<int64_t> integerOf(StringRef text) {
  bool negative = text.consume_front("-");
  if (text.empty() || text.starts_with("0x") || llvm::isAlpha(text.front()))
    return std::nullopt;
  size_t split = text.find_first_of("eE");
  StringRef mantissa = text.take_front(split);
  int64_t exponent = 0;
  if (split != StringRef::npos) {
    StringRef power = text.drop_front(split + 1);
    (void)power.consume_front("+");
    if (power.getAsInteger(10, exponent))
      return std::nullopt;
  }
  auto [whole, part] = mantissa.split('.');
  std::string digits = (whole + part).str();
  exponent -= part.size();
  StringRef significant = StringRef(digits).ltrim('0');
  if (significant.empty())
    return 0;
  size_t zeros = significant.size() - significant.rtrim('0').size();
  if (exponent < -int64_t(zeros) || significant.size() + exponent > 18)
    return std::nullopt;
  std::string scaled = exponent < 0
                           ? significant.drop_back(-exponent).str()
                           : significant.str() + std::string(exponent, '0');
  int64_t value;
  if (StringRef(scaled).getAsInteger(10, value))
    return std::nullopt;
  return negative ? -value : value;
}

Value act::Parser::constant(const Token &at, const Twine &text) {
  StringAttr attr = builder.getStringAttr(text);
  Value value = create<act::ConstantOp>(at, type, attr);
  if (value)
    if (std::optional<int64_t> integer = integerOf(attr))
      body.integers[value] = *integer;
  return value;
}

/// Remembers `result` when it is an integer constant, for exponents.
void act::Parser::foldInteger(Tok op, Value a, Value b, Value result) {
  auto left = body.integers.find(a), right = body.integers.find(b);
  if (left == body.integers.end() || right == body.integers.end())
    return;
  int64_t x = left->second, y = right->second, value;
  bool inexact = true;
  if (op == Tok::Plus)
    inexact = llvm::AddOverflow(x, y, value);
  else if (op == Tok::Minus)
    inexact = llvm::SubOverflow(x, y, value);
  else if (op == Tok::Star)
    inexact = llvm::MulOverflow(x, y, value);
  else if (y != 0 && x != INT64_MIN && x % y == 0) {
    value = x / y;
    inexact = false;
  }
  if (!inexact)
    body.integers[result] = value;
}

Value act::Parser::buildBinary(const Token &op, Value a, Value b) {
  Value result = op.is(Tok::Plus)    ? create<arith::AddFOp>(op, a, b)
                 : op.is(Tok::Minus) ? create<arith::SubFOp>(op, a, b)
                 : op.is(Tok::Slash) ? create<arith::DivFOp>(op, a, b)
                                     : create<arith::MulFOp>(op, a, b);
  if (result)
    foldInteger(op.kind, a, b, result);
  return result;
}

//===----------------------------------------------------------------------===//
// Expressions, loosest binding first
//===----------------------------------------------------------------------===//

bool act::Parser::checkNumeric(Value value, uint32_t begin) {
  if (!value)
    return false;
  if (value.getType() == type)
    return true;
  StringRef comparison = text.slice(begin, lastEnd);
  std::string hint = comparison.size() > 40
                         ? std::string("write 'where(c, 1, 0)'")
                         : ("write 'where(" + comparison + ", 1, 0)'").str();
  return error(begin, lastEnd - begin,
               "a comparison is not a number, it can only be the first "
               "argument of 'where'; " +
                   hint);
}

Value act::Parser::parseNumeric() {
  uint32_t begin = peek().offset;
  Value value = parseExpression();
  return checkNumeric(value, begin) ? value : Value();
}

Value act::Parser::parseExpression() {
  size_t outer = body.lets.size();
  while (at(Tok::Name) && peek().text == "let")
    if (!parseLet())
      return {};
  Value value = parseCompare();
  for (StringRef name : ArrayRef(body.lets).drop_front(outer))
    body.values.erase(name);
  body.lets.truncate(outer);
  return value;
}

bool act::Parser::parseLet() {
  take(); // 'let'
  if (!at(Tok::Name))
    return error(peek(), "expected a name after 'let', as in 'let t = x^2;'");
  Token name = take();
  if (isKnownName(name.text) || definitionIndex.contains(name.text))
    return error(name, "'" + name.text +
                           "' has a meaning already; choose another name");
  if (body.values.contains(name.text))
    return error(name,
                 "'" + name.text + "' is in use already; choose another name");
  if (!consume(Tok::Assign))
    return error(peek(), "expected '=' after 'let " + name.text + "'");
  Value value = parseNumeric();
  if (!value)
    return false;
  if (!at(Tok::Semicolon))
    return at(Tok::End) || at(Tok::RParen) || at(Tok::Comma)
               ? error(peek(), "expected ';' and an expression after 'let " +
                                   name.text + " = ...'")
               : unexpected();
  take();
  if (!body.values.try_emplace(name.text, value).second)
    return error(name, "'" + name.text +
                           "' is used as an input in its own value; choose "
                           "another name");
  body.lets.push_back(name.text);
  return true;
}

static arith::CmpFPredicate predicateOf(Tok kind) {
  switch (kind) {
  case Tok::Less:
    return arith::CmpFPredicate::OLT;
  case Tok::LessEqual:
    return arith::CmpFPredicate::OLE;
  case Tok::Greater:
    return arith::CmpFPredicate::OGT;
  case Tok::GreaterEqual:
    return arith::CmpFPredicate::OGE;
  case Tok::Equal:
    return arith::CmpFPredicate::OEQ;
  default:
    return arith::CmpFPredicate::UNE;
  }
}

Value act::Parser::parseCompare() {
  uint32_t begin = peek().offset;
  Value lhs = parseSum();
  if (!lhs || !peek().isComparison())
    return lhs;
  if (!checkNumeric(lhs, begin))
    return {};
  Token op = take();
  uint32_t second = peek().offset;
  Value rhs = parseSum();
  if (!checkNumeric(rhs, second))
    return {};
  if (peek().isComparison())
    return error(peek(), "comparisons do not chain; nest them as in "
                         "'where(a < b, where(b < c, u, v), v)'");
  return create<arith::CmpFOp>(op, predicateOf(op.kind), lhs, rhs);
}

Value act::Parser::parseSum() {
  uint32_t begin = peek().offset;
  Value lhs = parseProduct();
  while (lhs && (at(Tok::Plus) || at(Tok::Minus))) {
    if (!checkNumeric(lhs, begin))
      return {};
    Token op = take();
    uint32_t second = peek().offset;
    Value rhs = parseProduct();
    if (!checkNumeric(rhs, second))
      return {};
    lhs = buildBinary(op, lhs, rhs);
  }
  return lhs;
}

Value act::Parser::parseProduct() {
  uint32_t begin = peek().offset;
  Value lhs = parseUnary();
  while (lhs && (at(Tok::Star) || at(Tok::Slash) || at(Tok::At))) {
    if (!checkNumeric(lhs, begin))
      return {};
    Token op = take();
    uint32_t second = peek().offset;
    Value rhs = parseUnary();
    if (!checkNumeric(rhs, second))
      return {};
    lhs =
        op.is(Tok::At) ? buildProduct(op, lhs, rhs) : buildBinary(op, lhs, rhs);
  }
  return lhs;
}

bool act::Parser::checkDepth() {
  if (depth <= kMaxSourceDepth)
    return true;
  return error(peek(), "the expression nests deeper than " +
                           Twine(kMaxSourceDepth) +
                           " levels; name parts of it with 'let'");
}

Value act::Parser::parseUnary() {
  if (!at(Tok::Minus))
    return parsePower();
  Token minus = take();
  bool literal =
      at(Tok::Number) || (at(Tok::Name) && isConstantName(peek().text) &&
                          !peek(1).is(Tok::LParen));
  // The sign belongs to the constant, except in -2^2.
  if (literal && !peek(1).is(Tok::Caret))
    return constant(minus, "-" + take().text);
  Nesting nesting(*this);
  if (!checkDepth())
    return {};
  uint32_t begin = peek().offset;
  Value operand = parseUnary();
  if (!checkNumeric(operand, begin))
    return {};
  Value result = create<arith::NegFOp>(minus, operand);
  auto integer = body.integers.find(operand);
  if (result && integer != body.integers.end() && integer->second != INT64_MIN)
    body.integers[result] = -int64_t(integer->second);
  return result;
}

Value act::Parser::parsePower() {
  uint32_t begin = peek().offset;
  Value base = parseAtom();
  if (!base || !at(Tok::Caret))
    return base;
  if (!checkNumeric(base, begin))
    return {};
  Token caret = take();
  Nesting nesting(*this);
  if (!checkDepth())
    return {};
  uint32_t second = peek().offset;
  Value exponent = parseUnary();
  if (!checkNumeric(exponent, second))
    return {};
  auto integer = body.integers.find(exponent);
  if (integer != body.integers.end() &&
      std::abs(double(integer->second)) > kMaxExponent)
    return error(second, lastEnd - second,
                 "integer exponents are at most " + Twine(kMaxExponent) +
                     "; write exp(y * log(x)) for larger ones");
  return buildPower(base, exponent, caret);
}

/// base^n for n > 0 by repeated squaring, highest bit first.
Value act::Parser::buildIntegerPower(Value base, uint64_t n,
                                     const Token &caret) {
  Value result = base;
  for (int bit = int(llvm::Log2_64(n)) - 1; bit >= 0 && result; --bit) {
    result = create<arith::MulFOp>(caret, result, result);
    if (result && (n >> bit & 1))
      result = create<arith::MulFOp>(caret, result, base);
  }
  return result;
}

Value act::Parser::buildPower(Value base, Value exponent, const Token &caret) {
  auto integer = body.integers.find(exponent);
  if (integer == body.integers.end()) {
    Value log = create<math::LogOp>(caret, base);
    Value product = log ? create<arith::MulFOp>(caret, exponent, log) : Value();
    return product ? create<math::ExpOp>(caret, product) : Value();
  }
  int64_t n = integer->second;
  if (n == 0)
    return constant(caret, "1");
  Value power = buildIntegerPower(base, std::abs(n), caret);
  if (power && n < 0) {
    Value one = constant(caret, "1");
    return one ? create<arith::DivFOp>(caret, one, power) : Value();
  }
  // Exponents of exponents: 2^3^2 is 2^9.
  auto known = body.integers.find(base);
  if (power && n > 0 && known != body.integers.end()) {
    int64_t value = 1;
    bool overflow = false;
    // Powers of -1, 0 and 1 stay small for ever, the others overflow soon.
    int64_t steps = std::abs(double(known->second)) < 2 ? 2 - n % 2 : n;
    for (int64_t i = 0; i < steps && !overflow; ++i)
      overflow = llvm::MulOverflow(value, int64_t(known->second), value);
    if (!overflow)
      body.integers[power] = value;
  }
  return power;
}

//===----------------------------------------------------------------------===//
// Atoms
//===----------------------------------------------------------------------===//

Value act::Parser::parseAtom() {
  if (at(Tok::Number)) {
    Token number = take();
    return constant(number, number.text);
  }
  if (at(Tok::Name))
    return parseName();
  if (!at(Tok::LParen))
    return unexpectedOperator(peek());
  Token open = take();
  Nesting nesting(*this);
  if (!checkDepth())
    return {};
  Value value = parseExpression();
  return value && close(open) ? value : Value();
}

Value act::Parser::parseName() {
  if (peek(1).is(Tok::LParen))
    return parseCall();
  Token name = take();
  auto known = body.values.find(name.text);
  if (known != body.values.end())
    return known->second;
  if (isConstantName(name.text))
    return constant(name, name.text);
  if (name.text == "let")
    return error(name, "'let' starts an expression; put the whole of it in "
                       "parentheses");
  if (isKnownName(name.text) || definitionIndex.contains(name.text))
    return error(name, "'" + name.text +
                           "' is a function and needs "
                           "arguments, as in '" +
                           name.text + "(x)'");
  if (!body.freeNamesAreInputs) {
    SmallVector<StringRef> names;
    for (StringRef known : body.values.keys())
      names.push_back(known);
    return error(name, "unknown name '" + name.text +
                           "' in the definition of "
                           "'" +
                           body.name + "'" + didYouMean(name.text, names));
  }
  if (!count(name))
    return {};
  body.inputs.push_back(name.text);
  return body.values[name.text] =
             body.block->addArgument(type, locationOf(name.offset));
}
