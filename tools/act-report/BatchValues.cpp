//===- BatchValues.cpp - A tape in double, many inputs at once ------------===//

#include "BatchValues.h"
#include "act/Reference/Quad.h"
#include "act/Target/HostClones.h"
#include <cassert>

using namespace act;
using namespace act::report;

static constexpr unsigned kBlock = BatchValues::kBlock;

namespace {
/// The numbers of a slot.
struct Lanes {
  double *__restrict values;
  double *__restrict errors;
  explicit Lanes(double *numbers) : values(numbers), errors(numbers + kBlock) {}

  LLVM_ATTRIBUTE_ALWAYS_INLINE Bounded operator[](unsigned i) const {
    return {values[i], errors[i]};
  }
};
} // namespace

/// Lambdas that stay functions of their own would not become vector code.
#define ACT_IN_CLONE __attribute__((always_inline))

template <class Operation>
LLVM_ATTRIBUTE_ALWAYS_INLINE static void forEachLane(Lanes to,
                                                     Operation operation) {
  for (unsigned i = 0; i < kBlock; ++i) {
    Bounded x = operation(i);
    to.values[i] = x.value;
    to.errors[i] = x.error;
  }
}

static bool isSupported(Opcode opcode) { return opcode < Opcode::Pow; }

/// One step over a whole block. Compiled for each level of the machine, so that
/// its loops become that level's vector code; nothing in it depends on them.
ACT_HOST_CLONES static void runStep(ScalarOp op, Lanes a, Lanes b, Lanes c,
                                    Lanes to,
                                    const cores::ErrorSeries &series) {
  switch (op.opcode) {
#define ACT_STEP(NAME, ...)                                                    \
  case Opcode::NAME:                                                           \
    return forEachLane(to,                                                     \
                       [&](unsigned i) ACT_IN_CLONE { return __VA_ARGS__; });
    ACT_STEP(Add, bounded::add(a[i], b[i]))
    ACT_STEP(Sub, bounded::add(a[i], bounded::neg(b[i])))
    ACT_STEP(Mul, bounded::mul(a[i], b[i]))
    ACT_STEP(Div, bounded::div(a[i], b[i]))
    ACT_STEP(Neg, bounded::neg(a[i]))
    ACT_STEP(Max, bounded::max(a[i], b[i]))
    ACT_STEP(Min, bounded::min(a[i], b[i]))
    ACT_STEP(Compare, bounded::compare(op.mask, a[i], b[i]))
    ACT_STEP(Select, bounded::select(a[i], b[i], c[i]))
    ACT_STEP(And,
             bounded::logic((a[i].value != 0) & (b[i].value != 0), a[i], b[i]))
    ACT_STEP(Or,
             bounded::logic((a[i].value != 0) | (b[i].value != 0), a[i], b[i]))
    ACT_STEP(Xor,
             bounded::logic((a[i].value != 0) != (b[i].value != 0), a[i], b[i]))
    ACT_STEP(Exp, bounded::exp(a[i]))
    ACT_STEP(Expm1, bounded::expm1(a[i]))
    ACT_STEP(Log, bounded::log(a[i]))
    ACT_STEP(Log1p, bounded::log1p(a[i]))
    ACT_STEP(Sqrt, bounded::sqrt(a[i]))
    ACT_STEP(Rsqrt, bounded::rsqrt(a[i]))
    ACT_STEP(Sin, bounded::sin(a[i]))
    ACT_STEP(Cos, bounded::cos(a[i]))
    ACT_STEP(Sinh, bounded::sinh(a[i]))
    ACT_STEP(Cosh, bounded::cosh(a[i]))
    ACT_STEP(Tanh, bounded::tanh(a[i]))
    ACT_STEP(Erf, bounded::erf(a[i], series))
    ACT_STEP(Erfc, bounded::erfc(a[i], series))
    ACT_STEP(Sigmoid, bounded::sigmoid(a[i]))
    ACT_STEP(Softplus, bounded::softplus(a[i]))
    ACT_STEP(Abs, bounded::abs(a[i]))
    ACT_STEP(Sign, bounded::sign(a[i]))
    ACT_STEP(Floor, bounded::floor(a[i]))
    ACT_STEP(Clamp, bounded::min(bounded::max(a[i], b[i]), c[i]))
    ACT_STEP(Fma, bounded::fma(a[i], b[i], c[i]))
#undef ACT_STEP
  case Opcode::Constant:
    return;
  default:
    assert(!isSupported(op.opcode) && "an operation without a value");
    return;
  }
}

bool BatchValues::supports(const Tape &tape) {
  return llvm::none_of(tape.steps, [](const TapeStep &step) {
    return !isSupported(step.op.opcode);
  });
}

BatchValues::BatchValues(const Tape &tape)
    : result(tape.results.front()),
      numbers(2 * size_t(kBlock) * tape.getNumSlots()) {
  assert(tape.numInputs == 1 && tape.results.size() == 1);
  for (auto [i, text] : llvm::enumerate(tape.defaults))
    setConstant(tape.numInputs + i, text);
  for (unsigned i = 0; i < tape.steps.size(); ++i)
    addStep(tape, i);
}

unsigned BatchValues::addSlot() {
  numbers.resize(numbers.size() + 2 * size_t(kBlock));
  return numbers.size() / (2 * size_t(kBlock)) - 1;
}

void BatchValues::setConstant(unsigned slot, llvm::StringRef text) {
  Quad exact = quadFromText(text);
  double value = double(exact);
  double error = std::fabs(double(Quad(value) - exact));
  // Binary128 has rounded, too, if so much is left.
  if (error != 0)
    error += std::fabs(value) * 0x1p-110;
  double *to = &numbers[2 * size_t(slot) * kBlock];
  std::fill_n(to, kBlock, value);
  std::fill_n(to + kBlock, kBlock, std::isfinite(value) ? error : 0);
}

/// The step that writes a slot, if it is of this kind.
static const TapeStep *stepOf(const Tape &tape, unsigned slot, Opcode opcode) {
  if (slot < tape.numArgs)
    return nullptr;
  const TapeStep &step = tape.steps[slot - tape.numArgs];
  return step.op.opcode == opcode ? &step : nullptr;
}

/// The step that is added to 1, or taken from it, by a step of this kind.
static const TapeStep *besideOne(const Tape &tape, const TapeStep &step,
                                 Opcode opcode) {
  auto [a, b, c] = step.operands;
  auto isOne = [&](unsigned slot) {
    const TapeStep *constant = stepOf(tape, slot, Opcode::Constant);
    return constant && constant->text == "1";
  };
  if (step.op.opcode == Opcode::Add && isOne(b))
    return stepOf(tape, a, opcode);
  bool isSum = step.op.opcode == Opcode::Add || step.op.opcode == Opcode::Sub;
  return isSum && isOne(a) ? stepOf(tape, b, opcode) : nullptr;
}

/// Sums of 1 and a function that tends to 1 or -1 leave nothing of their tails,
/// and derivatives are full of them; these forms keep them.
bool BatchValues::addTail(const Tape &tape, const TapeStep &step,
                          unsigned slot) {
  auto add = [&](Opcode opcode, unsigned a, unsigned b, unsigned to) {
    steps.push_back({{opcode, 0, 2}, {a, b, b}, to});
    return to;
  };
  bool isMinus = step.op.opcode == Opcode::Sub;
  auto negatedIf = [&](bool negated, unsigned x) {
    return negated ? add(Opcode::Neg, x, x, addSlot()) : x;
  };
  const TapeStep *s = besideOne(tape, step, Opcode::Sigmoid);
  if (s && isMinus) {
    unsigned x = negatedIf(true, s->operands[0]);
    add(Opcode::Sigmoid, x, x, slot);
    return true;
  }
  // 1 + tanh(x) = 2 sigmoid(2 x)
  if (const TapeStep *t = besideOne(tape, step, Opcode::Tanh)) {
    unsigned x = negatedIf(isMinus, t->operands[0]);
    unsigned twice = add(Opcode::Add, x, x, addSlot());
    unsigned half = add(Opcode::Sigmoid, twice, twice, addSlot());
    add(Opcode::Add, half, half, slot);
    return true;
  }
  // 1 + erf(x) = erfc(-x)
  if (const TapeStep *e = besideOne(tape, step, Opcode::Erf)) {
    unsigned x = negatedIf(!isMinus, e->operands[0]);
    add(Opcode::Erfc, x, x, slot);
    return true;
  }
  // 1 - tanh(x)^2 = 1 / cosh(x)^2
  const TapeStep *square = besideOne(tape, step, Opcode::Mul);
  if (!isMinus || !square || square->operands[0] != square->operands[1])
    return false;
  const TapeStep *t = stepOf(tape, square->operands[0], Opcode::Tanh);
  if (!t)
    return false;
  unsigned x = t->operands[0], cosh = add(Opcode::Cosh, x, x, addSlot());
  unsigned inverse = add(Opcode::Div, step.operands[0], cosh, addSlot());
  add(Opcode::Mul, inverse, inverse, slot);
  return true;
}

void BatchValues::addStep(const Tape &tape, unsigned number) {
  const TapeStep &step = tape.steps[number];
  unsigned slot = tape.numArgs + number;
  if (step.op.opcode == Opcode::Constant)
    setConstant(slot, step.text);
  else if (!addTail(tape, step, slot))
    steps.push_back({step.op, step.operands, slot});
}

void BatchValues::evaluate(llvm::ArrayRef<double> inputs) {
  assert(!inputs.empty() && inputs.size() <= kBlock);
  // The rest of a block is evaluated and not looked at.
  std::fill_n(llvm::copy(inputs, numbers.begin()), kBlock - inputs.size(),
              inputs.back());
  auto lanes = [&](unsigned slot) {
    return Lanes(&numbers[2 * size_t(slot) * kBlock]);
  };
  const cores::ErrorSeries &series = cores::errorSeries();
  for (const Step &step : steps)
    runStep(step.op, lanes(step.operands[0]), lanes(step.operands[1]),
            lanes(step.operands[2]), lanes(step.to), series);
}
