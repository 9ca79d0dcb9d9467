//===- MatrixProducts.cpp - Products of matrices --------------------------===//
//
// Before: the body of (silu(x @ g) * (x @ u)) @ d, of which products are
// arguments. After: a func.func of linalg.matmul, and of act.apply of a
// function for each elementwise part: what a product reads, and the result.
//
//===----------------------------------------------------------------------===//

#include "ParserImpl.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace act;

/// The operations that the value is computed by, and the arguments that these
/// read.
static void collect(Value value, llvm::DenseSet<Operation *> &ops,
                    llvm::DenseSet<Value> &arguments) {
  SmallVector<Value> next = {value};
  while (!next.empty()) {
    Value one = next.pop_back_val();
    Operation *op = one.getDefiningOp();
    if (!op)
      arguments.insert(one);
    else if (ops.insert(op).second)
      llvm::append_range(next, op->getOperands());
  }
}

Value act::Parser::buildProduct(const Token &op, Value lhs, Value rhs) {
  if (!body.freeNamesAreInputs)
    return error(op, "'@' multiplies matrices and cannot stand in a "
                     "definition, which is of numbers; write it in the "
                     "expression that runs");
  for (Value operand : {lhs, rhs}) {
    llvm::DenseSet<Operation *> ops;
    llvm::DenseSet<Value> arguments;
    collect(operand, ops, arguments);
    if (arguments.empty())
      return error(op, Twine("'@' multiplies matrices, but its ") +
                           (operand == lhs ? "left" : "right") +
                           " operand is a number; write '*' to multiply "
                           "numbers");
  }
  if (!count(op))
    return {};
  std::string name = "@" + std::to_string(body.products.size());
  body.inputs.push_back(builder.getStringAttr(name).getValue());
  Value value = body.block->addArgument(type, locationOf(op.offset));
  body.products.push_back({op, lhs, rhs, value});
  return value;
}

bool act::Parser::checkProducts(Value result) {
  const Token &at = body.products.front().at;
  if (!body.targets.empty())
    return error(at, "'target' numbers the classes of an array that is given; "
                     "compute this product first, and give its result to "
                     "'cross_entropy' as an input");
  auto isDropped = [&](Value value) { return body.dropped.contains(value); };
  for (const MatrixProduct &product : body.products)
    if (isDropped(product.lhs) || isDropped(product.rhs))
      return error(product.at, "'@' multiplies matrices, and here a value that "
                               "has dropped its axis is none; write keepdims=1 "
                               "where it is dropped");
  return !isDropped(result) ||
         bool(error(at, "the result of an expression with '@' is a matrix, but "
                        "here it has dropped its axis; write keepdims=1 where "
                        "it is dropped"));
}

namespace {
/// Writes the function on tensors.
class ProductWriter {
public:
  ProductWriter(FuncOp body, std::optional<int64_t> axis)
      : body(body), axis(axis), builder(body), real(builder.getF64Type()),
        matrix(RankedTensorType::get(
            {ShapedType::kDynamic, ShapedType::kDynamic}, real)) {}

  /// Begins the function, whose arguments are the inputs of these numbers.
  void begin(ArrayRef<unsigned> inputs);
  /// A product of values of the body, which is `value` there.
  void multiply(Location loc, Value lhs, Value rhs, Value value);
  void finish(Value result);

private:
  Value tensorOf(Value value);
  /// The definition of the source that computes the value from arguments alone,
  /// which then needs no function of its own.
  FuncOp definitionOf(Value value, SmallVectorImpl<Value> &operands);
  FuncOp partOf(Value value, SmallVectorImpl<Value> &operands);

  FuncOp body;
  std::optional<int64_t> axis;
  OpBuilder builder;
  Type real;
  RankedTensorType matrix;
  func::FuncOp func;
  unsigned parts = 0;
  llvm::DenseMap<Value, Value> tensors;
};
} // namespace

void ProductWriter::begin(ArrayRef<unsigned> inputs) {
  SmallVector<Type> types(inputs.size(), matrix);
  func = builder.create<func::FuncOp>(body.getLoc(), body.getSymName(),
                                      builder.getFunctionType(types, {matrix}));
  Block *block = func.addEntryBlock();
  for (auto [i, input] : llvm::enumerate(inputs)) {
    func.setArgAttr(i, kNameAttr, body.getArgAttr(input, kNameAttr));
    tensors[body.getArgument(input)] = block->getArgument(i);
  }
  builder.setInsertionPointToStart(block);
}

/// The function of elements that computes a value of the body from arguments.
FuncOp ProductWriter::partOf(Value value, SmallVectorImpl<Value> &operands) {
  llvm::DenseSet<Operation *> ops;
  llvm::DenseSet<Value> read;
  collect(value, ops, read);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(func);
  std::string name;
  do
    name = "part" + std::to_string(parts++);
  while (SymbolTable::lookupSymbolIn(body->getParentOp(), name));
  SmallVector<Attribute> attributes;
  SmallVector<BlockArgument> inputs;
  for (BlockArgument argument : body.getArguments())
    if (read.contains(argument)) {
      inputs.push_back(argument);
      auto given = body.getArgAttrDict(argument.getArgNumber());
      attributes.push_back(given ? given : builder.getDictionaryAttr({}));
      if (!body.getArgAttr(argument.getArgNumber(), kPositionAttr))
        operands.push_back(tensors.lookup(argument));
    }
  SmallVector<Type> types(inputs.size(), real);
  auto part = builder.create<FuncOp>(value.getLoc(), name,
                                     builder.getFunctionType(types, {real}));
  part.setPrivate();
  part.setArgAttrsAttr(builder.getArrayAttr(attributes));
  Block *block = builder.createBlock(&part.getBody());
  IRMapping mapping;
  for (BlockArgument input : inputs)
    mapping.map(input, block->addArgument(real, input.getLoc()));
  for (Operation &op : body.getBody().front())
    if (ops.contains(&op))
      builder.clone(op, mapping);
  builder.create<act::ReturnOp>(value.getLoc(), mapping.lookup(value));
  if (axis && isRowFunction(part))
    part->setAttr(kAxisAttr, builder.getI64IntegerAttr(*axis));
  return part;
}

FuncOp ProductWriter::definitionOf(Value value,
                                   SmallVectorImpl<Value> &operands) {
  auto apply = value.getDefiningOp<ApplyOp>();
  FuncOp definition = apply && !apply.getParams() ? apply.resolve() : FuncOp();
  if (!definition || !llvm::all_of(apply.getInputs(), [&](Value input) {
        auto argument = dyn_cast<BlockArgument>(input);
        return argument && tensors.contains(argument);
      }))
    return nullptr;
  for (Value input : apply.getInputs())
    operands.push_back(tensors.lookup(input));
  return definition;
}

Value ProductWriter::tensorOf(Value value) {
  if (Value tensor = tensors.lookup(value))
    return tensor;
  SmallVector<Value> operands;
  FuncOp part = definitionOf(value, operands);
  if (!part)
    part = partOf(value, operands);
  auto apply = builder.create<ApplyOp>(
      value.getLoc(), TypeRange(matrix),
      FlatSymbolRefAttr::get(builder.getContext(), part.getSymName()),
      operands);
  return tensors[value] = apply.getResult(0);
}

void ProductWriter::multiply(Location loc, Value lhs, Value rhs, Value value) {
  Value left = tensorOf(lhs), right = tensorOf(rhs);
  Value rows = builder.create<tensor::DimOp>(loc, left, 0);
  Value columns = builder.create<tensor::DimOp>(loc, right, 1);
  Value empty =
      builder.create<tensor::EmptyOp>(loc, matrix, ValueRange{rows, columns});
  Value zero =
      builder.create<arith::ConstantOp>(loc, builder.getF64FloatAttr(0));
  Value init = builder.create<linalg::FillOp>(loc, zero, empty).getResult(0);
  tensors[value] =
      builder
          .create<linalg::MatmulOp>(loc, TypeRange(matrix),
                                    ValueRange{left, right}, ValueRange(init))
          .getResult(0);
}

void ProductWriter::finish(Value result) {
  Value tensor = tensorOf(result);
  builder.create<func::ReturnOp>(result.getLoc(), tensor);
  body.erase();
}

void act::Parser::finishProducts(Value result) {
  context->getOrLoadDialect<func::FuncDialect>();
  context->getOrLoadDialect<linalg::LinalgDialect>();
  context->getOrLoadDialect<tensor::TensorDialect>();
  // The arguments have their attributes; the result is none of the body's.
  SmallVector<Attribute> attributes;
  for (StringRef input : body.inputs)
    attributes.push_back(builder.getDictionaryAttr(
        builder.getNamedAttr(kNameAttr, builder.getStringAttr(input))));
  FuncOp func = body.func;
  func.setFunctionType(
      builder.getFunctionType(body.block->getArgumentTypes(), {type}));
  func.setArgAttrsAttr(builder.getArrayAttr(attributes));
  for (unsigned input : body.positive)
    func.setArgAttr(input, kRangeAttr, builder.getStringAttr("> 0"));
  llvm::DenseSet<Value> hidden;
  for (auto [axis, value] : body.positions) {
    func.setArgAttr(cast<BlockArgument>(value).getArgNumber(), kPositionAttr,
                    builder.getI64IntegerAttr(axis));
    hidden.insert(value);
  }
  for (const MatrixProduct &product : body.products)
    hidden.insert(product.value);
  SmallVector<unsigned> inputs;
  for (BlockArgument argument : body.block->getArguments())
    if (!hidden.contains(argument))
      inputs.push_back(argument.getArgNumber());
  ProductWriter writer(func, body.axis);
  writer.begin(inputs);
  for (const MatrixProduct &product : body.products)
    writer.multiply(locationOf(product.at.offset), product.lhs, product.rhs,
                    product.value);
  writer.finish(result);
}
