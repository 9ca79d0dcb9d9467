//===- DistributeSums.cpp - Functions with reduced results on a GPU -------===//
//
// Before: act.func with a result marked act.reduce, the gradient of an operand
// that is broadcast. After: a kernel whose threads add up the terms of their
// chunks in f64, lane by lane, and whose blocks then add up the sums of their
// threads in shared memory, in pairs; one term is left for each block and
// column, or row. Kernels of sums of rows add these up (Distribute.cpp).
//
//===----------------------------------------------------------------------===//

#include "DistributeGather.h"

using namespace mlir;
using namespace act;

namespace {

constexpr unsigned kMaxWidth = 8;

/// Writes the kernel of one function.
class GpuSummingKernel : GpuGatherKernel {
public:
  GpuSummingKernel(act::FuncOp func, const GpuKernelOptions &options,
                   gpu::GPUModuleOp module, OpBuilder &builder);

  LogicalResult write();

private:
  /// The sums of a block: of one of the numbers 0, 1, 2, ... of a group of
  /// threads, a power of two of them.
  struct Group {
    Value number, size, first;
  };

  /// Elements of a chunk as f64.
  Value termsOf(unsigned result, ArrayRef<Value> stored);
  /// The threads whose sums become one term of the operand.
  Group groupOf(Value isOfColumns, Value isOfAll);
  Value sharedSum(unsigned lane, Value index) {
    return sharedPlace("sums", builder.getF64Type(), kMaxWidth * kGpuThreads,
                       add(index, integer(i32, lane * kGpuThreads)));
  }
  Value loadSum(unsigned lane, Value index) {
    return builder.create<LLVM::LoadOp>(loc, builder.getF64Type(),
                                        sharedSum(lane, index));
  }
  /// Sums of lanes by groups, which their first threads find in shared memory.
  void addGroups(ArrayRef<Value> lanes, const Group &group);
  void storeTerms(unsigned operand, Value terms, Value place);

  SmallVector<unsigned> reduced;
};

} // namespace

GpuSummingKernel::GpuSummingKernel(act::FuncOp func,
                                   const GpuKernelOptions &options,
                                   gpu::GPUModuleOp module, OpBuilder &builder)
    : GpuGatherKernel(func, options, module, builder) {
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    if (func.getResultAttr(i, kReduceAttr)) {
      reduced.push_back(i);
      memoryTypes[func.getNumInputs() + i] = builder.getF64Type();
    }
}

Value GpuSummingKernel::termsOf(unsigned result, ArrayRef<Value> stored) {
  Value terms = stored[result];
  if (compute.isF64())
    return terms;
  return builder.create<arith::ExtFOp>(
      loc, VectorType::get({width}, builder.getF64Type()), terms);
}

GpuSummingKernel::Group GpuSummingKernel::groupOf(Value isOfColumns,
                                                  Value isOfAll) {
  Value x = special<NVVM::ThreadIdXOp>(), y = special<NVVM::ThreadIdYOp>();
  Value sizeX = special<NVVM::BlockDimXOp>(),
        sizeY = special<NVVM::BlockDimYOp>();
  auto choose = [&](Value ofAll, Value ofColumns, Value ofRows) -> Value {
    Value other = make<arith::SelectOp>(isOfColumns, ofColumns, ofRows);
    return make<arith::SelectOp>(isOfAll, ofAll, other);
  };
  return {choose(thread, y, x), choose(mul(sizeX, sizeY), sizeY, sizeX),
          choose(integer(i32, 0), mul(x, sizeY), mul(y, sizeX))};
}

void GpuSummingKernel::addGroups(ArrayRef<Value> lanes, const Group &group) {
  Value place = add(group.first, group.number);
  // Whoever reads the sums of another result is done.
  builder.create<NVVM::Barrier0Op>(loc);
  for (auto [lane, value] : llvm::enumerate(lanes))
    builder.create<LLVM::StoreOp>(loc, value, sharedSum(lane, place));
  builder.create<NVVM::Barrier0Op>(loc);
  Value one = integer(i32, 1);
  auto halve = [&](Value size) -> Value {
    return make<arith::ShRUIOp>(size, one);
  };
  builder.create<scf::WhileOp>(
      loc, TypeRange{i32}, ValueRange{halve(group.size)},
      [&](OpBuilder &, Location, ValueRange carried) {
        Value any =
            compare(arith::CmpIPredicate::ne, carried[0], integer(i32, 0));
        builder.create<scf::ConditionOp>(loc, any, carried);
      },
      [&](OpBuilder &, Location, ValueRange carried) {
        Value distance = carried[0];
        onlyIf(compare(arith::CmpIPredicate::ult, group.number, distance), [&] {
          for (unsigned lane = 0; lane < width; ++lane) {
            Value sum = make<arith::AddFOp>(
                loadSum(lane, place), loadSum(lane, add(place, distance)));
            builder.create<LLVM::StoreOp>(loc, sum, sharedSum(lane, place));
          }
        });
        builder.create<NVVM::Barrier0Op>(loc);
        builder.create<scf::YieldOp>(loc, halve(distance));
      });
}

void GpuSummingKernel::storeTerms(unsigned operand, Value terms, Value place) {
  SmallVector<Value> lanes;
  for (unsigned lane = 0; lane < width; ++lane)
    lanes.push_back(make<vector::ExtractElementOp>(terms, integer(i64, lane)));
  Value ofColumns = gathersA(GpuGather::Columns);
  Value stride = strides[operand][0];
  Value isOne =
      compare(arith::CmpIPredicate::eq, stride, integer(stride.getType(), 0));
  Value isOfAll = make<arith::AndIOp>(ofColumns, isOne);
  Value isOfColumns = make<arith::XOrIOp>(ofColumns, isOfAll);
  // All lanes are one sum but where columns are apart.
  SmallVector<Value> sums = lanes;
  while (sums.size() > 1) {
    SmallVector<Value> halves;
    for (size_t i = 0; i < sums.size() / 2; ++i)
      halves.push_back(make<arith::AddFOp>(sums[i], sums[sums.size() / 2 + i]));
    sums = halves;
  }
  Value zero =
      builder.create<arith::ConstantOp>(loc, builder.getF64FloatAttr(0));
  for (unsigned lane = 0; lane < width; ++lane)
    lanes[lane] = make<arith::SelectOp>(isOfColumns, lanes[lane],
                                        lane == 0 ? sums[0] : zero);
  Group group = groupOf(isOfColumns, isOfAll);
  addGroups(lanes, group);

  Value blockRow =
      add(mul(special<NVVM::BlockIdZOp>(), special<NVVM::GridDimYOp>()),
          special<NVVM::BlockIdYOp>());
  Value blockColumn = special<NVVM::BlockIdXOp>();
  Value ofAll = add(mul(blockRow, special<NVVM::GridDimXOp>()), blockColumn);
  Value number = make<arith::SelectOp>(
      isOfAll, ofAll,
      make<arith::SelectOp>(isOfColumns, blockRow, blockColumn));
  auto storeAt = [&](Value column, unsigned lane) {
    builder.create<LLVM::StoreOp>(loc, loadSum(lane, group.first),
                                  pointerIn(operand, place, column, number));
  };
  Value isFirst =
      compare(arith::CmpIPredicate::eq, group.number, integer(i32, 0));
  Value hasRow = make<arith::OrIOp>(
      ofColumns, compare(arith::CmpIPredicate::ult, row, rows));
  onlyIf(make<arith::AndIOp>(isFirst, hasRow), [&] {
    auto branch = builder.create<scf::IfOp>(loc, isOfColumns,
                                            /*withElseRegion=*/true);
    builder.setInsertionPointToStart(branch.elseBlock());
    storeAt(integer(i32, 0), 0);
    builder.setInsertionPointToStart(branch.thenBlock());
    for (unsigned lane = 0; lane < width; ++lane) {
      Value column = columnOf(chunk, lane);
      onlyIf(compare(arith::CmpIPredicate::ult, column, columns),
             [&] { storeAt(column, lane); });
    }
  });
}

LogicalResult GpuSummingKernel::write() {
  beginGather();
  auto many = VectorType::get({width}, builder.getF64Type());
  SmallVector<Value> zeros(reduced.size(), builder.create<arith::ConstantOp>(
                                               loc, builder.getZeroAttr(many)));
  auto totals = writeSteps(zeros, [&](ArrayRef<Value> stored,
                                      ArrayRef<Value> rows,
                                      const GpuChunk &next, ValueRange before) {
    SmallVector<Value> sums;
    SmallVector<unsigned> operands;
    SmallVector<Value> terms;
    for (auto [result, sum] : llvm::zip_equal(reduced, before)) {
      operands.push_back(func.getNumInputs() + result);
      terms.push_back(termsOf(result, stored));
      sums.push_back(make<arith::AddFOp>(sum, onlyInside(next, terms.back())));
    }
    onlyIf(gathersA(GpuGather::Nothing),
           [&] { storeAll(operands, rows, next, terms); });
    return sums;
  });
  if (failed(totals))
    return failure();
  SmallVector<Value> places = placesOfRow();
  Value some = make<arith::XOrIOp>(gathersA(GpuGather::Nothing),
                                   integer(builder.getI1Type(), 1));
  onlyIf(some, [&] {
    for (auto [result, total] : llvm::zip_equal(reduced, *totals)) {
      unsigned operand = func.getNumInputs() + result;
      storeTerms(operand, total, places[operand]);
    }
  });
  return success();
}

LogicalResult act::writeGpuSummingKernel(act::FuncOp func,
                                         const GpuKernelOptions &options,
                                         gpu::GPUModuleOp module,
                                         OpBuilder &builder) {
  return GpuSummingKernel(func, options, module, builder).write();
}
