//===- DistributeMasks.cpp - Masks whose rows share bytes -----------------===//
//
// A kernel of elements stores whole bytes of a mask, and so needs rows that
// begin at bytes. Where those of the caller's array do not, it writes to
// scratch memory in which they do, and this kernel moves the bits: each of its
// threads puts a byte of the result together.
//
//===----------------------------------------------------------------------===//

#include "DistributeElements.h"
#include "act/GpuKernelNames.h"

using namespace mlir;
using namespace act;

namespace {

class GpuPackKernel : GpuKernelWriter {
public:
  GpuPackKernel(act::FuncOp func, const GpuKernelOptions &options,
                gpu::GPUModuleOp module, OpBuilder &builder)
      : GpuKernelWriter(func, options, module, builder,
                        /*hasNarrowPlaces=*/false) {}

  void write();
};

} // namespace

void GpuPackKernel::write() {
  Type i8 = builder.getI8Type();
  Block *entry = beginPlain(gpuPackName(func.getSymName().str()),
                            {pointer, pointer, i64, i64, i64});
  Value from = entry->getArgument(0), to = entry->getArgument(1);
  Value count = entry->getArgument(2), length = entry->getArgument(3),
        pitch = entry->getArgument(4);
  Value byte = threadOfGrid();
  Value bit = mul(byte, integer(i64, 8));
  auto any = builder.create<scf::IfOp>(
      loc, compare(arith::CmpIPredicate::ult, bit, count));
  builder.setInsertionPointToStart(any.thenBlock());
  Value row = make<arith::DivUIOp>(bit, length);
  Value column = make<arith::SubIOp>(bit, mul(row, length));
  Value place = add(mul(row, pitch), column);
  Value one = integer(i64, 1), zero = integer(i64, 0);
  Value gap = add(make<arith::SubIOp>(pitch, length), one);
  Value bits = integer(i8, 0);
  for (unsigned i = 0; i < 8; ++i) {
    // Bits behind the last one are 0.
    Value isThere = compare(arith::CmpIPredicate::ult, bit, count);
    auto some = builder.create<scf::IfOp>(loc, i8, isThere,
                                          /*withElseRegion=*/true);
    {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(some.elseBlock());
      builder.create<scf::YieldOp>(loc, bits);
      builder.setInsertionPointToStart(some.thenBlock());
      Value address = elementPointer(
          from, make<arith::ShRUIOp>(place, integer(i64, 3)), i8);
      Value eight = builder.create<LLVM::LoadOp>(loc, i8, address);
      Value within = make<arith::TruncIOp>(
          i8, make<arith::AndIOp>(place, integer(i64, 7)));
      Value own = make<arith::AndIOp>(make<arith::ShRUIOp>(eight, within),
                                      integer(i8, 1));
      Value next =
          make<arith::OrIOp>(bits, make<arith::ShLIOp>(own, integer(i8, i)));
      builder.create<scf::YieldOp>(loc, next);
    }
    bits = some.getResult(0);
    bit = add(bit, one);
    column = add(column, one);
    Value isEnd = compare(arith::CmpIPredicate::eq, column, length);
    column = make<arith::SelectOp>(isEnd, zero, column);
    place = add(place, make<arith::SelectOp>(isEnd, gap, one));
  }
  builder.create<LLVM::StoreOp>(loc, bits, elementPointer(to, byte, i8));
}

void act::writeGpuPackKernel(act::FuncOp func, const GpuKernelOptions &options,
                             gpu::GPUModuleOp module) {
  OpBuilder builder(func);
  GpuPackKernel(func, options, module, builder).write();
}
