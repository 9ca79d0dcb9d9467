//===- Data.cpp - Inputs, parameters and results of one run ---------------===//

#include "Data.h"
#include "Inputs.h"
#include "act/IR/FunctionTable.h"

using namespace act;
using namespace act::run;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;

tools::ElementType act::run::elementTypeOf(DType type) {
  constexpr tools::ElementType types[] = {
      tools::ElementType::F64, tools::ElementType::F32,
      tools::ElementType::F16, tools::ElementType::BF16,
      tools::ElementType::Bool};
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

double Data::inputAt(unsigned k, int64_t i) const {
  const tools::Array &input = inputs[k];
  if (!isMask[k])
    return input.get(elementOf(*this, input.shape, i));
  auto *bytes = static_cast<const uint8_t *>(input.data());
  return bytes[i / 8] >> (i % 8) & 1;
}

std::vector<unsigned> Data::scalarInputs() const {
  std::vector<unsigned> scalars;
  for (auto [i, input] : llvm::enumerate(inputs))
    if (input.size() == 1 && size() != 1 && !isMask[i])
      scalars.push_back(i);
  return scalars;
}

std::vector<unsigned> Data::reducedResults() const {
  std::vector<unsigned> reduced;
  for (auto [i, result] : llvm::enumerate(results))
    if (result.shape != shape && result.type != tools::ElementType::Bool)
      reduced.push_back(i);
  return reduced;
}

/// Strides in elements of a dense array of `shape` broadcast to `common`.
static std::vector<int64_t> stridesFor(llvm::ArrayRef<int64_t> shape,
                                       llvm::ArrayRef<int64_t> common) {
  std::vector<int64_t> strides(common.size(), 0);
  int64_t stride = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    int64_t dim = shape[shape.size() - 1 - i];
    strides[common.size() - 1 - i] = dim == 1 ? 0 : stride;
    stride *= dim;
  }
  return strides;
}

std::vector<RunOperand> Data::operands() const {
  std::vector<RunOperand> operands;
  for (const auto *arrays : {&inputs, &results})
    for (const tools::Array &array : *arrays)
      operands.push_back({array.data(),
                          array.type == tools::ElementType::Bool
                              ? std::vector<int64_t>()
                              : stridesFor(array.shape, shape)});
  return operands;
}

int64_t act::run::elementOf(const Data &data, llvm::ArrayRef<int64_t> shape,
                            int64_t i) {
  std::vector<int64_t> strides = stridesFor(shape, data.shape);
  int64_t offset = 0;
  for (size_t d = data.shape.size(); d-- > 0;) {
    offset += i % data.shape[d] * strides[d];
    i /= data.shape[d];
  }
  return offset;
}

/// Which --input belongs to which input of the function.
static Expected<std::vector<std::string>> matchInputs(FuncOp func,
                                                      const Options &options) {
  unsigned count = func.getNumInputs();
  std::vector<std::string> values(count);
  std::vector<StringRef> names;
  for (unsigned i = 0; i < count; ++i)
    names.push_back(func.getArgName(i));
  unsigned position = 0;
  for (const std::string &text : options.inputs) {
    Expected<tools::InputSpec> spec = tools::parseInputSpec(text);
    if (!spec)
      return spec.takeError();
    unsigned index = position;
    if (!spec->name.empty()) {
      index = llvm::find(names, spec->name) - names.begin();
      if (index == count)
        return createStringError("--input=" + text +
                                 ": the function has no input '" +
                                 spec->name + "'" +
                                 didYouMean(spec->name, names));
    } else {
      while (position < count && !values[position].empty())
        ++position;
      index = position;
    }
    if (index >= count)
      return createStringError(
          "the function has " + llvm::Twine(count) + " input" +
          (count == 1 ? "" : "s") + ", but " +
          llvm::Twine(options.inputs.size()) + " --input options are given");
    if (!values[index].empty())
      return createStringError("input '" + names[index] + "' is given twice");
    values[index] = spec->value;
  }
  for (unsigned i = 0; i < count; ++i)
    if (values[i].empty())
      return createStringError("no value for input '" + names[i] +
                               "'; give --input=" + names[i] +
                               "=@file.npy or another form (see --help)");
  return values;
}

/// The run's element type: --dtype, else that of the files, else f32.
static Expected<DType> chooseType(llvm::ArrayRef<tools::Array> arrays,
                                  llvm::ArrayRef<std::string> values,
                                  const Options &options) {
  if (options.dtype)
    return *options.dtype;
  std::optional<DType> chosen;
  for (auto [array, value] : llvm::zip(arrays, values)) {
    if (!StringRef(value).starts_with("@"))
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

static std::string textOf(llvm::ArrayRef<int64_t> shape) {
  std::string text;
  for (int64_t dim : shape)
    text += (text.empty() ? "" : "x") + std::to_string(dim);
  return text.empty() ? "one number" : text;
}

static Error checkCotangent(llvm::ArrayRef<int64_t> cotangent,
                            llvm::ArrayRef<int64_t> shape) {
  if (cotangent.empty() || cotangent == shape)
    return Error::success();
  return createStringError("--cotangent has the shape " + textOf(cotangent) +
                           ", the function's result " + textOf(shape) +
                           "; give a gradient for each element of the result, "
                           "or one number for all");
}

/// A gradient has the shape of its input, any other result the common one.
static std::vector<int64_t> shapeOfResult(FuncOp func, unsigned i,
                                          const Data &data) {
  if (!func.getResultAttr(i, kReduceAttr))
    return data.shape;
  auto name = func.getResultAttrOfType<mlir::StringAttr>(i, kNameAttr);
  for (unsigned k = 0; k < func.getNumInputs(); ++k)
    if (name && func.getArgName(k) == name.getValue())
      return data.inputs[k].shape;
  return data.shape;
}

static bool isMaskResult(FuncOp func, unsigned i) {
  auto storage = func.getResultAttrOfType<mlir::TypeAttr>(i, kStorageAttr);
  return storage && storage.getValue().isInteger(1);
}

/// The bytes of `size` bits.
static Expected<tools::Array> allocateMask(int64_t size) {
  return tools::allocate(tools::ElementType::Bool, {(size + 7) / 8});
}

Expected<Data> act::run::loadData(FuncOp func, const Options &options) {
  Expected<std::vector<std::string>> values = matchInputs(func, options);
  if (!values)
    return values.takeError();
  Data data;
  std::optional<tools::ElementType> wanted;
  if (options.dtype)
    wanted = elementTypeOf(*options.dtype);
  std::vector<std::pair<std::string, std::vector<int64_t>>> shapes;
  data.inputs.resize(values->size());
  auto load = [&](bool files) -> Error {
    for (auto [value, input] : llvm::zip(*values, data.inputs)) {
      if (StringRef(value).starts_with("@") != files)
        continue;
      Expected<tools::Array> array = tools::loadInput(value, wanted);
      if (!array)
        return array.takeError();
      input = std::move(*array);
    }
    return Error::success();
  };
  // Files come first: their type is that of the numbers beside them, which
  // are rounded to it once.
  if (Error error = load(/*files=*/true))
    return std::move(error);
  Expected<DType> type = chooseType(data.inputs, *values, options);
  if (!type)
    return type.takeError();
  data.dtype = *type;
  wanted = elementTypeOf(data.dtype);
  if (Error error = load(/*files=*/false))
    return std::move(error);
  for (auto [i, input] : llvm::enumerate(data.inputs))
    if (!isCotangent(func.getArgName(i), options))
      shapes.emplace_back(func.getArgName(i).str(), input.shape);
  for (tools::Array &input : data.inputs) {
    if (input.type == elementTypeOf(data.dtype))
      continue;
    Expected<tools::Array> converted =
        tools::convert(input, elementTypeOf(data.dtype));
    if (!converted)
      return converted.takeError();
    input = std::move(*converted);
  }
  auto shape = tools::broadcastShapes(shapes);
  if (!shape)
    return shape.takeError();
  data.shape = *shape;
  data.isMask.assign(data.inputs.size(), false);
  for (unsigned i = 0; i < func.getNumInputs(); ++i)
    if (isCotangent(func.getArgName(i), options))
      if (Error error = checkCotangent(data.inputs[i].shape, data.shape))
        return std::move(error);
  for (unsigned i = 0; i < func.getNumResults(); ++i) {
    auto result = isMaskResult(func, i)
                      ? allocateMask(data.size())
                      : tools::allocate(elementTypeOf(data.dtype),
                                        shapeOfResult(func, i, data));
    if (!result)
      return result.takeError();
    data.results.push_back(std::move(*result));
  }
  return std::move(data);
}

Expected<Data> act::run::loadSaved(FuncOp func, Data forward,
                                   const Options &options) {
  Data data;
  data.dtype = forward.dtype;
  data.shape = forward.shape;
  data.inputs.push_back(std::move(forward.results.back()));
  data.isMask = {options.save == "mask", false};
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
  auto result = tools::allocate(elementTypeOf(data.dtype), data.shape);
  if (!result)
    return result.takeError();
  data.results.push_back(std::move(*result));
  return std::move(data);
}
