//===- BodyRunner.cpp - Approximated bodies, operation by operation -------===//

#include "BodyRunner.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace act;
using namespace act::test;

template <class T> static T read(uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
template <class T> static uint64_t written(T value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  return bits;
}

static unsigned widthOf(Value value) {
  return value.getType().getIntOrFloatBitWidth();
}

/// The bits of a scalar attribute.
static uint64_t bitsOf(Attribute value) {
  if (auto number = dyn_cast<FloatAttr>(value))
    return number.getValue().bitcastToAPInt().getZExtValue();
  return cast<IntegerAttr>(value).getValue().getZExtValue();
}

BodyRunner::BodyRunner(FuncOp func) {
  Block &body = func.getBody().front();
  arguments.assign(body.args_begin(), body.args_end());
  results.assign(func.getReturn().getValues().begin(),
                 func.getReturn().getValues().end());
  auto define = [&](Value value) {
    slots[value] = unsigned(values.size());
    values.push_back(0);
  };
  for (Value argument : arguments)
    define(argument);
  for (Operation &op : body.without_terminator()) {
    define(op.getResult(0));
    add(op);
  }
}

double BodyRunner::run(ArrayRef<double> inputs, NvModel &model, unsigned k) {
  for (auto [to, x] : llvm::zip(arguments, inputs))
    values[slotOf(to)] = to.getType().isF64() ? written(x) : written(float(x));
  for (const Step &step : steps)
    step(values, model);
  uint64_t bits = values[slotOf(results[k])];
  return results[k].getType().isF64() ? read<double>(bits)
                                      : double(read<float>(bits));
}

/// Issue slots of an operation.
static unsigned costOf(Operation &op) {
  if (isa<NvOp>(op))
    return 8;
  if (isa<arith::ConstantOp, arith::BitcastOp, arith::NegFOp, math::AbsFOp>(op))
    return 0;
  if (isa<vector::ExtractElementOp>(op))
    return 32;
  Type type = op.getOperand(op.getNumOperands() - 1).getType();
  bool isWide = type.getIntOrFloatBitWidth() == 64;
  return isWide && isa<arith::DivFOp, math::SqrtOp>(op) ? 80 : isWide ? 2 : 1;
}

void BodyRunner::add(Operation &op) {
  cost += costOf(op);
  unsigned to = slotOf(op.getResult(0));
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    if (!isa<VectorType>(constant.getType()))
      values[to] = bitsOf(constant.getValue());
    return;
  }
  if (auto nv = dyn_cast<NvOp>(op)) {
    static constexpr const char *names[] = {
#define ACT_NV_HELPER(Enum, Name, Result, Operands, Ptx, Error, Sm, Sentence)  \
  Name,
#include "act/NvHelpers.def"
    };
    const auto *name = llvm::find(names, nv.getHelper());
    auto helper = NvModel::Helper(name - std::begin(names));
    unsigned x = slotOf(nv.getOperands()[0]);
    steps.push_back([=](Slots &s, NvModel &model) {
      s[to] = written(model(helper, read<float>(s[x])));
    });
    return;
  }
  if (addConversion(op))
    return;
  Type type = op.getOperand(op.getNumOperands() - 1).getType();
  if (type.isF32())
    addFloat<float>(op);
  else if (type.isF64())
    addFloat<double>(op);
  else
    addInteger(op);
}

bool BodyRunner::addConversion(Operation &op) {
  unsigned to = slotOf(op.getResult(0)), x = slotOf(op.getOperand(0));
  if (isa<arith::BitcastOp>(op)) {
    steps.push_back([=](Slots &s, NvModel &) { s[to] = s[x]; });
  } else if (isa<arith::ExtFOp>(op)) {
    steps.push_back([=](Slots &s, NvModel &) {
      s[to] = written(double(read<float>(s[x])));
    });
  } else if (isa<arith::TruncFOp>(op)) {
    steps.push_back([=](Slots &s, NvModel &) {
      s[to] = written(float(read<double>(s[x])));
    });
  } else if (isa<arith::ExtUIOp, arith::TruncIOp>(op)) {
    unsigned width = std::min(widthOf(op.getOperand(0)), 64u);
    width = std::min(width, widthOf(op.getResult(0)));
    uint64_t mask = width == 64 ? ~uint64_t(0) : (uint64_t(1) << width) - 1;
    steps.push_back([=](Slots &s, NvModel &) { s[to] = s[x] & mask; });
  } else if (isa<arith::ExtSIOp>(op)) {
    unsigned from = 64 - widthOf(op.getOperand(0));
    unsigned width = 64 - widthOf(op.getResult(0));
    steps.push_back([=](Slots &s, NvModel &) {
      s[to] = uint64_t(int64_t(s[x] << from) >> from) << width >> width;
    });
  } else if (isa<arith::SelectOp>(op)) {
    unsigned a = slotOf(op.getOperand(1)), b = slotOf(op.getOperand(2));
    steps.push_back([=](Slots &s, NvModel &) { s[to] = s[x] ? s[a] : s[b]; });
  } else if (auto extract = dyn_cast<vector::ExtractElementOp>(op)) {
    auto constant = extract.getVector().getDefiningOp<arith::ConstantOp>();
    std::vector<uint64_t> table;
    for (Attribute entry :
         cast<DenseElementsAttr>(constant.getValue()).getValues<Attribute>())
      table.push_back(bitsOf(entry));
    unsigned index = slotOf(extract.getPosition());
    steps.push_back([=](Slots &s, NvModel &) { s[to] = table.at(s[index]); });
  } else {
    return false;
  }
  return true;
}

template <class T> void BodyRunner::addFloat(Operation &op) {
  unsigned to = slotOf(op.getResult(0)), ids[3] = {0, 0, 0};
  for (unsigned i = 0; i < op.getNumOperands(); ++i)
    ids[i] = slotOf(op.getOperand(i));
  unsigned a = ids[0], b = ids[1], c = ids[2];
  auto unary = [&](auto function) {
    steps.push_back(
        [=](Slots &s, NvModel &) { s[to] = written(function(read<T>(s[a]))); });
  };
  auto binary = [&](auto function) {
    steps.push_back([=](Slots &s, NvModel &) {
      s[to] = written(function(read<T>(s[a]), read<T>(s[b])));
    });
  };
  using N = NativeBuilder<T>;
  if (isa<arith::AddFOp>(op))
    return binary(N::add);
  if (isa<arith::SubFOp>(op))
    return binary(N::sub);
  if (isa<arith::MulFOp>(op))
    return binary(N::mul);
  if (isa<arith::DivFOp>(op))
    return binary(N::div);
  if (isa<arith::MinimumFOp>(op))
    return binary([](T x, T y) { return std::isnan(x) || x < y ? x : y; });
  if (isa<arith::MaximumFOp>(op))
    return binary([](T x, T y) {
      bool isGreater = x > y || (x == y && !std::signbit(x));
      return std::isnan(x) || isGreater ? x : y;
    });
  if (isa<math::CopySignOp>(op))
    return binary(N::copysign);
  if (isa<arith::NegFOp>(op))
    return unary(N::neg);
  if (isa<math::AbsFOp>(op))
    return unary(N::abs);
  if (isa<math::FloorOp>(op))
    return unary(N::floor);
  if (isa<math::RoundEvenOp>(op))
    return unary(N::roundeven);
  if (isa<math::SqrtOp>(op))
    return unary(N::sqrt);
  if (isa<math::FmaOp>(op)) {
    steps.push_back([=](Slots &s, NvModel &) {
      s[to] = written(N::fma(read<T>(s[a]), read<T>(s[b]), read<T>(s[c])));
    });
    return;
  }
  if (auto compare = dyn_cast<arith::CmpFOp>(op)) {
    // Predicates 1 to 7 are sums of 1 for equal, 2 for greater and 4 for less;
    // 8 to 13 are 1 to 6 or unordered, and 14 is that alone.
    unsigned predicate = unsigned(compare.getPredicate());
    bool ifUnordered = predicate > 7;
    unsigned wanted = ifUnordered ? (predicate - 7) % 7 : predicate;
    steps.push_back([=](Slots &s, NvModel &) {
      T x = read<T>(s[a]), y = read<T>(s[b]);
      s[to] = std::isnan(x) || std::isnan(y) ? ifUnordered
                                             : (wanted & (x == y  ? 1
                                                          : x > y ? 2
                                                                  : 4)) != 0;
    });
    return;
  }
  ADD_FAILURE() << "not known: " << op.getName().getStringRef().str();
}

void BodyRunner::addInteger(Operation &op) {
  unsigned to = slotOf(op.getResult(0)), width = widthOf(op.getResult(0));
  unsigned a = slotOf(op.getOperand(0)), b = slotOf(op.getOperand(1));
  uint64_t mask = width == 64 ? ~uint64_t(0) : (uint64_t(1) << width) - 1;
  auto binary = [&](auto function) {
    steps.push_back(
        [=](Slots &s, NvModel &) { s[to] = function(s[a], s[b]) & mask; });
  };
  if (isa<arith::AddIOp>(op))
    return binary([](uint64_t x, uint64_t y) { return x + y; });
  if (isa<arith::SubIOp>(op))
    return binary([](uint64_t x, uint64_t y) { return x - y; });
  if (isa<arith::AndIOp>(op))
    return binary([](uint64_t x, uint64_t y) { return x & y; });
  if (isa<arith::OrIOp>(op))
    return binary([](uint64_t x, uint64_t y) { return x | y; });
  if (isa<arith::XOrIOp>(op))
    return binary([](uint64_t x, uint64_t y) { return x ^ y; });
  if (isa<arith::ShLIOp>(op))
    return binary([](uint64_t x, uint64_t y) { return x << y; });
  if (isa<arith::ShRUIOp>(op))
    return binary([](uint64_t x, uint64_t y) { return x >> y; });
  auto isSigned = [](uint64_t x, unsigned bits) {
    return int64_t(x << (64 - bits)) >> (64 - bits);
  };
  if (isa<arith::ShRSIOp>(op))
    return binary([=](uint64_t x, uint64_t y) {
      return uint64_t(isSigned(x, width) >> y);
    });
  if (auto compare = dyn_cast<arith::CmpIOp>(op)) {
    unsigned bits = widthOf(compare.getLhs());
    auto is = [&](auto function) {
      binary([=](uint64_t x, uint64_t y) {
        return uint64_t(function(isSigned(x, bits), isSigned(y, bits)));
      });
    };
    switch (compare.getPredicate()) {
    case arith::CmpIPredicate::slt:
      return is([](int64_t x, int64_t y) { return x < y; });
    case arith::CmpIPredicate::eq:
      return is([](int64_t x, int64_t y) { return x == y; });
    case arith::CmpIPredicate::ne:
      return is([](int64_t x, int64_t y) { return x != y; });
    default:
      break;
    }
  }
  ADD_FAILURE() << "not known: " << op.getName().getStringRef().str();
}
