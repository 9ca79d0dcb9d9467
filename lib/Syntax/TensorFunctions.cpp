//===- TensorFunctions.cpp - Functions of a row by name -------------------===//

#include "TensorFunctions.h"
#include "llvm/ADT/STLExtras.h"

using namespace act;
using llvm::SmallVector;
using llvm::StringRef;

static constexpr TensorFunction tensorFunctions[] = {
    {"softmax", TensorKind::Softmax, false},
    {"log_softmax", TensorKind::Softmax, false},
    {"softmin", TensorKind::Softmax, false},
    {"logsumexp", TensorKind::Softmax, true},
    {"sparsemax", TensorKind::Sparse, false},
    {"entmax15", TensorKind::Sparse, false},
    {"cross_entropy", TensorKind::CrossEntropy, true},
    {"hardmax", TensorKind::Selection, false},
    {"argmax", TensorKind::Selection, true},
    {"sum", TensorKind::Combination, true},
    {"mean", TensorKind::Combination, true},
    {"rowmax", TensorKind::Combination, true},
    {"position", TensorKind::Position, false},
};

const TensorFunction *act::findTensorFunction(StringRef name) {
  const auto *found = llvm::find_if(
      tensorFunctions, [&](auto &function) { return function.name == name; });
  return found == std::end(tensorFunctions) ? nullptr : found;
}

SmallVector<StringRef> TensorFunction::options() const {
  SmallVector<StringRef> names = {"axis"};
  if (kind == TensorKind::Position)
    return names;
  if (dropsAxis)
    names.push_back("keepdims");
  names.push_back("causal");
  bool hasPolicy = kind == TensorKind::Softmax || kind == TensorKind::Sparse;
  if (hasPolicy && !dropsAxis)
    names.push_back("empty_row");
  return names;
}

SmallVector<StringRef> TensorFunction::values() const {
  if (kind == TensorKind::Position)
    return {};
  SmallVector<StringRef> names = {"mask", "causal_offset"};
  if (kind == TensorKind::Combination || kind == TensorKind::Selection)
    return names;
  names.append({"temperature", "scale", "bias", "softcap"});
  if (kind == TensorKind::Softmax)
    names.push_back("sink");
  if (kind == TensorKind::CrossEntropy)
    names.append({"target", "probabilities", "label_smoothing"});
  return names;
}
