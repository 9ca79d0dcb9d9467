//===- MatrixProducts.cpp - Sources with matrix products ------------------===//
//
// A product of [..., M, K] and [..., K, N] is a function of a row: over
// [..., M, N, K], the sum of x w along the last axis. The right matrix is
// transposed once, so that both are read along K.
//
//===----------------------------------------------------------------------===//

#include "MatrixProducts.h"
#include "act/Syntax/Parser.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <cstring>

using namespace act;
using namespace act::run;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;

mlir::func::FuncOp act::run::findProducts(mlir::ModuleOp module) {
  for (auto func : module.getOps<mlir::func::FuncOp>())
    if (!func.isDeclaration() &&
        !func.getBody().getOps<mlir::linalg::MatmulOp>().empty())
      return func;
  return nullptr;
}

Error act::run::checkProductOptions(const Options &options) {
  auto notFor = [](llvm::StringRef what) {
    return createStringError(
        what + " is for one kernel, and a source with '@' is one for each "
               "product and each elementwise part; give such a part as a "
               "source");
  };
  if (options.isDerivative())
    return createStringError(
        "a source with '@' has no derivative in this version; "
        "differentiate its elementwise parts, each as a source");
  if (options.stopAfter && *options.stopAfter != Stage::Act)
    return notFor("--stop-after behind the stage 'act'");
  if (!options.emit.empty())
    return notFor("--emit");
  if (options.stats)
    return notFor("--stats");
  if (!options.params.empty())
    return createStringError("a source with '@' has no parameters; write "
                             "--input, or the number in the source");
  return Error::success();
}

static Expected<tools::Array> copyOf(const tools::Array &array) {
  return tools::convert(array, array.type);
}

/// The array with its last two dimensions exchanged.
static Expected<tools::Array> transposed(const tools::Array &array) {
  std::vector<int64_t> shape = array.shape;
  size_t rank = shape.size();
  int64_t rows = shape[rank - 2], columns = shape[rank - 1];
  std::swap(shape[rank - 2], shape[rank - 1]);
  auto result = tools::allocate(array.type, shape);
  if (!result)
    return result.takeError();
  size_t bytes = tools::sizeOf(array.type);
  auto *from = static_cast<const char *>(array.data());
  auto *to = static_cast<char *>(result->data());
  for (int64_t first = 0, e = array.size(); first < e; first += rows * columns)
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t j = 0; j < columns; ++j)
        std::memcpy(to + (first + j * rows + i) * bytes,
                    from + (first + i * columns + j) * bytes, bytes);
  return result;
}

/// What a value is called in errors: an input by its name.
static std::string nameOf(mlir::Value value, mlir::func::FuncOp whole) {
  auto input = mlir::dyn_cast<mlir::BlockArgument>(value);
  if (!input)
    return "an operand that is computed";
  return "'" +
         whole
             .getArgAttrOfType<mlir::StringAttr>(input.getArgNumber(),
                                                 kNameAttr)
             .str() +
         "'";
}

/// "<expression>:1:3: " of an operation.
static std::string placeOf(mlir::Operation *op) {
  auto loc = mlir::dyn_cast<mlir::FileLineColLoc>(op->getLoc());
  return loc ? (loc.getFilename().getValue() + ":" +
                llvm::Twine(loc.getLine()) + ":" +
                llvm::Twine(loc.getColumn()) + ": ")
                   .str()
             : std::string();
}

static Error checkShapes(mlir::linalg::MatmulOp op, mlir::func::FuncOp whole,
                         const tools::Array &left, const tools::Array &right) {
  std::string names[2];
  for (unsigned i : {0u, 1u}) {
    const tools::Array &array = i == 0 ? left : right;
    names[i] = nameOf(op.getInputs()[i], whole);
    if (array.shape.size() < 2)
      return createStringError(placeOf(op) + "'@' multiplies matrices, but " +
                               names[i] + " has the shape " +
                               tools::formatShape(array.shape) +
                               "; give a row the shape 1xK and a column Kx1");
  }
  int64_t inner = left.shape.back(),
          other = right.shape[right.shape.size() - 2];
  if (inner == other)
    return Error::success();
  return createStringError(placeOf(op) + "'@' multiplies MxK by KxN, but " +
                           names[0] + " has the shape " +
                           tools::formatShape(left.shape) + " and " + names[1] +
                           " " + tools::formatShape(right.shape) + ": K is " +
                           llvm::Twine(inner) + " and " + llvm::Twine(other));
}

namespace {
/// The state of a run of all steps.
class Steps {
public:
  using Perform = llvm::function_ref<Expected<tools::Array>(Step)>;

  Steps(mlir::func::FuncOp whole, Perform perform)
      : whole(whole), perform(perform) {}

  Error run(const Options &options);

private:
  Expected<Step> stepOf(ApplyOp apply);
  Expected<Step> stepOf(mlir::linalg::MatmulOp matmul);

  mlir::func::FuncOp whole;
  Perform perform;
  DType dtype = DType::F32;
  llvm::DenseMap<mlir::Value, tools::Array> arrays;
};
} // namespace

Expected<Step> Steps::stepOf(ApplyOp apply) {
  Step step;
  FuncOp part = apply.resolve();
  step.module = whole->getParentOfType<mlir::ModuleOp>().clone();
  step.module->lookupSymbol<mlir::func::FuncOp>(whole.getSymName()).erase();
  step.module->lookupSymbol<FuncOp>(part.getSymName()).setPublic();
  unsigned next = 0;
  for (unsigned i = 0; i < part.getNumInputs(); ++i) {
    if (part.getArgAttr(i, kPositionAttr))
      continue;
    auto array = copyOf(arrays[apply.getInputs()[next++]]);
    if (!array)
      return array.takeError();
    step.arrays.arrays[part.getArgName(i).str()] = std::move(*array);
  }
  return std::move(step);
}

Expected<Step> Steps::stepOf(mlir::linalg::MatmulOp matmul) {
  const tools::Array &x = arrays[matmul.getInputs()[0]],
                     &w = arrays[matmul.getInputs()[1]];
  if (Error error = checkShapes(matmul, whole, x, w))
    return std::move(error);
  auto left = copyOf(x);
  auto right = transposed(w);
  if (!left || !right)
    return llvm::joinErrors(left.takeError(), right.takeError());
  left->shape.insert(left->shape.end() - 1, 1);
  right->shape.insert(right->shape.end() - 2, 1);
  Step step;
  step.module = parseSource("sum(left * right)", whole.getContext());
  step.arrays.arrays["left"] = std::move(*left);
  step.arrays.arrays["right"] = std::move(*right);
  return std::move(step);
}

Error Steps::run(const Options &options) {
  std::vector<std::string> names;
  for (unsigned i = 0; i < whole.getNumArguments(); ++i)
    names.push_back(
        whole.getArgAttrOfType<mlir::StringAttr>(i, kNameAttr).str());
  Expected<NamedArrays> inputs = loadNamed(names, options);
  if (!inputs)
    return inputs.takeError();
  dtype = inputs->dtype;
  for (auto [name, argument] : llvm::zip(names, whole.getArguments()))
    arrays[argument] = std::move(inputs->arrays[name]);
  mlir::Block &body = whole.getBody().front();
  mlir::Value result = body.getTerminator()->getOperand(0);
  if (mlir::isa<mlir::BlockArgument>(result))
    return createStringError("the result is an input; there is nothing to run");
  auto isStep = [](mlir::Operation &op) {
    return mlir::isa<ApplyOp, mlir::linalg::MatmulOp>(op);
  };
  unsigned count = llvm::count_if(body, isStep), number = 0;
  for (mlir::Operation &op : body) {
    if (!isStep(op))
      continue;
    auto matmul = mlir::dyn_cast<mlir::linalg::MatmulOp>(op);
    Expected<Step> step =
        matmul ? stepOf(matmul) : stepOf(mlir::cast<ApplyOp>(op));
    if (!step)
      return step.takeError();
    step->arrays.dtype = dtype;
    step->label = "step " + std::to_string(++number) + " of " +
                  std::to_string(count) + (matmul ? ", '@': " : ": ");
    step->isLast = op.getResult(0) == result;
    bool isLast = step->isLast;
    Expected<tools::Array> computed = perform(std::move(*step));
    if (!computed)
      return computed.takeError();
    if (isLast)
      return Error::success();
    arrays[op.getResult(0)] = std::move(*computed);
  }
  return Error::success();
}

Error act::run::performSteps(mlir::func::FuncOp whole, const Options &options,
                             Steps::Perform perform) {
  return Steps(whole, perform).run(options);
}
