//===- ParserImpl.h - The recursive-descent parser --------------*- C++ -*-===//
//
// Tokens go straight into operations. The first error ends parsing: a function
// that reports one returns a null value or false, and so do its callers.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_LIB_SYNTAX_PARSERIMPL_H
#define ACT_LIB_SYNTAX_PARSERIMPL_H

#include "Lexer.h"
#include "Names.h"
#include "act/Syntax/Parser.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include <optional>

namespace act {

struct TensorFunction;

class Parser {
public:
  Parser(llvm::StringRef text, mlir::MLIRContext *context,
         const ParseOptions &options);

  mlir::OwningOpRef<mlir::ModuleOp> parse();

private:
  /// What a function returns after an error.
  struct Failed {
    operator mlir::Value() const { return {}; }
    operator bool() const { return false; }
  };

  /// A finished definition.
  struct Definition {
    FuncOp func;
    llvm::SmallVector<llvm::StringRef, 2> inputs, params;
    llvm::SmallVector<unsigned, 2> callees;
    /// Operations once applied definitions are in their places.
    unsigned nodes = 0;
    bool used = false;
  };

  /// lhs @ rhs. Its value is an argument of the body, as an input's is: what
  /// is computed from it belongs to another function of elements.
  struct MatrixProduct {
    Token at;
    mlir::Value lhs, rhs, value;
  };

  /// The function being parsed.
  struct Body {
    llvm::StringRef name;
    FuncOp func;
    mlir::Block *block = nullptr;
    llvm::SmallVector<llvm::StringRef, 4> inputs, params;
    llvm::SmallVector<std::string, 2> defaults;
    llvm::SmallVector<unsigned, 2> callees;
    /// Inputs, parameters and the names of `let` that are in scope.
    llvm::StringMap<mlir::Value> values;
    /// Values that are integers whatever the inputs are.
    llvm::DenseMap<mlir::Value, int64_t> integers;
    /// Names of `let`, innermost scope last.
    llvm::SmallVector<llvm::StringRef, 4> lets;
    bool freeNamesAreInputs = false;
    unsigned nodes = 0;
    /// The axis of functions of a row, where there are any.
    std::optional<int64_t> axis;
    /// Values that have no such axis, and those made of numbers only.
    llvm::DenseSet<mlir::Value> dropped, numbers;
    /// Inputs that are temperatures, and those that hold class numbers.
    llvm::SmallDenseSet<unsigned, 2> positive, targets;
    /// Inputs that hold positions, by their axes.
    llvm::SmallVector<std::pair<int64_t, mlir::Value>, 2> positions;
    /// Products of matrices, in order.
    llvm::SmallVector<MatrixProduct, 2> products;
  };

  /// Arguments of a function of a row.
  struct TensorOptions {
    mlir::Value x;
    int64_t axis = -1;
    bool keepsAxis = false, isCausal = false;
    llvm::StringRef emptyRow = "nan";
    llvm::StringMap<mlir::Value> values;
    llvm::DenseSet<llvm::StringRef> given;
  };

  /// One argument of a call.
  struct Argument {
    /// The name before '=', or an End token.
    Token name;
    uint32_t begin, end;
    mlir::Value value;
  };
  using Arguments = llvm::SmallVector<Argument, 3>;

  /// What a call can bind.
  struct Signature {
    llvm::ArrayRef<llvm::StringRef> inputs, params;
    /// The first input is a comparison.
    bool takesComparison = false;
  };

  /// Counts one level of nesting for as long as it lives.
  struct Nesting {
    explicit Nesting(Parser &parser) : parser(parser) { ++parser.depth; }
    ~Nesting() { --parser.depth; }
    Parser &parser;
  };

  // Tokens.
  const Token &peek(unsigned ahead = 0) const {
    return tokens[std::min<size_t>(position + ahead, tokens.size() - 1)];
  }
  bool at(Tok kind) const { return peek().is(kind); }
  Token take();
  bool consume(Tok kind);
  /// Takes the ')' that closes `open`.
  bool close(const Token &open);

  // Errors.
  Failed error(uint32_t offset, uint32_t length, const llvm::Twine &message);
  Failed error(const Token &token, const llvm::Twine &message) {
    return error(token.offset, token.text.size(), message);
  }
  /// An expression ended where it could not.
  Failed unexpected();
  Failed unexpectedOperator(const Token &op);
  void report(const SourceError &error);
  std::pair<unsigned, unsigned> lineAndColumn(uint32_t offset) const;

  // Definitions (Definitions.cpp).
  bool startsDefinition(size_t at) const;
  bool parseDefinition();
  bool checkDefinitionName(const Token &name);
  bool parseInputs();
  bool parseParams();
  bool parseArgumentName(bool param, Token &name);
  bool parseConstantText(std::string &text);

  /// True for a name that the language, the catalogue or the framework has.
  bool isKnownName(llvm::StringRef name) const;
  /// What the framework means by a function's name, as a definition of this
  /// source; false where it has none such.
  bool importFrameworkFunction(const Token &name);

  // Statements and functions (Parser.cpp).
  bool parseStatements();
  bool parseMain();
  bool parseBareName(const Token &name);
  void applyRow(const FunctionInfo &row, const Token &name);
  Body begin(llvm::StringRef name, const Token &at);
  void finish(mlir::Value result);
  void eraseUnused();

  // Expressions (Expression.cpp).
  mlir::Value parseNumeric();
  mlir::Value parseExpression();
  bool parseLet();
  mlir::Value parseCompare();
  mlir::Value parseSum();
  mlir::Value parseProduct();
  mlir::Value parseUnary();
  mlir::Value parsePower();
  mlir::Value parseAtom();
  mlir::Value parseName();
  mlir::Value buildPower(mlir::Value base, mlir::Value exponent,
                         const Token &caret);
  mlir::Value buildIntegerPower(mlir::Value base, uint64_t exponent,
                                const Token &caret);
  mlir::Value buildBinary(const Token &op, mlir::Value a, mlir::Value b);
  void foldInteger(Tok op, mlir::Value a, mlir::Value b, mlir::Value result);
  mlir::Value constant(const Token &at, const llvm::Twine &text);
  /// Fails for a comparison, which started at `begin` and has just ended.
  bool checkNumeric(mlir::Value value, uint32_t begin);
  bool checkDepth();

  // Calls (Calls.cpp).
  mlir::Value parseCall();
  bool parseArguments(Arguments &arguments);
  bool bind(const Token &name, const Signature &signature,
            llvm::ArrayRef<Argument> arguments,
            llvm::SmallVectorImpl<mlir::Value> &values);
  bool bindOne(const Token &name, const Signature &signature,
               const Argument &argument, unsigned &positional,
               llvm::SmallVectorImpl<mlir::Value> &values);
  Failed wrongCount(const Token &name, const Signature &signature,
                    unsigned found);
  mlir::Value callPrimitive(const Token &name,
                            llvm::ArrayRef<Argument> arguments);
  mlir::Value callRow(const Token &name, const FunctionInfo &row,
                      llvm::ArrayRef<Argument> arguments);
  mlir::Value callDefinition(const Token &name, unsigned index,
                             llvm::ArrayRef<Argument> arguments);
  Failed unknownFunction(const Token &name);

  // Functions of a row (TensorCalls.cpp).
  mlir::Value parseTensorCall(const Token &name);
  bool parseTensorArguments(const TensorFunction &function,
                            TensorOptions &into);
  bool parseTensorArgument(const TensorFunction &function, TensorOptions &into);
  bool parseTensorOption(const Token &name, TensorOptions &into);
  bool parseIntegerArgument(llvm::StringRef name, int64_t &value);
  bool checkTensorValue(llvm::StringRef name, mlir::Value value, uint32_t begin,
                        uint32_t length);
  bool adoptAxis(const Token &name, const TensorOptions &options);
  bool checkRanks();

  // Products of matrices (MatrixProducts.cpp).
  mlir::Value buildProduct(const Token &op, mlir::Value lhs, mlir::Value rhs);
  /// Fails where a product stands with what it cannot.
  bool checkProducts(mlir::Value result);
  /// Writes the body as a function on tensors.
  void finishProducts(mlir::Value result);

  // What they mean (TensorBodies.cpp).
  mlir::Value buildTensorCall(const TensorFunction &function, const Token &name,
                              TensorOptions &options);
  /// The input that holds the position of each element along an axis.
  mlir::Value positionAlong(const Token &at, int64_t axis);
  bool addCausalMask(const Token &name, TensorOptions &options);
  mlir::Value buildSoftmax(llvm::StringRef form, const Token &name,
                           const TensorOptions &options);
  mlir::Value buildCrossEntropy(const Token &name,
                                const TensorOptions &options);
  mlir::Value buildSelection(const Token &name, const TensorOptions &options);
  mlir::Value rowOf(const Token &at, llvm::StringRef combiner,
                    mlir::Value operand, mlir::Value mask);

  // Operations.
  mlir::Location locationOf(uint32_t offset) const;
  /// Counts nodes; false and an error when there are too many.
  bool count(const Token &at, unsigned nodes = 1);
  template <typename OpTy, typename... Args>
  mlir::Value create(const Token &at, Args &&...args) {
    if (!count(at))
      return {};
    auto op = builder.create<OpTy>(locationOf(at.offset),
                                   std::forward<Args>(args)...);
    return op->getResult(0);
  }
  /// Counts the operations that `build` appends to the body.
  mlir::Value counted(const Token &at,
                      llvm::function_ref<mlir::Value()> build) {
    auto size = [&] { return body.block->getOperations().size(); };
    size_t before = size();
    mlir::Value value = build();
    return count(at, size() - before) ? value : mlir::Value();
  }

  llvm::StringRef text;
  mlir::MLIRContext *context;
  ParseOptions options;
  mlir::OpBuilder builder;
  mlir::Type type;
  mlir::StringAttr fileName;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  llvm::SmallVector<Token, 64> tokens;
  llvm::SmallVector<uint32_t, 4> lineStarts;
  size_t position = 0;
  /// Where the last taken token ended.
  uint32_t lastEnd = 0;
  unsigned depth = 0;
  /// Nodes of the whole source.
  unsigned totalNodes = 0;
  bool failed = false;
  llvm::SmallVector<Definition, 0> definitions;
  llvm::StringMap<unsigned> definitionIndex;
  Body body;
};

} // namespace act

#endif // ACT_LIB_SYNTAX_PARSERIMPL_H
