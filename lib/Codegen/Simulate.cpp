//===- Simulate.cpp - GPU kernels as code of the host ---------------------===//
//
// A kernel stays as it is but for its surroundings: intrinsics become loads and
// calls, shared memory a pointer that the thread has, and a function in front
// of the kernel loads its parameters. Address spaces stay, too. Under the
// host's data layout all pointers have 64 bits and mean the same, so that only
// casts between them, which targets may refuse, become casts by way of an
// integer.
//
//===----------------------------------------------------------------------===//

#include "SimulatedIntrinsics.h"
#include "act/Codegen/Simulation.h"
#include "act/SimulationABI.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/ReplaceConstant.h"
#include "llvm/IR/Verifier.h"

using namespace act;
using namespace llvm;

/// LLVM's number of the address space of shared memory.
static constexpr unsigned kSharedSpace = 3;

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

/// Kernels, and how many threads a block of each has at most; 0 where nothing
/// says it.
using Kernels = MapVector<Function *, uint64_t>;

static Kernels kernelsOf(Module &module) {
  Kernels kernels;
  for (Function &function : module)
    if (function.getCallingConv() == CallingConv::PTX_Kernel &&
        !function.isDeclaration())
      kernels.insert({&function, 0});
  NamedMDNode *annotations = module.getNamedMetadata("nvvm.annotations");
  if (!annotations)
    return kernels;
  DenseMap<Function *, uint64_t> limits;
  for (MDNode *row : annotations->operands()) {
    // The function, then pairs of a name and a value.
    auto *function = mdconst::dyn_extract_or_null<Function>(row->getOperand(0));
    if (!function || function->isDeclaration())
      continue;
    for (unsigned i = 1; i + 1 < row->getNumOperands(); i += 2) {
      auto *text = dyn_cast<MDString>(row->getOperand(i));
      auto *value = mdconst::dyn_extract<ConstantInt>(row->getOperand(i + 1));
      StringRef name = text ? text->getString() : "";
      if (name == "kernel")
        kernels.insert({function, 0});
      else if (value &&
               (name.starts_with("maxntid") || name.starts_with("reqntid")))
        limits[function] =
            std::max<uint64_t>(limits[function], 1) * value->getZExtValue();
    }
  }
  for (auto &[kernel, limit] : kernels)
    limit = limits.lookup(kernel);
  module.eraseNamedMetadata(annotations);
  return kernels;
}

/// Functions become such of the host, compiled for the machine's own level.
static Error makeHostFunction(Function &function) {
  for (StringRef flag : {"denormal-fp-math", "denormal-fp-math-f32"}) {
    Attribute attribute = function.getFnAttribute(flag);
    if (attribute.isValid() && attribute.getValueAsString() != "ieee,ieee")
      return createStringError("function '" + function.getName() + "' has " +
                               flag + "=" + attribute.getValueAsString() +
                               "; the simulator keeps subnormal numbers: "
                               "write flushing out");
  }
  for (StringRef name : {"target-cpu", "target-features", "tune-cpu"})
    function.removeFnAttr(name);
  function.addFnAttr("prefer-vector-width", "512");
  function.setDoesNotThrow();
  function.setCallingConv(CallingConv::C);
  function.setLinkage(GlobalValue::InternalLinkage);
  function.setVisibility(GlobalValue::DefaultVisibility);
  function.setComdat(nullptr);
  for (User *user : function.users())
    if (auto *call = dyn_cast<CallBase>(user))
      call->setCallingConv(CallingConv::C);
  return Error::success();
}

/// void run(void *const *parameters), which runs one thread of `kernel`.
static Function *makeEntry(Function &kernel) {
  IRBuilder<> builder(kernel.getContext());
  auto *type = FunctionType::get(builder.getVoidTy(), {builder.getPtrTy()},
                                 /*isVarArg=*/false);
  Function *entry = Function::Create(type, GlobalValue::InternalLinkage,
                                     "act.simulated.run." + kernel.getName(),
                                     kernel.getParent());
  builder.SetInsertPoint(BasicBlock::Create(kernel.getContext(), "", entry));
  SmallVector<Value *> values;
  for (Argument &argument : kernel.args()) {
    Value *slot = builder.CreateConstInBoundsGEP1_32(
        builder.getPtrTy(), entry->getArg(0), argument.getArgNo());
    Value *address = builder.CreateLoad(builder.getPtrTy(), slot);
    // A caller may keep parameters packed.
    values.push_back(
        argument.hasByValAttr()
            ? address
            : builder.CreateAlignedLoad(argument.getType(), address, Align(1)));
  }
  CallInst *call = builder.CreateCall(&kernel, values);
  call->setAttributes(
      kernel.getAttributes().removeFnAttributes(kernel.getContext()));
  builder.CreateRetVoid();
  return entry;
}

/// The functions that may call one of these.
static SetVector<Function *> callersOf(Module &module,
                                       ArrayRef<StringRef> names) {
  SetVector<Function *> callers;
  for (StringRef name : names)
    if (Function *function = module.getFunction(name))
      callers.insert(function);
  for (unsigned i = 0; i < callers.size(); ++i)
    for (User *user : callers[i]->users())
      if (auto *call = dyn_cast<CallBase>(user))
        callers.insert(call->getFunction());
  return callers;
}

/// The table of SimulatedKernelEntry.
static void emitTable(Module &module, const Kernels &kernels,
                      uint64_t sharedBytes) {
  SetVector<Function *> waiting =
      callersOf(module, {kSimulatedWarpName, kSimulatedBarrierName});
  SetVector<Function *> joining =
      callersOf(module, {kSimulatedClusterName, kSimulatedMapName});
  IRBuilder<> builder(module.getContext());
  auto *pointer = builder.getPtrTy();
  auto *word = builder.getInt64Ty();
  auto *type = StructType::get(pointer, pointer, word, word, word, word);
  SmallVector<Constant *> rows;
  for (auto [kernel, maxThreads] : kernels) {
    auto *text =
        ConstantDataArray::getString(module.getContext(), kernel->getName());
    auto *name =
        new GlobalVariable(module, text->getType(), /*isConstant=*/true,
                           GlobalValue::PrivateLinkage, text);
    rows.push_back(ConstantStruct::get(
        type,
        {name, makeEntry(*kernel), builder.getInt64(sharedBytes),
         builder.getInt64(waiting.contains(kernel) || joining.contains(kernel)),
         builder.getInt64(joining.contains(kernel)),
         builder.getInt64(maxThreads)}));
  }
  rows.push_back(Constant::getNullValue(type));
  auto *table = ConstantArray::get(ArrayType::get(type, rows.size()), rows);
  new GlobalVariable(module, table->getType(), /*isConstant=*/true,
                     GlobalValue::ExternalLinkage, table,
                     kSimulatedKernelsName);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// Uses of a shared variable become uses of the block's memory at `offset`.
static void placeShared(GlobalVariable &variable, uint64_t offset) {
  SmallVector<Use *> uses;
  for (Use &use : variable.uses())
    uses.push_back(&use);
  DenseMap<Function *, Value *> places;
  for (Use *use : uses) {
    Function *function = cast<Instruction>(use->getUser())->getFunction();
    Value *&place = places[function];
    if (!place) {
      Instruction *thread = simulatedThread(*function);
      IRBuilder<> builder(thread->getNextNode());
      Value *field = builder.CreateConstInBoundsGEP1_32(
          builder.getInt8Ty(), thread, offsetof(SimulatedThread, shared));
      Value *base = builder.CreateLoad(variable.getType(), field);
      place =
          builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), base, offset);
    }
    use->set(place);
  }
  variable.eraseFromParent();
}

/// Gives shared variables their places in the block's memory, and returns how
/// much of it is declared. What the launch adds lies behind that.
static Expected<uint64_t> placeSharedMemory(Module &module) {
  SmallVector<GlobalVariable *> fixed, dynamic;
  for (GlobalVariable &variable : module.globals()) {
    if (variable.getAddressSpace() != kSharedSpace)
      continue;
    for (User *user : variable.users())
      if (!isa<Instruction>(user))
        return createStringError("a constant holds the address of shared "
                                 "memory '" +
                                 variable.getName() + "'");
    if (variable.isDeclaration()) {
      dynamic.push_back(&variable);
      continue;
    }
    if (!isa<UndefValue>(variable.getInitializer()))
      return createStringError("shared memory '" + variable.getName() +
                               "' has an initial value, which GPUs ignore; "
                               "initialize it with undef");
    fixed.push_back(&variable);
  }
  const DataLayout &layout = module.getDataLayout();
  uint64_t bytes = 0;
  for (GlobalVariable *variable : fixed) {
    bytes =
        alignTo(bytes, std::max(layout.getPreferredAlign(variable), Align(16)));
    uint64_t size = layout.getTypeAllocSize(variable->getValueType());
    placeShared(*variable, bytes);
    bytes += size;
  }
  bytes = alignTo(bytes, 128);
  for (GlobalVariable *variable : dynamic)
    placeShared(*variable, bytes);
  return bytes;
}

/// Rewrites a cast between address spaces, and makes an alloca one of the
/// host's stack.
static void useHostPointers(Instruction &instruction) {
  IRBuilder<> builder(&instruction);
  Value *pointer;
  if (auto *cast = dyn_cast<AddrSpaceCastInst>(&instruction)) {
    pointer = cast->getPointerOperand();
  } else {
    auto *alloca = dyn_cast<AllocaInst>(&instruction);
    if (!alloca || alloca->getAddressSpace() == 0)
      return;
    AllocaInst *other = builder.CreateAlloca(alloca->getAllocatedType(), 0,
                                             alloca->getArraySize());
    other->setAlignment(alloca->getAlign());
    pointer = other;
  }
  const DataLayout &layout = instruction.getModule()->getDataLayout();
  Type *integer = layout.getIntPtrType(pointer->getType());
  instruction.replaceAllUsesWith(builder.CreateIntToPtr(
      builder.CreatePtrToInt(pointer, integer), instruction.getType()));
  instruction.eraseFromParent();
}

/// Constant expressions of variables in address spaces become instructions,
/// as their casts must.
static void expandConstants(Module &module) {
  SmallVector<Constant *> variables;
  for (GlobalVariable &variable : module.globals())
    if (variable.getAddressSpace() != 0)
      variables.push_back(&variable);
  convertUsersOfConstantsToInstructions(variables);
}

//===----------------------------------------------------------------------===//

/// Small integers that C functions take come extended.
static void extendArguments(Function &function) {
  auto extend = [](Type *type, auto &&add) {
    if (type->isIntegerTy() && type->getIntegerBitWidth() < 32)
      add();
  };
  for (Argument &argument : function.args())
    extend(argument.getType(), [&] {
      function.addParamAttr(argument.getArgNo(), Attribute::ZExt);
      for (User *user : function.users())
        if (auto *call = dyn_cast<CallBase>(user))
          call->addParamAttr(argument.getArgNo(), Attribute::ZExt);
    });
}

/// LLVM 19 takes the wrong bits in some masked logic of AVX-512 (issue 157929
/// of llvm-project): a select between x and y with the sign of x.
static const CpuLevel &soundLevel(const CpuLevel &level) {
  return StringRef(level.name) == "x86-64-v4" ? *cpuLevelNamed("x86-64-v3")
                                              : level;
}

Expected<std::unique_ptr<MemoryBuffer>>
act::emitSimulated(Module &module, const CpuLevel &level) {
  auto machine = createTargetMachine(soundLevel(level));
  if (!machine)
    return machine.takeError();
  module.setTargetTriple((*machine)->getTargetTriple().str());
  module.setDataLayout((*machine)->createDataLayout());
  if (!module.getModuleInlineAsm().empty())
    return createStringError("the module holds inline PTX, which has no "
                             "simulation");
  // They keep kernels and shared memory, which are not what they were.
  for (StringRef name : {"llvm.used", "llvm.compiler.used"})
    if (GlobalVariable *list = module.getNamedGlobal(name))
      list->eraseFromParent();

  Kernels kernels = kernelsOf(module);
  for (Function &function : module)
    if (!function.isDeclaration()) {
      // What ptxas would optimise nobody does here.
      function.removeFnAttr(Attribute::OptimizeNone);
      if (Error error = makeHostFunction(function))
        return std::move(error);
    }
  if (Error error = replaceGpuIntrinsics(module))
    return std::move(error);
  for (Function &function : module)
    if (function.isDeclaration() && !function.isIntrinsic())
      extendArguments(function);
  expandConstants(module);
  Expected<uint64_t> sharedBytes = placeSharedMemory(module);
  if (!sharedBytes)
    return sharedBytes.takeError();
  for (Function &function : module)
    for (Instruction &i : make_early_inc_range(instructions(function)))
      useHostPointers(i);
  emitTable(module, kernels, *sharedBytes);
  std::string problem;
  raw_string_ostream stream(problem);
  if (verifyModule(module, &stream))
    return createStringError("the simulated module is not valid: " + problem);
  return emitMachineCode(module, **machine, /*assembly=*/false);
}
