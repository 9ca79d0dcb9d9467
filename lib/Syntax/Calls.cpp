//===- Calls.cpp - Calls of primitives, rows and definitions --------------===//

#include "ParserImpl.h"
#include "act/IR/ExactNumber.h"
#include "act/IR/PrimitiveTable.h"
#include "act/IR/Softmax.h"

using namespace mlir;
using namespace act;

Value act::Parser::parseCall() {
  Token name = take();
  if (isTensorFunction(name.text) && !definitionIndex.contains(name.text) &&
      !lookupFrameworkFunction(options.framework, name.text))
    return parseTensorCall(name);
  Token open = take();
  // Found before the arguments, so that the first mistake is reported first.
  importFrameworkFunction(name);
  bool primitive = !primitiveArguments(name.text).empty();
  const FunctionInfo *row = lookupFunction(name.text);
  auto defined = definitionIndex.find(name.text);
  bool self = name.text == body.name && !body.freeNamesAreInputs;
  if (!primitive && defined == definitionIndex.end() && (self || !row))
    return unknownFunction(name);
  Nesting nesting(*this);
  Arguments arguments;
  if (!checkDepth() || !parseArguments(arguments) || !close(open))
    return {};
  if (defined != definitionIndex.end())
    return callDefinition(name, defined->second, arguments);
  if (primitive && row) {
    // tanh(x) is the primitive; softplus(x, beta=2) is the row.
    primitive = arguments.size() <= 1;
    for (const Argument &argument : arguments)
      primitive &= argument.name.is(Tok::End);
  }
  if (primitive)
    return callPrimitive(name, arguments);
  return callRow(name, *row, arguments);
}

act::Parser::Failed act::Parser::unknownFunction(const Token &name) {
  if (name.text == body.name && !body.freeNamesAreInputs)
    return error(name, "'" + name.text +
                           "' applies itself; functions cannot be recursive");
  if (isConstantName(name.text) || body.values.contains(name.text))
    return error(name, "'" + name.text + "' is not a function; write '" +
                           name.text + " * (...)' to multiply");
  if (name.text == "let")
    return error(name, "'let' is not a function; write 'let name = ...;'");
  for (size_t i = position; i + 1 < tokens.size(); ++i)
    if (tokens[i].is(Tok::Semicolon) && tokens[i + 1].text == name.text &&
        startsDefinition(i + 1))
      return error(name, "'" + name.text +
                             "' is used before its definition; "
                             "move the definition to the front");
  SmallVector<StringRef> names(builtinFunctionNames());
  llvm::append_range(names, frameworkFunctionNames(options.framework));
  for (StringRef defined : definitionIndex.keys())
    names.push_back(defined);
  std::string hint = didYouMean(name.text, names);
  if (hint.empty() && name.text == "pow")
    hint = "; write 'x^y' for a power";
  else if (hint.empty() && body.freeNamesAreInputs)
    hint = ("; write '" + name.text + " * (...)' to multiply").str();
  return error(name, "unknown function '" + name.text + "'" + hint);
}

bool act::Parser::parseArguments(Arguments &arguments) {
  if (at(Tok::RParen))
    return true;
  do {
    Argument argument;
    argument.name.kind = Tok::End;
    if (at(Tok::Name) && peek(1).is(Tok::Assign)) {
      argument.name = take();
      take();
    }
    argument.begin = peek().offset;
    argument.value = parseExpression();
    argument.end = lastEnd;
    if (!argument.value)
      return false;
    arguments.push_back(argument);
  } while (consume(Tok::Comma));
  return true;
}

act::Parser::Failed act::Parser::wrongCount(const Token &name,
                                            const Signature &signature,
                                            unsigned found) {
  std::string takes = llvm::join(signature.inputs, ", ");
  if (!signature.params.empty())
    takes += "; " + llvm::join(signature.params, ", ");
  size_t inputs = signature.inputs.size();
  size_t most = inputs + signature.params.size();
  std::string many = std::to_string(inputs);
  if (most > inputs)
    many += " to " + std::to_string(most);
  return error(name, "'" + name.text + "' expects " + many + " argument" +
                         (most == 1 ? "" : "s") + " (" + takes + "), found " +
                         Twine(found));
}

bool act::Parser::bindOne(const Token &name, const Signature &signature,
                          const Argument &argument, unsigned &positional,
                          SmallVectorImpl<Value> &values) {
  size_t inputs = signature.inputs.size(), slot = positional;
  if (argument.name.is(Tok::End)) {
    ++positional;
  } else {
    SmallVector<StringRef> names(signature.inputs);
    llvm::append_range(names, signature.params);
    StringRef wanted = argument.name.text;
    slot = llvm::find(names, wanted) - names.begin();
    // Parameters are a namespace of their own and come first.
    for (auto [i, param] : llvm::enumerate(signature.params))
      if (param == wanted)
        slot = inputs + i;
    if (slot == names.size())
      return error(argument.name, "'" + name.text + "' has no argument '" +
                                      wanted + "'" + didYouMean(wanted, names) +
                                      " (it has: " + llvm::join(names, ", ") +
                                      "); '==' compares");
    if (values[slot])
      return error(argument.name, "argument '" + wanted + "' of '" + name.text +
                                      "' is given twice");
  }
  values[slot] = argument.value;
  bool isComparison = argument.value.getType() != type;
  if (signature.takesComparison && slot == 0)
    return isComparison ||
           bool(error(argument.begin, argument.end - argument.begin,
                      "'where' expects a comparison such as 'x > 0' as its "
                      "first argument"));
  lastEnd = argument.end;
  return checkNumeric(argument.value, argument.begin);
}

bool act::Parser::bind(const Token &name, const Signature &signature,
                       ArrayRef<Argument> arguments,
                       SmallVectorImpl<Value> &values) {
  size_t inputs = signature.inputs.size();
  size_t slots = inputs + signature.params.size();
  values.assign(slots, Value());
  unsigned positional = 0;
  bool named = false;
  uint32_t end = lastEnd;
  for (const Argument &argument : arguments) {
    if (named && argument.name.is(Tok::End))
      return error(argument.begin, argument.end - argument.begin,
                   "a positional argument follows a named one; put it before "
                   "or name it");
    named |= !argument.name.is(Tok::End);
    if (positional == slots && !named)
      return wrongCount(name, signature, arguments.size());
    if (!bindOne(name, signature, argument, positional, values))
      return false;
  }
  lastEnd = end;
  for (size_t i = 0; i < inputs; ++i)
    if (!values[i])
      return wrongCount(name, signature, arguments.size());
  return true;
}

Value act::Parser::callPrimitive(const Token &name,
                                 ArrayRef<Argument> arguments) {
  Signature signature;
  signature.inputs = primitiveArguments(name.text);
  signature.takesComparison = name.text == "where";
  SmallVector<Value, 3> v;
  if (!bind(name, signature, arguments, v))
    return {};
  if (name.text == "where")
    return create<arith::SelectOp>(name, v[0], v[1], v[2]);
  if (!count(name))
    return {};
  OperationState state(locationOf(name.offset), lookupPrimitive(name.text)->Op,
                       v, type);
  return builder.create(state)->getResult(0);
}

Value act::Parser::callRow(const Token &name, const FunctionInfo &row,
                           ArrayRef<Argument> arguments) {
  SmallVector<StringRef, 2> inputs = inputsOf(row), params;
  for (const ParamInfo &param : paramsOf(row))
    params.push_back(param.name);
  Signature signature;
  signature.inputs = inputs;
  signature.params = params;
  SmallVector<Value, 4> values;
  if (!bind(name, signature, arguments, values))
    return {};
  SmallVector<Value, 4> operands(
      ArrayRef<Value>(values).take_front(inputs.size()));
  SmallVector<NamedAttribute> fixed;
  SmallVector<StringRef> given;
  for (auto [param, value] :
       llvm::zip(params, ArrayRef<Value>(values).drop_front(inputs.size()))) {
    if (!value)
      continue;
    std::string text = exactTextOf(value);
    if (!text.empty()) {
      fixed.push_back(builder.getNamedAttr(param, builder.getStringAttr(text)));
      continue;
    }
    given.push_back(param);
    operands.push_back(value);
  }
  auto fn = FnAttr::get(context, row.Name, builder.getDictionaryAttr(fixed), 0);
  return create<ApplyOp>(name, TypeRange(type), fn, operands, ValueRange(),
                         given.empty() ? ArrayAttr()
                                       : builder.getStrArrayAttr(given));
}

Value act::Parser::callDefinition(const Token &name, unsigned index,
                                  ArrayRef<Argument> arguments) {
  Definition &callee = definitions[index];
  Signature signature;
  signature.inputs = callee.inputs;
  signature.params = callee.params;
  SmallVector<Value, 4> values;
  if (!bind(name, signature, arguments, values))
    return {};
  size_t inputs = callee.inputs.size();
  SmallVector<Value, 4> operands(ArrayRef<Value>(values).take_front(inputs));
  SmallVector<StringRef> given;
  for (auto [param, value] :
       llvm::zip(callee.params, ArrayRef<Value>(values).drop_front(inputs)))
    if (value) {
      given.push_back(param);
      operands.push_back(value);
    }
  // What it adds once it stands in this place.
  body.nodes += callee.nodes;
  body.callees.push_back(index);
  return create<ApplyOp>(name, TypeRange(type),
                         FlatSymbolRefAttr::get(callee.func.getSymNameAttr()),
                         operands, ValueRange(),
                         given.empty() ? ArrayAttr()
                                       : builder.getStrArrayAttr(given));
}
