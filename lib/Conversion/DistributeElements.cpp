//===- DistributeElements.cpp - Elementwise functions on a GPU ------------===//
//
// Before: act.func @silu(%x: f32) -> f32. After: a kernel with the parameters
// of act/KernelABI.h, each of whose threads has a chunk of elements of a row,
// which it loads and stores by 16 bytes where they are neighbours and aligned,
// and else one by one. The body is there once and works on a vector.
//
//===----------------------------------------------------------------------===//

#include "DistributeElements.h"
#include "KernelMemory.h"
#include "RetypeGpu.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace act;

/// Bytes of the widest load and store.
static constexpr unsigned kAccessBytes = 16;

/// Elements of a thread's chunk.
static unsigned chunkOf(act::FuncOp func) {
  Type compute = func.getResultTypes().front();
  unsigned bytes = 8;
  auto take = [&](Attribute storage) {
    Type type = storage ? cast<TypeAttr>(storage).getValue() : compute;
    bytes = std::min(bytes, type.getIntOrFloatBitWidth() / 8);
  };
  for (unsigned i = 0; i < func.getNumInputs(); ++i)
    take(func.getArgAttr(i, kStorageAttr));
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    take(func.getResultAttr(i, kStorageAttr));
  return gpuChunk(bytes, compute.isF64());
}

namespace {

/// Writes the kernel of one function.
class GpuElementKernel : KernelMemory {
public:
  GpuElementKernel(act::FuncOp func, const GpuKernelOptions &options,
                   gpu::GPUModuleOp module, OpBuilder &builder)
      : KernelMemory(func, options.flush, builder, options.level), func(func),
        module(module), width(chunkOf(func)), i32(builder.getI32Type()),
        i64(builder.getI64Type()) {}

  LogicalResult write();

private:
  /// Declares the kernel and names its parameters.
  void begin();
  /// The body on values as they are in memory, in a block of its own.
  void writeBody(Block &block);
  /// Where this thread's elements are.
  void findColumns();
  /// Where the row begins in each operand.
  SmallVector<Value> rowsOf(Value row);
  /// Where each of this thread's elements is, and whether there is one.
  void forEach(unsigned operand, Value row,
               llvm::function_ref<void(unsigned, Value, Value)> access);
  /// The operand's elements of this thread, each from where it is.
  Value loadEach(unsigned operand, Value row);
  Value loadChunk(unsigned operand, Value row);
  void storeEach(unsigned operand, Value row, Value vector);
  void storeChunk(unsigned operand, Value row, Value vector);
  LogicalResult writeRow(Block &body, GpuRetyper &retyper, Value row);

  /// Address of an element `offset` elements behind `row`.
  Value addressOf(unsigned operand, Value row, Value offset) {
    return elementPointer(row, offset, memoryTypes[operand]);
  }
  template <class Op> Value special() { return builder.create<Op>(loc, i32); }
  Value add(Value a, Value b) { return make<arith::AddIOp>(a, b); }
  Value mul(Value a, Value b) { return make<arith::MulIOp>(a, b); }
  Value wide(Value a) { return make<arith::ExtUIOp>(i64, a); }
  template <class Op, class... Args> Value make(Args... args) {
    return builder.create<Op>(loc, args...);
  }
  Value compare(arith::CmpIPredicate predicate, Value a, Value b) {
    return make<arith::CmpIOp>(predicate, a, b);
  }
  bool isScalar(unsigned input) {
    return bool(func.getArgAttr(input, kScalarAttr));
  }
  unsigned chunkAlignment(unsigned operand) {
    return std::min<unsigned>(
        kAccessBytes, width * memoryTypes[operand].getIntOrFloatBitWidth() / 8);
  }

  act::FuncOp func;
  gpu::GPUModuleOp module;
  unsigned width;
  Type i32, i64;
  LLVM::LLVMFuncOp kernel;
  /// Of each operand.
  SmallVector<Type> memoryTypes;
  SmallVector<Value> pointers;
  /// [operand][dimension], the inner one first.
  SmallVector<SmallVector<Value>> strides;
  Value columns, rows, isChunked;
  SmallVector<Value> sizes, scalars;
  /// The first of this thread's elements, the distance of one to the next, and
  /// whether they are a whole chunk.
  Value first, step, isWhole;
};

} // namespace

void GpuElementKernel::begin() {
  unsigned inputs = func.getNumInputs(), results = func.getNumResults();
  unsigned operands = inputs + results;
  for (unsigned i = 0; i < inputs; ++i)
    memoryTypes.push_back(
        memoryType(storageOf(func.getArgAttr(i, kStorageAttr))));
  for (unsigned i = 0; i < results; ++i)
    memoryTypes.push_back(
        memoryType(storageOf(func.getResultAttr(i, kStorageAttr))));

  SmallVector<Type> types(operands, pointer);
  types.append(3 + kGpuRowDims - 1, i32);
  types.append(operands * (1 + kGpuRowDims), i64);
  types.append(func.getNumArguments() - inputs, compute);
  builder.setInsertionPoint(module.getBody()->getTerminator());
  kernel = builder.create<LLVM::LLVMFuncOp>(
      loc, func.getSymName(),
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(builder.getContext()),
                                  types));
  kernel->setAttr(NVVM::NVVMDialect::getKernelFuncAttrName(),
                  builder.getUnitAttr());
  kernel->setAttr(NVVM::NVVMDialect::getMaxntidAttrName(),
                  builder.getDenseI32ArrayAttr({int32_t(kGpuThreads)}));
  // A result may be an input: each element is read by the thread that writes
  // it, and before that.
  for (unsigned i = 0; i < operands; ++i) {
    kernel.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(),
                      builder.getUnitAttr());
    kernel.setArgAttr(i,
                      i < inputs ? LLVM::LLVMDialect::getReadonlyAttrName()
                                 : LLVM::LLVMDialect::getWriteOnlyAttrName(),
                      builder.getUnitAttr());
  }
  Block *entry = kernel.addEntryBlock(builder);
  builder.setInsertionPointToStart(entry);

  unsigned next = 0;
  auto take = [&] { return Value(entry->getArgument(next++)); };
  for (unsigned i = 0; i < operands; ++i)
    pointers.push_back(take());
  columns = take(), rows = take(), isChunked = take();
  for (unsigned d = 0; d + 1 < kGpuRowDims; ++d)
    sizes.push_back(take());
  for (unsigned i = 0; i < operands; ++i) {
    strides.emplace_back();
    for (unsigned d = 0; d <= kGpuRowDims; ++d)
      strides[i].push_back(take());
  }
  for (unsigned i = inputs; i < func.getNumArguments(); ++i)
    scalars.push_back(take());
}

void GpuElementKernel::writeBody(Block &block) {
  OpBuilder::InsertionGuard guard(builder);
  unsigned inputs = func.getNumInputs();
  IRMapping mapping;
  for (unsigned i = 0; i < func.getNumArguments(); ++i)
    block.addArgument(i < inputs ? memoryTypes[i] : Type(compute), loc);
  builder.setInsertionPointToStart(&block);
  for (unsigned i = 0; i < func.getNumArguments(); ++i) {
    Value value = block.getArgument(i);
    Type storage = compute;
    if (i < inputs) {
      storage = storageOf(func.getArgAttr(i, kStorageAttr));
      value = fromMemory(value, storage);
    }
    mapping.map(func.getArgument(i), flushed(value, storage));
  }
  for (Operation &op : func.getBody().front().without_terminator())
    builder.clone(op, mapping);
  SmallVector<Value> results;
  for (auto [i, value] : llvm::enumerate(func.getReturn().getValues()))
    results.push_back(toMemory(mapping.lookup(value),
                               storageOf(func.getResultAttr(i, kStorageAttr))));
  builder.create<LLVM::ReturnOp>(loc, results);
}

void GpuElementKernel::findColumns() {
  Value zero = integer(i32, 0), one = integer(i32, 1);
  isChunked = compare(arith::CmpIPredicate::ne, isChunked, zero);
  Value threads = special<NVVM::BlockDimXOp>();
  Value thread = special<NVVM::ThreadIdXOp>();
  Value chunk = integer(i32, width);
  Value block = mul(mul(special<NVVM::BlockIdXOp>(), threads), chunk);
  step = make<arith::SelectOp>(isChunked, one, threads);
  first =
      add(block, make<arith::SelectOp>(isChunked, mul(thread, chunk), thread));
  Value reaches =
      compare(arith::CmpIPredicate::ule, add(first, chunk), columns);
  isWhole = make<arith::AndIOp>(isChunked, reaches);
}

SmallVector<Value> GpuElementKernel::rowsOf(Value row) {
  unsigned operands = pointers.size();
  auto offsets = [&](ArrayRef<Value> indices) {
    SmallVector<Value> sums;
    for (unsigned i = 0; i < operands; ++i) {
      Value sum;
      for (auto [d, index] : llvm::enumerate(indices)) {
        Value part = mul(wide(index), strides[i][1 + d]);
        sum = sum ? add(sum, part) : part;
      }
      sums.push_back(sum);
    }
    builder.create<scf::YieldOp>(loc, sums);
  };
  Value areMany = compare(arith::CmpIPredicate::ult, sizes[0], rows);
  auto split =
      builder.create<scf::IfOp>(loc, SmallVector<Type>(operands, i64), areMany,
                                /*withElseRegion=*/true);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(split.thenBlock());
    SmallVector<Value> indices;
    Value rest = row;
    for (Value size : sizes) {
      indices.push_back(make<arith::RemUIOp>(rest, size));
      rest = make<arith::DivUIOp>(rest, size);
    }
    indices.push_back(rest);
    offsets(indices);
    builder.setInsertionPointToStart(split.elseBlock());
    offsets(row);
  }
  SmallVector<Value> addresses;
  for (unsigned i = 0; i < operands; ++i)
    addresses.push_back(addressOf(i, pointers[i], split.getResult(i)));
  return addresses;
}

void GpuElementKernel::forEach(
    unsigned operand, Value row,
    llvm::function_ref<void(unsigned lane, Value isInside, Value address)>
        access) {
  Value stride = strides[operand][0], index = first;
  Value address = addressOf(operand, row, mul(wide(first), stride));
  Value distance = mul(wide(step), stride);
  for (unsigned lane = 0; lane < width; ++lane) {
    if (lane > 0) {
      index = add(index, step);
      address = addressOf(operand, address, distance);
    }
    access(lane, compare(arith::CmpIPredicate::ult, index, columns), address);
  }
}

Value GpuElementKernel::loadEach(unsigned operand, Value row) {
  Type type = memoryTypes[operand];
  Value vector = builder.create<arith::ConstantOp>(
      loc, builder.getZeroAttr(VectorType::get({width}, type)));
  SmallVector<Value> elements;
  forEach(operand, row, [&](unsigned lane, Value isInside, Value address) {
    auto guarded = builder.create<scf::IfOp>(loc, type, isInside,
                                             /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(guarded.elseBlock());
    Value zero =
        builder.create<arith::ConstantOp>(loc, builder.getZeroAttr(type));
    builder.create<scf::YieldOp>(loc, zero);
    builder.setInsertionPointToStart(guarded.thenBlock());
    Value element = builder.create<LLVM::LoadOp>(
        loc, type, address, type.getIntOrFloatBitWidth() / 8);
    builder.create<scf::YieldOp>(loc, element);
    elements.push_back(guarded.getResult(0));
  });
  for (auto [lane, element] : llvm::enumerate(elements))
    vector = make<vector::InsertElementOp>(element, vector, integer(i64, lane));
  return vector;
}

Value GpuElementKernel::loadChunk(unsigned operand, Value row) {
  Type type = memoryTypes[operand], many = VectorType::get({width}, type);
  auto chunk = [&]() -> Value {
    return builder.create<LLVM::LoadOp>(loc, many,
                                        addressOf(operand, row, wide(first)),
                                        chunkAlignment(operand));
  };
  // The only array of a function has its elements side by side, or no chunks.
  if (func.getNumInputs() == 1)
    return chunk();
  Value isOne =
      compare(arith::CmpIPredicate::eq, strides[operand][0], integer(i64, 0));
  auto branch = builder.create<scf::IfOp>(loc, many, isOne,
                                          /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  Value element = builder.create<LLVM::LoadOp>(
      loc, type, row, type.getIntOrFloatBitWidth() / 8);
  Value splat = make<vector::SplatOp>(many, element);
  builder.create<scf::YieldOp>(loc, splat);
  builder.setInsertionPointToStart(branch.elseBlock());
  builder.create<scf::YieldOp>(loc, chunk());
  return branch.getResult(0);
}

void GpuElementKernel::storeEach(unsigned operand, Value row, Value vector) {
  forEach(operand, row, [&](unsigned lane, Value isInside, Value address) {
    auto guarded = builder.create<scf::IfOp>(loc, isInside);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(guarded.thenBlock());
    Value element = make<vector::ExtractElementOp>(vector, integer(i64, lane));
    builder.create<LLVM::StoreOp>(loc, element, address,
                                  memoryTypes[operand].getIntOrFloatBitWidth() /
                                      8);
  });
}

void GpuElementKernel::storeChunk(unsigned operand, Value row, Value vector) {
  builder.create<LLVM::StoreOp>(loc, vector,
                                addressOf(operand, row, wide(first)),
                                chunkAlignment(operand));
}

LogicalResult GpuElementKernel::writeRow(Block &body, GpuRetyper &retyper,
                                         Value row) {
  unsigned inputs = func.getNumInputs();
  SmallVector<Value> rowPointers = rowsOf(row);
  SmallVector<Type> loaded;
  SmallVector<unsigned> arrays;
  for (unsigned i = 0; i < inputs; ++i)
    if (!isScalar(i)) {
      arrays.push_back(i);
      loaded.push_back(VectorType::get({width}, memoryTypes[i]));
    }
  auto both = [&](TypeRange types, auto whole, auto each) {
    auto branch = builder.create<scf::IfOp>(loc, types, isWhole,
                                            /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(branch.thenBlock());
    whole();
    builder.setInsertionPointToStart(branch.elseBlock());
    each();
    return branch;
  };
  auto load = [&](auto one) {
    return [&, one] {
      SmallVector<Value> values;
      for (unsigned i : arrays)
        values.push_back((this->*one)(i, rowPointers[i]));
      builder.create<scf::YieldOp>(loc, values);
    };
  };
  auto loads = both(loaded, load(&GpuElementKernel::loadChunk),
                    load(&GpuElementKernel::loadEach));
  SmallVector<Value> arguments(inputs);
  for (auto [i, vector] : llvm::zip(arrays, loads.getResults()))
    arguments[i] = vector;
  for (unsigned i = 0; i < inputs; ++i)
    if (isScalar(i))
      arguments[i] = builder.create<LLVM::LoadOp>(
          loc, memoryTypes[i], pointers[i],
          memoryTypes[i].getIntOrFloatBitWidth() / 8);
  arguments.append(scalars);
  auto results = retyper.retype(body, arguments, builder);
  if (failed(results))
    return failure();
  auto store = [&](auto one) {
    return [&, one] {
      for (auto [i, vector] : llvm::enumerate(*results))
        (this->*one)(inputs + i, rowPointers[inputs + i], vector);
    };
  };
  both({}, store(&GpuElementKernel::storeChunk),
       store(&GpuElementKernel::storeEach));
  return success();
}

LogicalResult GpuElementKernel::write() {
  begin();
  Block body;
  writeBody(body);
  findColumns();
  // Without a loop over rows: what only single elements need would be computed
  // in front of it.
  Value block =
      add(mul(special<NVVM::BlockIdZOp>(), special<NVVM::GridDimYOp>()),
          special<NVVM::BlockIdYOp>());
  Value row = add(mul(block, special<NVVM::BlockDimYOp>()),
                  special<NVVM::ThreadIdYOp>());
  Value isInside =
      make<arith::AndIOp>(compare(arith::CmpIPredicate::ult, first, columns),
                          compare(arith::CmpIPredicate::ult, row, rows));
  auto any = builder.create<scf::IfOp>(loc, isInside);
  builder.create<LLVM::ReturnOp>(loc, ValueRange());
  GpuRetyper retyper(module, OpBuilder(any), loc, width);
  builder.setInsertionPointToStart(any.thenBlock());
  return writeRow(body, retyper, row);
}

LogicalResult act::writeGpuElementKernel(act::FuncOp func,
                                         const GpuKernelOptions &options,
                                         gpu::GPUModuleOp module) {
  OpBuilder builder(func);
  return GpuElementKernel(func, options, module, builder).write();
}
