//===- SimulatedIntrinsics.cpp - GPU intrinsics on the host ---------------===//

#include "SimulatedIntrinsics.h"
#include "act/SimulationABI.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include <optional>

using namespace act;
using namespace llvm;

namespace {

/// A special register, named as behind llvm.nvvm.read.ptx.sreg. without the
/// direction of three.
struct Register {
  StringLiteral name;
  unsigned offset;
  bool hasDirections;
};

/// An intrinsic of a warp, named as behind llvm.nvvm., and where its operands
/// stand among the arguments; -1 is none.
struct WarpIntrinsic {
  StringLiteral name;
  WarpOperation operation;
  int mask, value, b, c;
};

/// An intrinsic of a block, likewise. Without an id it is barrier 0, without a
/// count for all threads.
struct BarrierIntrinsic {
  StringLiteral name;
  BarrierOperation operation;
  int id, count, predicate;
};

/// An intrinsic of a cluster, likewise. All come with the ending .aligned.
struct ClusterIntrinsic {
  StringLiteral name;
  ClusterOperation operation;
};

} // namespace

static constexpr Register registers[] = {
    {"tid", offsetof(SimulatedThread, index), true},
    {"ntid", offsetof(SimulatedThread, blockSize), true},
    {"ctaid", offsetof(SimulatedThread, blockIndex), true},
    {"nctaid", offsetof(SimulatedThread, gridSize), true},
    {"clusterid", offsetof(SimulatedThread, clusterIndex), true},
    {"nclusterid", offsetof(SimulatedThread, clusterGridSize), true},
    {"cluster.ctaid", offsetof(SimulatedThread, indexInCluster), true},
    {"cluster.nctaid", offsetof(SimulatedThread, clusterSize), true},
    // Clusters extend along x alone.
    {"cluster.ctarank", offsetof(SimulatedThread, indexInCluster), false},
    {"cluster.nctarank", offsetof(SimulatedThread, clusterSize), false},
    {"laneid", offsetof(SimulatedThread, lane), false},
    {"warpid", offsetof(SimulatedThread, warp), false},
    {"nwarpid", offsetof(SimulatedThread, numWarps), false},
    {"warpsize", offsetof(SimulatedThread, warpSize), false},
};

/// Shuffles come with four endings.
static constexpr WarpIntrinsic warpIntrinsics[] = {
    {"bar.warp.sync", WarpOperation::Sync, 0, -1, -1, -1},
    {"shfl.sync.up", WarpOperation::ShuffleUp, 0, 1, 2, 3},
    {"shfl.sync.down", WarpOperation::ShuffleDown, 0, 1, 2, 3},
    {"shfl.sync.bfly", WarpOperation::ShuffleXor, 0, 1, 2, 3},
    {"shfl.sync.idx", WarpOperation::ShuffleIndex, 0, 1, 2, 3},
    {"vote.all.sync", WarpOperation::VoteAll, 0, 1, -1, -1},
    {"vote.any.sync", WarpOperation::VoteAny, 0, 1, -1, -1},
    {"vote.uni.sync", WarpOperation::VoteUniform, 0, 1, -1, -1},
    {"vote.ballot.sync", WarpOperation::Ballot, 0, 1, -1, -1},
    {"redux.sync.add", WarpOperation::Add, 1, 0, -1, -1},
    {"redux.sync.min", WarpOperation::Min, 1, 0, -1, -1},
    {"redux.sync.max", WarpOperation::Max, 1, 0, -1, -1},
    {"redux.sync.umin", WarpOperation::UnsignedMin, 1, 0, -1, -1},
    {"redux.sync.umax", WarpOperation::UnsignedMax, 1, 0, -1, -1},
    {"redux.sync.and", WarpOperation::And, 1, 0, -1, -1},
    {"redux.sync.or", WarpOperation::Or, 1, 0, -1, -1},
    {"redux.sync.xor", WarpOperation::Xor, 1, 0, -1, -1},
};

static constexpr BarrierIntrinsic barrierIntrinsics[] = {
    {"barrier0", BarrierOperation::Wait, -1, -1, -1},
    {"barrier0.popc", BarrierOperation::Count, -1, -1, 0},
    {"barrier0.and", BarrierOperation::All, -1, -1, 0},
    {"barrier0.or", BarrierOperation::Any, -1, -1, 0},
    {"barrier.n", BarrierOperation::Wait, 0, -1, -1},
    {"bar.sync", BarrierOperation::Wait, 0, -1, -1},
    {"barrier.sync", BarrierOperation::Wait, 0, -1, -1},
    {"barrier", BarrierOperation::Wait, 0, 1, -1},
    {"barrier.sync.cnt", BarrierOperation::Wait, 0, 1, -1},
};

static constexpr ClusterIntrinsic clusterIntrinsics[] = {
    {"barrier.cluster.arrive", ClusterOperation::Arrive},
    {"barrier.cluster.arrive.relaxed", ClusterOperation::Arrive},
    {"barrier.cluster.wait", ClusterOperation::Wait},
};

/// Threads of blocks that run together do so by turns, in program order.
static constexpr StringLiteral fences[] = {"membar.cta", "membar.gl",
                                           "membar.sys", "fence.sc.cluster"};

/// The offset of a register of this name in SimulatedThread.
static std::optional<unsigned> registerOffset(StringRef name) {
  unsigned direction = 0;
  bool isDirected = name.size() > 2 && name[name.size() - 2] == '.' &&
                    name.back() >= 'x' && name.back() <= 'z';
  if (isDirected) {
    direction = name.back() - 'x';
    name = name.drop_back(2);
  }
  for (const Register &row : registers)
    if (row.name == name && row.hasDirections == isDirected)
      return row.offset + direction * sizeof(uint32_t);
  return std::nullopt;
}

Instruction *act::simulatedThread(Function &function) {
  BasicBlock &entry = function.getEntryBlock();
  IRBuilder<> builder(&entry, entry.begin());
  FunctionCallee callee = function.getParent()->getOrInsertFunction(
      kSimulatedThreadName, builder.getPtrTy());
  if (auto *first = dyn_cast<CallInst>(&entry.front()))
    if (first->getCalledOperand() == callee.getCallee())
      return first;
  return builder.CreateCall(callee);
}

/// Argument `index` of a call as 32 bits; 0 where there is none.
static Value *wordOf(IRBuilder<> &builder, CallInst &call, int index) {
  if (index < 0)
    return builder.getInt32(0);
  Value *value = call.getArgOperand(index);
  if (value->getType()->isFloatTy())
    return builder.CreateBitCast(value, builder.getInt32Ty());
  return builder.CreateZExtOrTrunc(value, builder.getInt32Ty());
}

/// The low bits of `word` as a type of intrinsics: i32, i1 or float.
static Value *fromWord(IRBuilder<> &builder, Value *word, Type *type) {
  if (type->isIntegerTy())
    return builder.CreateTrunc(word, type);
  return builder.CreateBitCast(builder.CreateTrunc(word, builder.getInt32Ty()),
                               type);
}

static Value *emitWarp(IRBuilder<> &builder, CallInst &call,
                       const WarpIntrinsic &row) {
  Type *word = builder.getInt32Ty(), *pair = builder.getInt64Ty();
  FunctionCallee callee = call.getModule()->getOrInsertFunction(
      kSimulatedWarpName, pair, word, word, word, word, word);
  Value *result = builder.CreateCall(
      callee,
      {builder.getInt32(uint32_t(row.operation)),
       wordOf(builder, call, row.mask), wordOf(builder, call, row.value),
       wordOf(builder, call, row.b), wordOf(builder, call, row.c)});
  Type *type = call.getType();
  if (type->isVoidTy())
    return nullptr;
  auto *both = dyn_cast<StructType>(type);
  if (!both)
    return fromWord(builder, result, type);
  // What C functions return for such a pair differs between machines.
  Value *value = builder.CreateInsertValue(
      PoisonValue::get(both),
      fromWord(builder, result, both->getElementType(0)), 0);
  Value *predicate = builder.CreateTrunc(builder.CreateLShr(result, 32),
                                         both->getElementType(1));
  return builder.CreateInsertValue(value, predicate, 1);
}

static Value *emitBarrier(IRBuilder<> &builder, CallInst &call,
                          const BarrierIntrinsic &row) {
  Type *word = builder.getInt32Ty();
  FunctionCallee callee = call.getModule()->getOrInsertFunction(
      kSimulatedBarrierName, word, word, word, word, word);
  Value *result = builder.CreateCall(
      callee,
      {builder.getInt32(uint32_t(row.operation)), wordOf(builder, call, row.id),
       wordOf(builder, call, row.count), wordOf(builder, call, row.predicate)});
  return call.getType()->isVoidTy() ? nullptr : result;
}

static Value *emitCluster(IRBuilder<> &builder, CallInst &call,
                          const ClusterIntrinsic &row) {
  FunctionCallee callee = call.getModule()->getOrInsertFunction(
      kSimulatedClusterName, builder.getVoidTy(), builder.getInt32Ty());
  builder.CreateCall(callee, builder.getInt32(uint32_t(row.operation)));
  return nullptr;
}

/// An address in the shared memory of another block. Addresses are integers for
/// C functions: pointers may be those of another space.
static Value *emitMap(IRBuilder<> &builder, CallInst &call) {
  Type *address = builder.getInt64Ty(), *word = builder.getInt32Ty();
  FunctionCallee callee = call.getModule()->getOrInsertFunction(
      kSimulatedMapName, address, address, word);
  Value *own = builder.CreatePtrToInt(call.getArgOperand(0), address);
  Value *mapped = builder.CreateCall(callee, {own, call.getArgOperand(1)});
  return builder.CreateIntToPtr(mapped, call.getType());
}

/// A load that the PTX has no other instruction for than ld.global.nc.
static Value *emitReadOnlyLoad(IRBuilder<> &builder, CallInst &call) {
  uint64_t align = cast<ConstantInt>(call.getArgOperand(1))->getZExtValue();
  return builder.CreateAlignedLoad(call.getType(), call.getArgOperand(0),
                                   MaybeAlign(align).valueOrOne());
}

/// Emits what stands for a call of the intrinsic llvm.nvvm.`name` in front of
/// it, and returns its result, if it has any; nothing where the intrinsic is
/// not known.
static std::optional<Value *> emitFor(CallInst &call, StringRef name) {
  IRBuilder<> builder(&call);
  if (is_contained(fences, name))
    return nullptr;
  if (name.starts_with("ldg.global."))
    return emitReadOnlyLoad(builder, call);
  for (const BarrierIntrinsic &row : barrierIntrinsics)
    if (row.name == name)
      return emitBarrier(builder, call, row);
  if (name == "mapa" || name == "mapa.shared.cluster")
    return emitMap(builder, call);
  StringRef unaligned = name;
  unaligned.consume_back(".aligned");
  for (const ClusterIntrinsic &row : clusterIntrinsics)
    if (row.name == unaligned)
      return emitCluster(builder, call, row);
  if (name.consume_front("read.ptx.sreg.")) {
    std::optional<unsigned> offset = registerOffset(name);
    if (!offset)
      return std::nullopt;
    Value *address = builder.CreateConstInBoundsGEP1_32(
        builder.getInt8Ty(), simulatedThread(*call.getFunction()), *offset);
    return builder.CreateLoad(builder.getInt32Ty(), address, name);
  }
  if (name.starts_with("shfl.sync."))
    name = name.rsplit('.').first;
  for (const WarpIntrinsic &row : warpIntrinsics)
    if (row.name == name)
      return emitWarp(builder, call, row);
  return std::nullopt;
}

/// Replaces the calls of one intrinsic.
static Error replaceCalls(Function &intrinsic) {
  StringRef name = intrinsic.getName().drop_front(strlen("llvm.nvvm."));
  for (User *user : make_early_inc_range(intrinsic.users())) {
    auto &call = cast<CallInst>(*user);
    std::optional<Value *> value = emitFor(call, name);
    if (!value)
      return createStringError("function '" + call.getFunction()->getName() +
                               "' calls '" + intrinsic.getName() +
                               "', which has no simulation");
    if (*value)
      call.replaceAllUsesWith(*value);
    call.eraseFromParent();
  }
  return Error::success();
}

/// An error for calls of what the host does not have.
static Error checkCallee(CallBase &call) {
  std::string in = "function '" + call.getFunction()->getName().str() + "' ";
  if (auto *assembly = dyn_cast<InlineAsm>(call.getCalledOperand()))
    return createStringError(
        in + "holds inline PTX, \"" + assembly->getAsmString() +
        "\", which has no simulation; make it a helper act.nv.*");
  Function *callee = call.getCalledFunction();
  if (!callee)
    return createStringError(in + "calls a pointer, which has no simulation");
  if (!callee->isDeclaration() || callee->isIntrinsic() ||
      callee->getName().starts_with("act."))
    return Error::success();
  return createStringError(in + "calls '" + callee->getName() +
                           "', which nothing defines");
}

Error act::replaceGpuIntrinsics(Module &module) {
  for (Function &function : module)
    for (Instruction &instruction : instructions(function))
      if (auto *call = dyn_cast<CallBase>(&instruction))
        if (Error error = checkCallee(*call))
          return error;
  for (Function &function : make_early_inc_range(module)) {
    if (!function.getName().starts_with("llvm.nvvm."))
      continue;
    if (Error error = replaceCalls(function))
      return error;
    function.eraseFromParent();
  }
  return Error::success();
}
