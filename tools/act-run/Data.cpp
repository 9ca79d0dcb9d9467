//===- Data.cpp - Inputs, parameters and results of one run ---------------===//

#include "Data.h"
#include "Inputs.h"
#include "Quantized.h"
#include "RowData.h"
#include <cstring>

using namespace act;
using namespace act::run;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;

tools::ElementType act::run::elementTypeOf(DType type) {
  constexpr tools::ElementType types[] = {
      tools::ElementType::F64,  tools::ElementType::F32,
      tools::ElementType::F16,  tools::ElementType::BF16,
      tools::ElementType::Bool, tools::ElementType::E4M3,
      tools::ElementType::E5M2, tools::ElementType::I8};
  return types[int(type)];
}

static std::optional<DType> dtypeOf(tools::ElementType type) {
  for (DType candidate : {DType::F64, DType::F32, DType::F16, DType::BF16})
    if (elementTypeOf(candidate) == type)
      return candidate;
  return std::nullopt;
}

int64_t Data::size() const {
  int64_t size = 1;
  for (int64_t dim : shape)
    size *= dim;
  return size;
}

std::vector<unsigned> Data::scalarInputs() const {
  std::vector<unsigned> scalars;
  for (unsigned k = 0; k < numInputs; ++k)
    if (operands[k].size() == 1 && size() != 1 && !operands[k].isMask)
      scalars.push_back(k);
  return scalars;
}

std::vector<unsigned> Data::reducedResults() const {
  std::vector<unsigned> reduced;
  for (unsigned k = numInputs; k < operands.size() && !quantization; ++k) {
    std::vector<int64_t> whole = shape;
    if (llvm::is_contained(uniformResults, k - numInputs))
      whole[*axis] = 1;
    if (operands[k].shape != whole && !operands[k].isMask)
      reduced.push_back(k - numInputs);
  }
  return reduced;
}

std::vector<RunOperand> Data::runOperands() const {
  std::vector<RunOperand> run;
  for (auto [k, operand] : llvm::enumerate(operands))
    run.push_back({static_cast<char *>(arrayOf(k).data()) +
                       operand.offset * int64_t(sizeOf(dtype)),
                   operand.strides});
  return run;
}

int64_t Data::elementOf(unsigned k, int64_t i) const {
  int64_t offset = operands[k].offset;
  for (size_t d = iteration.size(); d-- > 0; i /= iteration[d])
    offset += i % iteration[d] * operands[k].strides[d];
  return offset;
}

double Data::valueAt(unsigned k, int64_t i) const {
  if (!operands[k].isMask)
    return arrayOf(k).get(elementOf(k, i));
  auto *bytes = static_cast<const uint8_t *>(arrayOf(k).data());
  return bytes[i / 8] >> (i % 8) & 1;
}

/// The run's element type: --dtype, else that of the files, else f32.
static Expected<DType> chooseType(llvm::ArrayRef<tools::Array> arrays,
                                  llvm::ArrayRef<std::string> values,
                                  llvm::ArrayRef<bool> isIndex,
                                  const Options &options) {
  if (options.dtype)
    return *options.dtype;
  std::optional<DType> chosen;
  for (auto [array, value, index] : llvm::zip(arrays, values, isIndex)) {
    if (!StringRef(value).starts_with("@") || index)
      continue;
    std::optional<DType> type = dtypeOf(array.type);
    if (!type)
      return createStringError("input '" + value + "' holds " +
                               tools::nameOf(array.type) +
                               " elements; functions read floating elements, "
                               "so convert it or give --dtype");
    if (chosen && *chosen != *type)
      return createStringError(
          llvm::Twine("input files hold different element types (") +
          nameOf(*chosen) + " and " + nameOf(*type) +
          "); choose one with --dtype");
    chosen = type;
  }
  return chosen.value_or(DType::F32);
}

/// True for the input that --cotangent gives.
static bool isCotangent(StringRef name, const Options &options) {
  return options.vjp && name.starts_with("cotangent");
}

std::vector<int64_t> act::run::shapeOfResult(FuncOp func, unsigned i,
                                             const Data &data) {
  unsigned k = data.numInputs + i;
  const std::optional<PackedPart> &part = data.arrays.parts[k];
  const std::string &name = data.arrays.results[data.arrays.arrayOf[k]];
  if (func.getResultAttr(i, kReduceAttr))
    for (auto [input, array] : llvm::zip(data.arrays.inputs, data.inputs))
      if (!name.empty() && input == name)
        return array.shape;
  std::vector<int64_t> shape = data.shape;
  if (part)
    shape.back() *= 2;
  if (llvm::is_contained(data.uniformResults, i))
    shape[*data.axis] = 1;
  return shape;
}

static bool isMaskResult(FuncOp func, unsigned i) {
  auto storage = func.getResultAttrOfType<mlir::TypeAttr>(i, kStorageAttr);
  return storage && storage.getValue().isInteger(1);
}

/// Allocates the arrays of the results. Of a packed array of which only one
/// part is written the other holds zeros.
static Error allocateResults(FuncOp func, Data &data) {
  for (unsigned i = 0; i < func.getNumResults(); ++i) {
    unsigned k = data.numInputs + i, number = data.arrays.arrayOf[k];
    if (number == data.results.size()) {
      auto result =
          isMaskResult(func, i)
              ? tools::allocate(tools::ElementType::Bool,
                                {(data.size() + 7) / 8})
              : tools::allocate(elementTypeOf(data.quantization
                                                  ? data.quantization->format
                                                  : data.dtype),
                                shapeOfResult(func, i, data));
      if (!result)
        return result.takeError();
      data.results.push_back(std::move(*result));
    }
    tools::Array &array = data.results[number];
    auto of = llvm::ArrayRef(data.arrays.arrayOf).drop_front(data.numInputs);
    if (data.arrays.parts[k] && llvm::count(of, number) == 1)
      std::memset(array.data(), 0, array.size() * sizeOf(data.dtype));
    auto operand = operandOf(array.shape, number, data.arrays.parts[k]);
    if (!operand)
      return operand.takeError();
    operand->isMask = isMaskResult(func, i);
    data.operands.push_back(std::move(*operand));
  }
  data.iteration = alignOperands(data.operands, data.shape, data.arrays);
  return addScales(data);
}

/// Loads what the command line gives for the arrays that are inputs, and
/// converts it to the run's element type, which it chooses.
static Error loadArrays(Data &data, llvm::ArrayRef<bool> isIndex,
                        const Options &options) {
  Expected<std::vector<std::string>> values = matchInputs(data.arrays, options);
  if (!values)
    return values.takeError();
  std::optional<tools::ElementType> wanted;
  if (options.dtype)
    wanted = elementTypeOf(*options.dtype);
  data.inputs.resize(values->size());
  auto load = [&](bool files) -> Error {
    for (auto [value, input, index, isFilled] :
         llvm::zip(*values, data.inputs, isIndex, data.arrays.isFilled)) {
      if (StringRef(value).starts_with("@") != files || isFilled)
        continue;
      Expected<tools::Array> array = tools::loadInput(
          value, index ? std::optional(tools::ElementType::F64) : wanted);
      if (!array)
        return array.takeError();
      input = std::move(*array);
    }
    return Error::success();
  };
  // Files come first: their type is that of the numbers beside them, which
  // are rounded to it once.
  if (Error error = load(/*files=*/true))
    return error;
  Expected<DType> type = chooseType(data.inputs, *values, isIndex, options);
  if (!type)
    return type.takeError();
  data.dtype = *type;
  wanted = elementTypeOf(data.dtype);
  if (Error error = load(/*files=*/false))
    return error;
  for (auto [input, index, isFilled] :
       llvm::zip(data.inputs, isIndex, data.arrays.isFilled)) {
    tools::ElementType own =
        index ? indexTypeOf(data.dtype) : elementTypeOf(data.dtype);
    if (isFilled || input.type == own)
      continue;
    Expected<tools::Array> converted = tools::convert(input, own);
    if (!converted)
      return converted.takeError();
    input = std::move(*converted);
  }
  return Error::success();
}

/// Makes operands of the arrays and finds what they say of the run.
static Error placeInputs(FuncOp func, const Options &options, Data &data) {
  std::vector<std::pair<std::string, std::vector<int64_t>>> shapes;
  for (unsigned k = 0; k < data.numInputs; ++k) {
    unsigned number = data.arrays.arrayOf[k];
    auto operand =
        operandOf(data.inputs[number].shape, number, data.arrays.parts[k]);
    if (!operand)
      return operand.takeError();
    if (!isCotangent(func.getArgName(k), options) &&
        !data.arrays.isFilled[number] && !func.getArgAttr(k, kDroppedAttr))
      shapes.emplace_back(func.getArgName(k).str(), operand->shape);
    data.operands.push_back(std::move(*operand));
  }
  auto shape = tools::broadcastShapes(shapes);
  if (!shape)
    return shape.takeError();
  data.shape = *shape;
  if (Error error = findAxis(func, data))
    return error;
  if (Error error = placeIndexInputs(func, data))
    return error;
  if (Error error = markRowInputs(func, data, options.jacobian))
    return error;
  if (Error error = checkInputRanges(func, data))
    return error;
  return Error::success();
}

Expected<Data> act::run::loadData(FuncOp func, const Options &options) {
  Data data;
  data.quantization = quantizationOf(func);
  data.arrays = arraysOf(func);
  data.numInputs = func.getNumInputs();
  llvm::SmallVector<bool> isIndex(data.arrays.inputs.size());
  for (unsigned k = 0; k < data.numInputs; ++k)
    isIndex[data.arrays.arrayOf[k]] = isIndexInput(func, k);
  if (Error error = loadArrays(data, isIndex, options))
    return std::move(error);
  if (Error error = placeInputs(func, options, data))
    return std::move(error);
  return std::move(data);
}

Expected<NamedArrays> act::run::loadNamed(llvm::ArrayRef<std::string> names,
                                          const Options &options) {
  Data data;
  data.arrays.inputs = names.vec();
  data.arrays.isFilled.resize(names.size());
  llvm::SmallVector<bool> isIndex(names.size());
  if (Error error = loadArrays(data, isIndex, options))
    return std::move(error);
  NamedArrays named;
  named.dtype = data.dtype;
  for (auto [name, input] : llvm::zip(names, data.inputs))
    named.arrays[name] = std::move(input);
  return std::move(named);
}

Expected<Data> act::run::placeNamed(FuncOp func, NamedArrays named,
                                    const Options &options) {
  Data data;
  data.dtype = named.dtype;
  data.arrays = arraysOf(func);
  data.numInputs = func.getNumInputs();
  data.inputs.resize(data.arrays.inputs.size());
  for (auto [name, input] : llvm::zip(data.arrays.inputs, data.inputs))
    if (auto found = named.arrays.find(name); found != named.arrays.end())
      input = std::move(found->second);
  if (Error error = placeInputs(func, options, data))
    return std::move(error);
  return std::move(data);
}

Error act::run::addResults(FuncOp func, const Options &options, Data &data) {
  for (unsigned k = 0; k < data.numInputs && !options.readsSaved(); ++k)
    if (isCotangent(func.getArgName(k), options))
      if (Error error = placeCotangent(func, k, data))
        return error;
  findRowResults(func, data);
  if (Error error = allocateResults(func, data))
    return error;
  return options.jacobian ? expandJacobian(func, data) : Error::success();
}

Expected<Data> act::run::loadSaved(FuncOp func, Data forward,
                                   const Options &options) {
  Data data;
  data.dtype = forward.dtype;
  data.shape = forward.shape;
  data.arrays = arraysOf(func);
  data.numInputs = 2;
  data.inputs.push_back(std::move(forward.results.back()));
  // The last --cotangent counts, as in a run that saves nothing.
  StringRef value;
  for (StringRef text : options.inputs)
    if (text.consume_front("cotangent="))
      value = text;
  Expected<tools::Array> cotangent =
      tools::loadInput(value.str(), elementTypeOf(data.dtype));
  if (!cotangent)
    return cotangent.takeError();
  if (Error error = checkCotangent(cotangent->shape, data.shape))
    return std::move(error);
  Expected<tools::Array> converted =
      tools::convert(*cotangent, elementTypeOf(data.dtype));
  if (!converted)
    return converted.takeError();
  data.inputs.push_back(std::move(*converted));
  for (unsigned k = 0; k < data.numInputs; ++k) {
    auto operand = operandOf(data.inputs[k].shape, k, std::nullopt);
    if (!operand)
      return operand.takeError();
    operand->isMask = k == 0 && options.save == "mask";
    data.operands.push_back(std::move(*operand));
  }
  if (Error error = findAxis(func, data))
    return std::move(error);
  if (Error error = markRowInputs(func, data, options.jacobian))
    return std::move(error);
  return std::move(data);
}
