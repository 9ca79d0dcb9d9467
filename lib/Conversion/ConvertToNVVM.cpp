//===- ConvertToNVVM.cpp - GPU kernels become the NVVM dialect ------------===//
//
// One conversion with every pattern a kernel needs. act.nv becomes calls of
// functions that stand for instructions, element by element, so that what
// comes out runs on the host as well.
//
//===----------------------------------------------------------------------===//

#include "act/Conversion/Passes.h"
#include "act/IR/NvHelpers.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Transforms/DialectConversion.h"

namespace act {
#define GEN_PASS_DEF_ACTCONVERTTONVVM
#include "act/Conversion/Passes.h.inc"
} // namespace act

using namespace mlir;
using namespace act;

namespace {

/// Calls the function of the helper, once for each element of vectors.
struct CallHelper : OpRewritePattern<NvOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(NvOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto vector = dyn_cast<VectorType>(op.getType());
    if (!vector) {
      rewriter.replaceOp(op, call(op, op.getOperands(), rewriter));
      return success();
    }
    Value result =
        rewriter.create<arith::ConstantOp>(loc, rewriter.getZeroAttr(vector));
    for (int64_t lane = 0; lane < vector.getNumElements(); ++lane) {
      Value index = rewriter.create<arith::ConstantOp>(
          loc, rewriter.getI64IntegerAttr(lane));
      SmallVector<Value> elements;
      for (Value operand : op.getOperands())
        elements.push_back(
            rewriter.create<vector::ExtractElementOp>(loc, operand, index));
      result = rewriter.create<vector::InsertElementOp>(
          loc, call(op, elements, rewriter), result, index);
    }
    rewriter.replaceOp(op, result);
    return success();
  }

private:
  static Value call(NvOp op, ValueRange operands, PatternRewriter &rewriter) {
    std::string name = (kNvPrefix + op.getHelper()).str();
    auto module = op->getParentOfType<gpu::GPUModuleOp>();
    auto callee = module.lookupSymbol<LLVM::LLVMFuncOp>(name);
    if (!callee) {
      OpBuilder::InsertionGuard guard(rewriter);
      rewriter.setInsertionPointToStart(module.getBody());
      callee = rewriter.create<LLVM::LLVMFuncOp>(
          op.getLoc(), name,
          LLVM::LLVMFunctionType::get(getElementTypeOrSelf(op.getType()),
                                      llvm::to_vector(operands.getTypes())));
    }
    return rewriter.create<LLVM::CallOp>(op.getLoc(), callee, operands)
        .getResult();
  }
};

struct ConvertToNVVM : act::impl::ActConvertToNVVMBase<ConvertToNVVM> {
  void getDependentDialects(DialectRegistry &registry) const override {
    registry
        .insert<LLVM::LLVMDialect, NVVM::NVVMDialect, cf::ControlFlowDialect>();
  }
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    LLVMTypeConverter types(context);
    RewritePatternSet patterns(context);
    patterns.add<CallHelper>(context);
    populateSCFToControlFlowConversionPatterns(patterns);
    cf::populateControlFlowToLLVMConversionPatterns(types, patterns);
    arith::populateArithToLLVMConversionPatterns(types, patterns);
    populateMathToLLVMConversionPatterns(types, patterns);
    populateVectorToLLVMConversionPatterns(types, patterns);
    LLVMConversionTarget target(*context);
    target.addLegalOp<gpu::GPUModuleOp, gpu::ModuleEndOp>();
    target.addLegalDialect<NVVM::NVVMDialect>();
    if (failed(
            applyFullConversion(getOperation(), target, std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
