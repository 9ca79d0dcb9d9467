//===- DistributeCluster.cpp - Rows that a cluster of blocks shares -------===//
//
// What kernels of split rows do one after another, in one kernel whose blocks
// read and write each other's shared memory. A block has every so many parts of
// its row, which it reads once and keeps in shared memory. What it combines of
// a part goes to all blocks of the cluster; when all have arrived, each of them
// brings together what there is of the row. Parts, and the order in which
// numbers are combined, are those of split rows: results are the same bits.
//
//===----------------------------------------------------------------------===//

#include "DistributeRows.h"
#include "GpuPartKernel.h"
#include "act/GpuKernelNames.h"

using namespace mlir;
using namespace act;

/// Chunks that a thread asks for before it waits for the first one, to hide the
/// latency of memory.
static constexpr unsigned kChunksAtOnce = 4;
static constexpr unsigned kSharedSpace = 3;

namespace {

/// Writes the kernel of one function. Shared memory holds the chunks of the
/// block's parts, then what each warp of a part has combined, for each value
/// that is kept, then these values for all parts of the row (gpuClusterBytes).
class GpuClusterKernel : public GpuPartKernel {
public:
  using GpuPartKernel::GpuPartKernel;
  LogicalResult write(StringRef name);

private:
  void layOutShared();
  void fill();
  LogicalResult writeLaunch();
  /// Sorts what the launch combines: a step takes values of parts that those
  /// before it have combined.
  void findSteps();
  LogicalResult combineStep(unsigned step);
  /// The values of warps become one of the part, which all blocks are given.
  void combineWarps(act::RowOp op);

  /// A loop over the block's parts from one on, with their number among these.
  void forParts(Value first, unsigned step,
                llvm::function_ref<void(Value)> write);
  /// The same over all of them, with the thread's chunk and what is known of
  /// the part after so many steps.
  LogicalResult
  forChunks(unsigned steps,
            llvm::function_ref<LogicalResult(Value, Part &)> write);
  /// The part of this number among those of the block.
  Value partAt(Value number) { return add(rank, mul(number, blocks)); }
  Part reload(Value number);

  Value sharedAt(Value byte);
  Value inputAt(Value number, unsigned input);
  Value warpAt(act::RowOp op, Value number, Value warp);
  Value keptAt(act::RowOp op, Value part);
  Value loadKept(act::RowOp op, Value part) override;
  unsigned chunkBytes(unsigned input) {
    return width * memoryTypes[input].getIntOrFloatBitWidth() / 8;
  }
  int64_t valueBytes() { return compute.getWidth() / 8; }
  Value bytes(Value count, int64_t each) {
    return mul(count, integer(i32, each));
  }
  Value isOwn(Value number) {
    return compare(arith::CmpIPredicate::ult, number, numOwn);
  }
  void ifThen(Value condition, llvm::function_ref<void()> write);
  void meet();

  /// The block's number in the cluster, and how many there are.
  Value rank, blocks;
  /// The parts of a block at most, and those of this one.
  Value numEach, numOwn;
  /// Inputs that have a chunk in a thread, and where they begin in a part.
  SmallVector<unsigned> arrays;
  DenseMap<unsigned, int64_t> offsets;
  int64_t partBytes = 0;
  Value warpsBegin, keptBegin, lane, warp;

  // Of the launch in progress.
  SmallVector<SmallVector<act::RowOp>> steps;
  /// The steps that a value takes in its part.
  DenseMap<Value, unsigned> stepsOf;
};

} // namespace

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

void GpuClusterKernel::layOutShared() {
  arrays = elementInputs();
  for (unsigned input : arrays) {
    offsets[input] = partBytes;
    partBytes += int64_t(kGpuSplitThreads) * chunkBytes(input);
  }
  warpsBegin = bytes(numEach, partBytes);
  keptBegin =
      add(warpsBegin,
          bytes(numEach, numKept() * gpuClusterWarpBytes(valueBytes())));
}

Value GpuClusterKernel::sharedAt(Value byte) {
  constexpr const char *kName = "of_cluster";
  auto shared = LLVM::LLVMPointerType::get(builder.getContext(), kSharedSpace);
  Type i8 = builder.getI8Type();
  if (!module.lookupSymbol(kName)) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    // As much as the launch adds.
    builder.create<LLVM::GlobalOp>(loc, LLVM::LLVMArrayType::get(i8, 0),
                                   /*isConstant=*/false,
                                   LLVM::Linkage::External, kName, Attribute(),
                                   /*alignment=*/16, kSharedSpace);
  }
  Value base = builder.create<LLVM::AddressOfOp>(loc, shared, kName);
  return builder.create<LLVM::GEPOp>(loc, shared, i8, base,
                                     ArrayRef<LLVM::GEPArg>{byte});
}

Value GpuClusterKernel::inputAt(Value number, unsigned input) {
  Value inPart =
      add(integer(i32, offsets[input]), bytes(thread, chunkBytes(input)));
  return sharedAt(add(bytes(number, partBytes), inPart));
}

Value GpuClusterKernel::warpAt(act::RowOp op, Value number, Value warp) {
  Value place = add(mul(integer(i32, numberOf(op)), numEach), number);
  Value begin = bytes(place, gpuClusterWarpBytes(valueBytes()));
  return sharedAt(add(warpsBegin, add(begin, bytes(warp, valueBytes()))));
}

Value GpuClusterKernel::keptAt(act::RowOp op, Value part) {
  Value place = add(mul(integer(i32, numberOf(op)), numParts), part);
  return sharedAt(add(keptBegin, bytes(place, valueBytes())));
}

Value GpuClusterKernel::loadKept(act::RowOp op, Value part) {
  return builder.create<LLVM::LoadOp>(loc, compute, keptAt(op, part));
}

//===----------------------------------------------------------------------===//
// Parts of a block
//===----------------------------------------------------------------------===//

void GpuClusterKernel::ifThen(Value condition,
                              llvm::function_ref<void()> write) {
  auto branch = builder.create<scf::IfOp>(loc, condition);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  write();
}

void GpuClusterKernel::forParts(Value first, unsigned step,
                                llvm::function_ref<void(Value)> write) {
  auto loop =
      builder.create<scf::ForOp>(loc, first, numOwn, integer(i32, step));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  write(loop.getInductionVar());
}

/// Reads the block's parts. There is none beyond the row.
void GpuClusterKernel::fill() {
  unsigned chunks = std::max<unsigned>(1, arrays.size());
  unsigned atOnce = std::max(1u, kChunksAtOnce / chunks);
  forParts(integer(i32, 0), atOnce, [&](Value first) {
    SmallVector<std::pair<Value, Part>, kChunksAtOnce> read;
    for (unsigned i = 0; i < atOnce; ++i) {
      Value number = add(first, integer(i32, i));
      read.emplace_back(number, load(firstIn(partAt(number))));
    }
    for (auto &[number, part] : read)
      ifThen(isOwn(number), [&, number = number, &part = part] {
        for (unsigned input : arrays) {
          Value vector = *valueIn(part, body.getArgument(input));
          builder.create<LLVM::StoreOp>(loc, vector, inputAt(number, input),
                                        chunkAlignment(input));
        }
      });
  });
}

GpuRowKernel::Part GpuClusterKernel::reload(Value number) {
  Part own = chunkAt(firstIn(part));
  for (unsigned input : arrays) {
    Type type = VectorType::get({width}, memoryTypes[input]);
    Value vector = builder.create<LLVM::LoadOp>(
        loc, type, inputAt(number, input), chunkAlignment(input));
    own.values.know(body.getArgument(input), vector);
  }
  return own;
}

LogicalResult GpuClusterKernel::forChunks(
    unsigned steps, llvm::function_ref<LogicalResult(Value, Part &)> write) {
  LogicalResult done = success();
  DenseMap<Value, Value> ofRow = numbers;
  forParts(integer(i32, 0), 1, [&](Value number) {
    part = partAt(number);
    Part own = reload(number);
    for (Operation &op : body.without_terminator()) {
      Value result = op.getResult(0);
      if (!ofParts.contains(result) || !needed.contains(result) ||
          stepsOf.lookup(result) > steps)
        continue;
      if (auto combined = dyn_cast<act::RowOp>(op); isOfPart(combined))
        numbers[result] = loadKept(combined, part);
      else
        writeNumber(op);
    }
    done = write(number, own);
  });
  numbers = std::move(ofRow);
  return done;
}

//===----------------------------------------------------------------------===//
// What split rows have launches for
//===----------------------------------------------------------------------===//

void GpuClusterKernel::findSteps() {
  steps.clear(), stepsOf.clear();
  for (Operation &op : body.without_terminator()) {
    unsigned own = 0;
    for (Value operand : op.getOperands())
      own = std::max(own, stepsOf.lookup(operand));
    auto combined = dyn_cast<act::RowOp>(op);
    if (isOfPart(combined) && combinedIn(combined) == launch) {
      steps.resize(std::max<size_t>(steps.size(), own + 1));
      steps[own].push_back(combined);
      ++own;
    } else if (isOfPart(combined) || (combined && combined.isOverBlocks())) {
      own = 0; // Of launches before.
    }
    stepsOf[op.getResult(0)] = own;
  }
}

LogicalResult GpuClusterKernel::combineStep(unsigned step) {
  MutableArrayRef<act::RowOp> ops = steps[step];
  LogicalResult done = forChunks(step, [&](Value number, Part &own) {
    SmallVector<Value> totals(ops.size());
    if (failed(combineIn(own, ops, totals)))
      return failure();
    for (auto [op, total] : llvm::zip_equal(ops, totals)) {
      StringRef combiner = op.getCombiner();
      Value value = combineWarp(combiner, combineLanes(combiner, total));
      Value isFirst = compare(arith::CmpIPredicate::eq, lane, integer(i32, 0));
      ifThen(isFirst, [&, op = op] {
        builder.create<LLVM::StoreOp>(loc, value, warpAt(op, number, warp));
      });
    }
    return success();
  });
  if (failed(done))
    return failure();
  builder.create<NVVM::Barrier0Op>(loc);
  for (act::RowOp op : ops)
    combineWarps(op);
  // Who reads what the block has of its own parts before the cluster meets.
  if (step + 1 < steps.size() || writesElements())
    builder.create<NVVM::Barrier0Op>(loc);
  return success();
}

void GpuClusterKernel::combineWarps(act::RowOp op) {
  StringRef combiner = op.getCombiner();
  constexpr unsigned kWarps = kGpuSplitThreads / kWarpThreads;
  forParts(warp, kWarps, [&](Value number) {
    Value isWarp =
        compare(arith::CmpIPredicate::ult, lane, integer(i32, kWarps));
    Operation *either = eitherWay(
        compute, isWarp,
        [&] {
          Value each = builder.create<LLVM::LoadOp>(loc, compute,
                                                    warpAt(op, number, lane));
          builder.create<scf::YieldOp>(loc, each);
        },
        [&] {
          builder.create<scf::YieldOp>(loc,
                                       neutral(combiner, /*isVector=*/false));
        });
    Value value = combineWarp(combiner, either->getResult(0));
    Value place = keptAt(op, partAt(number));
    ifThen(compare(arith::CmpIPredicate::eq, lane, rank),
           [&] { builder.create<LLVM::StoreOp>(loc, value, place); });
    if (isLast())
      return; // Others may have ended.
    Value isOther =
        make<arith::AndIOp>(compare(arith::CmpIPredicate::ult, lane, blocks),
                            compare(arith::CmpIPredicate::ne, lane, rank));
    ifThen(isOther, [&] {
      Type generic = LLVM::LLVMPointerType::get(builder.getContext());
      Value own = builder.create<LLVM::AddrSpaceCastOp>(loc, generic, place);
      auto other = builder.create<LLVM::CallIntrinsicOp>(
          loc, generic, builder.getStringAttr("llvm.nvvm.mapa"),
          ValueRange{own, lane});
      builder.create<LLVM::StoreOp>(loc, value, other.getResult(0));
    });
  });
}

/// What blocks have written before is there for all of them then.
void GpuClusterKernel::meet() {
  builder.create<NVVM::ClusterArriveOp>(loc, builder.getUnitAttr());
  builder.create<NVVM::ClusterWaitOp>(loc, builder.getUnitAttr());
}

LogicalResult GpuClusterKernel::writeLaunch() {
  demandAll();
  for (Operation &op : body.without_terminator()) {
    auto combined = dyn_cast<act::RowOp>(op);
    Value result = op.getResult(0);
    bool isPart = isOfPart(combined);
    if (!needed.contains(result) || ofParts.contains(result) ||
        numbers.contains(result) || (isPart && combinedIn(combined) == launch))
      continue;
    if (isPart || (combined && combined.isOverBlocks()))
      numbers[result] = merge(combined);
    else
      writeNumber(op);
  }
  findSteps();
  for (unsigned step = 0; step < steps.size(); ++step)
    if (failed(combineStep(step)))
      return failure();
  if (writesElements() && failed(forChunks(steps.size(), [&](Value, Part &own) {
        return storeIn(own);
      })))
    return failure();
  if (!isLast())
    meet();
  if (writesUniform()) {
    hasRow = compare(arith::CmpIPredicate::eq, rank, integer(i32, 0));
    storeUniform();
  }
  return success();
}

LogicalResult GpuClusterKernel::write(StringRef name) {
  access = GpuAccess::Chunks;
  begin(name, kGpuSplitThreads);
  // Their shared memory leaves room for two blocks, and so must registers, but
  // for those of f64, which would spill.
  kernel->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                  builder.getI32IntegerAttr(compute.isF64() ? 1 : 2));
  entryEnd = builder.create<LLVM::ReturnOp>(loc, ValueRange());
  builder.setInsertionPoint(entryEnd);
  // Shared memory of a block may be written once it has started.
  builder.create<NVVM::ClusterArriveOp>(loc, builder.getUnitAttr());
  beginThreads();
  rank = special<NVVM::ClusterId>();
  blocks = special<NVVM::ClusterDim>();
  lane = make<arith::RemUIOp>(thread, integer(i32, kWarpThreads));
  warp = make<arith::DivUIOp>(thread, integer(i32, kWarpThreads));
  row = special<NVVM::ClusterIdXOp>();
  numParts = countParts();
  Value last = make<arith::SubIOp>(blocks, integer(i32, 1));
  Value shift = builder.create<LLVM::CountTrailingZerosOp>(
      loc, i32, blocks, /*is_zero_poison=*/true);
  numEach = make<arith::ShRUIOp>(add(numParts, last), shift);
  numOwn = make<arith::ShRUIOp>(add(make<arith::SubIOp>(numParts, rank), last),
                                shift);
  layOutShared();
  enterRow(row);
  // Constants of vectors stand here.
  entryEnd = integer(i32, 0).getDefiningOp();
  numShared = 0;
  fill();
  builder.create<NVVM::ClusterWaitOp>(loc, builder.getUnitAttr());
  for (launch = 0; launch < launches; ++launch)
    if (failed(writeLaunch()))
      return failure();
  return success();
}

LogicalResult act::writeGpuClusterKernel(act::FuncOp func, StringRef name,
                                         const GpuKernelOptions &options,
                                         gpu::GPUModuleOp module) {
  OpBuilder builder(func);
  GpuClusterKernel kernel(func, options, module, builder);
  return kernel.write(gpuClusterName(name.str()));
}
