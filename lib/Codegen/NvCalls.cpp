//===- NvCalls.cpp - What GPU kernels call --------------------------------===//
//
//   %y = call float @act.nv.ex2(float %x)
// becomes
//   %y = call float asm "ex2.approx.ftz.f32 $0, $1;", "=f,f"(float %x)
//
//===----------------------------------------------------------------------===//

#include "NvCalls.h"
#include "act/IR/NvHelpers.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Intrinsics.h"

using namespace act;
using llvm::createStringError;

/// The constraint of inline PTX for a value of a C type of NvHelpers.def, or 0
/// if LLVM's type is another one.
static char constraintFor(llvm::StringRef cType, llvm::Type *type) {
  struct Row {
    llvm::StringRef cType;
    bool matches;
    char constraint;
  };
  const Row rows[] = {{"float", type->isFloatTy(), 'f'},
                      {"double", type->isDoubleTy(), 'd'},
                      {"uint16_t", type->isIntegerTy(16), 'h'},
                      {"uint32_t", type->isIntegerTy(32), 'r'},
                      {"uint64_t", type->isIntegerTy(64), 'l'}};
  for (const Row &row : rows)
    if (cType == row.cType)
      return row.matches ? row.constraint : 0;
  bool isPointer = cType.ends_with("*") && type->isPointerTy();
  return isPointer ? 'l' : 0;
}

/// Such as "=f,f", or nothing if the function's type is not the helper's.
/// A helper without a result is there for what it does.
static std::optional<std::string> constraintsOf(const NvHelper &helper,
                                                llvm::FunctionType *type) {
  if (type->isVarArg() || type->getNumParams() != helper.operands.size())
    return std::nullopt;
  llvm::SmallVector<std::string, 4> parts;
  bool hasResult = llvm::StringRef(helper.result) != "void";
  if (hasResult) {
    char result = constraintFor(helper.result, type->getReturnType());
    if (!result)
      return std::nullopt;
    parts.push_back({'=', result});
  } else if (!type->getReturnType()->isVoidTy()) {
    return std::nullopt;
  }
  for (auto [cType, operand] : llvm::zip(helper.operands, type->params())) {
    char constraint = constraintFor(cType, operand);
    if (!constraint)
      return std::nullopt;
    parts.push_back({constraint});
  }
  if (!hasResult)
    parts.push_back("~{memory}");
  return llvm::join(parts, ",");
}

/// The helper that a function stands for, or why it stands for none.
static llvm::Expected<const NvHelper *> helperOf(const llvm::Function &function,
                                                 const GpuLevel &level) {
  llvm::StringRef name = function.getName();
  if (!name.consume_front(kNvPrefix))
    return createStringError("GPU code calls '" + name +
                             "', which nothing defines; a GPU has no "
                             "library: expand it to operations and helpers " +
                             kNvPrefix + "*");
  const NvHelper *helper = nvHelperNamed(name);
  if (!helper)
    return createStringError("GPU code calls '" + function.getName() +
                             "', which NvHelpers.def does not have");
  if (level.capability < helper->lowestSm)
    return createStringError(
        "GPU code calls '" + function.getName() + "', which " + level.name +
        " does not have, but sm_" + llvm::Twine(helper->lowestSm) +
        "; compile for that, or expand it to other operations");
  if (!constraintsOf(*helper, function.getFunctionType()))
    return createStringError(
        "GPU code calls '" + function.getName() +
        "' with other types than those of NvHelpers.def: " + helper->result +
        " (" + llvm::join(helper->operands, ", ") + ")");
  for (const llvm::Use &use : function.uses()) {
    const auto *call = llvm::dyn_cast<llvm::CallInst>(use.getUser());
    if (!call || !call->isCallee(&use) ||
        call->getFunctionType() != function.getFunctionType())
      return createStringError("GPU code uses '" + function.getName() +
                               "' other than to call it");
  }
  return helper;
}

/// Intrinsics that code generation turns into a call of a mathematical library,
/// or that it cannot select. Any of them would end the process there.
static bool isLibraryFunction(llvm::Intrinsic::ID id) {
  using namespace llvm;
  switch (id) {
  case Intrinsic::acos:
  case Intrinsic::asin:
  case Intrinsic::atan:
  case Intrinsic::canonicalize:
  case Intrinsic::cos:
  case Intrinsic::cosh:
  case Intrinsic::exp:
  case Intrinsic::exp10:
  case Intrinsic::exp2:
  case Intrinsic::frexp:
  case Intrinsic::ldexp:
  case Intrinsic::log:
  case Intrinsic::log10:
  case Intrinsic::log2:
  case Intrinsic::pow:
  case Intrinsic::powi:
  case Intrinsic::sin:
  case Intrinsic::sinh:
  case Intrinsic::tan:
  case Intrinsic::tanh:
    return true;
  default:
    return false;
  }
}

/// Of a function, or of a call.
template <typename T> static void setPure(T &callee) {
  callee.setDoesNotAccessMemory();
  callee.setDoesNotThrow();
  callee.addFnAttr(llvm::Attribute::WillReturn);
  callee.addFnAttr(llvm::Attribute::Speculatable);
}

llvm::Error act::checkCalls(llvm::Module &module, const GpuLevel &level) {
  for (llvm::GlobalVariable &global : module.globals())
    // Shared memory whose size the launch says is declared so.
    if (global.isDeclaration() && global.getAddressSpace() != 3)
      return createStringError("GPU code uses the memory '" + global.getName() +
                               "', which nothing defines");
  for (llvm::Function &function : llvm::make_early_inc_range(module)) {
    if (!function.isDeclaration())
      continue;
    if (function.use_empty()) {
      function.eraseFromParent();
      continue;
    }
    if (function.isIntrinsic()) {
      if (isLibraryFunction(function.getIntrinsicID()))
        return createStringError("GPU code calls '" + function.getName() +
                                 "', which is no instruction; expand it to "
                                 "operations and helpers " +
                                 kNvPrefix + "*");
      continue;
    }
    llvm::Expected<const NvHelper *> helper = helperOf(function, level);
    if (!helper)
      return helper.takeError();
    if (llvm::StringRef((*helper)->result) != "void")
      setPure(function);
  }
  return llvm::Error::success();
}

static void replaceCalls(llvm::Function &function, const NvHelper &helper) {
  llvm::FunctionType *type = function.getFunctionType();
  bool isPure = function.doesNotAccessMemory();
  auto *ptx =
      llvm::InlineAsm::get(type, helper.ptx, *constraintsOf(helper, type),
                           /*hasSideEffects=*/!isPure);
  for (llvm::User *user : llvm::make_early_inc_range(function.users())) {
    auto *call = llvm::cast<llvm::CallInst>(user);
    call->setCalledOperand(ptx);
    if (isPure)
      setPure(*call);
  }
  function.eraseFromParent();
}

/// LLVM selects by the sign, in three instructions; one takes the bits of
/// 0x80000000 from the second operand and the others from the first (0xd8).
static llvm::Value *emitCopysign(llvm::IRBuilder<> &builder, llvm::Value *x,
                                 llvm::Value *sign) {
  llvm::Type *word = builder.getInt32Ty();
  auto *type = llvm::FunctionType::get(word, {word, word}, false);
  auto *ptx = llvm::InlineAsm::get(
      type, "lop3.b32 $0, $1, $2, 0x80000000, 0xd8;", "=r,r,r",
      /*hasSideEffects=*/false);
  llvm::CallInst *call = builder.CreateCall(
      type, ptx,
      {builder.CreateBitCast(x, word), builder.CreateBitCast(sign, word)});
  setPure(*call);
  return builder.CreateBitCast(call, builder.getFloatTy());
}

/// Of f32 and vectors of it.
static void replaceCopysign(llvm::Module &module) {
  for (llvm::Function &function : llvm::make_early_inc_range(module)) {
    llvm::Type *type = function.getReturnType();
    auto *vector = llvm::dyn_cast<llvm::FixedVectorType>(type);
    if (function.getIntrinsicID() != llvm::Intrinsic::copysign ||
        !type->getScalarType()->isFloatTy() || (type->isVectorTy() && !vector))
      continue;
    for (llvm::User *user : llvm::make_early_inc_range(function.users())) {
      auto *call = llvm::cast<llvm::CallInst>(user);
      llvm::IRBuilder<> builder(call);
      llvm::Value *x = call->getArgOperand(0), *sign = call->getArgOperand(1),
                  *result = llvm::PoisonValue::get(type);
      if (!vector)
        result = emitCopysign(builder, x, sign);
      for (unsigned i = 0; vector && i < vector->getNumElements(); ++i)
        result = builder.CreateInsertElement(
            result,
            emitCopysign(builder, builder.CreateExtractElement(x, i),
                         builder.CreateExtractElement(sign, i)),
            i);
      call->replaceAllUsesWith(result);
      call->eraseFromParent();
    }
    function.eraseFromParent();
  }
}

llvm::Error act::replaceNvCalls(llvm::Module &module, const GpuLevel &level) {
  if (llvm::Error error = checkCalls(module, level))
    return error;
  replaceCopysign(module);
  for (llvm::Function &function : llvm::make_early_inc_range(module))
    if (function.isDeclaration() && !function.isIntrinsic())
      replaceCalls(function, *llvm::cantFail(helperOf(function, level)));
  return llvm::Error::success();
}
