//===- ChooseGelu.cpp - A cheaper form of GELU within a tolerance ---------===//
//
// An erf costs more than a tanh, and either more than a clamp; a model that was
// trained with one often bears another. Before: act.apply #act.fn<gelu>(%x);
// after, with a tolerance of 1e-3: act.apply #act.fn<gelu_tanh>(%x). This
// happens before derivatives are formed, so that forward and backward are of
// the same function.
//
//===----------------------------------------------------------------------===//

#include "act/IR/FunctionTable.h"
#include "act/Syntax/Parser.h"
#include "act/Transforms/GeluForms.h"
#include "act/Transforms/Passes.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

namespace act {
#define GEN_PASS_DEF_ACTCHOOSEGELU
#include "act/Transforms/Passes.h.inc"
} // namespace act

using namespace mlir;
using namespace act;

/// Three digits, rounded up: what is printed is still a bound.
static std::string bound(double value) {
  double unit = std::pow(10, std::floor(std::log10(value)) - 2);
  // A number of three digits already stays as it is.
  double digits = std::ceil(value / unit - 1e-9);
  return llvm::formatv("{0:e2}", digits * unit).str();
}

/// A tolerance as it was probably written.
static std::string shortest(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%g", value);
  return text;
}

/// The element type of this name.
static std::optional<DType> elementTypeNamed(StringRef name) {
  for (DType type : {DType::F64, DType::F32, DType::F16, DType::BF16})
    if (name == nameOf(type))
      return type;
  return std::nullopt;
}

/// The element type that a type stands for; nothing for a mask.
static std::optional<DType> elementTypeOf(Type type) {
  if (type.isF64())
    return DType::F64;
  if (type.isF32())
    return DType::F32;
  if (type.isF16())
    return DType::F16;
  if (type.isBF16())
    return DType::BF16;
  return std::nullopt;
}

/// The form that a row is, or that it applies, as gates do; else "".
static StringRef formIn(FnAttr fn) {
  for (StringRef form : geluForms())
    if (fn.getName() == form)
      return form;
  if (!fn.getParams().empty() || fn.getOrder() != 0)
    return "";
  OwningOpRef<ModuleOp> row =
      parseRow(*lookupFunction(fn.getName()), fn.getContext());
  StringRef found;
  row->walk([&](ApplyOp apply) {
    if (auto inner = dyn_cast<FnAttr>(apply.getCallee()))
      if (StringRef form = formIn(inner); !form.empty())
        found = form;
  });
  return found;
}

namespace {
/// The highest order of derivatives that a module takes of forms of GELU: the
/// orders add up along the way from a declaration to the form. -1 stands for
/// what applies none.
class Orders {
public:
  explicit Orders(ModuleOp module) : module(module) {}

  int64_t highest() {
    int64_t order = -1;
    for (Operation &op : *module.getBody())
      order = std::max(order, of(&op));
    return order;
  }

private:
  int64_t of(Operation *op);
  int64_t ofCallee(Attribute callee);

  ModuleOp module;
  DenseMap<Operation *, int64_t> known;
};
} // namespace

int64_t Orders::ofCallee(Attribute callee) {
  if (auto fn = dyn_cast_or_null<FnAttr>(callee))
    return formIn(fn).empty() ? -1 : fn.getOrder();
  auto symbol = dyn_cast_or_null<FlatSymbolRefAttr>(callee);
  Operation *target = symbol ? module.lookupSymbol(symbol) : nullptr;
  return target ? of(target) : -1;
}

int64_t Orders::of(Operation *op) {
  // Recursion is an error elsewhere; here it ends.
  auto [place, isNew] = known.try_emplace(op, -1);
  if (!isNew)
    return place->second;
  int64_t own = 0, inner = -1;
  if (auto derivative = dyn_cast<DerivativeOp>(op))
    own = *llvm::max_element(derivative.getOrders());
  else if (auto vjp = dyn_cast<VjpOp>(op))
    own = vjp.getOrder() + 1;
  else if (isa<JvpOp>(op))
    own = 1;
  op->walk([&](Operation *user) {
    inner = std::max(inner, ofCallee(user->getAttr("callee")));
  });
  return known[op] = inner < 0 ? -1 : own + inner;
}

namespace {
struct ChooseGelu : act::impl::ActChooseGeluBase<ChooseGelu> {
  using ActChooseGeluBase::ActChooseGeluBase;

  void runOnOperation() override;

private:
  void nameSpelledForms();
  /// Exchanges the forms in one function or declaration of a derivative.
  LogicalResult exchangeIn(Operation *op);
  /// The element types of inputs and results in a function, each once.
  SmallVector<DType> storageTypesIn(Operation *op);
  /// The form to use for `asked`, or a diagnostic at `op`.
  FailureOr<StringRef> choose(Operation *op, StringRef asked);
  /// What stands for a row in which the form `asked` is exchanged.
  Attribute exchanged(FnAttr fn, StringRef asked, StringRef form);

  /// Of inputs and results that state none.
  DType defaultType = DType::F32;
  Accuracy wantedClass = Accuracy::Default;
  /// The highest order of derivatives that is asked for.
  int64_t order = 0;
  bool isAnyExchanged = false;
  /// Functions that stand for rows, by names of row and form.
  llvm::StringMap<Attribute> made;
};
} // namespace

/// A function that spells a form out applies it from here on.
void ChooseGelu::nameSpelledForms() {
  for (FuncOp func : getOperation().getOps<FuncOp>()) {
    bool applies = false;
    func.walk([&](ApplyOp) { applies = true; });
    StringRef form = applies ? StringRef() : geluFormOf(func);
    if (form.empty())
      continue;
    Block &body = func.getBody().front();
    body.clear();
    OpBuilder builder = OpBuilder::atBlockEnd(&body);
    Value x = func.getArgument(0);
    auto apply = builder.create<ApplyOp>(func.getLoc(), x.getType(),
                                         FnAttr::get(&getContext(), form), x);
    builder.create<ReturnOp>(func.getLoc(), apply.getResults());
  }
}

SmallVector<DType> ChooseGelu::storageTypesIn(Operation *op) {
  SmallVector<DType> types;
  auto add = [&](std::optional<DType> type) {
    if (type && !llvm::is_contained(types, *type))
      types.push_back(*type);
  };
  auto addStated = [&](Attribute storage) {
    auto stated = dyn_cast_or_null<TypeAttr>(storage);
    add(stated ? elementTypeOf(stated.getValue()) : defaultType);
  };
  if (auto func = dyn_cast<FuncOp>(op)) {
    for (unsigned i = 0; i < func.getNumInputs(); ++i)
      addStated(func.getArgAttr(i, kStorageAttr));
    for (unsigned i = 0; i < func.getNumResults(); ++i)
      addStated(func.getResultAttr(i, kStorageAttr));
    return types;
  }
  op->walk([&](Operation *user) {
    if (user->getAttrOfType<FnAttr>("callee"))
      for (TypeRange values : {TypeRange(user->getOperandTypes()),
                               TypeRange(user->getResultTypes())})
        for (Type type : values)
          add(elementTypeOf(getElementTypeOrSelf(type)));
  });
  // A declaration of a derivative has none.
  if (types.empty())
    add(defaultType);
  return types;
}

FailureOr<StringRef> ChooseGelu::choose(Operation *op, StringRef asked) {
  SmallVector<DType> types = storageTypesIn(op);
  if (types.size() > 1) {
    op->emitRemark() << asked << " is kept: inputs and results of several "
                     << "element types leave no absolute bound far out";
    return asked;
  }
  DType type = types.front();
  auto errorOf = [&](StringRef form) {
    return geluErrorOf(asked, form, std::min(order, kMaxGeluOrder), type,
                       wantedClass, &getContext());
  };
  if (order > kMaxGeluOrder) {
    op->emitRemark() << asked << " is kept: derivatives of order " << order
                     << " are asked for, and differences of forms are known up "
                     << "to order " << kMaxGeluOrder;
    return asked;
  }
  StringRef what = order > 0 ? "values and first derivatives" : "values";
  std::string limit = shortest(tolerance);
  std::string tooFar;
  for (StringRef form : geluForms()) {
    GeluError error = errorOf(form);
    if (error.total() <= tolerance) {
      InFlightDiagnostic remark = op->emitRemark();
      if (form == asked)
        remark << asked << " is kept: its kernel is within "
               << bound(error.kernel) << ", and no cheaper form within "
               << limit;
      else
        remark << asked << " is replaced by " << form << ": " << what
               << " differ by at most " << bound(error.difference) << " at "
               << llvm::formatv("{0:f5}", error.at).str()
               << ", with the kernel's error " << bound(error.total())
               << ", within " << limit;
      remark << tooFar;
      return form;
    }
    if (form == asked)
      break;
    tooFar =
        ("; " + form + " would differ by " + bound(error.difference)).str();
  }
  return op->emitError("no form of ")
         << asked << " is within " << limit << " in " << nameOf(type)
         << ": its own kernel is within " << bound(errorOf(asked).kernel)
         << "; give a tolerance from there on, or a wider type";
}

Attribute ChooseGelu::exchanged(FnAttr fn, StringRef asked, StringRef form) {
  MLIRContext *context = &getContext();
  if (fn.getName() == asked)
    return FnAttr::get(context, form, fn.getParams(), fn.getOrder());
  // A row that applies the form becomes a function that applies the other.
  ModuleOp module = getOperation();
  Attribute &symbol = made[(fn.getName() + "_by_" + form).str()];
  if (symbol)
    return symbol;
  std::string name = (fn.getName() + "_by_" + form).str();
  while (module.lookupSymbol(name))
    name += "_";
  symbol = FlatSymbolRefAttr::get(context, name);
  OwningOpRef<ModuleOp> row = parseRow(*lookupFunction(fn.getName()), context);
  FuncOp func = *row->getOps<FuncOp>().begin();
  func->remove();
  module.push_back(func);
  func.setSymName(name);
  func.setPrivate();
  func.removeIdentityAttr();
  func.walk([&](ApplyOp apply) {
    auto inner = dyn_cast<FnAttr>(apply.getCallee());
    if (inner && formIn(inner) == asked)
      apply.setCalleeAttr(exchanged(inner, asked, form));
  });
  return symbol;
}

LogicalResult ChooseGelu::exchangeIn(Operation *op) {
  // One decision and one remark for each form.
  llvm::StringMap<StringRef> chosen;
  WalkResult walk = op->walk([&](Operation *user) {
    auto fn = user->getAttrOfType<FnAttr>("callee");
    StringRef asked = fn ? formIn(fn) : "";
    if (asked.empty())
      return WalkResult::advance();
    if (!chosen.count(asked)) {
      FailureOr<StringRef> form = choose(op, asked);
      if (failed(form))
        return WalkResult::interrupt();
      chosen[asked] = *form;
    }
    if (chosen[asked] == asked)
      return WalkResult::advance();
    user->setAttr("callee", exchanged(fn, asked, chosen[asked]));
    isAnyExchanged = true;
    return WalkResult::advance();
  });
  return failure(walk.wasInterrupted());
}

void ChooseGelu::runOnOperation() {
  ModuleOp module = getOperation();
  if (tolerance == 0)
    return;
  std::optional<DType> named = elementTypeNamed(dtype);
  if (!(tolerance > 0) || !named) {
    module.emitError() << (named ? "the tolerance must be positive, or 0 for "
                                   "none"
                                 : "the element type must be f64, f32, f16 or "
                                   "bf16");
    return signalPassFailure();
  }
  // A pass may run on one module after another.
  made.clear();
  isAnyExchanged = false;
  defaultType = *named;
  std::optional<Accuracy> namedClass = accuracyNamed(accuracy.getValue());
  if (!namedClass) {
    module.emitError("the accuracy class must be strict, default or fast");
    return signalPassFailure();
  }
  wantedClass = *namedClass;
  nameSpelledForms();
  order = Orders(module).highest();
  if (order < 0) {
    module.emitRemark("no form of GELU is called or spelled out here: the "
                      "tolerance changes nothing");
    return;
  }
  // Functions that are added on the way are exchanged already.
  SmallVector<Operation *> ops = llvm::to_vector(
      llvm::map_range(*module.getBody(), [](Operation &op) { return &op; }));
  for (Operation *op : ops)
    if (failed(exchangeIn(op)))
      return signalPassFailure();
  if (!isAnyExchanged)
    return;
  // What a function was said to be it may be no more; act-stabilize knows.
  for (FuncOp func : module.getOps<FuncOp>())
    if (FnAttr identity = func.getIdentityAttr();
        identity && !formIn(identity).empty())
      func.removeIdentityAttr();
}
