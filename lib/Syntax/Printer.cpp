//===- Printer.cpp - act.func back to the expression language -------------===//

#include "act/Syntax/Printer.h"
#include "Lexer.h"
#include "MatrixPrinter.h"
#include "Names.h"
#include "act/IR/FunctionTable.h"
#include "act/IR/PrimitiveTable.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace act;

namespace {

/// How tightly the outermost operator of a text binds.
enum Level { Compare, Sum, Product, Unary, Atom };

struct Text {
  std::string text;
  Level level = Atom;
};

/// Spells a body in the order of its operations, so that a long chain needs no
/// recursion. A text moves into the only user of its value.
class BodyPrinter {
public:
  explicit BodyPrinter(FuncOp func) : func(func) { nameArguments(); }

  /// The body as an expression, or "" if it has no spelling.
  std::string print();
  ArrayRef<std::string> argumentNames() const { return names; }

private:
  void nameArguments();
  bool spell(Operation &op, Text &result);
  bool spellApply(ApplyOp apply, Text &result);
  Text spellConstant(StringRef text);
  Text spellBinary(StringRef op, Level level, Operation &operation);
  Text spellCall(StringRef name, Operation &op);
  /// The product as a power, where the parser makes it of that power.
  bool spellPower(arith::MulFOp product, Text &result);
  /// The text of an operand, in parentheses when it binds less than `least`.
  std::string operand(Value value, Level least);
  std::string freshName();

  FuncOp func;
  SmallVector<std::string> names;
  llvm::StringSet<> taken;
  llvm::DenseMap<Value, Text> texts;
  /// Values that are written as base^exponent.
  llvm::DenseMap<Value, std::pair<Value, unsigned>> powers;
  unsigned counter = 0;
};

} // namespace

/// Arguments without a legal name of their own receive one.
void BodyPrinter::nameArguments() {
  unsigned inputs = func.getNumInputs();
  for (unsigned i = 0; i < func.getNumArguments(); ++i) {
    StringRef name = func.getArgName(i);
    bool legal = isIdentifier(name) && !isConstantName(name) && name != "let" &&
                 (i >= inputs || !isBuiltinName(name));
    names.push_back(legal ? name.str() : "");
    if (legal)
      taken.insert(name);
  }
  for (auto [i, name] : llvm::enumerate(names)) {
    for (unsigned n = i; name.empty(); ++n)
      if (taken.insert("x" + std::to_string(n)).second)
        name = "x" + std::to_string(n);
    texts[func.getBody().getArgument(i)] = {name, Atom};
  }
}

std::string BodyPrinter::freshName() {
  std::string name;
  do
    name = "t" + std::to_string(counter++);
  while (!taken.insert(name).second || isBuiltinName(name));
  return name;
}

std::string BodyPrinter::operand(Value value, Level least) {
  auto found = texts.find(value);
  if (found == texts.end())
    return "";
  Text text = value.hasOneUse() && !isa<BlockArgument>(value)
                  ? std::move(found->second)
                  : found->second;
  if (text.level >= least)
    return std::move(text.text);
  return "(" + text.text + ")";
}

Text BodyPrinter::spellConstant(StringRef text) {
  (void)text.consume_front("+");
  Level level = text.contains('/')      ? Product
                : text.starts_with("-") ? Unary
                                        : Atom;
  return {text.str(), level};
}

Text BodyPrinter::spellBinary(StringRef op, Level level, Operation &operation) {
  // Left-associative: the right operand binds more tightly.
  std::string text = operand(operation.getOperand(0), level);
  text += op;
  text += operand(operation.getOperand(1), Level(level + 1));
  return {std::move(text), level};
}

/// True if the value is only multiplied by itself, once.
static bool isOnlySquared(Value value) {
  auto users = value.getUsers();
  return llvm::hasNItems(users.begin(), users.end(), 2) &&
         isa<arith::MulFOp>(*users.begin()) &&
         *users.begin() == *std::next(users.begin());
}

/// The parser squares from the first bit of the exponent on, and multiplies by
/// the base where a bit is set: x^3 is (x * x) * x, x^4 is (x * x) squared.
bool BodyPrinter::spellPower(arith::MulFOp product, Text &result) {
  Value lhs = product.getLhs(), rhs = product.getRhs();
  auto known = powers.find(lhs);
  bool isChain = known != powers.end() && !isa<BlockArgument>(lhs);
  std::pair<Value, unsigned> power;
  if (lhs == rhs && isChain && isOnlySquared(lhs))
    power = {known->second.first, 2 * known->second.second};
  else if (isChain && lhs.hasOneUse() && rhs == known->second.first &&
           known->second.second % 2 == 0)
    power = {rhs, known->second.second + 1};
  else if (lhs == rhs && !lhs.getDefiningOp<act::ConstantOp>())
    power = {lhs, 2};
  else
    return false;
  powers[product] = power;
  result = {operand(power.first, Atom) + "^" + std::to_string(power.second),
            Unary};
  return true;
}

Text BodyPrinter::spellCall(StringRef name, Operation &op) {
  std::string text = (name + "(").str();
  for (auto [i, value] : llvm::enumerate(op.getOperands())) {
    text += i ? ", " : "";
    text += operand(value, Compare);
  }
  return {text + ")", Atom};
}

bool BodyPrinter::spellApply(ApplyOp apply, Text &result) {
  SmallVector<std::string> arguments;
  auto fn = dyn_cast<FnAttr>(apply.getCallee());
  bool hasParams = apply.getParams() || (fn && !fn.getParams().empty());
  StringRef name;
  SmallVector<StringRef, 2> inputs;
  if (fn) {
    if (fn.getOrder() != 0)
      return false;
    name = fn.getName();
    inputs = inputsOf(*lookupFunction(name));
  } else {
    name = cast<FlatSymbolRefAttr>(apply.getCallee()).getValue();
  }
  // tanh(x) is the primitive, tanh(x=x) the row.
  bool byName = fn && !hasParams && !primitiveArguments(name).empty();
  size_t params = apply.getParams() ? apply.getParams()->size() : 0;
  size_t count = apply.getInputs().size() - params;
  for (size_t i = 0; i < count; ++i)
    arguments.push_back((byName ? inputs[i].str() + "=" : "") +
                        operand(apply.getInputs()[i], Compare));
  if (fn)
    for (NamedAttribute param : fn.getParams())
      arguments.push_back((param.getName().getValue() + "=" +
                           cast<StringAttr>(param.getValue()).getValue())
                              .str());
  for (size_t i = 0; i < params; ++i)
    arguments.push_back(
        cast<StringAttr>((*apply.getParams())[i]).getValue().str() + "=" +
        operand(apply.getInputs()[count + i], Compare));
  result = {(name + "(" + llvm::join(arguments, ", ") + ")").str(), Atom};
  return true;
}

StringRef act::comparisonSign(arith::CmpFPredicate predicate) {
  switch (predicate) {
  case arith::CmpFPredicate::OLT:
    return " < ";
  case arith::CmpFPredicate::OLE:
    return " <= ";
  case arith::CmpFPredicate::OGT:
    return " > ";
  case arith::CmpFPredicate::OGE:
    return " >= ";
  case arith::CmpFPredicate::OEQ:
    return " == ";
  case arith::CmpFPredicate::UNE:
    return " != ";
  default:
    return "";
  }
}

/// Name of the primitive that is this operation, or "".
static StringRef primitiveOf(Operation &op) {
  if (isa<arith::SelectOp>(op))
    return "where";
  const PrimitiveInfo *row = lookupPrimitiveOp(op.getName().getStringRef());
  return row ? row->Name : "";
}

bool BodyPrinter::spell(Operation &op, Text &result) {
  if (StringRef name = primitiveOf(op); !name.empty()) {
    result = spellCall(name, op);
    return true;
  }
  return llvm::TypeSwitch<Operation *, bool>(&op)
      .Case([&](act::ConstantOp constant) {
        result = spellConstant(constant.getValue());
        return true;
      })
      .Case<arith::AddFOp, arith::SubFOp>([&](auto) {
        result = spellBinary(isa<arith::AddFOp>(op) ? " + " : " - ", Sum, op);
        return true;
      })
      .Case<arith::MulFOp, arith::DivFOp>([&](auto) {
        auto product = dyn_cast<arith::MulFOp>(op);
        if (product && spellPower(product, result))
          return true;
        result =
            spellBinary(isa<arith::MulFOp>(op) ? " * " : " / ", Product, op);
        return true;
      })
      .Case([&](arith::NegFOp neg) {
        // -1 is a constant, -(1) the negative of one.
        auto constant = neg.getOperand().getDefiningOp<act::ConstantOp>();
        bool bare = !constant || !constant->hasOneUse() ||
                    constant.getValue().starts_with("-");
        result = {"-" + operand(neg.getOperand(), Unary), Unary};
        if (!bare && result.text[1] != '(')
          result.text = "-(" + result.text.substr(1) + ")";
        return true;
      })
      .Case([&](arith::CmpFOp compare) {
        StringRef sign = comparisonSign(compare.getPredicate());
        std::string lhs = operand(compare.getLhs(), Sum);
        result = {lhs + sign.str() + operand(compare.getRhs(), Sum), Compare};
        return !sign.empty();
      })
      .Case([&](ApplyOp apply) { return spellApply(apply, result); })
      .Default(false);
}

std::string BodyPrinter::print() {
  if (func.getNumResults() != 1)
    return "";
  std::string lets;
  for (Operation &op : func.getBody().front().without_terminator()) {
    if (op.getNumResults() != 1)
      return "";
    Value value = op.getResult(0);
    if (value.use_empty())
      continue;
    Text text;
    if (!spell(op, text))
      return "";
    // A comparison has no name: it is spelled again at every use.
    if (!value.hasOneUse() && !isa<arith::CmpFOp>(op) &&
        !isOnlySquared(value)) {
      std::string name = freshName();
      lets += "let " + name + " = " + text.text + "; ";
      text = {name, Atom};
    }
    texts[value] = std::move(text);
  }
  return lets + operand(func.getReturn().getValues()[0], Compare);
}

std::string act::printExpression(FuncOp func) {
  return BodyPrinter(func).print();
}

std::string act::printDefinition(FuncOp func) {
  BodyPrinter printer(func);
  std::string body = printer.print();
  if (body.empty() || func.getNumInputs() == 0)
    return "";
  std::string text = (func.getSymName() + "(").str();
  for (auto [i, name] : llvm::enumerate(printer.argumentNames())) {
    bool param = i >= func.getNumInputs();
    text += i == 0 ? "" : i == func.getNumInputs() ? "; " : ", ";
    text += name;
    if (param)
      text += "=" + func.getArgDefault(i).getValue().str();
  }
  return text + ") = " + body;
}

/// True if the function only applies the row it is named after to its own
/// arguments, as the parser makes it of a bare name.
static bool isBareRow(FuncOp func) {
  auto apply = func.getReturn().getValues()[0].getDefiningOp<ApplyOp>();
  if (!apply || apply.getInputs() != func.getArguments())
    return false;
  auto fn = dyn_cast<FnAttr>(apply.getCallee());
  return fn && fn.getName() == func.getSymName() && fn.getParams().empty() &&
         fn.getOrder() == 0;
}

bool act::namesInOrder(StringRef expression, ArrayRef<std::string> names) {
  SmallVector<Token> tokens;
  SourceError error;
  if (!tokenize(expression, tokens, error))
    return false;
  SmallVector<StringRef> found;
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    StringRef name = tokens[i].text;
    // A name before '=' is one of a callee's arguments or of a `let`.
    if (tokens[i].is(Tok::Name) && !tokens[i + 1].is(Tok::Assign) &&
        llvm::is_contained(names, name) && !llvm::is_contained(found, name))
      found.push_back(name);
  }
  return llvm::equal(found, names);
}

/// What runs: a bare name, an expression or a definition.
static std::string printMain(FuncOp func) {
  if (isBareRow(func))
    return func.getSymName().str();
  BodyPrinter printer(func);
  std::string text = printer.print();
  if (func.getSymName().rtrim('_') != "expression" ||
      func.getNumInputs() != func.getNumArguments() ||
      !namesInOrder(text, printer.argumentNames()))
    return printDefinition(func);
  // A bare name other than x means a function.
  if (isIdentifier(text) && text != "x" && !isConstantName(text))
    return "(" + text + ")";
  return text;
}

std::string act::printSource(ModuleOp module) {
  std::string text, main;
  for (FuncOp func : module.getOps<FuncOp>()) {
    std::string part =
        func.isPrivate() ? printDefinition(func) : printMain(func);
    if (part.empty())
      return "";
    if (func.isPrivate())
      text += part + "; ";
    else
      main = part;
  }
  for (auto func : module.getOps<func::FuncOp>()) {
    main = printProducts(func);
    if (main.empty())
      return "";
  }
  return text + main;
}
