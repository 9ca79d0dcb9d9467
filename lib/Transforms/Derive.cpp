//===- Derive.cpp - Derivatives become functions --------------------------===//
//
// Nobody writes a backward by hand: act.derivative and act.vjp name a function,
// and this pass replaces them by act.funcs with the derived formulas. Before:
// act.derivative @d of #act.fn<silu> orders [1]; after: act.func @d with the
// body sigmoid(x) (1 + x (1 - sigmoid(x))).
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Derive.h"
#include "act/IR/FunctionTable.h"
#include "act/Syntax/Parser.h"
#include "act/Transforms/Expand.h"
#include "act/Transforms/Passes.h"
#include "act/Transforms/SavePolicy.h"
#include "act/Transforms/Symbolic.h"
#include "llvm/ADT/SetVector.h"

namespace act {
#define GEN_PASS_DEF_ACTDERIVE
#include "act/Transforms/Passes.h.inc"
} // namespace act

using namespace mlir;
using namespace act;
using sym::Expr;

namespace {

/// A function to differentiate: its results over its arguments.
struct Callee {
  SmallVector<Expr> results;
  /// Names of the arguments, and the defaults of those that are parameters.
  SmallVector<StringAttr> names, defaults;
  /// Which parts of packed arrays the arguments are; null for others.
  SmallVector<PartAttr> parts;
  unsigned numInputs = 0;
  /// The row it is, if it is one.
  FnAttr identity;
};

/// A function to be written.
struct Result {
  Expr value;
  StringAttr name;
  FnAttr identity;
  /// The part of a packed gradient that it is, if it is one.
  PartAttr part;
  bool isReduced = false;
  /// Element type in memory, where it is not the kernel's.
  Type storage;
};

class Deriver {
public:
  Deriver(ModuleOp module, DerivativeMethod method)
      : module(module), context(module.getContext()), method(method),
        graph(context) {}

  LogicalResult run();

private:
  FailureOr<Callee> load(Operation *user, Attribute attr);
  FailureOr<Callee> loadRow(Operation *user, FnAttr fn);
  Callee signatureOf(FuncOp func);
  FailureOr<FuncOp> resolve(Operation *op);
  FailureOr<FuncOp> resolve(DerivativeOp op);
  FailureOr<FuncOp> resolve(VjpOp op);
  /// The backward that reads the output or a mask instead of the input.
  FailureOr<FuncOp> resolveSaved(VjpOp op, Callee callee);
  /// The saved form of a callee, or a diagnostic that says why it has none.
  FailureOr<SavedForm> savedForm(Operation *op, const Callee &callee,
                                 StringRef policy);
  LogicalResult resolveApply(ApplyOp apply);
  /// Derivatives of orders 0 to n of e by argument i.
  FailureOr<SmallVector<Expr>> derivatives(Operation *op, Expr e, unsigned i,
                                           unsigned n);
  LogicalResult checkVaries(Operation *op, const Callee &callee, Expr f,
                            Expr derivative, unsigned i);
  FuncOp write(Operation *op, StringRef name, const Callee &callee,
               ArrayRef<unsigned> arguments, unsigned numInputs,
               ArrayRef<Result> results);
  StringAttr cotangentName(const Callee &callee, unsigned k);
  FnAttr withOrder(FnAttr identity, int64_t order) {
    if (!identity)
      return nullptr;
    return FnAttr::get(context, identity.getName(), identity.getParams(),
                       identity.getOrder() + order);
  }

  ModuleOp module;
  MLIRContext *context;
  DerivativeMethod method;
  sym::Graph graph;
  llvm::SetVector<Operation *> inProgress;
};

} // namespace

//===----------------------------------------------------------------------===//
// What is differentiated
//===----------------------------------------------------------------------===//

Callee Deriver::signatureOf(FuncOp func) {
  Callee callee;
  for (unsigned i = 0; i < func.getNumArguments(); ++i) {
    callee.names.push_back(StringAttr::get(context, func.getArgName(i)));
    callee.defaults.push_back(func.getArgDefault(i));
    callee.parts.push_back(func.getArgAttrOfType<PartAttr>(i, kPartAttr));
  }
  callee.numInputs = func.getNumInputs();
  return callee;
}

FailureOr<Callee> Deriver::loadRow(Operation *user, FnAttr fn) {
  OwningOpRef<ModuleOp> keepAlive =
      parseRow(*lookupFunction(fn.getName()), context);
  FuncOp func = *keepAlive->getOps<FuncOp>().begin();
  if (failed(expandBody(func)))
    return failure();
  Callee callee = signatureOf(func);
  SmallVector<Expr> arguments;
  for (unsigned i = 0; i < func.getNumArguments(); ++i) {
    auto fixed = fn.getParams().getAs<StringAttr>(callee.names[i]);
    arguments.push_back(fixed ? graph.fromText(fixed.getValue())
                              : graph.argument(i));
  }
  FailureOr<SmallVector<Expr>> results = graph.read(func, arguments);
  if (failed(results))
    return failure();
  callee.results = *results;
  callee.identity = fn;
  if (fn.getOrder() == 0)
    return callee;
  if (callee.numInputs != 1)
    return user->emitOpError("order needs a function of one input");
  auto all = derivatives(user, callee.results[0], 0, fn.getOrder());
  if (failed(all) ||
      failed(checkVaries(user, callee, callee.results[0], (*all)[1], 0)))
    return failure();
  callee.results = {all->back()};
  return callee;
}

FailureOr<Callee> Deriver::load(Operation *user, Attribute attr) {
  if (auto fn = dyn_cast<FnAttr>(attr))
    return loadRow(user, fn);
  auto symbol = cast<FlatSymbolRefAttr>(attr);
  Operation *target = SymbolTable::lookupNearestSymbolFrom(user, symbol);
  if (isa_and_nonnull<DerivativeOp, VjpOp>(target)) {
    FailureOr<FuncOp> resolved = resolve(target);
    if (failed(resolved))
      return failure();
    target = *resolved;
  }
  auto func = dyn_cast_or_null<FuncOp>(target);
  if (!func)
    return user->emitOpError("there is no act.func @")
           << symbol.getValue() << " to differentiate";
  // The function itself stays as it was written.
  for (ApplyOp apply :
       llvm::make_early_inc_range(func.getBody().getOps<ApplyOp>()))
    if (failed(resolveApply(apply)))
      return failure();
  OpBuilder builder(func);
  auto copy = cast<FuncOp>(builder.clone(*func));
  LogicalResult expanded = expandBody(copy);
  FailureOr<SmallVector<Expr>> results = failure();
  if (succeeded(expanded))
    results = graph.read(copy);
  Callee callee = signatureOf(copy);
  callee.identity = copy.getIdentityAttr();
  copy.erase();
  if (failed(results))
    return failure();
  callee.results = *results;
  return callee;
}

//===----------------------------------------------------------------------===//
// Rules of the pass
//===----------------------------------------------------------------------===//

FailureOr<SmallVector<Expr>> Deriver::derivatives(Operation *op, Expr e,
                                                  unsigned i, unsigned n) {
  SmallVector<Expr> all = {e};
  if (method != DerivativeMethod::Taylor) {
    for (unsigned k = 1; k <= n; ++k)
      all.push_back(graph.differentiate(all.back(), i));
    unsigned size = graph.countOperations(all.back());
    if (method == DerivativeMethod::Symbolic ||
        size <= kMaxSymbolicOperations)
      return all;
    op->emitRemark("the symbolic derivative of order ")
        << n << " has " << size << " operations, more than "
        << kMaxSymbolicOperations
        << "; truncated Taylor series are used in its place";
  }
  return graph.taylor(e, i, n);
}

/// A function that is constant piece by piece has nothing to differentiate.
LogicalResult Deriver::checkVaries(Operation *op, const Callee &callee, Expr f,
                                   Expr derivative, unsigned i) {
  if (!derivative->isNumber(0) || !graph.dependsOn(f, i))
    return success();
  return op->emitOpError("the function is constant piece by piece in '")
         << callee.names[i].getValue()
         << "': its derivative is 0 wherever there is one, so it has none "
            "worth a kernel; use a smooth surrogate such as sigmoid(k * x)";
}

/// True where a NaN in argument i certainly makes e NaN.
static bool propagatesNaN(Expr e, unsigned i) {
  auto propagates = [&](Expr x) { return propagatesNaN(x, i); };
  switch (e->kind) {
  case sym::Kind::Number:
  case sym::Kind::Constant:
    return false;
  case sym::Kind::Argument:
    return e->index == i;
  case sym::Kind::Sum:
    return llvm::any_of(e->terms,
                        [&](auto &term) { return propagates(term.expr); });
  case sym::Kind::Product:
    return llvm::any_of(e->factors,
                        [&](auto &factor) { return propagates(factor.base); });
  case sym::Kind::Call:
    break;
  }
  if (e->isCall("arith.select"))
    return propagates(e->operands[1]) && propagates(e->operands[2]);
  return !e->isCall("arith.cmpf") && llvm::any_of(e->operands, propagates);
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

/// "cotangent", or after the first and in a backward of a backward
/// "cotangent2" and so on.
StringAttr Deriver::cotangentName(const Callee &callee, unsigned k) {
  for (unsigned n = 1, free = 0;; ++n) {
    auto name = StringAttr::get(
        context, "cotangent" + (n == 1 ? Twine() : Twine(n)));
    if (!llvm::is_contained(callee.names, name) && free++ == k)
      return name;
  }
}

/// Writes the function with `results` in the place of `op`. `arguments` are
/// the callee's arguments that it has, inputs first; where there are more
/// inputs than that, the rest are cotangents, numbered from the callee's last
/// argument on.
FuncOp Deriver::write(Operation *op, StringRef name, const Callee &callee,
                      ArrayRef<unsigned> arguments, unsigned numInputs,
                      ArrayRef<Result> results) {
  OpBuilder builder(op);
  Type real = builder.getF64Type();
  auto func = builder.create<FuncOp>(
      op->getLoc(), name,
      builder.getFunctionType(SmallVector<Type>(arguments.size(), real),
                              SmallVector<Type>(results.size(), real)));
  Block *body = builder.createBlock(&func.getBody());
  unsigned known = callee.names.size(), most = known;
  for (unsigned i : arguments)
    most = std::max(most, i + 1);
  SmallVector<Value> values(most);
  for (auto [k, i] : llvm::enumerate(arguments)) {
    values[i] = body->addArgument(real, op->getLoc());
    func.setArgAttr(k, kNameAttr,
                    i < known ? callee.names[i]
                              : cotangentName(callee, i - known));
    if (i < known && callee.parts[i])
      func.setArgAttr(k, kPartAttr, callee.parts[i]);
    if (k >= numInputs)
      func.setArgAttr(k, kDefaultAttr, callee.defaults[i]);
  }
  sym::Writer writer(builder, op->getLoc(), real, values);
  SmallVector<Value> written;
  for (auto [k, result] : llvm::enumerate(results)) {
    written.push_back(writer.write(result.value));
    if (result.name)
      func.setResultAttr(k, kNameAttr, result.name);
    if (result.identity)
      func.setResultAttr(k, kIdentityAttr, result.identity);
    if (result.isReduced)
      func.setResultAttr(k, kReduceAttr, builder.getUnitAttr());
    if (result.storage)
      func.setResultAttr(k, kStorageAttr, TypeAttr::get(result.storage));
    if (result.part)
      func.setResultAttr(k, kPartAttr, result.part);
  }
  builder.create<ReturnOp>(op->getLoc(), written);
  return func;
}

FailureOr<FuncOp> Deriver::resolve(DerivativeOp op) {
  FailureOr<Callee> callee = load(op, op.getCallee());
  if (failed(callee))
    return failure();
  if (callee->results.size() != 1)
    return op.emitOpError("the function has ")
           << callee->results.size()
           << " results; derivatives by an input need one";
  unsigned i = 0;
  if (op.getWrt()) {
    auto name = StringAttr::get(context, *op.getWrt());
    i = llvm::find(callee->names, name) - callee->names.begin();
    if (i == callee->names.size())
      return op.emitOpError("the function has no input or parameter '")
             << *op.getWrt() << "'";
  } else if (callee->numInputs != 1) {
    return op.emitOpError("the function has ")
           << callee->numInputs << " inputs; name one by wrt";
  }
  Expr f = callee->results[0];
  if (op.getKink().value_or("taken") != "taken")
    f = graph.fromOneSide(f, i, *op.getKink() == "right");
  int64_t highest = *llvm::max_element(op.getOrders());
  auto all = derivatives(op, f, i, highest);
  if (failed(all) ||
      (highest > 0 && failed(checkVaries(op, *callee, f, (*all)[1], i))))
    return failure();
  SmallVector<Result> results;
  for (int64_t order : op.getOrders()) {
    Result result;
    result.value = (*all)[order];
    result.name = StringAttr::get(context, "d" + Twine(order));
    if (i < callee->numInputs)
      result.identity = withOrder(callee->identity, order);
    if (result.identity && !propagatesNaN(result.value, i)) {
      Expr x = graph.argument(i);
      Expr isNaN = graph.call("arith.cmpf", {x, x},
                              int64_t(arith::CmpFPredicate::UNE));
      result.value = graph.select(isNaN, x, result.value);
    }
    results.push_back(result);
  }
  if (op.getMask()) {
    FailureOr<SavedForm> form = savedForm(op, *callee, "mask");
    if (failed(form))
      return failure();
    Result mask;
    mask.value = form->mask;
    mask.name = StringAttr::get(context, "mask");
    mask.storage = IntegerType::get(context, 1);
    results.push_back(mask);
  }
  auto arguments = llvm::to_vector(
      llvm::seq<unsigned>(0, callee->names.size()));
  FuncOp func = write(op, op.getSymName(), *callee, arguments,
                      callee->numInputs, results);
  if (results.size() == 1 && results[0].identity)
    func.setIdentityAttr(results[0].identity);
  return func;
}

FailureOr<FuncOp> Deriver::resolve(VjpOp op) {
  FailureOr<Callee> callee = load(op, op.getCallee());
  if (failed(callee))
    return failure();
  if (op.getSave() == "output" || op.getSave() == "mask")
    return resolveSaved(op, *callee);
  unsigned known = callee->names.size();
  if (op.getOrder() > 0) {
    if (callee->numInputs != 1 || callee->results.size() != 1)
      return op.emitOpError("order needs a function of one input and one "
                            "result");
    auto all = derivatives(op, callee->results[0], 0, op.getOrder());
    if (failed(all) || failed(checkVaries(op, *callee, callee->results[0],
                                          (*all)[1], 0)))
      return failure();
    callee->results = {all->back()};
  }
  // Gradients of all inputs, or of the named arguments.
  SmallVector<unsigned> wanted;
  if (!op.getWrt())
    wanted = llvm::to_vector(llvm::seq<unsigned>(0, callee->numInputs));
  else
    for (StringAttr name : op.getWrt()->getAsRange<StringAttr>()) {
      unsigned i = llvm::find(callee->names, name) - callee->names.begin();
      if (i == known)
        return op.emitOpError("the function has no input or parameter ")
               << name;
      wanted.push_back(i);
    }
  SmallVector<unsigned> arguments =
      llvm::to_vector(llvm::seq<unsigned>(0, callee->numInputs));
  for (unsigned i : wanted)
    if (i >= callee->numInputs)
      arguments.push_back(i);
  SmallVector<Expr> cotangents;
  for (unsigned k = 0; k < callee->results.size(); ++k) {
    cotangents.push_back(graph.argument(known + k));
    arguments.push_back(known + k);
  }
  unsigned numInputs = arguments.size();
  for (unsigned i = callee->numInputs; i < known; ++i)
    if (!llvm::is_contained(wanted, i))
      arguments.push_back(i);

  SmallVector<Expr> f = callee->results;
  if (op.getKink().value_or("taken") != "taken") {
    if (wanted.size() != 1)
      return op.emitOpError("one-sided derivatives are by one argument; name "
                            "it by wrt");
    for (Expr &e : f)
      e = graph.fromOneSide(e, wanted[0], *op.getKink() == "right");
  }
  SmallVector<Expr> gradients = graph.pullBack(f, cotangents, known);
  if (llvm::all_of(wanted,
                   [&](unsigned i) { return gradients[i]->isNumber(0); }))
    for (unsigned i : wanted)
      if (failed(checkVaries(op, *callee, f[0], gradients[i], i)))
        return failure();
  SmallVector<Result> results;
  for (unsigned i : wanted) {
    Result result;
    result.value = gradients[i];
    result.name = callee->names[i];
    result.part = callee->parts[i];
    result.isReduced = true;
    if (callee->identity && !propagatesNaN(result.value, i)) {
      Expr x = graph.argument(i);
      Expr isNaN = graph.call("arith.cmpf", {x, x},
                              int64_t(arith::CmpFPredicate::UNE));
      result.value = graph.select(isNaN, x, result.value);
    }
    results.push_back(result);
  }
  return write(op, op.getSymName(), *callee, arguments, numInputs, results);
}

FailureOr<SavedForm> Deriver::savedForm(Operation *op, const Callee &callee,
                                        StringRef policy) {
  SavedForm form;
  if (callee.numInputs != 1 || callee.results.size() != 1)
    form.reason = "it has several inputs or results";
  else
    form = policy == "output" ? deriveFromOutput(graph, callee.results[0])
                              : deriveFromMask(graph, callee.results[0]);
  if (form.derivative)
    return form;
  bool isOther = false;
  if (callee.numInputs == 1 && callee.results.size() == 1)
    isOther = policy == "output"
                  ? deriveFromMask(graph, callee.results[0]).derivative
                  : deriveFromOutput(graph, callee.results[0]).derivative;
  return op->emitOpError("save = \"")
         << policy << "\" is not legal for this function: " << form.reason
         << "; legal are input, recompute"
         << (!isOther ? "" : policy == "output" ? ", mask" : ", output")
         << " (act-report memory tells what each costs)";
}

FailureOr<FuncOp> Deriver::resolveSaved(VjpOp op, Callee callee) {
  bool isOutput = op.getSave() == "output";
  if (op.getOrder() > 0)
    return op.emitOpError("save = \"")
           << op.getSave() << "\" is for the function itself; use save = "
           << "\"input\" for the backward of a derivative";
  FailureOr<SavedForm> form = savedForm(op, callee, op.getSave());
  if (failed(form))
    return failure();
  if (op.getWrt() &&
      (op.getWrt()->size() != 1 || (*op.getWrt())[0] != callee.names[0]))
    return op.emitOpError("save = \"")
           << op.getSave() << "\" gives the gradient of the input only; save "
           << "the input for those of parameters";
  // The saved value takes the place of x; its gradient is that of x.
  unsigned known = callee.names.size();
  Result result;
  result.name = callee.names[0];
  result.isReduced = true;
  result.value = graph.mul(graph.argument(known), form->derivative);
  callee.names[0] = StringAttr::get(context, isOutput ? "output" : "mask");
  SmallVector<unsigned> arguments = {0, known};
  for (unsigned i = 1; i < known; ++i)
    arguments.push_back(i);
  FuncOp func = write(op, op.getSymName(), callee, arguments, 2, {result});
  Builder builder(context);
  if (!isOutput)
    func.setArgAttr(0, kStorageAttr, TypeAttr::get(builder.getI1Type()));
  for (const ParameterRange &range : form->ranges)
    func.setArgAttr(range.argument + 1, kRangeAttr,
                    builder.getStringAttr(range.text()));
  return func;
}

FailureOr<FuncOp> Deriver::resolve(Operation *op) {
  if (!inProgress.insert(op))
    return op->emitOpError("is defined through itself");
  auto derivative = dyn_cast<DerivativeOp>(op);
  FailureOr<FuncOp> func =
      derivative ? resolve(derivative) : resolve(cast<VjpOp>(op));
  if (failed(func))
    return failure();
  inProgress.remove(op);
  func->setVisibility(SymbolTable::getSymbolVisibility(op));
  op->erase();
  return func;
}

/// act.apply #act.fn<f, order = n> applies a function of its own.
LogicalResult Deriver::resolveApply(ApplyOp apply) {
  auto fn = dyn_cast<FnAttr>(apply.getCallee());
  if (!fn || fn.getOrder() == 0)
    return success();
  std::string name = (fn.getName() + "_d" + Twine(fn.getOrder())).str();
  for (unsigned n = 0; SymbolTable::lookupSymbolIn(module, name); ++n)
    name = (fn.getName() + "_d" + Twine(fn.getOrder()) + "_" + Twine(n)).str();
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  auto base = FnAttr::get(context, fn.getName(), fn.getParams(), 0);
  auto op = builder.create<DerivativeOp>(
      apply.getLoc(), builder.getStringAttr(name),
      builder.getStringAttr("private"), base, StringAttr(),
      builder.getDenseI64ArrayAttr({fn.getOrder()}), StringAttr(),
      /*mask=*/UnitAttr());
  if (failed(resolve(op.getOperation())))
    return failure();
  apply.setCalleeAttr(FlatSymbolRefAttr::get(context, name));
  return success();
}

LogicalResult Deriver::run() {
  WalkResult walk = module.walk([&](ApplyOp apply) {
    return WalkResult(resolveApply(apply));
  });
  if (walk.wasInterrupted())
    return failure();
  // A function may be defined through a later one, which then goes first.
  while (true) {
    Operation *next = nullptr;
    for (Operation &op : module.getOps())
      if (isa<DerivativeOp, VjpOp>(op)) {
        next = &op;
        break;
      }
    if (!next)
      return success();
    if (failed(resolve(next)))
      return failure();
  }
}

LogicalResult act::resolveDerivatives(ModuleOp module,
                                      DerivativeMethod method) {
  return Deriver(module, method).run();
}

namespace {
struct Derive : act::impl::ActDeriveBase<Derive> {
  using ActDeriveBase::ActDeriveBase;
  void runOnOperation() override {
    DerivativeMethod chosen = llvm::StringSwitch<DerivativeMethod>(method)
                                  .Case("symbolic", DerivativeMethod::Symbolic)
                                  .Case("taylor", DerivativeMethod::Taylor)
                                  .Default(DerivativeMethod::Automatic);
    if (method != "auto" && chosen == DerivativeMethod::Automatic) {
      getOperation().emitError("act-derive: method '")
          << method << "' is none of auto, symbolic and taylor";
      return signalPassFailure();
    }
    if (failed(resolveDerivatives(getOperation(), chosen)))
      signalPassFailure();
  }
};
} // namespace
