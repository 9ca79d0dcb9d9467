//===- Emitter.h - Writes approximations as IR ------------------*- C++ -*-===//
//
// The builder that the templates of Approximations/ are instantiated with to
// emit arith and math operations of one compute type (their other instance
// runs natively in tests). See Approximations/Builder.h for the concept. For a
// GPU divisions and square roots in f32 are made of approximate instructions,
// and tables are selections.
//
//===----------------------------------------------------------------------===//
#ifndef ACT_TRANSFORMS_EMITTER_H
#define ACT_TRANSFORMS_EMITTER_H

#include "act/IR/Act.h"
#include "act/Transforms/Approximations/Nv.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Builders.h"

namespace act {

/// Emits scalar operations at one place of a body. Short-lived; owns nothing.
class Emitter {
public:
  using F = mlir::Value;
  using I = mlir::Value;
  using C = mlir::Value;

  /// `type` is f32 or f64.
  Emitter(mlir::OpBuilder &builder, mlir::Location loc, mlir::FloatType type,
          bool forGpu = false)
      : builder(builder), loc(loc), type(type),
        intType(builder.getIntegerType(type.getWidth())), isForGpu(forGpu) {}

  bool isDouble() const { return type.isF64(); }
  bool forGpu() const { return isForGpu; }
  mlir::OpBuilder &getBuilder() { return builder; }

  /// Arithmetic in f32 beside that in f64.
  Emitter narrow() { return Emitter(builder, loc, builder.getF32Type()); }
  F narrowed(F a) {
    auto f32 = builder.getF32Type();
    return type == f32 ? a : make<mlir::arith::TruncFOp>(f32, a);
  }
  F widened(F a) {
    return a.getType() == type ? a : make<mlir::arith::ExtFOp>(type, a);
  }

  F constant(double value) {
    llvm::APFloat rounded(value);
    bool ignored;
    rounded.convert(type.getFloatSemantics(),
                    llvm::APFloat::rmNearestTiesToEven, &ignored);
    return make<mlir::arith::ConstantOp>(builder.getFloatAttr(type, rounded));
  }
  I integer(int64_t value) {
    return make<mlir::arith::ConstantOp>(
        builder.getIntegerAttr(intType, value));
  }

  F add(F a, F b) { return make<mlir::arith::AddFOp>(a, b); }
  F sub(F a, F b) { return make<mlir::arith::SubFOp>(a, b); }
  F mul(F a, F b) { return make<mlir::arith::MulFOp>(a, b); }
  F div(F a, F b) {
    return isForGpu && !isDouble() ? approx::nvDivide(*this, a, b)
                                   : make<mlir::arith::DivFOp>(a, b);
  }
  F neg(F a) { return make<mlir::arith::NegFOp>(a); }
  F abs(F a) { return make<mlir::math::AbsFOp>(a); }
  F sqrt(F a) {
    return isForGpu && !isDouble() ? approx::nvSqrt(*this, a)
                                   : make<mlir::math::SqrtOp>(a);
  }
  F fma(F a, F b, F c) { return make<mlir::math::FmaOp>(a, b, c); }
  F floor(F a) { return make<mlir::math::FloorOp>(a); }
  F roundeven(F a) { return make<mlir::math::RoundEvenOp>(a); }
  F copysign(F mag, F sign) {
    // One instruction on a GPU, where the operation is four.
    if (isForGpu && !isDouble())
      return fromBits(ior(iand(bits(mag), integer(0x7fffffff)),
                          iand(bits(sign), integer(-0x80000000ll))));
    return make<mlir::math::CopySignOp>(mag, sign);
  }

  F ex2(F a) { return nv("ex2", a); }
  F lg2(F a) { return nv("lg2", a); }
  F rcp(F a) { return nv("rcp", a); }
  F rsqrt(F a) { return nv("rsqrt", a); }
  F roughTanh(F a) { return nv("tanh", a); }
  F lesser(F a, F b) { return make<mlir::arith::MinimumFOp>(a, b); }
  F greater(F a, F b) { return make<mlir::arith::MaximumFOp>(a, b); }

  C lt(F a, F b) { return compare(mlir::arith::CmpFPredicate::OLT, a, b); }
  C le(F a, F b) { return compare(mlir::arith::CmpFPredicate::OLE, a, b); }
  C gt(F a, F b) { return compare(mlir::arith::CmpFPredicate::OGT, a, b); }
  C ge(F a, F b) { return compare(mlir::arith::CmpFPredicate::OGE, a, b); }
  C eq(F a, F b) { return compare(mlir::arith::CmpFPredicate::OEQ, a, b); }
  C ne(F a, F b) { return compare(mlir::arith::CmpFPredicate::UNE, a, b); }
  C ilt(I a, I b) { return compare(mlir::arith::CmpIPredicate::slt, a, b); }
  C ieq(I a, I b) { return compare(mlir::arith::CmpIPredicate::eq, a, b); }
  C land(C a, C b) { return make<mlir::arith::AndIOp>(a, b); }
  C lor(C a, C b) { return make<mlir::arith::OrIOp>(a, b); }
  C lnot(C a) {
    C one = make<mlir::arith::ConstantOp>(builder.getBoolAttr(true));
    return make<mlir::arith::XOrIOp>(a, one);
  }

  F select(C c, F a, F b) { return make<mlir::arith::SelectOp>(c, a, b); }
  I selectI(C c, I a, I b) { return make<mlir::arith::SelectOp>(c, a, b); }

  I bits(F a) { return make<mlir::arith::BitcastOp>(intType, a); }
  F fromBits(I a) { return make<mlir::arith::BitcastOp>(type, a); }

  I iadd(I a, I b) { return make<mlir::arith::AddIOp>(a, b); }
  I isub(I a, I b) { return make<mlir::arith::SubIOp>(a, b); }
  I iand(I a, I b) { return make<mlir::arith::AndIOp>(a, b); }
  I ior(I a, I b) { return make<mlir::arith::OrIOp>(a, b); }
  I ixor(I a, I b) { return make<mlir::arith::XOrIOp>(a, b); }
  I shl(I a, int n) { return make<mlir::arith::ShLIOp>(a, integer(n)); }
  I lshr(I a, int n) { return make<mlir::arith::ShRUIOp>(a, integer(n)); }
  I ashr(I a, int n) { return make<mlir::arith::ShRSIOp>(a, integer(n)); }

  /// Entry `index` of a constant table; the name is for readers of the
  /// templates, the entries themselves identify a table in the IR.
  F table(const char *, const double *entries, size_t size, I index) {
    if (isForGpu && size <= approx::kMostSelected)
      return approx::nvTable(*this, entries, size, index);
    llvm::SmallVector<mlir::Attribute> values;
    for (size_t i = 0; i < size; ++i) {
      llvm::APFloat rounded(entries[i]);
      bool ignored;
      rounded.convert(type.getFloatSemantics(),
                      llvm::APFloat::rmNearestTiesToEven, &ignored);
      values.push_back(builder.getFloatAttr(type, rounded));
    }
    return extract(values, type, index);
  }

private:
  template <class Op, class... Args> mlir::Value make(Args &&...args) {
    return builder.create<Op>(loc, std::forward<Args>(args)...);
  }
  F nv(llvm::StringRef helper, F a) {
    return make<NvOp>(type, builder.getStringAttr(helper), mlir::ValueRange{a});
  }
  template <class Predicate> C compare(Predicate predicate, F a, F b) {
    if constexpr (std::is_same_v<Predicate, mlir::arith::CmpFPredicate>)
      return make<mlir::arith::CmpFOp>(predicate, a, b);
    else
      return make<mlir::arith::CmpIOp>(predicate, a, b);
  }
  mlir::Value extract(llvm::ArrayRef<mlir::Attribute> values,
                      mlir::Type element, I index) {
    auto vector = mlir::VectorType::get(int64_t(values.size()), element);
    mlir::Value table = make<mlir::arith::ConstantOp>(
        mlir::DenseElementsAttr::get(vector, values));
    return make<mlir::vector::ExtractElementOp>(table, index);
  }

  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::FloatType type;
  mlir::IntegerType intType;
  bool isForGpu;
};

} // namespace act

#endif // ACT_TRANSFORMS_EMITTER_H
