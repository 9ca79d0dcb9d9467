//===- Fuse.cpp - A chain of applications becomes one function ------------===//
//
// Before: a func.func whose tensors pass through several act.apply, act.gated
// and act.softmax; after: one act.func of scalars, which reads and writes
// memory once. A packed array becomes two inputs, its parts.
//
//===----------------------------------------------------------------------===//

#include "FuseRows.h"
#include "act/IR/Softmax.h"
#include "act/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

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

/// True for a ranked tensor of floating numbers.
static bool isTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && isa<FloatType>(tensor.getElementType());
}

/// What makes numbers of an argument of truth values, which a kernel reads as
/// numbers: a mask, or a conversion. Null if something else reads it.
static Operation *readerOfTruth(BlockArgument argument) {
  Operation *reader = nullptr;
  for (OpOperand &use : argument.getUses()) {
    auto softmax = dyn_cast<act::SoftmaxOp>(use.getOwner());
    if (!isa<arith::UIToFPOp>(use.getOwner()) &&
        !(softmax && softmax.getMask() == argument))
      return nullptr;
    reader = use.getOwner();
  }
  return reader;
}

/// The type in which a kernel reads an argument; null if it cannot.
static Type storageOf(BlockArgument argument) {
  if (isTensor(argument.getType()))
    return getElementTypeOrSelf(argument.getType());
  auto tensor = dyn_cast<RankedTensorType>(argument.getType());
  if (!tensor || !tensor.getElementType().isInteger(1))
    return {};
  Operation *reader = readerOfTruth(argument);
  if (!reader)
    return {};
  auto softmax = dyn_cast<act::SoftmaxOp>(reader);
  return getElementTypeOrSelf(softmax ? softmax.getOperand().getType()
                                      : reader->getResult(0).getType());
}

/// True for a function on ranked tensors of act.apply, act.gated, act.softmax,
/// act.quantize and return only.
static bool isChain(func::FuncOp func) {
  if (func.isDeclaration() || !func.getBody().hasOneBlock())
    return false;
  auto isResult = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return isTensor(type) || (tensor && tensor.getElementType().isInteger(8));
  };
  return llvm::all_of(func.getArguments(),
                      [](BlockArgument a) { return bool(storageOf(a)); }) &&
         llvm::all_of(func.getResultTypes(), isResult) &&
         func.getNumResults() > 0 &&
         llvm::all_of(func.getBody().front(), [](Operation &op) {
           if (isa<arith::UIToFPOp>(op))
             return isa<BlockArgument>(op.getOperand(0));
           return isa<act::ApplyOp, act::GatedOp, act::SoftmaxOp,
                      act::QuantizeOp, func::ReturnOp>(op) &&
                  sumsAreReturned(op);
         });
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
  Fuser(func::FuncOp func, act::ChainRows rows)
      : func(func), rows(std::move(rows)), builder(func),
        real(builder.getF64Type()) {}

  void fuse();

private:
  /// The layout in which an argument holds gate and up; null for others.
  act::LayoutAttr packedLayout(BlockArgument argument);
  DictionaryAttr attributesOf(Type type, StringAttr name, act::PartAttr part);
  /// Inputs of the new function for an argument: one, or gate and up.
  void addInputs(BlockArgument argument);
  /// An input that nobody passes.
  void addPosition(int64_t axis);
  /// True for an argument or a result that has one value for a row of more.
  bool isOnePerRow(Type type);
  void addBody(Block *body);
  void add(act::ApplyOp apply);
  void add(act::GatedOp gated, Block *body);
  void add(act::SoftmaxOp softmax);
  SmallVector<Value> scalarsOf(ValueRange tensors);

  func::FuncOp func;
  act::ChainRows rows;
  OpBuilder builder;
  Type real;
  /// The inputs of the new function, and where each argument's begin.
  SmallVector<Attribute> inputAttributes;
  SmallVector<Location> inputLocations;
  SmallVector<unsigned> firstInput;
  DenseMap<Value, Value> scalars;
  /// By the axes along which they run.
  DenseMap<int64_t, Value> positions;
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
  list.set(act::kStorageAttr, TypeAttr::get(type));
  if (name)
    list.set(act::kNameAttr, name);
  if (part)
    list.set(act::kPartAttr, part);
  return list.getDictionary(func.getContext());
}

void Fuser::addInputs(BlockArgument argument) {
  unsigned number = argument.getArgNumber();
  Type type = storageOf(argument);
  auto name = func.getArgAttrOfType<StringAttr>(number, act::kNameAttr);
  act::LayoutAttr layout = packedLayout(argument);
  firstInput.push_back(inputAttributes.size());
  inputLocations.append(layout ? 2 : 1, argument.getLoc());
  if (!layout) {
    NamedAttrList list(attributesOf(type, name, nullptr));
    if (isOnePerRow(argument.getType()))
      list.set(act::kUniformAttr, builder.getUnitAttr());
    // What the caller gives is checked; a value computed here is not.
    for (OpOperand &use : argument.getUses())
      if (auto softmax = dyn_cast<act::SoftmaxOp>(use.getOwner());
          softmax && softmax.getTemperature() == argument)
        list.set(act::kRangeAttr, builder.getStringAttr("> 0"));
    inputAttributes.push_back(list.getDictionary(func.getContext()));
    return;
  }
  std::string array = name ? name.str() : "arg" + std::to_string(number);
  for (auto [part, suffix] : {std::pair(act::GatedPart::Gate, ".gate"),
                              std::pair(act::GatedPart::Up, ".up")})
    inputAttributes.push_back(attributesOf(
        type, builder.getStringAttr(array + suffix),
        act::PartAttr::get(func.getContext(), part, array, layout)));
}

void Fuser::addPosition(int64_t axis) {
  inputLocations.push_back(func.getLoc());
  inputAttributes.push_back(builder.getDictionaryAttr(
      {builder.getNamedAttr(act::kNameAttr,
                            builder.getStringAttr(act::positionName(axis))),
       builder.getNamedAttr(act::kPositionAttr,
                            builder.getI64IntegerAttr(axis))}));
}

/// Where sums over rows are results, the gradient of such an argument has a
/// term for each element.
bool Fuser::isOnePerRow(Type type) {
  auto isSum = [](act::ApplyOp apply) { return bool(apply.getReduced()); };
  return rows.isOnePerRow(type) &&
         llvm::none_of(func.getBody().getOps<act::ApplyOp>(), isSum);
}

SmallVector<Value> Fuser::scalarsOf(ValueRange tensors) {
  return llvm::map_to_vector(
      tensors, [&](Value tensor) { return scalars.lookup(tensor); });
}

void Fuser::add(act::ApplyOp apply) {
  SmallVector<Value> operands = scalarsOf(apply.getInputs());
  if (act::FuncOp callee = apply.resolve())
    for (unsigned i = 0; i < callee.getNumInputs(); ++i)
      if (callee.getArgAttr(i, act::kPositionAttr))
        operands.insert(operands.begin() + i,
                        positions[act::positionFromEnd(apply, callee, i)]);
  SmallVector<Type> types(apply.getNumResults(), real);
  auto scalar = builder.create<act::ApplyOp>(
      apply.getLoc(), types, apply.getCallee(), operands, ValueRange(),
      apply.getParamsAttr());
  for (auto [from, to] : llvm::zip(apply.getResults(), scalar.getResults()))
    scalars[from] = to;
}

void Fuser::add(act::GatedOp gated, Block *body) {
  SmallVector<Value> operands = scalarsOf(gated.getInputs());
  if (gated.getLayout().isPacked()) {
    unsigned gate = cast<BlockArgument>(operands.front()).getArgNumber();
    operands.insert(operands.begin() + 1, body->getArgument(gate + 1));
  }
  auto scalar = builder.create<act::ApplyOp>(
      gated.getLoc(), TypeRange(real), gated.getCallee(), operands,
      ValueRange(), gated.getParamsAttr());
  scalars[gated.getResult(0)] = scalar.getResult(0);
}

void Fuser::add(act::SoftmaxOp softmax) {
  Location loc = softmax.getLoc();
  auto option = [&](StringRef name) -> Value {
    if (StringAttr number = softmax.getNumber(name))
      return builder.create<act::ConstantOp>(loc, real, number);
    Value tensor = softmax.getOption(name);
    return tensor ? scalars.lookup(tensor) : Value();
  };
  act::SoftmaxInputs inputs;
  inputs.x = scalars.lookup(softmax.getOperand());
  inputs.scale = option("scale");
  inputs.softcap = option("softcap");
  inputs.bias = option("bias");
  inputs.temperature = option("temperature");
  inputs.hasPositiveTemperature =
      isa_and_nonnull<BlockArgument>(inputs.temperature);
  inputs.sink = option("sink");
  if (Value mask = option("mask"))
    inputs.mask = act::buildIsNotZero(builder, loc, mask);
  if (softmax.getCausal())
    inputs.mask = act::buildCausalMask(builder, loc, positions[rows.axis],
                                       positions[rows.axis - 1],
                                       option("causal_offset"), inputs.mask);
  scalars[softmax.getResult()] = act::buildSoftmax(
      builder, loc, softmax.getForm(), softmax.getEmpty(), inputs);
}

void Fuser::addBody(Block *body) {
  for (BlockArgument argument : func.getArguments())
    scalars[argument] = body->getArgument(firstInput[argument.getArgNumber()]);
  unsigned next = body->getNumArguments() - rows.positions.size();
  for (int64_t axis : rows.positions)
    positions[axis] = body->getArgument(next++);
  for (Operation &op : func.getBody().front()) {
    if (auto apply = dyn_cast<act::ApplyOp>(op)) {
      add(apply);
    } else if (auto gated = dyn_cast<act::GatedOp>(op)) {
      add(gated, body);
    } else if (auto softmax = dyn_cast<act::SoftmaxOp>(op)) {
      add(softmax);
    } else if (isa<arith::UIToFPOp>(op)) {
      scalars[op.getResult(0)] = scalars.lookup(op.getOperand(0));
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
  for (int64_t axis : rows.positions)
    addPosition(axis);
  SmallVector<Attribute> resultAttributes;
  ValueRange returned = func.getBody().front().getTerminator()->getOperands();
  act::QuantizeOp quantizer = quantizerOf(func);
  if (quantizer)
    returned = quantizer->getOperands();
  for (auto [i, value] : llvm::enumerate(returned)) {
    NamedAttrList list(attributesOf(
        getElementTypeOrSelf(value.getType()),
        func.getResultAttrOfType<StringAttr>(i, act::kNameAttr), nullptr));
    if (auto result = dyn_cast<OpResult>(value))
      if (auto apply = dyn_cast<act::ApplyOp>(result.getOwner());
          apply && apply.isReduced(result.getResultNumber()))
        list.set(act::kReduceAttr, builder.getUnitAttr());
    // The tensor has a value for each element, be it the same for all.
    if (rows.axis != 0 && !list.get(act::kReduceAttr) &&
        !isOnePerRow(value.getType()))
      list.set(act::kSpreadAttr, builder.getUnitAttr());
    if (quantizer)
      list.set(act::kQuantizeAttr, quantizer.getQuantization());
    resultAttributes.push_back(list.getDictionary(func.getContext()));
  }
  if (quantizer && quantizer.getQuantization().isDynamic())
    rows.axis = -1;
  SmallVector<Type> inputs(inputAttributes.size(), real);
  SmallVector<Type> results(returned.size(), real);
  auto fused =
      builder.create<act::FuncOp>(func.getLoc(), func.getSymName(),
                                  builder.getFunctionType(inputs, results));
  fused.setVisibility(func.getVisibility());
  if (rows.axis != 0)
    fused->setAttr(act::kAxisAttr, builder.getI64IntegerAttr(rows.axis));
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
      FailureOr<act::ChainRows> rows = act::rowsOf(func);
      if (succeeded(rows) && canQuantize(func, rows->axis))
        Fuser(func, std::move(*rows)).fuse();
    }
  }
};
} // namespace
