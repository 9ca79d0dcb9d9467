//===- MatrixPrinter.cpp - Products of matrices in the language -----------===//

#include "MatrixPrinter.h"
#include "Lexer.h"
#include "Names.h"
#include "act/IR/Act.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace act;

namespace {
class ProductPrinter {
public:
  explicit ProductPrinter(func::FuncOp func) : func(func) {}
  std::string print();

private:
  bool nameInputs();
  bool spell(Operation &op, std::string &text);
  void keep(Value value, std::string text, bool isProduct);

  func::FuncOp func;
  SmallVector<std::string> names;
  llvm::StringSet<> taken;
  llvm::DenseMap<Value, std::string> texts;
  /// Values whose texts are a product, which binds less than a name.
  llvm::DenseSet<Value> products;
  std::string lets;
  unsigned counter = 0;
};
} // namespace

bool ProductPrinter::nameInputs() {
  for (BlockArgument argument : func.getArguments()) {
    auto name =
        func.getArgAttrOfType<StringAttr>(argument.getArgNumber(), kNameAttr);
    if (!name || !isIdentifier(name) || isConstantName(name) ||
        isBuiltinName(name) || name.getValue() == "let")
      return false;
    names.push_back(name.str());
    taken.insert(name.getValue());
    texts[argument] = name.str();
  }
  return true;
}

bool ProductPrinter::spell(Operation &op, std::string &text) {
  if (auto product = dyn_cast<linalg::MatmulOp>(op)) {
    Value right = product.getInputs()[1];
    text = texts.lookup(product.getInputs()[0]) + " @ ";
    text += products.contains(right) ? "(" + texts.lookup(right) + ")"
                                     : texts.lookup(right);
    return true;
  }
  auto apply = cast<ApplyOp>(op);
  FuncOp part = apply.resolve();
  // Positions are not passed and so have no spelling here.
  if (!part || part.getNumInputs() != apply.getInputs().size())
    return false;
  SmallVector<std::string> operands;
  for (Value input : apply.getInputs())
    operands.push_back(texts.lookup(input));
  text = (part.getSymName() + "(" + llvm::join(operands, ", ") + ")").str();
  return true;
}

/// A value that is read more than once is named.
void ProductPrinter::keep(Value value, std::string text, bool isProduct) {
  unsigned reads = llvm::count_if(value.getUsers(), [](Operation *user) {
    return isa<linalg::MatmulOp, ApplyOp, func::ReturnOp>(user);
  });
  if (reads > 1) {
    std::string name;
    do
      name = "t" + std::to_string(counter++);
    while (!taken.insert(name).second || isBuiltinName(name));
    lets += "let " + name + " = " + text + "; ";
    text = name;
    isProduct = false;
  }
  texts[value] = std::move(text);
  if (isProduct)
    products.insert(value);
}

std::string ProductPrinter::print() {
  if (func.isDeclaration() || !nameInputs())
    return "";
  Block &body = func.getBody().front();
  for (Operation &op : body) {
    if (!isa<linalg::MatmulOp, ApplyOp>(op))
      continue;
    std::string text;
    if (!spell(op, text))
      return "";
    keep(op.getResult(0), std::move(text), isa<linalg::MatmulOp>(op));
  }
  std::string text = lets + texts.lookup(body.getTerminator()->getOperand(0));
  return namesInOrder(text, names) ? text : "";
}

std::string act::printProducts(func::FuncOp func) {
  return ProductPrinter(func).print();
}
