//===- Quantized.cpp - Runs whose result is quantised ---------------------===//

#include "Quantized.h"
#include "act/Reference/Quad.h"
#include "act/Transforms/Quantize.h"
#include "llvm/Support/MathExtras.h"

using namespace act;
using namespace act::run;
using llvm::createStringError;
using llvm::Error;

mlir::LogicalResult
act::run::quantize(FuncOp func, const Options::Quantization &quantization) {
  return markQuantized(
      func, QuantizationAttr::get(func.getContext(), quantization.format,
                                  quantization.scaling, quantization.scale));
}

std::optional<Data::Quantization> act::run::quantizationOf(FuncOp func) {
  QuantizationAttr attr = func.getQuantization();
  if (!attr)
    return std::nullopt;
  double scale = attr.isDynamic() ? 1 : double(quadFromText(attr.getScale()));
  return Data::Quantization{attr.getFormat(), attr.getScaling(), scale};
}

std::vector<std::string> act::run::namesOfQuantized(FuncOp func) {
  if (!func.getQuantization().isDynamic())
    return {"out"};
  return {"out", "scale"};
}

std::vector<int64_t> Data::rowShape() const {
  std::vector<int64_t> rows = shape;
  if (quantization && quantization->scaling == Scaling::Block)
    rows[*axis] = std::min(rows[*axis], kScaleBlock);
  return rows;
}

Error act::run::addScales(Data &data) {
  if (!data.quantization)
    return Error::success();
  if (data.dtype == DType::F64)
    return createStringError("results of f64 are not quantised; give "
                             "--dtype=f32, bf16 or f16 beside --quantize");
  if (data.quantization->scaling == Scaling::Static)
    return Error::success();
  if (data.iteration != data.shape)
    return createStringError(
        "gate and up lie in blocks, which a row with a scale of its own "
        "crosses; use another layout, or a scale that is given");
  std::vector<int64_t> shape = data.shape;
  shape.back() = data.quantization->scaling == Scaling::Row
                     ? 1
                     : llvm::divideCeil(shape.back(), kScaleBlock);
  auto scales = tools::allocate(tools::ElementType::F32, shape);
  if (!scales)
    return scales.takeError();
  unsigned number = data.results.size();
  data.results.push_back(std::move(*scales));
  data.arrays.arrayOf.push_back(number);
  data.arrays.parts.emplace_back();
  auto operand = operandOf(shape, number, std::nullopt);
  if (!operand)
    return operand.takeError();
  data.operands.push_back(std::move(*operand));
  return Error::success();
}
