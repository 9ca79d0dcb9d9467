//===- RowData.cpp - Arrays of a function of a row ------------------------===//

#include "RowData.h"
#include "Print.h"
#include <cmath>

using namespace act;
using namespace act::run;
using llvm::createStringError;
using llvm::Error;

void Data::dropAxes() {
  for (unsigned i : droppedResults) {
    std::vector<int64_t> &shape = results[operands[numInputs + i].array].shape;
    shape.erase(shape.begin() + *axis);
  }
}

static std::string textOf(llvm::ArrayRef<int64_t> shape) {
  std::string text;
  for (int64_t dim : shape)
    text += (text.empty() ? "" : "x") + std::to_string(dim);
  return text.empty() ? "one number" : text;
}

Error act::run::checkCotangent(llvm::ArrayRef<int64_t> cotangent,
                               llvm::ArrayRef<int64_t> shape) {
  if (cotangent.empty() || cotangent == shape)
    return Error::success();
  return createStringError("--cotangent has the shape " + textOf(cotangent) +
                           ", the function's result " + textOf(shape) +
                           "; give a gradient for each element of the result, "
                           "or one number for all");
}

Error act::run::placeCotangent(FuncOp func, unsigned k, Data &data) {
  std::vector<int64_t> shape = data.shape, &own = data.operands[k].shape;
  bool isDropped = bool(func.getArgAttr(k, kDroppedAttr));
  if (data.axis && (isDropped || func.getArgAttr(k, kUniformAttr)))
    shape[*data.axis] = 1;
  if (isDropped && !own.empty()) {
    std::vector<int64_t> dropped = shape;
    dropped.erase(dropped.begin() + *data.axis);
    if (Error error = checkCotangent(own, dropped))
      return error;
    auto operand = operandOf(shape, data.operands[k].array, std::nullopt);
    if (!operand)
      return operand.takeError();
    data.inputs[data.operands[k].array].shape = shape;
    data.operands[k] = std::move(*operand);
  }
  return checkCotangent(data.operands[k].shape, shape);
}

Error act::run::findAxis(FuncOp func, Data &data) {
  // A gradient may have an axis and combine nothing.
  auto stated = func->getAttrOfType<mlir::IntegerAttr>(kAxisAttr);
  if (!stated && !isRowFunction(func))
    return Error::success();
  int64_t rank = data.shape.size(), axis = stated ? stated.getInt() : -1;
  if (axis < -rank || axis >= rank)
    return createStringError(
        "axis " + llvm::Twine(axis) + " is out of range for the shape " +
        tools::formatShape(data.shape) +
        (rank == 0 ? std::string("; a function of a row needs an array")
                   : "; give one from " + std::to_string(-rank) + " to " +
                         std::to_string(rank - 1)));
  data.axis = axis < 0 ? axis + rank : axis;
  return Error::success();
}

/// The elements of a position are their places along its axis.
static Error fillPosition(FuncOp func, unsigned k, Data &data) {
  int64_t rank = data.shape.size();
  auto attr = func.getArgAttrOfType<mlir::IntegerAttr>(k, kPositionAttr);
  int64_t axis = attr.getInt() + (attr.getInt() < 0 ? rank : 0);
  if (axis < 0 || axis >= rank)
    return createStringError(
        "the position along axis " + llvm::Twine(attr.getInt()) +
        " is asked for, but the common shape is " +
        tools::formatShape(data.shape) +
        "; causal=1 and position take an array of a row's axis and theirs");
  std::vector<int64_t> shape(rank, 1);
  shape[axis] = data.shape[axis];
  auto array = tools::allocate(indexTypeOf(data.dtype), shape);
  if (!array)
    return array.takeError();
  for (int64_t i = 0; i < shape[axis]; ++i)
    array->set(i, double(i));
  unsigned number = data.arrays.arrayOf[k];
  data.inputs[number] = std::move(*array);
  auto operand = operandOf(shape, number, std::nullopt);
  if (!operand)
    return operand.takeError();
  data.operands[k] = std::move(*operand);
  return Error::success();
}

/// The axis of its rows, of one element, for an input that is stored without
/// it; one number, or one that has such an axis, stays as it is.
static Error placeDropped(FuncOp func, unsigned k, Data &data) {
  std::vector<int64_t> kept = data.shape, dropped = data.shape,
                       &own = data.operands[k].shape;
  kept[*data.axis] = 1;
  dropped.erase(dropped.begin() + *data.axis);
  if (own.empty() || own == kept)
    return Error::success();
  if (own != dropped)
    return createStringError("input '" + func.getArgName(k) +
                             "' has the shape " + tools::formatShape(own) +
                             "; one value for each row is " +
                             tools::formatShape(dropped));
  unsigned number = data.arrays.arrayOf[k];
  data.inputs[number].shape = kept;
  auto operand = operandOf(kept, number, std::nullopt);
  if (!operand)
    return operand.takeError();
  data.operands[k] = std::move(*operand);
  return Error::success();
}

Error act::run::placeIndexInputs(FuncOp func, Data &data) {
  for (unsigned k = 0; data.axis && k < data.numInputs; ++k) {
    bool isIndex = bool(func.getArgAttr(k, kIndexAttr));
    if (func.getArgAttr(k, kPositionAttr))
      if (Error error = fillPosition(func, k, data))
        return error;
    if (isIndex && func.getArgAttr(k, kDroppedAttr))
      if (Error error = placeDropped(func, k, data))
        return error;
  }
  return Error::success();
}

Error act::run::markRowInputs(FuncOp func, Data &data, bool isJacobian) {
  if (!data.axis)
    return Error::success();
  int64_t rank = data.shape.size(), fromEnd = rank - *data.axis;
  for (unsigned k = 0; k < data.numInputs; ++k) {
    const std::vector<int64_t> &shape = data.operands[k].shape;
    bool isOne =
        int64_t(shape.size()) < fromEnd || shape[shape.size() - fromEnd] == 1;
    bool isCotangent = func.getArgName(k).starts_with("cotangent");
    if (!isOne && !isCotangent && func.getArgAttr(k, kUniformAttr))
      return createStringError("input '" + func.getArgName(k) +
                               "' has the shape " + tools::formatShape(shape) +
                               "; it is one value for each row, of 1 along "
                               "axis " +
                               llvm::Twine(*data.axis));
    if (!isOne || data.shape[*data.axis] == 1 ||
        (isJacobian && func.getArgName(k) == "cotangent"))
      continue;
    data.uniformInputs.push_back(k);
    func.setArgAttr(k, kUniformAttr, mlir::UnitAttr::get(func.getContext()));
  }
  return Error::success();
}

bool act::run::markRowArguments(FuncOp base, FuncOp derived, const Data &data) {
  bool isMarked = false;
  for (unsigned k : data.uniformInputs)
    for (unsigned i = 0; isRowFunction(base) && i < base.getNumArguments(); ++i)
      if (base.getArgName(i) == derived.getArgName(k)) {
        base.setArgAttr(i, kUniformAttr,
                        mlir::UnitAttr::get(base.getContext()));
        isMarked = true;
      }
  return isMarked;
}

void act::run::findRowResults(FuncOp func, Data &data) {
  if (!data.axis || data.quantization)
    return;
  llvm::DenseSet<mlir::Value> uniform = uniformValues(func);
  for (auto [i, value] : llvm::enumerate(func.getReturn().getValues())) {
    if (!uniform.contains(value))
      continue;
    // The gradient of an input that has elements is stored for each.
    if (func.getResultAttr(i, kReduceAttr)) {
      std::vector<int64_t> own = shapeOfResult(func, i, data);
      int64_t fromEnd = data.shape.size() - *data.axis;
      if (int64_t(own.size()) >= fromEnd && own[own.size() - fromEnd] != 1)
        continue;
    }
    data.uniformResults.push_back(i);
    if (func.getResultAttr(i, kDroppedAttr))
      data.droppedResults.push_back(i);
  }
}

Error act::run::expandJacobian(FuncOp func, Data &data) {
  if (!data.axis)
    return createStringError("--jacobian is for functions of a row; others are "
                             "differentiated by --derivative");
  unsigned k = 0;
  while (func.getArgName(k) != "cotangent")
    ++k;
  if (func.getArgAttr(k, kUniformAttr) || func.getArgAttr(k, kDroppedAttr))
    return createStringError("the function has one value a row, whose Jacobian "
                             "is its gradient; give --vjp --cotangent=1");
  if (!data.reducedResults().empty() || !data.uniformResults.empty())
    return createStringError(
        "the Jacobian is by an input of the common shape " +
        tools::formatShape(data.shape) + "; give it that shape");
  int64_t axis = *data.axis, n = data.shape[axis];
  data.shape.insert(data.shape.begin() + axis, n);
  data.iteration = data.shape;
  for (Operand &operand : data.operands)
    operand.strides.insert(operand.strides.begin() + axis, 0);
  ++*data.axis;
  auto identity = tools::allocate(elementTypeOf(data.dtype), {n, n});
  if (!identity)
    return identity.takeError();
  for (int64_t i = 0; i < n * n; ++i)
    identity->set(i, i / n == i % n);
  Operand &cotangent = data.operands[k];
  cotangent.shape = identity->shape;
  cotangent.strides.assign(data.shape.size(), 0);
  cotangent.strides[axis] = n;
  cotangent.strides[axis + 1] = 1;
  data.inputs[cotangent.array] = std::move(*identity);
  auto result = tools::allocate(elementTypeOf(data.dtype), data.shape);
  if (!result)
    return result.takeError();
  data.results[0] = std::move(*result);
  auto operand = operandOf(data.shape, 0, std::nullopt);
  if (!operand)
    return operand.takeError();
  data.operands[data.numInputs] = std::move(*operand);
  return Error::success();
}

tools::ElementType act::run::indexTypeOf(DType type) {
  return type == DType::F64 ? tools::ElementType::F64 : tools::ElementType::F32;
}

/// Class numbers are whole and below the length of the row; negative ones are
/// none of its classes.
static Error checkClasses(FuncOp func, unsigned k, const Data &data) {
  const tools::Array &array = data.inputs[data.operands[k].array];
  int64_t classes = data.shape[*data.axis];
  for (int64_t i = 0; i < array.size(); ++i)
    if (double value = array.get(i);
        value != std::floor(value) || value >= double(classes))
      return createStringError(
          "input '" + func.getArgName(k) + "' holds " +
          tools::formatShortest(value, array.type) + " at element " +
          llvm::Twine(i) + ", but a row has the classes 0 to " +
          llvm::Twine(classes - 1) + "; negative numbers are no class");
  return Error::success();
}

Error act::run::checkInputRanges(FuncOp func, const Data &data) {
  for (unsigned k = 0; k < data.numInputs; ++k) {
    if (data.axis && func.getArgAttr(k, kIndexAttr))
      if (Error error = checkClasses(func, k, data))
        return error;
    auto range = func.getArgAttrOfType<mlir::StringAttr>(k, kRangeAttr);
    if (!range || data.operands[k].isMask)
      continue;
    const tools::Array &array = data.inputs[data.operands[k].array];
    for (int64_t i = 0; i < array.size(); ++i)
      if (double value = array.get(i); !(value > 0) || std::isinf(value))
        return createStringError("input '" + func.getArgName(k) + "' holds " +
                                 tools::formatShortest(value, array.type) +
                                 " at element " + llvm::Twine(i) +
                                 ", but must be " + range.getValue() +
                                 " and finite there");
  }
  return Error::success();
}
