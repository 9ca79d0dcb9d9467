//===- Fuse.cpp - A chain of applications becomes one function ------------===//
//
// Before: a func.func whose tensors pass through several act.apply and
// act.gated; after: one act.func of scalars, which reads and writes memory
// once. A packed array becomes two inputs, its parts.
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace act {
#define GEN_PASS_DEF_ACTFUSE
#include "act/Transforms/Passes.h.inc"
} // namespace act

using namespace mlir;

/// True if what the operation sums is a result of the function: the sum is
/// known only when all elements are.
static bool sumsAreReturned(Operation &op) {
  auto apply = dyn_cast<act::ApplyOp>(op);
  if (!apply || !apply.getReduced())
    return true;
  return llvm::all_of(*apply.getReduced(), [&](int64_t i) {
    return llvm::all_of(apply.getResult(i).getUsers(), [](Operation *user) {
      return isa<func::ReturnOp>(user);
    });
  });
}

/// True for a function on ranked tensors of act.apply, act.gated, act.quantize
/// and return only.
static bool isChain(func::FuncOp func) {
  if (func.isDeclaration() || !func.getBody().hasOneBlock())
    return false;
  auto isTensor = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && (isa<FloatType>(tensor.getElementType()) ||
                      tensor.getElementType().isInteger(8));
  };
  return llvm::all_of(func.getArgumentTypes(), isTensor) &&
         llvm::all_of(func.getResultTypes(), isTensor) &&
         func.getNumResults() > 0 &&
         llvm::all_of(func.getBody().front(), [](Operation &op) {
           return isa<act::ApplyOp, act::GatedOp, act::QuantizeOp,
                      func::ReturnOp>(op) &&
                  sumsAreReturned(op);
         });
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

/// The axis along which applied functions combine rows, counted from the last;
/// 0 if none does. Fails with a remark if there are two: one function has one.
static FailureOr<int64_t> axisOf(func::FuncOp func) {
  int64_t axis = 0;
  for (auto apply : func.getBody().getOps<act::ApplyOp>()) {
    act::FuncOp callee = apply.resolve();
    if (!callee || !act::isRowFunction(callee))
      continue;
    auto stated = callee->getAttrOfType<IntegerAttr>(act::kAxisAttr);
    int64_t own = stated ? stated.getInt() : -1;
    if (own >= 0) // Of the shape that it is applied to.
      own -= cast<ShapedType>(apply.getResult(0).getType()).getRank();
    if (axis != 0 && axis != own) {
      apply.emitRemark("is not fused into a kernel: its rows run along axis ")
          << own << " and others' along " << axis
          << ", counted from the last; split the function between them";
      return failure();
    }
    axis = own;
  }
  return axis;
}

//===----------------------------------------------------------------------===//
// Quantised results
//===----------------------------------------------------------------------===//

/// What quantises the results, or null.
static act::QuantizeOp quantizerOf(func::FuncOp func) {
  auto ops = func.getBody().getOps<act::QuantizeOp>();
  return ops.empty() ? act::QuantizeOp() : *ops.begin();
}

/// True if nothing is quantised, or all that the function gives, in one
/// operation, of elementwise functions. A remark says why not.
static bool canQuantize(func::FuncOp func, int64_t axis) {
  act::QuantizeOp op = quantizerOf(func);
  if (!op)
    return true;
  auto remark = [&](const Twine &why) {
    op.emitRemark("is not fused into a kernel: ") << why;
    return false;
  };
  if (func.getBody().front().getTerminator()->getOperands() != op.getResults())
    return remark("the function must return its results and nothing else");
  if (axis != 0)
    return remark("a function of a row is applied before it; split the "
                  "function between them");
  return true;
}

//===----------------------------------------------------------------------===//
// Packed arrays
//===----------------------------------------------------------------------===//

/// True if every packed array can be read where it is: it is an argument that
/// nothing reads as a whole, and all have one layout. A remark says why not.
static bool canReadParts(func::FuncOp func) {
  act::LayoutAttr layout;
  for (auto gated : func.getBody().getOps<act::GatedOp>()) {
    if (!gated.getLayout().isPacked())
      continue;
    auto remark = [&](const Twine &why) {
      gated.emitRemark("is not fused into a kernel: ") << why;
      return false;
    };
    if (!isa<BlockArgument>(gated.getPacked()))
      return remark("its packed array must be an argument of the function, "
                    "not a value computed there; apply that function to gate "
                    "and up inside the gate");
    for (OpOperand &use : gated.getPacked().getUses()) {
      auto user = dyn_cast<act::GatedOp>(use.getOwner());
      if (!user || use.getOperandNumber() != 0 || !user.getLayout().isPacked())
        return remark("its packed array is also read as a whole; pass it as a "
                      "second argument for that");
    }
    if (!layout)
      layout = gated.getLayout();
    if (layout != gated.getLayout())
      return remark("the function reads packed arrays of two layouts; split it "
                    "in two functions");
  }
  return true;
}

namespace {

/// Writes the function of scalars.
class Fuser {
public:
  /// The axis is that of axisOf().
  Fuser(func::FuncOp func, int64_t axis)
      : func(func), axis(axis), builder(func), real(builder.getF64Type()) {}

  void fuse();

private:
  /// The layout in which an argument holds gate and up; null for others.
  act::LayoutAttr packedLayout(BlockArgument argument);
  DictionaryAttr attributesOf(Type type, StringAttr name, act::PartAttr part);
  /// Inputs of the new function for an argument: one, or gate and up.
  void addInputs(BlockArgument argument);
  void addBody(Block *body);
  SmallVector<Value> scalarsOf(ValueRange tensors);

  func::FuncOp func;
  int64_t axis;
  OpBuilder builder;
  Type real;
  /// The inputs of the new function, and where each argument's begin.
  SmallVector<Attribute> inputAttributes;
  SmallVector<Location> inputLocations;
  SmallVector<unsigned> firstInput;
  DenseMap<Value, Value> scalars;
};

} // namespace

act::LayoutAttr Fuser::packedLayout(BlockArgument argument) {
  for (OpOperand &use : argument.getUses())
    if (auto gated = dyn_cast<act::GatedOp>(use.getOwner()))
      if (gated.getLayout().isPacked() && use.getOperandNumber() == 0)
        return gated.getLayout();
  return nullptr;
}

DictionaryAttr Fuser::attributesOf(Type type, StringAttr name,
                                   act::PartAttr part) {
  NamedAttrList list;
  list.set(act::kStorageAttr,
           TypeAttr::get(cast<RankedTensorType>(type).getElementType()));
  if (name)
    list.set(act::kNameAttr, name);
  if (part)
    list.set(act::kPartAttr, part);
  return list.getDictionary(func.getContext());
}

void Fuser::addInputs(BlockArgument argument) {
  unsigned number = argument.getArgNumber();
  Type type = argument.getType();
  auto name = func.getArgAttrOfType<StringAttr>(number, act::kNameAttr);
  act::LayoutAttr layout = packedLayout(argument);
  firstInput.push_back(inputAttributes.size());
  inputLocations.append(layout ? 2 : 1, argument.getLoc());
  if (!layout) {
    inputAttributes.push_back(attributesOf(type, name, nullptr));
    return;
  }
  std::string array = name ? name.str() : "arg" + std::to_string(number);
  for (auto [part, suffix] : {std::pair(act::GatedPart::Gate, ".gate"),
                              std::pair(act::GatedPart::Up, ".up")})
    inputAttributes.push_back(attributesOf(
        type, builder.getStringAttr(array + suffix),
        act::PartAttr::get(func.getContext(), part, array, layout)));
}

SmallVector<Value> Fuser::scalarsOf(ValueRange tensors) {
  return llvm::map_to_vector(
      tensors, [&](Value tensor) { return scalars.lookup(tensor); });
}

void Fuser::addBody(Block *body) {
  for (BlockArgument argument : func.getArguments())
    scalars[argument] = body->getArgument(firstInput[argument.getArgNumber()]);
  for (Operation &op : func.getBody().front()) {
    if (auto apply = dyn_cast<act::ApplyOp>(op)) {
      SmallVector<Type> types(apply.getNumResults(), real);
      auto scalar = builder.create<act::ApplyOp>(
          op.getLoc(), types, apply.getCallee(), scalarsOf(apply.getInputs()),
          ValueRange(), apply.getParamsAttr());
      for (auto [from, to] : llvm::zip(apply.getResults(), scalar.getResults()))
        scalars[from] = to;
    } else if (auto gated = dyn_cast<act::GatedOp>(op)) {
      SmallVector<Value> operands = scalarsOf(gated.getInputs());
      if (gated.getLayout().isPacked()) {
        unsigned gate = cast<BlockArgument>(operands.front()).getArgNumber();
        operands.insert(operands.begin() + 1, body->getArgument(gate + 1));
      }
      auto scalar = builder.create<act::ApplyOp>(
          op.getLoc(), TypeRange(real), gated.getCallee(), operands,
          ValueRange(), gated.getParamsAttr());
      scalars[gated.getResult(0)] = scalar.getResult(0);
    } else if (auto end = dyn_cast<func::ReturnOp>(op)) {
      act::QuantizeOp quantizer = quantizerOf(func);
      builder.create<act::ReturnOp>(
          op.getLoc(), scalarsOf(quantizer ? ValueRange(quantizer.getInput())
                                           : end.getOperands()));
    }
  }
}

void Fuser::fuse() {
  for (BlockArgument argument : func.getArguments())
    addInputs(argument);
  SmallVector<Attribute> resultAttributes;
  ValueRange returned = func.getBody().front().getTerminator()->getOperands();
  act::QuantizeOp quantizer = quantizerOf(func);
  if (quantizer)
    returned = quantizer->getOperands();
  for (auto [i, value] : llvm::enumerate(returned)) {
    NamedAttrList list(attributesOf(
        value.getType(),
        func.getResultAttrOfType<StringAttr>(i, act::kNameAttr), nullptr));
    if (auto result = dyn_cast<OpResult>(value))
      if (auto apply = dyn_cast<act::ApplyOp>(result.getOwner());
          apply && apply.isReduced(result.getResultNumber()))
        list.set(act::kReduceAttr, builder.getUnitAttr());
    // The tensor has a value for each element, be it the same for all.
    if (axis != 0 && !list.get(act::kReduceAttr))
      list.set(act::kSpreadAttr, builder.getUnitAttr());
    if (quantizer)
      list.set(act::kQuantizeAttr, quantizer.getQuantization());
    resultAttributes.push_back(list.getDictionary(func.getContext()));
  }
  if (quantizer && quantizer.getQuantization().isDynamic())
    axis = -1;
  SmallVector<Type> inputs(inputAttributes.size(), real);
  SmallVector<Type> results(returned.size(), real);
  auto fused =
      builder.create<act::FuncOp>(func.getLoc(), func.getSymName(),
                                  builder.getFunctionType(inputs, results));
  fused.setVisibility(func.getVisibility());
  if (axis != 0)
    fused->setAttr(act::kAxisAttr, builder.getI64IntegerAttr(axis));
  fused.setArgAttrsAttr(builder.getArrayAttr(inputAttributes));
  fused.setResAttrsAttr(builder.getArrayAttr(resultAttributes));
  Block *body = builder.createBlock(&fused.getBody());
  body->addArguments(inputs, inputLocations);
  addBody(body);
  func.erase();
}

namespace {
struct Fuse : act::impl::ActFuseBase<Fuse> {
  void runOnOperation() override {
    // What func.call names must stay a func.func; declarations read any.
    auto isCalled = [&](func::FuncOp func) {
      auto uses = SymbolTable::getSymbolUses(func, getOperation());
      return !uses || llvm::any_of(*uses, [](SymbolTable::SymbolUse use) {
        return !isa<act::DerivativeOp, act::VjpOp, act::JvpOp, act::StatsOp>(
            use.getUser());
      });
    };
    for (func::FuncOp func :
         llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>())) {
      if (!isChain(func) || !canReadParts(func) || isCalled(func))
        continue;
      FailureOr<int64_t> axis = axisOf(func);
      if (succeeded(axis) && canQuantize(func, *axis))
        Fuser(func, *axis).fuse();
    }
  }
};
} // namespace
