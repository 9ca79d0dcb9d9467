//===- Parser.cpp - Sources, statements and errors ------------------------===//

#include "ParserImpl.h"
#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace act;

act::Parser::Parser(StringRef text, MLIRContext *context,
                    const ParseOptions &options)
    : text(text), context(context), options(options), builder(context),
      type(builder.getF64Type()),
      fileName(builder.getStringAttr(options.fileName)) {}

OwningOpRef<ModuleOp> act::Parser::parse() {
  if (text.size() > kMaxSourceBytes) {
    error(0, 1,
          "the source has " + Twine(text.size()) + " bytes; the limit is " +
              Twine(kMaxSourceBytes));
    return nullptr;
  }
  for (auto [i, c] : llvm::enumerate(text))
    if (c == '\n')
      lineStarts.push_back(i + 1);
  SourceError lexical;
  if (!tokenize(text, tokens, lexical)) {
    report(lexical);
    return nullptr;
  }
  context->getOrLoadDialect<ActDialect>();
  module = ModuleOp::create(locationOf(0));
  if (!parseStatements())
    return nullptr;
  eraseUnused();
  return std::move(module);
}

//===----------------------------------------------------------------------===//
// Tokens and errors
//===----------------------------------------------------------------------===//

Token act::Parser::take() {
  Token token = peek();
  if (!token.is(Tok::End)) {
    ++position;
    lastEnd = token.end();
  }
  return token;
}

bool act::Parser::consume(Tok kind) {
  if (!at(kind))
    return false;
  take();
  return true;
}

bool act::Parser::close(const Token &open) {
  if (consume(Tok::RParen))
    return true;
  if (!at(Tok::End) && !at(Tok::Semicolon) && !at(Tok::Comma))
    return unexpected();
  auto [line, column] = lineAndColumn(open.offset);
  return error(peek(), "expected ')' to close the '(' at " + Twine(line) + ":" +
                           Twine(column));
}

act::Parser::Failed act::Parser::error(uint32_t offset, uint32_t length,
                                       const Twine &message) {
  if (!failed)
    report({offset, length, message.str()});
  return {};
}

void act::Parser::report(const SourceError &error) {
  failed = true;
  auto [line, column] = lineAndColumn(error.offset);
  if (options.diagnostic)
    *options.diagnostic = {line, column, std::max(1u, error.length),
                           error.message};
  else
    emitError(FileLineColLoc::get(fileName, line, column)) << error.message;
}

std::pair<unsigned, unsigned>
act::Parser::lineAndColumn(uint32_t offset) const {
  size_t line = llvm::upper_bound(lineStarts, offset) - lineStarts.begin();
  return {line + 1, offset - (line ? lineStarts[line - 1] : 0) + 1};
}

Location act::Parser::locationOf(uint32_t offset) const {
  auto [line, column] = lineAndColumn(offset);
  return FileLineColLoc::get(fileName, line, column);
}

/// Where an operand should be.
act::Parser::Failed act::Parser::unexpectedOperator(const Token &found) {
  StringRef previous = position ? tokens[position - 1].text : StringRef();
  if (found.is(Tok::End))
    return error(found, "expected an expression, found the end");
  if (found.is(Tok::Plus))
    return error(found, "there is no unary '+'; leave it out");
  if (found.is(Tok::Star) && previous == "*")
    return error(found, "write '^' for powers, as in 'x^2'");
  if (found.is(Tok::Assign))
    return error(found, "expected an expression, found '='; "
                        "comparisons are < <= > >= == !=");
  return error(found,
               "expected a number, a name or '(', found '" + found.text + "'");
}

/// Where an operator or the end of an expression should be.
act::Parser::Failed act::Parser::unexpected() {
  const Token &found = peek();
  switch (found.kind) {
  case Tok::Number:
  case Tok::Name:
  case Tok::LParen:
    return error(found, "expected an operator before '" + found.text +
                            "'; write '*' to multiply");
  case Tok::RParen:
    return error(found, "this ')' closes nothing; remove it or add a '('");
  case Tok::Comma:
    return error(found, "',' separates arguments of a function, and no call "
                        "is open here; did you mean '.'?");
  case Tok::Assign:
    return error(found, "'=' cannot stand here; '==' compares, "
                        "'f(x) = ...' defines, 'let t = ...;' names");
  case Tok::Semicolon:
    return error(found, "only a definition 'f(x) = ...' or 'let t = ...' is "
                        "followed by ';'");
  default:
    return error(found, "a comparison can only be the first argument of "
                        "'where', and comparisons do not chain");
  }
}

bool act::Parser::count(const Token &at, unsigned nodes) {
  body.nodes += nodes;
  totalNodes += nodes;
  if (std::max(body.nodes, totalNodes) <= kMaxSourceNodes)
    return true;
  return error(at, "the expression has more than " + Twine(kMaxSourceNodes) +
                       " operations; use 'let' for parts that repeat");
}

//===----------------------------------------------------------------------===//
// Statements
//===----------------------------------------------------------------------===//

bool act::Parser::parseStatements() {
  while (startsDefinition(position)) {
    if (!parseDefinition())
      return false;
    if (at(Tok::End)) {
      definitions.back().func.setPublic();
      definitions.back().used = true;
      return true;
    }
    if (!at(Tok::Semicolon))
      return unexpected();
    take();
    if (at(Tok::End))
      return error(tokens[position - 1],
                   "nothing follows this ';'; remove it or add an expression");
  }
  return parseMain();
}

act::Parser::Body act::Parser::begin(StringRef name, const Token &at) {
  Body fresh;
  fresh.name = name;
  builder.setInsertionPointToEnd(module->getBody());
  fresh.func = builder.create<FuncOp>(locationOf(at.offset), name,
                                      builder.getFunctionType({}, {type}));
  fresh.block = &fresh.func.getBody().emplaceBlock();
  builder.setInsertionPointToEnd(fresh.block);
  return fresh;
}

/// Ends the body with its result and gives the function its type.
void act::Parser::finish(Value result) {
  builder.create<act::ReturnOp>(result.getLoc(), result);
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(*body.block)))
    if (!isa<act::ReturnOp>(op) && op.use_empty())
      op.erase();
  FuncOp func = body.func;
  func.setFunctionType(
      builder.getFunctionType(body.block->getArgumentTypes(), {type}));
  SmallVector<Attribute> attrs;
  StringAttr nameAttr = builder.getStringAttr(kNameAttr);
  for (StringRef input : body.inputs)
    attrs.push_back(builder.getDictionaryAttr(
        NamedAttribute(nameAttr, builder.getStringAttr(input))));
  for (auto [param, text] : llvm::zip(body.params, body.defaults))
    attrs.push_back(builder.getDictionaryAttr(
        {builder.getNamedAttr(kDefaultAttr, builder.getStringAttr(text)),
         NamedAttribute(nameAttr, builder.getStringAttr(param))}));
  if (!attrs.empty())
    func.setArgAttrsAttr(builder.getArrayAttr(attrs));
}

//===----------------------------------------------------------------------===//
// What runs
//===----------------------------------------------------------------------===//

bool act::Parser::parseMain() {
  if (at(Tok::Name) && peek(1).is(Tok::Assign))
    return error(peek(1), "a definition names its inputs: write '" +
                              peek().text + "(x) = ...'");
  if (at(Tok::Name) && peek(1).is(Tok::End) && !isConstantName(peek().text) &&
      peek().text != "x" && peek().text != "let")
    return parseBareName(take());
  std::string name = "expression";
  while (definitionIndex.contains(name))
    name += "_";
  body = begin(StringRef(name), peek());
  body.name = "";
  body.freeNamesAreInputs = true;
  Value result = parseNumeric();
  if (!result)
    return false;
  if (!at(Tok::End))
    return unexpected();
  if (!checkRanks())
    return false;
  for (unsigned callee : body.callees)
    definitions[callee].used = true;
  if (!body.products.empty()) {
    if (!checkProducts(result))
      return false;
    finishProducts(result);
    return true;
  }
  bool isDropped = body.dropped.contains(result);
  finish(result);
  if (isDropped)
    body.func.setResultAttr(0, kDroppedAttr, builder.getUnitAttr());
  for (unsigned input : body.positive)
    body.func.setArgAttr(input, kRangeAttr, builder.getStringAttr("> 0"));
  for (unsigned input : body.targets) {
    body.func.setArgAttr(input, kIndexAttr, builder.getUnitAttr());
    body.func.setArgAttr(input, kDroppedAttr, builder.getUnitAttr());
  }
  for (auto [axis, value] : body.positions)
    body.func.setArgAttr(cast<BlockArgument>(value).getArgNumber(),
                         kPositionAttr, builder.getI64IntegerAttr(axis));
  return true;
}

bool act::Parser::parseBareName(const Token &name) {
  importFrameworkFunction(name);
  auto defined = definitionIndex.find(name.text);
  if (defined != definitionIndex.end()) {
    definitions[defined->second].func.setPublic();
    definitions[defined->second].used = true;
    return true;
  }
  if (const FunctionInfo *row = lookupFunction(name.text)) {
    applyRow(*row, name);
    return true;
  }
  if (isTensorFunction(name.text))
    return error(name, "'" + name.text +
                           "' alone is not a function of the catalogue; write "
                           "'" +
                           name.text + "(x)'");
  if (!primitiveArguments(name.text).empty())
    return error(name, "'" + name.text +
                           "' alone is not a function of the "
                           "catalogue; write '" +
                           name.text + "(" +
                           llvm::join(primitiveArguments(name.text), ", ") +
                           ")'");
  SmallVector<StringRef> names(allFunctionNames());
  llvm::append_range(names, frameworkFunctionNames(options.framework));
  for (StringRef known : definitionIndex.keys())
    names.push_back(known);
  std::string hint = didYouMean(name.text, names);
  if (hint.empty())
    hint = "; 'x' alone is the identity, 'act-report table' lists the "
           "catalogue";
  return error(name, "unknown function '" + name.text + "'" + hint);
}

/// A function of the catalogue with all its parameters given at run time.
void act::Parser::applyRow(const FunctionInfo &row, const Token &name) {
  body = begin(row.Name, name);
  body.inputs.append(inputsOf(row));
  for (const ParamInfo &param : paramsOf(row)) {
    body.params.push_back(param.name);
    body.defaults.push_back(param.defaultText.str());
  }
  Location loc = locationOf(name.offset);
  for (size_t i = 0, e = body.inputs.size() + body.params.size(); i < e; ++i)
    body.block->addArgument(type, loc);
  auto apply = builder.create<ApplyOp>(
      loc, TypeRange(type), FnAttr::get(context, row.Name),
      body.block->getArguments(), ValueRange(),
      body.params.empty() ? ArrayAttr() : builder.getStrArrayAttr(body.params));
  finish(apply.getResult(0));
}

/// Erases the definitions that what runs does not reach.
void act::Parser::eraseUnused() {
  for (Definition &definition : llvm::reverse(definitions)) {
    if (!definition.used) {
      definition.func.erase();
      continue;
    }
    for (unsigned callee : definition.callees)
      definitions[callee].used = true;
  }
}

OwningOpRef<ModuleOp> act::parseSource(StringRef text, MLIRContext *context,
                                       const ParseOptions &options) {
  return Parser(text, context, options).parse();
}

OwningOpRef<ModuleOp>
act::parseFrameworkFunction(const FrameworkFunctionInfo &row, StringRef name,
                            MLIRContext *context) {
  ParseOptions options;
  options.fileName = row.Framework;
  options.definesRows = true;
  // Under a name of its own, so that the formula may apply Act's function of
  // the same name.
  OwningOpRef<ModuleOp> module =
      Parser(definitionOf(row, "function"), context, options).parse();
  if (module)
    (*module->getOps<FuncOp>().begin()).setSymName(name);
  return module;
}

OwningOpRef<ModuleOp> act::parseRow(const FunctionInfo &row,
                                    MLIRContext *context) {
  ParseOptions options;
  options.fileName = row.Name;
  options.definesRows = true;
  return Parser(definitionOf(row), context, options).parse();
}
