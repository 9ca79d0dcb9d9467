//===- Tape.cpp - A function as a list of steps ---------------------------===//

#include "act/Reference/Tape.h"
#include "act/IR/ExactNumber.h"
#include "act/IR/FunctionTable.h"
#include "act/Syntax/Parser.h"
#include "act/Tensor.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace act;
using llvm::Error;
using llvm::Expected;

static uint8_t maskOf(arith::CmpFPredicate predicate) {
  using Predicate = arith::CmpFPredicate;
  constexpr uint8_t L = CompareLess, E = CompareEqual, G = CompareGreater,
                    U = CompareUnordered;
  switch (predicate) {
  case Predicate::AlwaysFalse:
    return 0;
  case Predicate::OEQ:
    return E;
  case Predicate::OGT:
    return G;
  case Predicate::OGE:
    return G | E;
  case Predicate::OLT:
    return L;
  case Predicate::OLE:
    return L | E;
  case Predicate::ONE:
    return L | G;
  case Predicate::ORD:
    return L | E | G;
  case Predicate::UEQ:
    return U | E;
  case Predicate::UGT:
    return U | G;
  case Predicate::UGE:
    return U | G | E;
  case Predicate::ULT:
    return U | L;
  case Predicate::ULE:
    return U | L | E;
  case Predicate::UNE:
    return U | L | G;
  case Predicate::UNO:
    return U;
  case Predicate::AlwaysTrue:
    return U | L | E | G;
  }
  return 0;
}

/// True for a condition or one floating-point number.
static bool isScalar(Type type) {
  return isa<FloatType>(type) || type.isInteger(1);
}

static DType dtypeOf(Type type) {
  return type.isF64()    ? DType::F64
         : type.isF32()  ? DType::F32
         : type.isBF16() ? DType::BF16
                         : DType::F16;
}

std::optional<ScalarOp> act::scalarOpOf(Operation *op) {
  if (op->getNumResults() != 1 || op->getNumOperands() == 0 ||
      op->getNumOperands() > 3 ||
      !llvm::all_of(op->getOperandTypes(), isScalar) ||
      !isScalar(op->getResult(0).getType()))
    return std::nullopt;
  auto opcode =
      llvm::StringSwitch<std::optional<Opcode>>(op->getName().getStringRef())
          .Case("arith.addf", Opcode::Add)
          .Case("arith.subf", Opcode::Sub)
          .Case("arith.mulf", Opcode::Mul)
          .Case("arith.divf", Opcode::Div)
          .Case("arith.negf", Opcode::Neg)
          .Case("arith.maximumf", Opcode::Max)
          .Case("arith.minimumf", Opcode::Min)
          .Case("arith.cmpf", Opcode::Compare)
          .Case("arith.select", Opcode::Select)
          .Case("arith.andi", Opcode::And)
          .Case("arith.ori", Opcode::Or)
          .Case("arith.xori", Opcode::Xor)
          .Case("math.exp", Opcode::Exp)
          .Case("math.expm1", Opcode::Expm1)
          .Case("math.log", Opcode::Log)
          .Case("math.log1p", Opcode::Log1p)
          .Case("math.sqrt", Opcode::Sqrt)
          .Case("math.rsqrt", Opcode::Rsqrt)
          .Case("math.sin", Opcode::Sin)
          .Case("math.cos", Opcode::Cos)
          .Case("math.sinh", Opcode::Sinh)
          .Case("math.cosh", Opcode::Cosh)
          .Case("math.tanh", Opcode::Tanh)
          .Case("math.erf", Opcode::Erf)
          .Case("math.absf", Opcode::Abs)
          .Case("math.floor", Opcode::Floor)
          .Case("math.fma", Opcode::Fma)
          .Case("math.powf", Opcode::Pow)
          .Case("act.erfc", Opcode::Erfc)
          .Case("act.sigmoid", Opcode::Sigmoid)
          .Case("act.softplus", Opcode::Softplus)
          .Case("act.sign", Opcode::Sign)
          .Case("act.clamp", Opcode::Clamp)
          .Case("act.round", Opcode::Round)
          .Default(std::nullopt);
  if (!opcode)
    return std::nullopt;
  ScalarOp result{*opcode, 0, op->getNumOperands()};
  if (auto compare = dyn_cast<arith::CmpFOp>(op))
    result.mask = maskOf(compare.getPredicate());
  if (auto round = dyn_cast<RoundOp>(op))
    result.mask = uint8_t(dtypeOf(round.getTo()));
  return result;
}

namespace {

/// Appends bodies of functions to a tape.
class TapeBuilder {
public:
  explicit TapeBuilder(Tape &tape, bool ofRow = false)
      : tape(tape), ofRow(ofRow) {}

  /// Appends the body of `func` on the slots `args` and gives the slots of
  /// its results.
  Expected<std::vector<unsigned>> append(FuncOp func, ArrayRef<unsigned> args) {
    return append(func, args, func.getReturn().getValues());
  }
  /// The same for other values of the body than those it returns.
  Expected<std::vector<unsigned>> append(FuncOp func, ArrayRef<unsigned> args,
                                         ValueRange results);

private:
  using Slots = llvm::DenseMap<Value, unsigned>;
  Error append(Operation &op, Slots &slots);
  Error append(ApplyOp apply, Slots &slots);
  unsigned appendConstant(StringRef text) {
    return append(TapeStep{{}, {}, text.str()});
  }
  unsigned append(TapeStep step) {
    tape.steps.push_back(std::move(step));
    return tape.getNumSlots() - 1;
  }

  // Functions of a row.
  unsigned append(Opcode opcode, unsigned a, unsigned b = 0, unsigned c = 0,
                  uint8_t mask = 0) {
    unsigned operands = opcode == Opcode::Select ? 3
                        : opcode == Opcode::Exp || opcode == Opcode::Log ||
                                opcode == Opcode::Log1p
                            ? 1
                            : 2;
    return append(TapeStep{{opcode, mask, operands}, {a, b, c}, ""});
  }
  void append(RowOp row, Slots &slots);
  void append(SoftmaxOp softmax, Slots &slots);

  Tape &tape;
  bool ofRow;
  unsigned depth = 0;
};

} // namespace

static Error failAt(Operation *op, const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                 "'" + op->getName().getStringRef() + "' " +
                                     message);
}

/// Exact text of a constant of the arith dialect, or "" if it has none.
static std::string textOf(arith::ConstantOp constant) {
  Attribute attribute = constant.getValue();
  if (auto integer = dyn_cast<IntegerAttr>(attribute))
    return integer.getType().isInteger(1)
               ? (integer.getValue().isZero() ? "0" : "1")
               : "";
  auto number = dyn_cast<FloatAttr>(attribute);
  if (!number)
    return "";
  const llvm::APFloat &value = number.getValue();
  if (value.isNaN())
    return "nan";
  if (value.isInfinity())
    return value.isNegative() ? "-inf" : "inf";
  return exactTextOf(value);
}

Error TapeBuilder::append(ApplyOp apply, Slots &slots) {
  // The IR of a row lives until its body has been read.
  OwningOpRef<ModuleOp> keepAlive;
  FuncOp callee;
  auto fn = dyn_cast<FnAttr>(apply.getCallee());
  if (fn) {
    if (fn.getOrder() != 0)
      return failAt(apply, "of a derivative has no formula to interpret");
    keepAlive = parseRow(*lookupFunction(fn.getName()), apply.getContext());
    if (!keepAlive)
      return failAt(apply, "applies a row whose formula does not parse");
    callee = *keepAlive->getOps<FuncOp>().begin();
  } else if (!(callee = apply.resolve())) {
    return failAt(apply, "applies a function that does not exist");
  }
  unsigned numInputs = callee.getNumInputs();
  if (!llvm::all_of(apply->getOperandTypes(), isScalar) ||
      apply.getInputs().size() < numInputs)
    return failAt(apply, "is not on scalars and cannot be interpreted");

  std::vector<unsigned> args;
  for (unsigned i = 0; i < callee.getNumArguments(); ++i) {
    if (i < numInputs) {
      args.push_back(slots.lookup(apply.getInputs()[i]));
      continue;
    }
    StringRef name = callee.getArgName(i);
    std::optional<unsigned> slot;
    if (apply.getParams())
      for (auto [k, param] :
           llvm::enumerate(apply.getParams()->getAsValueRange<StringAttr>()))
        if (param == name)
          slot = slots.lookup(apply.getInputs()[numInputs + k]);
    if (!slot) {
      StringAttr text = callee.getArgDefault(i);
      if (fn && fn.getParams())
        if (auto given = fn.getParams().getAs<StringAttr>(name))
          text = given;
      slot = appendConstant(text.getValue());
    }
    args.push_back(*slot);
  }
  Expected<std::vector<unsigned>> results = append(callee, args);
  if (!results)
    return results.takeError();
  for (auto [value, slot] : llvm::zip(apply.getResults(), *results))
    slots[value] = slot;
  return Error::success();
}

Error TapeBuilder::append(Operation &op, Slots &slots) {
  if (auto apply = dyn_cast<ApplyOp>(op))
    return append(apply, slots);
  if (auto constant = dyn_cast<ConstantOp>(op)) {
    slots[constant.getResult()] = appendConstant(constant.getValue());
    return Error::success();
  }
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    std::string text = textOf(constant);
    if (text.empty())
      return failAt(&op, "is not a number and cannot be interpreted");
    slots[constant.getResult()] = appendConstant(text);
    return Error::success();
  }
  if (ofRow && isa<RowOp, SoftmaxOp>(op)) {
    if (auto row = dyn_cast<RowOp>(op))
      append(row, slots);
    else
      append(cast<SoftmaxOp>(op), slots);
    return Error::success();
  }
  std::optional<ScalarOp> scalar = scalarOpOf(&op);
  if (!scalar)
    return failAt(&op, "has no meaning for the reference interpreter");
  TapeStep step{*scalar, {}, ""};
  for (auto [i, operand] : llvm::enumerate(op.getOperands()))
    step.operands[i] = slots.lookup(operand);
  slots[op.getResult(0)] = append(std::move(step));
  return Error::success();
}

void TapeBuilder::append(RowOp row, Slots &slots) {
  // To the reference a row is one block.
  if (row.isOverBlocks()) {
    slots[row] = slots.lookup(row.getOperand());
    return;
  }
  unsigned mask =
      row.getMask() ? slots.lookup(row.getMask()) : appendConstant("1");
  Opcode opcode = llvm::StringSwitch<Opcode>(row.getCombiner())
                      .Case("sum", Opcode::RowSum)
                      .Case("max", Opcode::RowMax)
                      .Case("threshold", Opcode::RowThreshold)
                      .Case("threshold_squared", Opcode::RowThresholdSquared)
                      .Default(Opcode::RowMaxNum);
  slots[row] = append(opcode, slots.lookup(row.getOperand()), mask);
}

/// By its definition, but for the largest element m: with e = exp(z - m) and
/// s the sum of the e that are not the first largest one, p = e / (1 + s) and
/// log p = z - m - log1p(s).
void TapeBuilder::append(SoftmaxOp op, Slots &slots) {
  unsigned one = appendConstant("1"), zero = appendConstant("0");
  unsigned mask = op.getMask() ? slots.lookup(op.getMask()) : one;
  unsigned z = slots.lookup(op.getOperand());
  if (op.getScale())
    z = append(Opcode::Mul, z, slots.lookup(op.getScale()));
  unsigned m = append(Opcode::RowMaxNum, z, mask);
  unsigned sink = op.getSink() ? slots.lookup(op.getSink()) : 0;
  if (op.getSink())
    m = append(Opcode::Max, m, sink);
  unsigned d = append(Opcode::Sub, z, m);
  unsigned all = append(Opcode::RowSum, one, one);
  unsigned empty = op.getEmpty() == "zero"  ? zero
                   : op.getEmpty() == "nan" ? appendConstant("nan")
                                            : append(Opcode::Div, one, all);
  if (op.isSparse()) {
    bool isSquare = op.getForm() == "entmax15";
    if (isSquare)
      d = append(Opcode::Mul, d, appendConstant("1/2"));
    unsigned t = append(
        isSquare ? Opcode::RowThresholdSquared : Opcode::RowThreshold, d, mask);
    unsigned p = append(Opcode::Max, append(Opcode::Sub, d, t), zero);
    if (isSquare)
      p = append(Opcode::Mul, p, p);
    unsigned isNone =
        append(Opcode::Compare, t, appendConstant("inf"), 0, CompareEqual);
    slots[op] = append(Opcode::Select, isNone, empty,
                       append(Opcode::Select, mask, p, zero));
    return;
  }
  unsigned e = append(Opcode::Exp, d);
  unsigned isTop = append(Opcode::Compare, z, m, 0, CompareEqual);
  unsigned others =
      append(Opcode::RowSum, append(Opcode::Select, isTop, zero, e), mask);
  unsigned count =
      append(Opcode::RowSum, append(Opcode::Select, isTop, one, zero), mask);
  if (op.getSink())
    others = append(Opcode::Add, others,
                    append(Opcode::Exp, append(Opcode::Sub, sink, m)));
  unsigned rest = append(Opcode::Add, others, append(Opcode::Sub, count, one));
  // NaN where the largest is infinite, of whose exponential the sum knows
  // nothing.
  if (op.getForm() != "sum")
    rest = append(Opcode::Add, rest, append(Opcode::Sub, m, m));
  unsigned sum = append(Opcode::Add, rest, one);
  unsigned logSum = append(Opcode::Log1p, rest);
  if (op.getForm() == "sum") {
    slots[op] = append(Opcode::Add, m, logSum);
    return;
  }
  unsigned p = append(Opcode::Div, e, sum);
  unsigned isEmpty = append(Opcode::Compare, sum, zero, 0, CompareEqual);
  bool isLog = op.getForm() == "log";
  unsigned none = isLog ? appendConstant("-inf") : zero;
  unsigned value = isLog ? append(Opcode::Sub, d, logSum) : p;
  value = append(Opcode::Select, mask, value, none);
  if (isLog)
    empty = append(Opcode::Log, empty);
  slots[op] = append(Opcode::Select, isEmpty, empty, value);
}

Expected<std::vector<unsigned>>
TapeBuilder::append(FuncOp func, ArrayRef<unsigned> args, ValueRange returned) {
  // Functions are not recursive, so a chain longer than the nesting the
  // expression language allows is one that never ends.
  constexpr unsigned maxDepth = 256;
  if (depth == maxDepth)
    return failAt(func, "applies itself and cannot be interpreted");
  ++depth;
  Slots slots;
  Block &body = func.getBody().front();
  for (auto [value, slot] : llvm::zip(body.getArguments(), args))
    slots[value] = slot;
  for (Operation &op : body.without_terminator())
    if (Error error = append(op, slots))
      return error;
  std::vector<unsigned> results;
  for (Value value : returned)
    results.push_back(slots.lookup(value));
  --depth;
  return results;
}

static Expected<Tape> buildTape(FuncOp func, ValueRange returned,
                                bool ofRow = false) {
  Tape tape;
  tape.numInputs = func.getNumInputs();
  tape.numArgs = func.getNumArguments();
  std::vector<unsigned> args;
  for (unsigned i = 0; i < tape.numArgs; ++i) {
    args.push_back(i);
    if (i >= tape.numInputs)
      tape.defaults.push_back(func.getArgDefault(i).getValue().str());
  }
  Expected<std::vector<unsigned>> results =
      TapeBuilder(tape, ofRow).append(func, args, returned);
  if (!results)
    return results.takeError();
  tape.results = std::move(*results);
  return tape;
}

Expected<Tape> Tape::build(FuncOp func) {
  Expected<Tape> tape = buildTape(func, func.getReturn().getValues());
  FnAttr identity = func.getIdentityAttr();
  if (tape && identity && identity.getOrder() == 0)
    tape->adoptLimits(identity.getName());
  return tape;
}

Expected<Tape> Tape::buildRow(FuncOp func) {
  return buildTape(func, func.getReturn().getValues(), /*ofRow=*/true);
}

Expected<Tape> Tape::build(FuncOp func, Value result) {
  return buildTape(func, result);
}

void Tape::adoptLimits(StringRef rowName) {
  const FunctionInfo *row = lookupFunction(rowName);
  if (!row || numInputs != 1)
    return;
  atMinusInf = row->AtMinusInf;
  atPlusInf = row->AtPlusInf;
}
