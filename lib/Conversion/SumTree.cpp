//===- SumTree.cpp - Sums of blocks, added in pairs -----------------------===//

#include "SumTree.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace act;

/// Most sums that wait for their partners: those of 2^50 elements.
static constexpr int64_t kMostLevels = 40;

static Value integer(int64_t value, Location loc, OpBuilder &builder) {
  return builder.create<arith::ConstantOp>(loc,
                                           builder.getI64IntegerAttr(value));
}

Value act::allocateIn(FunctionOpInterface kernel, Type type, int64_t count) {
  OpBuilder entry = OpBuilder::atBlockBegin(&kernel.getFunctionBody().front());
  return entry.create<LLVM::AllocaOp>(
      kernel.getLoc(), LLVM::LLVMPointerType::get(entry.getContext()), type,
      integer(count, kernel.getLoc(), entry), /*alignment=*/64);
}

SumTree::SumTree(FunctionOpInterface kernel, TypeRange types)
    : loc(kernel.getLoc()), types(types) {
  for (Type type : types)
    stacks.push_back(allocateIn(kernel, type, kMostLevels));
}

Value SumTree::placeOf(unsigned k, Value level, OpBuilder &builder) {
  return builder.create<LLVM::GEPOp>(loc, stacks[k].getType(), types[k],
                                     stacks[k], ArrayRef<LLVM::GEPArg>{level});
}

Value SumTree::merge(SmallVectorImpl<Value> &sums, Value bits, bool all,
                     Combine combine, OpBuilder &builder) {
  SmallVector<Value> carried(sums.begin(), sums.end());
  carried.append({bits, integer(0, loc, builder)});
  SmallVector<Type> carriedTypes;
  for (Value value : carried)
    carriedTypes.push_back(value.getType());
  auto isNotZero = [&](Value value, OpBuilder &b) -> Value {
    return b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ne, value,
                                   integer(0, loc, b));
  };
  auto lowest = [&](Value value, OpBuilder &b) -> Value {
    return b.create<arith::AndIOp>(loc, value, integer(1, loc, b));
  };
  auto loop = builder.create<scf::WhileOp>(
      loc, carriedTypes, carried,
      [&](OpBuilder &b, Location, ValueRange args) {
        Value open = args[args.size() - 2];
        b.create<scf::ConditionOp>(
            loc, isNotZero(all ? open : lowest(open, b), b), args);
      },
      [&](OpBuilder &b, Location, ValueRange args) {
        Value open = args[args.size() - 2], level = args.back();
        Value isWaiting = isNotZero(lowest(open, b), b);
        SmallVector<Value> next;
        for (unsigned k = 0; k < types.size(); ++k) {
          Value waiting =
              b.create<LLVM::LoadOp>(loc, types[k], placeOf(k, level, b));
          Value both = combine(k, waiting, args[k], b);
          next.push_back(all ? Value(b.create<arith::SelectOp>(loc, isWaiting,
                                                               both, args[k]))
                             : both);
        }
        Value one = integer(1, loc, b);
        next.push_back(b.create<arith::ShRUIOp>(loc, open, one));
        next.push_back(b.create<arith::AddIOp>(loc, level, one));
        b.create<scf::YieldOp>(loc, next);
      });
  for (unsigned k = 0; k < types.size(); ++k)
    sums[k] = loop.getResult(k);
  return loop.getResults().back();
}

void SumTree::add(ArrayRef<Value> sums, Value number, Combine combine,
                  OpBuilder &builder) {
  SmallVector<Value> merged(sums);
  Value level = merge(merged, number, /*all=*/false, combine, builder);
  for (unsigned k = 0; k < types.size(); ++k)
    builder.create<LLVM::StoreOp>(loc, merged[k], placeOf(k, level, builder));
}

SmallVector<Value> SumTree::total(Value blocks, Combine combine,
                                  OpBuilder &builder) {
  // From the last blocks to the first.
  Value lowest = builder.create<LLVM::CountTrailingZerosOp>(
      loc, builder.getI64Type(), blocks, /*is_zero_poison=*/true);
  SmallVector<Value> sums;
  for (unsigned k = 0; k < types.size(); ++k)
    sums.push_back(builder.create<LLVM::LoadOp>(loc, types[k],
                                                placeOf(k, lowest, builder)));
  Value less =
      builder.create<arith::SubIOp>(loc, blocks, integer(1, loc, builder));
  Value others = builder.create<arith::AndIOp>(loc, blocks, less);
  merge(sums, others, /*all=*/true, combine, builder);
  return sums;
}
