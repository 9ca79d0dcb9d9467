//===- Recognize.cpp - Does a body equal a row of the table? --------------===//
//
// Both sides are turned into a canonical form: products flattened, operands of
// commutative operations in order, constants by value. A user who writes
// sigmoid(x) * x, or x / (1 + exp(-x)), has written silu.
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Recognize.h"
#include "act/IR/FunctionTable.h"
#include "act/Reference/Interpreter.h"
#include "act/Syntax/Parser.h"
#include "act/Transforms/Expand.h"
#include "act/Transforms/Stabilize.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace act;

namespace {
/// A value as an exact constant times factors, which are hashes in order.
/// Negations, products and divisions by constants are part of it, so that
/// x / 2 and 0.5 * x are equal, and so are (0.5 * x) * y and 0.5 * (x * y).
struct Product {
  Quad constant = 1;
  SmallVector<uint64_t, 4> factors;
};

/// The canonical form of one function.
class CanonicalForm {
public:
  explicit CanonicalForm(FuncOp func) {
    for (BlockArgument arg : func.getBody().getArguments())
      forms[arg].factors = {combine({1, arg.getArgNumber()})};
    for (Operation &op : func.getBody().front().without_terminator())
      if (op.getNumResults() == 1)
        forms[op.getResult(0)] = formOf(op);
  }

  uint64_t hashOf(Value value) const {
    return hashOf(forms.find(value)->second);
  }

private:
  static uint64_t combine(ArrayRef<uint64_t> parts) {
    return llvm::xxh3_64bits(
        ArrayRef<uint8_t>(reinterpret_cast<const uint8_t *>(parts.data()),
                          parts.size() * sizeof(uint64_t)));
  }
  static uint64_t hashOf(const Product &product) {
    // The last bits of a constant depend on how it was computed.
    double hi = double(product.constant);
    float lo = float(product.constant - Quad(hi));
    SmallVector<uint64_t> parts{2, llvm::bit_cast<uint64_t>(hi),
                                llvm::bit_cast<uint32_t>(lo)};
    parts.append(product.factors.begin(), product.factors.end());
    return combine(parts);
  }
  static Product times(const Product &a, const Product &b) {
    Product product;
    product.constant = a.constant * b.constant;
    product.factors = a.factors;
    product.factors.append(b.factors.begin(), b.factors.end());
    llvm::sort(product.factors);
    return product;
  }
  static Product constant(Quad value) {
    Product product;
    product.constant = value;
    return product;
  }
  Product formOf(Operation &op) const;

  DenseMap<Value, Product> forms;
};
} // namespace

Product CanonicalForm::formOf(Operation &op) const {
  if (auto number = dyn_cast<ConstantOp>(op))
    return constant(quadFromText(number.getValue()));
  SmallVector<Product> operands;
  SmallVector<Quad> numbers;
  for (Value operand : op.getOperands()) {
    operands.push_back(forms.find(operand)->second);
    if (operands.back().factors.empty())
      numbers.push_back(operands.back().constant);
  }
  bool isReal = isa<FloatType>(op.getResult(0).getType());
  if (isReal && numbers.size() == operands.size())
    if (auto value = evaluateScalarOp<Quad>(&op, numbers))
      return constant(*value);
  if (isa<arith::MulFOp>(op))
    return times(operands[0], operands[1]);
  if (isa<arith::NegFOp>(op))
    return times(constant(-1), operands[0]);
  if (isa<arith::DivFOp>(op) && operands[1].factors.empty())
    return times(constant(1 / operands[1].constant), operands[0]);
  // A difference is the sum with the negated term.
  StringRef name = op.getName().getStringRef();
  if (isa<arith::SubFOp>(op)) {
    name = arith::AddFOp::getOperationName();
    operands[1] = times(constant(-1), operands[1]);
  }
  SmallVector<uint64_t> hashes;
  for (const Product &operand : operands)
    hashes.push_back(hashOf(operand));
  if (isa<arith::AddFOp, arith::SubFOp, arith::MaximumFOp, arith::MinimumFOp>(
          op))
    llvm::sort(hashes);
  SmallVector<uint64_t> parts{3, llvm::xxh3_64bits(name)};
  if (auto compare = dyn_cast<arith::CmpFOp>(op))
    parts.push_back(uint64_t(compare.getPredicate()));
  parts.append(hashes);
  Product leaf;
  leaf.factors = {combine(parts)};
  return leaf;
}

static uint64_t canonicalHash(FuncOp func) {
  return CanonicalForm(func).hashOf(func.getReturn().getValues().front());
}

/// Hashes of all rows, computed once a process in a context of their own.
static const DenseMap<uint64_t, const FunctionInfo *> &rowHashes() {
  static const auto *map = [] {
    auto *map = new DenseMap<uint64_t, const FunctionInfo *>();
    MLIRContext context(MLIRContext::Threading::DISABLED);
    context.loadDialect<ActDialect>();
    for (const FunctionInfo &row : allFunctions()) {
      OwningOpRef<ModuleOp> module = parseRow(row, &context);
      auto func = *module->getOps<FuncOp>().begin();
      if (failed(bindDefaults(func)) || failed(expandBody(func)))
        continue;
      map->try_emplace(canonicalHash(func), &row);
      if (succeeded(stabilizeBody(func)))
        map->try_emplace(canonicalHash(func), &row);
    }
    return map;
  }();
  return *map;
}

void act::recognize(FuncOp func) {
  if (func.getIdentityAttr() || func.getNumResults() != 1 ||
      func.getNumInputs() != func.getNumArguments())
    return;
  if (const FunctionInfo *row = rowHashes().lookup(canonicalHash(func)))
    func.setIdentityAttr(FnAttr::get(func.getContext(), row->Name));
}
