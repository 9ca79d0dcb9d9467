//===- DistributeElements.cpp - Elementwise functions on a GPU ------------===//
//
// Before: act.func @silu(%x: f32) -> f32. After: a kernel with the parameters
// of act/KernelABI.h, each of whose threads has a chunk of elements of a row,
// which it loads and stores by 16 bytes where they are neighbours and aligned,
// and else one by one. The body is there once and works on a vector.
//
//===----------------------------------------------------------------------===//

#include "DistributeElements.h"
#include "DistributeCounts.h"
#include "DistributeGather.h"

using namespace mlir;
using namespace act;

GpuChunk GpuElementKernel::findChunk() {
  Value threads = special<NVVM::BlockDimXOp>();
  Value thread = special<NVVM::ThreadIdXOp>();
  Value size = integer(i32, width);
  Value block = mul(mul(special<NVVM::BlockIdXOp>(), threads), size);
  GpuChunk chunk;
  chunk.step = integer(i32, 1);
  chunk.first = add(block, mul(thread, size));
  // Bits of one byte belong to one thread.
  if (!hasMaskResult()) {
    chunk.step = make<arith::SelectOp>(isChunked, chunk.step, threads);
    chunk.first =
        make<arith::SelectOp>(isChunked, chunk.first, add(block, thread));
  }
  chunk.isWhole = isWhole(chunk.first);
  return chunk;
}

Value GpuElementKernel::isWhole(Value first) {
  Value end = add(first, integer(i32, width));
  return make<arith::AndIOp>(isChunked,
                             compare(arith::CmpIPredicate::ule, end, columns));
}

Value GpuElementKernel::findRow() {
  Value block =
      add(mul(special<NVVM::BlockIdZOp>(), special<NVVM::GridDimYOp>()),
          special<NVVM::BlockIdYOp>());
  return add(mul(block, special<NVVM::BlockDimYOp>()),
             special<NVVM::ThreadIdYOp>());
}

Value GpuElementKernel::isInside(const GpuChunk &chunk, Value row) {
  return make<arith::AndIOp>(
      compare(arith::CmpIPredicate::ult, chunk.first, columns),
      compare(arith::CmpIPredicate::ult, row, rows));
}

FailureOr<SmallVector<Value>>
GpuElementKernel::evaluate(GpuRetyper &retyper, ArrayRef<unsigned> arrays,
                           ValueRange loaded) {
  unsigned inputs = func.getNumInputs();
  SmallVector<Value> arguments(inputs);
  for (auto [i, vector] : llvm::zip(arrays, loaded))
    arguments[i] = vector;
  for (unsigned i = 0; i < inputs; ++i)
    if (isScalar(i))
      arguments[i] = loadOne(i, pointers[i]);
  arguments.append(scalars);
  Block body;
  writeBody(body);
  return retyper.retype(body, arguments, builder);
}

FailureOr<SmallVector<Value>>
GpuElementKernel::writeChunk(GpuRetyper &retyper, ArrayRef<Value> rows,
                             const GpuChunk &chunk) {
  unsigned inputs = func.getNumInputs();
  SmallVector<unsigned> arrays, results;
  for (unsigned i = 0; i < inputs; ++i)
    if (!isScalar(i))
      arrays.push_back(i);
  SmallVector<Value> stored;
  auto values = evaluate(retyper, arrays, loadAll(arrays, rows, chunk));
  if (failed(values))
    return failure();
  // What becomes of the terms of sums is a matter of whoever adds them.
  for (auto [i, value] : llvm::enumerate(*values)) {
    if (func.getResultAttr(i, kReduceAttr))
      continue;
    results.push_back(inputs + i);
    stored.push_back(value);
  }
  storeAll(results, rows, chunk, stored);
  return values;
}

namespace {

/// Writes the kernel of a function that gives its results and nothing else.
class GpuPlainKernel : GpuElementKernel {
public:
  GpuPlainKernel(act::FuncOp func, const GpuKernelOptions &options,
                 gpu::GPUModuleOp module, OpBuilder &builder)
      : GpuElementKernel(func, options, module, builder,
                         /*hasNarrowPlaces=*/true) {}

  LogicalResult write();

private:
  /// Where a thread's elements are: its chunk, where the chunk's row begins in
  /// each operand, and whether there is such a chunk at all.
  struct Place {
    GpuChunk chunk;
    SmallVector<Value> rows;
    Value isInside;
  };
  void findOperands();
  /// Blocks that a multiprocessor must hold at once.
  unsigned numBlocks();
  /// Of the thread whose number among those along x is known, in any arrays.
  Place findPlace(Value block, Value number);
  /// The place's elements in each array, zeros where it is not inside.
  SmallVector<Value> loadInside(const Place &place);

  /// Inputs that are arrays, and results.
  SmallVector<unsigned> arrays, results;
  SmallVector<Type> loadedTypes;
};

} // namespace

void GpuPlainKernel::findOperands() {
  unsigned inputs = func.getNumInputs();
  for (unsigned i = 0; i < inputs; ++i)
    if (!isScalar(i)) {
      arrays.push_back(i);
      loadedTypes.push_back(VectorType::get({width}, memoryTypes[i]));
    }
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    results.push_back(inputs + i);
}

/// Threads that a multiprocessor is to hold at once: all that it can; of the
/// 1536 of sm_86 and sm_89 a block less, with whose 40 registers geglu spills.
static unsigned residentThreads(const GpuLevel &level) {
  switch (level.capability) {
  case 75:
    return 1024;
  case 86:
  case 89:
    return 1280;
  default:
    return 2048;
  }
}

/// All that there is room for where 32 registers are enough, as they are for
/// short bodies; else two. If asked for nothing ptxas takes less room by
/// computing approximate functions twice, and spills in long bodies.
unsigned GpuPlainKernel::numBlocks() {
  constexpr unsigned kShort = 36, kWidest = 8;
  unsigned operations = llvm::count_if(
      func.getBody().front().without_terminator(),
      [](Operation &op) { return !op.hasTrait<OpTrait::ConstantLike>(); });
  bool isShort = operations <= kShort && results.size() == 1 &&
                 arrays.size() <= 2 && compute.isF32() && width <= kWidest;
  return isShort ? residentThreads(*gpu) / kGpuThreads : 2;
}

GpuPlainKernel::Place GpuPlainKernel::findPlace(Value block, Value number) {
  Value threads = special<NVVM::BlockDimXOp>(), size = integer(i32, width);
  Place place;
  GpuChunk &chunk = place.chunk;
  chunk.step = integer(i32, 1);
  chunk.first = mul(number, size);
  // Bits of one byte belong to one thread.
  if (!hasMaskResult()) {
    chunk.step = make<arith::SelectOp>(isChunked, chunk.step, threads);
    Value first = add(mul(block, size), special<NVVM::ThreadIdXOp>());
    chunk.first = make<arith::SelectOp>(isChunked, chunk.first, first);
  }
  chunk.isWhole = isWhole(chunk.first);
  // Without a loop over rows: what only single elements need would be computed
  // in front of it.
  Value row = findRow();
  place.isInside = isInside(chunk, row);
  place.rows = rowsOf(row);
  return place;
}

SmallVector<Value> GpuPlainKernel::loadInside(const Place &place) {
  auto branch = eitherWay(
      loadedTypes, place.isInside,
      [&] {
        SmallVector<Value> loaded = loadAll(arrays, place.rows, place.chunk);
        builder.create<scf::YieldOp>(loc, loaded);
      },
      [&] {
        SmallVector<Value> zeros;
        for (Type type : loadedTypes)
          zeros.push_back(builder.create<arith::ConstantOp>(
              loc, builder.getZeroAttr(type)));
        builder.create<scf::YieldOp>(loc, zeros);
      });
  return SmallVector<Value>(branch->getResults());
}

/// Dense arrays without rows have a way of their own: a thread's number says
/// all. The other way hands what it found over the body, which is there once.
LogicalResult GpuPlainKernel::write() {
  begin(func.getSymName(), kGpuThreads);
  findOperands();
  kernel->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                  builder.getI32IntegerAttr(numBlocks()));
  auto end = builder.create<LLVM::ReturnOp>(loc, ValueRange());
  builder.setInsertionPoint(end);
  Value block = mul(special<NVVM::BlockIdXOp>(), special<NVVM::BlockDimXOp>());
  Value number = add(block, special<NVVM::ThreadIdXOp>());
  Value size = integer(i32, width), one = integer(i32, 1);
  GpuChunk flat{mul(number, size), one, areFlat};
  Value reaches =
      compare(arith::CmpIPredicate::ule, add(flat.first, size), columns);
  flat.isWhole = make<arith::AndIOp>(areFlat, reaches);
  SmallVector<Value> base(pointers.size(), integer(i32, 0));

  SmallVector<Type> types = loadedTypes;
  Type i1 = builder.getI1Type();
  types.append({i32, i32, i1, i1});
  types.append(pointers.size(), place);
  auto loading = eitherWay(
      types, flat.isWhole,
      [&] {
        SmallVector<Value> values;
        for (unsigned k : arrays)
          values.push_back(loadChunk(k, base[k], flat));
        for (Type type : llvm::drop_begin(types, arrays.size()))
          values.push_back(builder.create<LLVM::UndefOp>(loc, type));
        builder.create<scf::YieldOp>(loc, values);
      },
      [&] {
        Place found = findPlace(block, number);
        SmallVector<Value> values = loadInside(found);
        values.append({found.chunk.first, found.chunk.step, found.chunk.isWhole,
                       found.isInside});
        values.append(found.rows);
        builder.create<scf::YieldOp>(loc, values);
      });
  ValueRange found = loading->getResults();
  GpuRetyper retyper(module, OpBuilder(integer(i32, 0).getDefiningOp()), loc,
                     width);
  auto values = evaluate(retyper, arrays, found.take_front(arrays.size()));
  if (failed(values))
    return failure();
  found = found.drop_front(arrays.size());
  for (auto [k, vector] : llvm::zip_equal(results, *values))
    vector = inWords(k, vector);
  eitherWay(
      {}, flat.isWhole,
      [&] {
        for (auto [k, vector] : llvm::zip_equal(results, *values))
          storeChunk(k, base[k], flat, vector);
      },
      [&] {
        auto inside = builder.create<scf::IfOp>(loc, found[3]);
        builder.setInsertionPointToStart(inside.thenBlock());
        storeAll(results, SmallVector<Value>(found.drop_front(4)),
                 {found[0], found[1], found[2]}, *values);
      });
  return success();
}

LogicalResult act::writeGpuElementKernel(act::FuncOp func,
                                         const GpuKernelOptions &options,
                                         gpu::GPUModuleOp module) {
  OpBuilder builder(func);
  if (func.getResultAttr(0, kStatsAttr))
    return writeGpuCountingKernels(func, options, module, builder);
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    if (func.getResultAttr(i, kReduceAttr))
      return writeGpuSummingKernel(func, options, module, builder);
  return GpuPlainKernel(func, options, module, builder).write();
}
