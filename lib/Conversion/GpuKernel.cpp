//===- GpuKernel.cpp - What GPU kernels have in common --------------------===//

#include "GpuKernel.h"
#include "act/ChannelCounts.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace act;

/// Bytes of the widest load and store.
static constexpr unsigned kAccessBytes = 16;

/// Elements of a thread's chunk.
static unsigned chunkOf(act::FuncOp func) {
  Type compute = func.getResultTypes().front();
  unsigned bytes = 8;
  bool hasMaskResult = false;
  auto take = [&](Attribute storage) {
    Type type = storage ? cast<TypeAttr>(storage).getValue() : compute;
    if (type.getIntOrFloatBitWidth() > 8)
      bytes = std::min(bytes, type.getIntOrFloatBitWidth() / 8);
    return type;
  };
  for (unsigned i = 0; i < func.getNumInputs(); ++i)
    take(func.getArgAttr(i, kStorageAttr));
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    hasMaskResult |= take(func.getResultAttr(i, kReduceAttr)
                              ? Attribute()
                              : func.getResultAttr(i, kStorageAttr))
                         .isInteger(1);
  return gpuChunk(bytes, compute.isF64(), hasMaskResult);
}

GpuKernelWriter::GpuKernelWriter(act::FuncOp func,
                                 const GpuKernelOptions &options,
                                 gpu::GPUModuleOp module, OpBuilder &builder,
                                 bool hasNarrowPlaces)
    : KernelMemory(func, options.flush, builder, options.level), func(func),
      module(module), width(chunkOf(func)), i32(builder.getI32Type()),
      i64(builder.getI64Type()), place(hasNarrowPlaces ? i32 : i64) {
  for (unsigned i = 0; i < func.getNumInputs(); ++i)
    storageTypes.push_back(storageOf(func.getArgAttr(i, kStorageAttr)));
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    storageTypes.push_back(storageOfResult(i));
  for (Type storage : storageTypes)
    memoryTypes.push_back(memoryType(storage));
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    if (func.getResultAttr(i, kStatsAttr)) {
      storageTypes.push_back(i64);
      memoryTypes.push_back(
          LLVM::LLVMArrayType::get(i64, sizeof(ChannelCounts) / 8));
    }
}

/// Terms that are summed keep the precision they are computed in.
Type GpuKernelWriter::storageOfResult(unsigned result) {
  return func.getResultAttr(result, kReduceAttr)
             ? Type(compute)
             : storageOf(func.getResultAttr(result, kStorageAttr));
}

unsigned GpuKernelWriter::chunkAlignment(unsigned operand) {
  return std::min<unsigned>(
      kAccessBytes, width * memoryTypes[operand].getIntOrFloatBitWidth() / 8);
}

/// Of a function of elements: counts, or sums.
bool GpuKernelWriter::gathersSomething() {
  if (isRowFunction(func))
    return false;
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    if (func.getResultAttr(i, kReduceAttr) || func.getResultAttr(i, kStatsAttr))
      return true;
  return false;
}

bool GpuKernelWriter::hasMaskResult() {
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    if (isMask(func.getNumInputs() + i))
      return true;
  return false;
}

std::pair<Value, Value> GpuKernelWriter::byteOf(unsigned operand, Value bit) {
  Value byte = make<arith::ShRUIOp>(bit, integer(place, 3));
  Value within = make<arith::AndIOp>(bit, integer(place, 7));
  Value address = elementPointer(pointers[operand], byte, memoryTypes[operand]);
  return {address, make<arith::TruncIOp>(memoryTypes[operand], within)};
}

/// A byte whose lowest bit is the one that is asked for.
Value GpuKernelWriter::loadBits(unsigned operand, Value bit) {
  auto [address, place] = byteOf(operand, bit);
  Value byte = builder.create<LLVM::LoadOp>(loc, memoryTypes[operand], address);
  return make<arith::ShRUIOp>(byte, place);
}

Value GpuKernelWriter::lanes(Type type) {
  SmallVector<Attribute> numbers;
  for (unsigned lane = 0; lane < width; ++lane)
    numbers.push_back(builder.getIntegerAttr(type, lane));
  return builder.create<arith::ConstantOp>(
      loc, DenseElementsAttr::get(VectorType::get({width}, type), numbers));
}

Value GpuKernelWriter::areInRow(Value first) {
  Value left = make<vector::SplatOp>(VectorType::get({width}, i32),
                                     make<arith::SubIOp>(columns, first));
  return compare(arith::CmpIPredicate::slt, lanes(i32), left);
}

void GpuKernelWriter::storeBits(unsigned operand, Value row,
                                const GpuChunk &chunk, Value vector) {
  Type i8 = memoryTypes[operand], many = vector.getType();
  Value zero =
      builder.create<arith::ConstantOp>(loc, builder.getZeroAttr(many));
  vector = make<arith::SelectOp>(areInRow(chunk.first), vector, zero);
  Value shifted = make<arith::ShLIOp>(vector, lanes(i8));
  Value bits = integer(i8, 0);
  for (unsigned lane = 0; lane < width; ++lane)
    bits = make<arith::OrIOp>(
        bits, make<vector::ExtractElementOp>(shifted, integer(i64, lane)));
  Value bit = addressOf(operand, row, count(chunk.first));
  builder.create<LLVM::StoreOp>(loc, bits, byteOf(operand, bit).first);
}

Value GpuKernelWriter::loadOne(unsigned operand, Value address) {
  Type type = memoryTypes[operand];
  if (isMask(operand))
    return make<arith::AndIOp>(loadBits(operand, address), integer(type, 1));
  return builder.create<LLVM::LoadOp>(loc, type, pointerTo(operand, address),
                                      type.getIntOrFloatBitWidth() / 8);
}

void GpuKernelWriter::begin(StringRef name, unsigned threads, bool isSplit) {
  unsigned inputs = func.getNumInputs();
  unsigned operands = memoryTypes.size();
  bool doesGather = gathersSomething();
  SmallVector<Type> types(operands, pointer);
  types.append(3 + kGpuRowDims - 1, i32);
  types.append(kGpuRowDims - 1, i64);
  types.append(2 * doesGather, i32);
  types.append(operands * (1 + kGpuRowDims), i64);
  types.append(func.getNumArguments() - inputs, compute);
  if (isSplit)
    types.append({pointer, i32});
  builder.setInsertionPoint(module.getBody()->getTerminator());
  kernel = builder.create<LLVM::LLVMFuncOp>(
      loc, name,
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(builder.getContext()),
                                  types));
  kernel->setAttr(NVVM::NVVMDialect::getKernelFuncAttrName(),
                  builder.getUnitAttr());
  kernel->setAttr(NVVM::NVVMDialect::getMaxntidAttrName(),
                  builder.getDenseI32ArrayAttr({int32_t(threads)}));
  // Or ptxas spills to have one more block of so many threads.
  if (isRowFunction(func) || doesGather)
    kernel->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                    builder.getI32IntegerAttr(doesGather ? 2 : 1));
  // Of these ptxas makes no worse code, with fewer registers, and half of the
  // code generator's time is saved. In f64 it needs more registers, and kernels
  // of elements need the places in 32 bits that the code generator finds.
  if (isRowFunction(func) && !compute.isF64())
    kernel.setPassthroughAttr(builder.getStrArrayAttr({"noinline", "optnone"}));
  // A result may be an input: each element is read by the thread that writes
  // it, and before that.
  for (unsigned i = 0; i < operands; ++i) {
    kernel.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(),
                      builder.getUnitAttr());
    if (holdsCounts(i))
      continue;
    kernel.setArgAttr(i,
                      i < inputs ? LLVM::LLVMDialect::getReadonlyAttrName()
                                 : LLVM::LLVMDialect::getWriteOnlyAttrName(),
                      builder.getUnitAttr());
  }
  Block *entry = kernel.addEntryBlock(builder);
  builder.setInsertionPointToStart(entry);

  pointers.clear(), strides.clear(), innerBytes.clear(), scalars.clear();
  sizes.clear(), reciprocals.clear();
  unsigned next = 0;
  auto take = [&] { return Value(entry->getArgument(next++)); };
  for (unsigned i = 0; i < operands; ++i)
    pointers.push_back(take());
  columns = take(), rows = take();
  Value chunking = take();
  isChunked = compare(arith::CmpIPredicate::ne, chunking, integer(i32, 0));
  areDense = compare(arith::CmpIPredicate::uge, chunking, integer(i32, 2));
  areFlat = compare(arith::CmpIPredicate::eq, chunking, integer(i32, 3));
  for (unsigned d = 0; d + 1 < kGpuRowDims; ++d)
    sizes.push_back(take());
  for (unsigned d = 0; d + 1 < kGpuRowDims; ++d)
    reciprocals.push_back(take());
  if (doesGather)
    steps = take(), gathers = take();
  for (unsigned i = 0; i < operands; ++i) {
    strides.emplace_back();
    for (unsigned d = 0; d <= kGpuRowDims; ++d)
      strides[i].push_back(place == i32 ? make<arith::TruncIOp>(i32, take())
                                        : take());
  }
  // Or each block would multiply again: the code generator shares nothing
  // between blocks.
  if (place == i64)
    for (unsigned i = 0; i < inputs + func.getNumResults(); ++i)
      innerBytes.push_back(
          mul(strides[i][0],
              integer(i64, memoryTypes[i].getIntOrFloatBitWidth() / 8)));
  for (unsigned i = inputs; i < func.getNumArguments(); ++i)
    scalars.push_back(take());
  if (isSplit)
    scratch = take(), firstRow = take();
}

Block *GpuKernelWriter::beginPlain(StringRef name, ArrayRef<Type> parameters) {
  builder.setInsertionPoint(module.getBody()->getTerminator());
  auto plain = builder.create<LLVM::LLVMFuncOp>(
      loc, name,
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(builder.getContext()),
                                  parameters));
  plain->setAttr(NVVM::NVVMDialect::getKernelFuncAttrName(),
                 builder.getUnitAttr());
  Block *entry = plain.addEntryBlock(builder);
  builder.setInsertionPointToStart(entry);
  builder.setInsertionPoint(builder.create<LLVM::ReturnOp>(loc, ValueRange()));
  return entry;
}

Value GpuKernelWriter::threadOfGrid() {
  Value block = mul(wide(special<NVVM::BlockIdXOp>()),
                    wide(special<NVVM::BlockDimXOp>()));
  return add(block, wide(special<NVVM::ThreadIdXOp>()));
}

void GpuKernelWriter::writeBody(Block &block) {
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
    results.push_back(toMemory(mapping.lookup(value), storageOfResult(i)));
  builder.create<LLVM::ReturnOp>(loc, results);
}

SmallVector<Value> GpuKernelWriter::rowsOf(Value row) {
  unsigned operands = pointers.size();
  auto offsets = [&](ArrayRef<Value> indices) {
    SmallVector<Value> sums;
    for (unsigned i = 0; i < operands; ++i) {
      Value sum;
      for (auto [d, index] : llvm::enumerate(indices)) {
        Value part = mul(count(index), strides[i][1 + d]);
        sum = sum ? add(sum, part) : part;
      }
      sums.push_back(sum);
    }
    builder.create<scf::YieldOp>(loc, sums);
  };
  Value areMany = compare(arith::CmpIPredicate::ult, sizes[0], rows);
  auto split = builder.create<scf::IfOp>(
      loc, SmallVector<Type>(operands, place), areMany,
      /*withElseRegion=*/true);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(split.thenBlock());
    SmallVector<Value> indices;
    Value rest = row;
    for (auto [size, reciprocal] : llvm::zip_equal(sizes, reciprocals)) {
      Value shifted = make<arith::ShLIOp>(
          wide(rest), integer(i64, 64 - kGpuReciprocalBits));
      auto product =
          builder.create<arith::MulUIExtendedOp>(loc, shifted, reciprocal);
      Value quotient = make<arith::TruncIOp>(i32, product.getHigh());
      indices.push_back(make<arith::SubIOp>(rest, mul(quotient, size)));
      rest = quotient;
    }
    indices.push_back(rest);
    offsets(indices);
    builder.setInsertionPointToStart(split.elseBlock());
    offsets(row);
  }
  SmallVector<Value> addresses;
  for (unsigned i = 0; i < operands; ++i)
    addresses.push_back(isMask(i) || place == i32
                            ? split.getResult(i)
                            : addressOf(i, pointers[i], split.getResult(i)));
  return addresses;
}

void GpuKernelWriter::forEach(
    unsigned operand, Value row, const GpuChunk &chunk,
    llvm::function_ref<void(unsigned lane, Value isInside, Value address)>
        take) {
  Type i8 = builder.getI8Type();
  bool isPointer = row.getType() == pointer;
  Value stride = isPointer ? innerBytes[operand] : strides[operand][0];
  Value index = chunk.first, distance = mul(count(chunk.step), stride);
  Value start = mul(count(chunk.first), stride);
  Value address = isPointer ? elementPointer(row, start, i8) : add(row, start);
  for (unsigned lane = 0; lane < width; ++lane) {
    if (lane > 0) {
      index = add(index, chunk.step);
      address = isPointer ? elementPointer(address, distance, i8)
                          : add(address, distance);
    }
    Value isInside =
        chunk.areInside
            ? builder.create<vector::ExtractOp>(loc, chunk.areInside, lane)
            : compare(arith::CmpIPredicate::ult, index, columns);
    take(lane, isInside, address);
  }
}

Value GpuKernelWriter::loadEach(unsigned operand, Value row,
                                const GpuChunk &chunk) {
  Type type = memoryTypes[operand];
  Value vector = builder.create<arith::ConstantOp>(
      loc, builder.getZeroAttr(VectorType::get({width}, type)));
  SmallVector<Value> elements;
  forEach(
      operand, row, chunk, [&](unsigned lane, Value isInside, Value address) {
        if (chunk.isInRow) {
          elements.push_back(loadOne(operand, address));
          return;
        }
        auto guarded = builder.create<scf::IfOp>(loc, type, isInside,
                                                 /*withElseRegion=*/true);
        OpBuilder::InsertionGuard guard(builder);
        builder.setInsertionPointToStart(guarded.elseBlock());
        Value zero =
            builder.create<arith::ConstantOp>(loc, builder.getZeroAttr(type));
        builder.create<scf::YieldOp>(loc, zero);
        builder.setInsertionPointToStart(guarded.thenBlock());
        Value element = loadOne(operand, address);
        builder.create<scf::YieldOp>(loc, element);
        elements.push_back(guarded.getResult(0));
      });
  for (auto [lane, element] : llvm::enumerate(elements))
    vector = make<vector::InsertElementOp>(element, vector, integer(i64, lane));
  return vector;
}

Value GpuKernelWriter::loadChunk(unsigned operand, Value row,
                                 const GpuChunk &chunk) {
  Type type = memoryTypes[operand], many = VectorType::get({width}, type);
  Value address = addressOf(operand, row, count(chunk.first));
  if (isMask(operand)) {
    // A chunk is within a byte.
    Value bits = make<vector::SplatOp>(many, loadBits(operand, address));
    Value ones = make<vector::SplatOp>(many, integer(type, 1));
    return make<arith::AndIOp>(make<arith::ShRUIOp>(bits, lanes(type)), ones);
  }
  return builder.create<LLVM::LoadOp>(loc, many, pointerTo(operand, address),
                                      chunkAlignment(operand));
}

Value GpuKernelWriter::loadChunkOrOne(unsigned operand, Value row,
                                      const GpuChunk &chunk) {
  Value stride = strides[operand][0];
  Value isOne =
      compare(arith::CmpIPredicate::eq, stride, integer(stride.getType(), 0));
  Type many = VectorType::get({width}, memoryTypes[operand]);
  auto branch = builder.create<scf::IfOp>(loc, many, isOne,
                                          /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  Value element = loadOne(operand, row);
  Value splat = make<vector::SplatOp>(many, element);
  builder.create<scf::YieldOp>(loc, splat);
  builder.setInsertionPointToStart(branch.elseBlock());
  Value vector = loadChunk(operand, row, chunk);
  builder.create<scf::YieldOp>(loc, vector);
  return branch.getResult(0);
}

void GpuKernelWriter::storeEach(unsigned operand, Value row,
                                const GpuChunk &chunk, Value vector) {
  if (isMask(operand))
    return storeBits(operand, row, chunk, vector);
  forEach(operand, row, chunk,
          [&](unsigned lane, Value isInside, Value address) {
            OpBuilder::InsertionGuard guard(builder);
            if (!chunk.isInRow) {
              auto guarded = builder.create<scf::IfOp>(loc, isInside);
              builder.setInsertionPointToStart(guarded.thenBlock());
            }
            Value element = elementOf(operand, vector, lane);
            builder.create<LLVM::StoreOp>(
                loc, element, pointerTo(operand, address),
                memoryTypes[operand].getIntOrFloatBitWidth() / 8);
          });
}

Value GpuKernelWriter::inWords(unsigned operand, Value vector) {
  Type storage = storageTypes[operand];
  if (!isQuantized(storage) ||
      cast<VectorType>(vector.getType()).getNumElements() != width)
    return vector;
  // Every `step`-th element from one on.
  auto every = [&](int64_t step, int64_t first) -> Value {
    SmallVector<int64_t> lanes;
    for (int64_t lane = first; lane < width; lane += step)
      lanes.push_back(lane);
    return builder.create<vector::ShuffleOp>(loc, vector, vector, lanes);
  };
  auto pack = [&](StringRef helper, Type type, Value a, Value b) -> Value {
    int64_t size = cast<VectorType>(a.getType()).getNumElements();
    return builder.create<NvOp>(loc, VectorType::get({size}, type), helper,
                                ValueRange{a, b});
  };
  if (cast<VectorType>(vector.getType()).getElementType().isInteger(32))
    return pack("pack_halves", i32,
                pack("pack_bytes", i32, every(4, 0), every(4, 1)),
                pack("pack_bytes", i32, every(4, 2), every(4, 3)));
  // The first operand is the upper byte.
  Value halves = pack(storage.isFloat8E5M2() ? "pack_e5m2" : "pack_e4m3",
                      builder.getI16Type(), every(2, 1), every(2, 0));
  return builder.create<LLVM::BitcastOp>(loc, VectorType::get({width / 4}, i32),
                                         halves);
}

Value GpuKernelWriter::elementOf(unsigned operand, Value vector, int64_t lane) {
  if (!isQuantized(storageTypes[operand]))
    return make<vector::ExtractElementOp>(vector, integer(i64, lane));
  Value word = make<vector::ExtractElementOp>(vector, integer(i64, lane / 4));
  Value byte = make<arith::ShRUIOp>(word, integer(i32, lane % 4 * 8));
  return make<arith::TruncIOp>(memoryTypes[operand], byte);
}

void GpuKernelWriter::storeChunk(unsigned operand, Value row,
                                 const GpuChunk &chunk, Value vector) {
  if (isMask(operand))
    return storeBits(operand, row, chunk, vector);
  Value address = addressOf(operand, row, count(chunk.first));
  builder.create<LLVM::StoreOp>(loc, vector, pointerTo(operand, address),
                                chunkAlignment(operand));
}

Operation *GpuKernelWriter::eitherWay(TypeRange types, Value condition,
                                      llvm::function_ref<void()> first,
                                      llvm::function_ref<void()> second) {
  auto branch = builder.create<scf::IfOp>(loc, types, condition,
                                          /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  first();
  builder.setInsertionPointToStart(branch.elseBlock());
  second();
  return branch;
}

SmallVector<Value> GpuKernelWriter::loadAll(ArrayRef<unsigned> operands,
                                            ArrayRef<Value> rows,
                                            const GpuChunk &chunk) {
  SmallVector<Type> types;
  for (unsigned k : operands)
    types.push_back(VectorType::get({width}, memoryTypes[k]));
  auto load = [&](auto one) {
    SmallVector<Value> values;
    for (unsigned k : operands)
      values.push_back((this->*one)(k, rows[k], chunk));
    builder.create<scf::YieldOp>(loc, values);
  };
  auto loadWhole = [&] {
    // The only array of a function has its elements side by side, or no chunks.
    if (func.getNumInputs() == 1)
      return load(&GpuKernelWriter::loadChunk);
    Operation *branch = eitherWay(
        types, areDense, [&] { load(&GpuKernelWriter::loadChunk); },
        [&] { load(&GpuKernelWriter::loadChunkOrOne); });
    builder.create<scf::YieldOp>(loc, branch->getResults());
  };
  Operation *branch = eitherWay(types, chunk.isWhole, loadWhole, [&] {
    if (access == GpuAccess::Any)
      return load(&GpuKernelWriter::loadEach);
    SmallVector<Value> zeros;
    for (Type type : types)
      zeros.push_back(
          builder.create<arith::ConstantOp>(loc, builder.getZeroAttr(type)));
    builder.create<scf::YieldOp>(loc, zeros);
  });
  return SmallVector<Value>(branch->getResults());
}

void GpuKernelWriter::storeAll(ArrayRef<unsigned> operands,
                               ArrayRef<Value> rows, const GpuChunk &chunk,
                               ArrayRef<Value> vectors) {
  SmallVector<Value> stored;
  for (auto [k, vector] : llvm::zip_equal(operands, vectors))
    stored.push_back(inWords(k, vector));
  auto store = [&](auto one) {
    for (auto [k, vector] : llvm::zip_equal(operands, stored))
      (this->*one)(k, rows[k], chunk, vector);
  };
  eitherWay(
      {}, chunk.isWhole, [&] { store(&GpuKernelWriter::storeChunk); },
      [&] {
        if (access == GpuAccess::Any)
          store(&GpuKernelWriter::storeEach);
      });
}

static constexpr unsigned kSharedSpace = 3;

Value GpuKernelWriter::sharedPlace(StringRef name, Type element, unsigned size,
                                   Value index) {
  if (!module.lookupSymbol(name)) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    builder.create<LLVM::GlobalOp>(loc, LLVM::LLVMArrayType::get(element, size),
                                   /*isConstant=*/false,
                                   LLVM::Linkage::Internal, name, Attribute(),
                                   /*alignment=*/16, kSharedSpace);
  }
  auto shared = LLVM::LLVMPointerType::get(builder.getContext(), kSharedSpace);
  Value base = builder.create<LLVM::AddressOfOp>(loc, shared, name);
  return builder.create<LLVM::GEPOp>(loc, shared, element, base,
                                     ArrayRef<LLVM::GEPArg>{index});
}
