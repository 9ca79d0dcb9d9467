//===- SoftmaxOpTest.cpp - act.softmax on tensors and its interfaces ------===//

#include "act/IR/Act.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/IR/Verifier.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace act;

namespace {
/// A module with a tensor of shape ?x8 to work on.
struct SoftmaxOpTest : testing::Test {
  SoftmaxOpTest() : builder(&context) {
    context
        .loadDialect<ActDialect, arith::ArithDialect, tensor::TensorDialect>();
    module = ModuleOp::create(builder.getUnknownLoc());
    builder.setInsertionPointToEnd(module->getBody());
    Value rows = builder.create<arith::ConstantIndexOp>(loc(), 3);
    x = builder.create<tensor::EmptyOp>(
        loc(),
        RankedTensorType::get({ShapedType::kDynamic, 8}, builder.getF32Type()),
        rows);
  }
  Location loc() { return builder.getUnknownLoc(); }

  /// The operation without a stated type of its result.
  SoftmaxOp create(StringRef form, std::optional<int64_t> axis) {
    Value none;
    auto op = builder.create<SoftmaxOp>(
        loc(), builder.getStringAttr(form), x, none, none, none, none, none,
        none, none, DictionaryAttr(),
        axis ? builder.getI64IntegerAttr(*axis) : IntegerAttr(), UnitAttr(),
        builder.getStringAttr("nan"));
    EXPECT_TRUE(succeeded(verify(op)));
    return op;
  }

  MLIRContext context{MLIRContext::Threading::DISABLED};
  OpBuilder builder;
  OwningOpRef<ModuleOp> module;
  Value x;
};
} // namespace

TEST_F(SoftmaxOpTest, InfersTheTypeOfTheOperand) {
  for (StringRef form : {"probability", "log", "sparsemax", "entmax15"})
    EXPECT_EQ(create(form, 0).getType(), x.getType()) << form.str();
}

TEST_F(SoftmaxOpTest, InfersOneElementForTheSumOfARow) {
  EXPECT_EQ(
      create("sum", std::nullopt).getType(),
      RankedTensorType::get({ShapedType::kDynamic, 1}, builder.getF32Type()));
  EXPECT_EQ(create("sum", -2).getType(),
            RankedTensorType::get({1, 8}, builder.getF32Type()));
  EXPECT_EQ(create("sum", 0).getAxisFromEnd(), -2);
}

TEST_F(SoftmaxOpTest, ReifiesShapes) {
  auto shapeOf = [&](SoftmaxOp op) {
    ReifiedRankedShapedTypeDims shapes;
    EXPECT_TRUE(succeeded(op.reifyResultShapes(builder, shapes)));
    EXPECT_EQ(shapes.size(), 1u);
    return shapes.front();
  };
  auto isNumber = [](OpFoldResult size, int64_t n) {
    auto attr = dyn_cast_if_present<Attribute>(size);
    return attr && cast<IntegerAttr>(attr).getInt() == n;
  };
  SmallVector<OpFoldResult> whole = shapeOf(create("log", std::nullopt));
  auto rows = dyn_cast_if_present<Value>(whole[0]);
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows.getDefiningOp<tensor::DimOp>().getSource(), x);
  EXPECT_TRUE(isNumber(whole[1], 8));
  SmallVector<OpFoldResult> sum = shapeOf(create("sum", std::nullopt));
  EXPECT_TRUE(dyn_cast_if_present<Value>(sum[0]));
  EXPECT_TRUE(isNumber(sum[1], 1));
}

TEST_F(SoftmaxOpTest, HasNoEffects) {
  EXPECT_TRUE(isPure(create("probability", std::nullopt)));
}
