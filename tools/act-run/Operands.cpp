//===- Operands.cpp - Arrays as operands of a kernel ----------------------===//

#include "Operands.h"
#include "Inputs.h"
#include "act/IR/FunctionTable.h"
#include "act/Jit/Compiler.h"

using namespace act;
using namespace act::run;
using llvm::createStringError;
using llvm::Expected;
using llvm::StringRef;

ArrayList act::run::arraysOf(FuncOp func) {
  ArrayList arrays;
  arrays.parts = packedPartsOf(func);
  for (auto [i, part] : llvm::enumerate(arrays.parts)) {
    bool isInput = i < func.getNumInputs();
    std::vector<std::string> &names = isInput ? arrays.inputs : arrays.results;
    auto known = llvm::find(names, part ? part->array : "");
    if (part && known != names.end()) {
      arrays.arrayOf.push_back(known - names.begin());
      continue;
    }
    arrays.arrayOf.push_back(names.size());
    mlir::StringAttr name;
    if (!isInput)
      name = func.getResultAttrOfType<mlir::StringAttr>(i - func.getNumInputs(),
                                                        kNameAttr);
    if (isInput)
      arrays.isFilled.push_back(bool(func.getArgAttr(i, kPositionAttr)));
    names.push_back(part      ? part->array
                    : isInput ? func.getArgName(i).str()
                    : name    ? name.str()
                              : "");
  }
  return arrays;
}

Expected<std::vector<std::string>>
act::run::matchInputs(const ArrayList &arrays, const Options &options) {
  unsigned count = arrays.inputs.size();
  std::vector<std::string> values(count);
  std::vector<StringRef> names;
  for (auto [name, isFilled] : llvm::zip(arrays.inputs, arrays.isFilled))
    names.push_back(isFilled ? StringRef() : StringRef(name));
  unsigned position = 0, given = llvm::count(arrays.isFilled, false);
  for (const std::string &text : options.inputs) {
    Expected<tools::InputSpec> spec = tools::parseInputSpec(text);
    if (!spec)
      return spec.takeError();
    unsigned index = position;
    if (!spec->name.empty()) {
      index = llvm::find(names, spec->name) - names.begin();
      if (index == count)
        return createStringError("--input=" + text +
                                 ": the function has no input '" + spec->name +
                                 "'" + didYouMean(spec->name, names));
    } else {
      while (position < count &&
             (!values[position].empty() || arrays.isFilled[position]))
        ++position;
      index = position;
    }
    if (index >= count)
      return createStringError("the function has " + llvm::Twine(given) +
                               " input" + (given == 1 ? "" : "s") + ", but " +
                               llvm::Twine(options.inputs.size()) +
                               " --input options are given");
    if (!values[index].empty())
      return createStringError("input '" + names[index] + "' is given twice");
    values[index] = spec->value;
  }
  for (unsigned i = 0; i < count; ++i)
    if (values[i].empty() && !arrays.isFilled[i])
      return createStringError("no value for input '" + names[i] +
                               "'; give --input=" + names[i] +
                               "=@file.npy or another form (see --help)");
  return values;
}

int64_t Operand::size() const {
  int64_t size = 1;
  for (int64_t dim : shape)
    size *= dim;
  return size;
}

static std::vector<int64_t> denseStrides(llvm::ArrayRef<int64_t> shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t d = shape.size(); d-- > 1;)
    strides[d - 1] = strides[d] * shape[d];
  return strides;
}

Expected<Operand> act::run::operandOf(llvm::ArrayRef<int64_t> shape,
                                      unsigned array,
                                      const std::optional<PackedPart> &part) {
  Operand operand;
  operand.array = array;
  if (!part) {
    operand.shape = operand.walk = shape.vec();
    operand.strides = denseStrides(shape);
    return operand;
  }
  std::string error;
  auto gated =
      GatedIteration::fromPacked(part->layout, shape.vec(), part->block, error);
  if (!gated)
    return createStringError("the packed array '" + part->array +
                             "' has the shape " + tools::formatShape(shape) +
                             ": " + error);
  GatedParts parts = gated->parts(denseStrides(shape));
  operand.offset = parts.offset(part->part);
  operand.shape = gated->unpackedShape();
  operand.walk = gated->shape();
  operand.strides = parts.strides;
  return operand;
}

/// Strides along `common` of an operand with `strides` along `shape`.
static std::vector<int64_t> broadcast(llvm::ArrayRef<int64_t> shape,
                                      llvm::ArrayRef<int64_t> strides,
                                      llvm::ArrayRef<int64_t> common) {
  std::vector<int64_t> result(common.size(), 0);
  for (size_t i = 1; i <= shape.size(); ++i)
    if (shape[shape.size() - i] != 1)
      result[common.size() - i] = strides[shape.size() - i];
  return result;
}

std::vector<int64_t>
act::run::alignOperands(llvm::MutableArrayRef<Operand> operands,
                        const std::vector<int64_t> &shape,
                        const ArrayList &arrays) {
  // One kernel has one packed layout.
  GatedLayout layout = GatedLayout::Separate;
  int64_t block = 0;
  for (const std::optional<PackedPart> &part : arrays.parts)
    if (part)
      layout = part->layout, block = part->block;
  std::string error;
  // The parts have passed the same test, and broadcast to `shape`.
  auto gated = GatedIteration::create(layout, shape, block, error);
  for (auto [operand, part] : llvm::zip(operands, arrays.parts)) {
    if (operand.isMask)
      continue;
    bool isCut = part && gated->shape().size() != shape.size();
    operand.strides = broadcast(operand.walk, operand.strides,
                                isCut ? gated->shape() : shape);
    if (!isCut)
      operand.strides = gated->unpackedStrides(operand.strides);
    operand.walk = gated->shape();
  }
  return gated->shape();
}

/// The element type that an act.storage states; none for a mask.
static std::optional<DType> dtypeOf(mlir::Attribute storage) {
  auto type = llvm::dyn_cast_or_null<mlir::TypeAttr>(storage);
  if (!type || !llvm::isa<mlir::FloatType>(type.getValue()))
    return std::nullopt;
  return type.getValue().isF64()    ? DType::F64
         : type.getValue().isF32()  ? DType::F32
         : type.getValue().isBF16() ? DType::BF16
                                    : DType::F16;
}

llvm::Error act::run::adoptStorage(FuncOp func, Options &options) {
  if (options.onlyPrints())
    return llvm::Error::success();
  std::vector<DType> types;
  auto attr = mlir::StringAttr::get(func.getContext(), kStorageAttr);
  auto isStated = [&](mlir::Attribute storage) {
    std::optional<DType> type = dtypeOf(storage);
    if (type && !llvm::is_contained(types, *type))
      types.push_back(*type);
    return type.has_value();
  };
  for (unsigned i = 0; i < func.getNumArguments(); ++i)
    if (isStated(func.getArgAttr(i, attr)))
      func.removeArgAttr(i, attr);
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    if (isStated(func.getResultAttr(i, attr)))
      func.removeResultAttr(i, attr);
  if (types.size() > 1 && !options.dtype)
    return createStringError(
        llvm::Twine("the tensors of the function hold ") + nameOf(types[0]) +
        " and " + nameOf(types[1]) +
        "; a run has one element type, so choose it with --dtype");
  if (!types.empty() && !options.dtype)
    options.dtype = types.front();
  return llvm::Error::success();
}
