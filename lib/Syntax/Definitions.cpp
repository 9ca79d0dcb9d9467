//===- Definitions.cpp - "f(x; a=1) = a * x" ------------------------------===//

#include "ParserImpl.h"
#include "act/IR/ExactNumber.h"

using namespace mlir;
using namespace act;

/// True if "name ( ... ) =" starts at token `at`.
bool act::Parser::startsDefinition(size_t at) const {
  if (at + 1 >= tokens.size() || !tokens[at].is(Tok::Name) ||
      !tokens[at + 1].is(Tok::LParen))
    return false;
  unsigned open = 0;
  for (size_t i = at + 1; i + 1 < tokens.size(); ++i) {
    if (tokens[i].is(Tok::LParen))
      ++open;
    else if (tokens[i].is(Tok::RParen) && --open == 0)
      return tokens[i + 1].is(Tok::Assign);
  }
  return false;
}

bool act::Parser::checkDefinitionName(const Token &name) {
  if (definitionIndex.contains(name.text))
    return error(name,
                 "'" + name.text + "' is defined already; choose another name");
  bool allowed =
      options.definesRows && !isConstantName(name.text) && name.text != "let";
  if (isKnownName(name.text) && !allowed)
    return error(name, "'" + name.text +
                           "' is a name of the language or the "
                           "catalogue and cannot be redefined; choose another "
                           "name");
  return true;
}

bool act::Parser::isKnownName(StringRef name) const {
  return isBuiltinName(name) ||
         (!options.framework.empty() &&
          lookupFrameworkFunction(options.framework, name));
}

bool act::Parser::importFrameworkFunction(const Token &name) {
  if (options.framework.empty() || definitionIndex.contains(name.text))
    return false;
  const FrameworkFunctionInfo *row =
      lookupFrameworkFunction(options.framework, name.text);
  if (!row)
    return false;
  OwningOpRef<ModuleOp> parsed =
      parseFrameworkFunction(*row, name.text, context);
  FuncOp func = *parsed->getOps<FuncOp>().begin();
  func->remove();
  module->push_back(func);
  func.setPrivate();
  definitionIndex[name.text] = definitions.size();
  Definition &definition = definitions.emplace_back();
  definition.func = func;
  for (unsigned i = 0; i < func.getNumArguments(); ++i)
    (i < func.getNumInputs() ? definition.inputs : definition.params)
        .push_back(func.getArgName(i));
  definition.nodes = func.getBody().front().getOperations().size();
  return true;
}

bool act::Parser::parseDefinition() {
  Token name = take();
  take(); // '('
  if (!checkDefinitionName(name))
    return false;
  body = begin(name.text, name);
  if (!parseInputs() || (consume(Tok::Semicolon) && !parseParams()))
    return false;
  if (!consume(Tok::RParen))
    return error(peek(), "expected ')' after the parameters of '" + name.text +
                             "', found '" + peek().text + "'");
  take(); // '=', which startsDefinition has seen.
  Value result = parseNumeric();
  if (!result)
    return false;
  if (!at(Tok::End) && !at(Tok::Semicolon))
    return unexpected();
  finish(result);
  body.func.setPrivate();
  definitionIndex[name.text] = definitions.size();
  Definition &definition = definitions.emplace_back();
  definition.func = body.func;
  definition.inputs.append(body.inputs.begin(), body.inputs.end());
  definition.params.append(body.params.begin(), body.params.end());
  definition.callees = body.callees;
  definition.nodes = body.nodes;
  return true;
}

bool act::Parser::parseArgumentName(bool param, Token &name) {
  StringRef kind = param ? "parameter" : "input";
  if (!at(Tok::Name))
    return error(
        peek(),
        "expected the name of " + Twine(param ? "a parameter" : "an input") +
            ", found " +
            (at(Tok::End) ? Twine("the end") : "'" + peek().text + "'"));
  name = take();
  bool keyword = isConstantName(name.text) || name.text == "let";
  if (keyword || (!param && (isKnownName(name.text) ||
                             definitionIndex.contains(name.text) ||
                             (name.text == body.name && !options.definesRows))))
    return error(name, "'" + name.text +
                           "' is a constant, a keyword or a function and "
                           "cannot be the name of " +
                           (param ? "a " : "an ") + kind);
  if (!count(name))
    return false;
  Value value = body.block->addArgument(type, locationOf(name.offset));
  if (!body.values.try_emplace(name.text, value).second)
    return error(name, "'" + name.text + "' is in this list twice; rename one");
  return true;
}

bool act::Parser::parseInputs() {
  do {
    Token name;
    if (!parseArgumentName(/*param=*/false, name))
      return false;
    body.inputs.push_back(name.text);
    if (at(Tok::Assign))
      return error(peek(), "an input has no default; parameters follow ';', "
                           "as in '" +
                               body.name + "(x; " + name.text + " = 1)'");
  } while (consume(Tok::Comma));
  if (at(Tok::Semicolon) || at(Tok::RParen))
    return true;
  return error(peek(), "expected ',', ';' or ')' after the input '" +
                           body.inputs.back() + "'");
}

bool act::Parser::parseParams() {
  do {
    Token name;
    if (!parseArgumentName(/*param=*/true, name))
      return false;
    if (!consume(Tok::Assign))
      return error(name, "parameter '" + name.text +
                             "' needs a default, as "
                             "in '" +
                             name.text + " = 1'");
    body.params.push_back(name.text);
    if (!parseConstantText(body.defaults.emplace_back()))
      return false;
  } while (consume(Tok::Comma));
  return true;
}

/// [-] number [/ number], or a named constant.
bool act::Parser::parseConstantText(std::string &text) {
  uint32_t begin = peek().offset;
  if (consume(Tok::Minus))
    text = "-";
  bool number = at(Tok::Number);
  if (!number && !(at(Tok::Name) && isConstantName(peek().text)))
    return error(peek(), "a default is a number such as 0.1, 1/3 or pi");
  text += take().text;
  if (number && consume(Tok::Slash)) {
    if (!at(Tok::Number))
      return error(peek(), "expected a number after '/' in a default");
    text += "/" + take().text.str();
  }
  if (isExactNumber(text))
    return true;
  return error(begin, lastEnd - begin,
               "'" + text +
                   "' is not a finite number; a ratio is of two "
                   "decimals and its divisor is not zero");
}
