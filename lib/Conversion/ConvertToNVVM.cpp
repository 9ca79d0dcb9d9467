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
#include "mlir/Dialect/Vector/IR/VectorOps.h"
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
    auto vector = dyn_cast<VectorType>(op.getType());
    if (!vector) {
      rewriter.replaceOp(op, call(op, op.getHelper(), op.getType(),
                                  op.getOperands(), rewriter));
      return success();
    }
    int64_t size = vector.getNumElements();
    if (op.getHelper() == "round_bf16" && size % 2 == 0) {
      roundTwo(op, size, rewriter);
      return success();
    }
    SmallVector<Value> results;
    for (int64_t lane = 0; lane < size; ++lane) {
      SmallVector<Value> elements;
      for (Value operand : op.getOperands())
        elements.push_back(elementOf(operand, lane, rewriter));
      results.push_back(call(op, op.getHelper(), vector.getElementType(),
                             elements, rewriter));
    }
    rewriter.replaceOp(op, together(results, rewriter));
    return success();
  }

private:
  /// Two elements are rounded into one register: half as many instructions, and
  /// none that bring halves of registers together.
  static void roundTwo(NvOp op, int64_t size, PatternRewriter &rewriter) {
    Value x = op.getOperand(0);
    SmallVector<Value> words;
    for (int64_t lane = 0; lane < size; lane += 2)
      words.push_back(
          call(op, "round_two_bf16", rewriter.getI32Type(),
               {elementOf(x, lane + 1, rewriter), elementOf(x, lane, rewriter)},
               rewriter));
    rewriter.replaceOpWithNewOp<vector::BitCastOp>(op, op.getType(),
                                                   together(words, rewriter));
  }

  static Value elementOf(Value vector, int64_t lane,
                         PatternRewriter &rewriter) {
    Location loc = vector.getLoc();
    Value index = rewriter.create<arith::ConstantOp>(
        loc, rewriter.getI64IntegerAttr(lane));
    return rewriter.create<vector::ExtractElementOp>(loc, vector, index);
  }

  static Value together(ArrayRef<Value> elements, PatternRewriter &rewriter) {
    Location loc = elements.front().getLoc();
    auto type =
        VectorType::get({int64_t(elements.size())}, elements.front().getType());
    Value vector =
        rewriter.create<arith::ConstantOp>(loc, rewriter.getZeroAttr(type));
    for (auto [lane, element] : llvm::enumerate(elements)) {
      Value index = rewriter.create<arith::ConstantOp>(
          loc, rewriter.getI64IntegerAttr(lane));
      vector =
          rewriter.create<vector::InsertElementOp>(loc, element, vector, index);
    }
    return vector;
  }

  static Value call(NvOp op, StringRef helper, Type result, ValueRange operands,
                    PatternRewriter &rewriter) {
    std::string name = (kNvPrefix + helper).str();
    auto module = op->getParentOfType<gpu::GPUModuleOp>();
    auto callee = module.lookupSymbol<LLVM::LLVMFuncOp>(name);
    if (!callee) {
      OpBuilder::InsertionGuard guard(rewriter);
      rewriter.setInsertionPointToStart(module.getBody());
      callee = rewriter.create<LLVM::LLVMFuncOp>(
          op.getLoc(), name,
          LLVM::LLVMFunctionType::get(result,
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
