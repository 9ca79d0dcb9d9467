//===- ApproximationTable.h - The choice of a method ------------*- C++ -*-===//
//
// Rows of Approximations.td and what an accuracy class asks of them. Constant
// data; safe from any thread.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONTABLE_H
#define ACT_TRANSFORMS_APPROXIMATIONTABLE_H

#include "act/Numerics.h"
#include "act/Tensor.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace act {

/// One row of the table, as llvm-tblgen writes it.
struct ApproximationInfo {
  const char *Function;
  unsigned Order;
  const char *Compute;
  const char *Method;
  const char *Bound;
  bool FullRange;
  bool IsWhole;
  bool NeedsSubnormals;
  bool InTwoWords;
  bool NonPositive;
  bool ShortArgument;
  bool RoundsToF32;
  bool ForStrict;
  bool ForDefault;
  const char *Target;
  unsigned Cost;

  /// True of a method that consists of what only GPUs have.
  bool isForGpu() const { return llvm::StringRef(Target) == "nvptx"; }

  /// Bound as a number.
  double bound() const;
};

/// A row, or a derivative of one, that the default class computes as the strict
/// class does, and a sample that needs it.
struct AsStrictInfo {
  const char *Function;
  unsigned Order;
  const char *Storage;
  const char *Arguments;
  const char *At;
  bool IsFastToo;

  /// True if it holds at the default parameters, too.
  bool isAtDefaults() const { return *Arguments == '\0'; }
};

/// All of these.
llvm::ArrayRef<AsStrictInfo> allAsStrict();

/// True if results of type `storage` of this function are computed so in the
/// default or the fast class.
bool isAsStrict(llvm::StringRef function, int64_t order, DType storage,
                bool isAtDefaults, Accuracy accuracy = Accuracy::Default);

/// Every row, in the order of the table.
llvm::ArrayRef<ApproximationInfo> allApproximations();

/// The largest errors of methods in f64, in ulp, for results of 16 bits, 2^-42,
/// and of f32, 2^-32.
inline constexpr double kWideBound = 0x1p11, kSingleBound = 0x1p21;

/// The largest errors of methods in f32, in ulp, for results of f16, 2^-15, and
/// for those of bf16 on a GPU, a sixteenth of an ulp of bf16, and in the fast
/// class an eighth and a bit.
inline constexpr double kQuickBound = 0x1p9, kQuickBF16Bound = 0x1p12,
                        kFastBF16Bound = 0x1.01p13;

/// The largest errors, in ulp of f32, of an exponential that is a term of a
/// softmax, for results of 16 bits on a GPU: 2^-16.
inline constexpr double kShortTermBound = 0x1p8;

/// What a body is computed in, and what its methods must hold.
struct Arithmetic {
  /// F32 or F64.
  DType compute = DType::F32;
  /// Largest error of a method, in ulp of the compute type.
  double largestBound = 4;
  /// Whether results matter over the whole range of the compute type.
  bool fullRange = true;
  /// Whether subnormal numbers may be zeros, so that no normal result may
  /// depend on one.
  bool flush = false;
  /// Whether each value is carried in two words of the compute type, so that
  /// results are rounded once.
  bool twoWords = false;
  /// Whether the results are those of the strict class although no type is
  /// wider than theirs: what rounds once as it is, or has a method for that.
  bool forStrict = false;
  /// Whether the result of a whole function is stored as f32 and nothing else.
  bool toF32 = false;
  /// Whether methods for GPUs are taken where there are any.
  bool forGpu = false;
  /// That of an exponential of what is not positive, where it is larger: such
  /// terms are weights, of which the small ones may be off by more.
  double largestTermBound = 0;

  /// True where the compute type has bits to spare for every result, so that no
  /// value needs a low word or an exponent of its own.
  bool isWide() const { return compute == DType::F64 && !fullRange; }
  /// True where results are so exact that only a tie itself, or what is next to
  /// one, needs to be looked at: those of 16 bits.
  bool resolvesTies() const { return isWide() && largestBound <= kWideBound; }
  /// True where a few bits less than the compute type's are enough.
  bool isQuick() const {
    return compute == DType::F32 && largestBound >= kQuickBound;
  }
};

/// What results of this type are computed in. `isRow` says that the function is
/// a row of the catalogue or its first derivative, whose errors are measured.
Arithmetic arithmeticFor(DType storage, Accuracy accuracy, bool isRow,
                         bool forGpu = false);

/// What is known of the arguments of a primitive.
struct ArgumentFacts {
  /// None is above 0.
  bool isNonPositive = false;
  /// Each is a number of f32 times at most eight, a power of two.
  bool isShort = false;
};

/// The cheapest method for a primitive; null where there is none.
const ApproximationInfo *choosePrimitive(llvm::StringRef name,
                                         const Arithmetic &arithmetic,
                                         ArgumentFacts facts = {});

/// The cheapest method for a row or a derivative of it as a whole, at the
/// defaults of its parameters; null where there is none. Where fewer bits are
/// asked for than a compute type has, only a method for that will do: others
/// cost more than primitives.
const ApproximationInfo *chooseWhole(llvm::StringRef row, int64_t order,
                                     const Arithmetic &arithmetic);

} // namespace act

#endif // ACT_TRANSFORMS_APPROXIMATIONTABLE_H
