//===- ApproximationTable.cpp - The choice of a method --------------------===//

#include "act/Transforms/ApproximationTable.h"
#include "llvm/ADT/STLExtras.h"
#include <cstdlib>

using namespace act;

namespace act {
#define GET_ApproximationTable_DECL
#include "act/IR/Approximations.inc"
#define GET_ApproximationTable_IMPL
#define GET_AsStrictTable_DECL
#define GET_AsStrictTable_IMPL
#include "act/IR/Approximations.inc"
} // namespace act

llvm::ArrayRef<ApproximationInfo> act::allApproximations() {
  return ApproximationTable;
}

llvm::ArrayRef<AsStrictInfo> act::allAsStrict() { return AsStrictTable; }

bool act::isAsStrict(llvm::StringRef function, int64_t order, DType storage,
                     bool isAtDefaults, Accuracy accuracy) {
  // The fast class promises of f64 what the default class does.
  bool hasOwnBound = accuracy == Accuracy::Fast && storage != DType::F64;
  return llvm::any_of(allAsStrict(), [&](const AsStrictInfo &row) {
    return function == row.Function && order == row.Order &&
           llvm::StringRef(row.Storage) == nameOf(storage) &&
           (row.isAtDefaults() || !isAtDefaults) &&
           (row.IsFastToo || !hasOwnBound);
  });
}

double ApproximationInfo::bound() const { return std::strtod(Bound, nullptr); }

static Arithmetic cpuArithmeticFor(DType storage, Accuracy accuracy,
                                   bool isRow) {
  if (storage == DType::F64) {
    bool twoWords = accuracy == Accuracy::Strict;
    return {DType::F64, twoWords ? 1.0 : 4.0, true, false, twoWords};
  }
  // An f32 result that is off by 2^-32 is off by 2^-8 of its ulp. Of 16 bits
  // there are few enough for each to be on its side of every tie.
  if (accuracy == Accuracy::Strict)
    return {DType::F64, storage == DType::F32 ? kSingleBound : kWideBound,
            false};
  // Half precision has no number so small that an f32 loses its bits, and 2^-15
  // is a sixteenth of its ulp. How a formula without a row carries such errors
  // on is not known. bf16 has the range of f32, of which short methods lose the
  // end.
  bool isQuick = storage == DType::F16
                     ? isRow || accuracy == Accuracy::Fast
                     : storage == DType::F32 && accuracy == Accuracy::Fast;
  return isQuick ? Arithmetic{DType::F32, kQuickBound, false}
                 : Arithmetic{DType::F32, 4, true};
}

Arithmetic act::arithmeticFor(DType storage, Accuracy accuracy, bool isRow,
                              bool forGpu) {
  Arithmetic arithmetic = cpuArithmeticFor(storage, accuracy, isRow);
  // A GPU need not round correctly to bf16: a quarter of an ulp is enough, but
  // over the range of f32.
  if (forGpu && storage == DType::BF16 && accuracy != Accuracy::Strict &&
      (isRow || accuracy == Accuracy::Fast))
    arithmetic.largestBound =
        accuracy == Accuracy::Fast ? kFastBF16Bound : kQuickBF16Bound;
  if (forGpu && (storage == DType::BF16 || storage == DType::F16) &&
      accuracy != Accuracy::Strict)
    arithmetic.largestTermBound = kShortTermBound;
  arithmetic.forGpu = forGpu;
  return arithmetic;
}

/// Rows as a whole that are exact over the full range cost more than primitives
/// that need not be, if they are not for GPUs.
static bool hasRange(const ApproximationInfo &row,
                     const Arithmetic &arithmetic) {
  return row.IsWhole && !row.isForGpu()
             ? row.FullRange == arithmetic.fullRange
             : row.FullRange || !arithmetic.fullRange;
}

/// True if a is better than b, which may be null. Costs on GPUs are other than
/// those on CPUs.
static bool isBetter(const ApproximationInfo &a, const ApproximationInfo *b) {
  if (!b || a.isForGpu() != b->isForGpu())
    return !b || a.isForGpu();
  return a.Cost < b->Cost;
}

/// True of a method that is exact enough, for results that it gives.
static bool isExactEnough(const ApproximationInfo &row,
                          const Arithmetic &arithmetic) {
  if (row.RoundsToF32)
    return arithmetic.toF32;
  double largest = arithmetic.largestBound;
  if (row.NonPositive)
    largest = std::max(largest, arithmetic.largestTermBound);
  return row.bound() <= largest;
}

static const ApproximationInfo *choose(llvm::StringRef function, int64_t order,
                                       bool isWhole,
                                       const Arithmetic &arithmetic,
                                       ArgumentFacts facts = {}) {
  const ApproximationInfo *best = nullptr;
  for (const ApproximationInfo &row : allApproximations())
    if (function == row.Function && order == row.Order &&
        isWhole == row.IsWhole &&
        llvm::StringRef(row.Compute) == nameOf(arithmetic.compute) &&
        isExactEnough(row, arithmetic) && hasRange(row, arithmetic) &&
        row.InTwoWords == arithmetic.twoWords &&
        (arithmetic.forStrict && isWhole ? row.ForStrict : row.ForDefault) &&
        !(row.NeedsSubnormals && arithmetic.flush) &&
        (!row.NonPositive || facts.isNonPositive) &&
        (!row.ShortArgument || facts.isShort) &&
        (!row.isForGpu() || arithmetic.forGpu) && isBetter(row, best))
      best = &row;
  return best;
}

const ApproximationInfo *act::choosePrimitive(llvm::StringRef name,
                                              const Arithmetic &arithmetic,
                                              ArgumentFacts facts) {
  return choose(name, 0, false, arithmetic, facts);
}

const ApproximationInfo *act::chooseWhole(llvm::StringRef row, int64_t order,
                                          const Arithmetic &arithmetic) {
  return choose(row, order, true, arithmetic);
}
