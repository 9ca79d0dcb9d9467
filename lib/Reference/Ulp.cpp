//===- Ulp.cpp - Errors in units in the last place ------------------------===//

#include "act/Reference/Ulp.h"
#include <cassert>

using namespace act;

const FormatInfo &act::formatOf(DType type) {
  static constexpr FormatInfo f64 = {53, -1022, 1023};
  static constexpr FormatInfo f32 = {24, -126, 127};
  static constexpr FormatInfo f16 = {11, -14, 15};
  static constexpr FormatInfo bf16 = {8, -126, 127};
  switch (type) {
  case DType::F64:
    return f64;
  case DType::F32:
    return f32;
  case DType::F16:
    return f16;
  case DType::BF16:
    return bf16;
  default:
    break;
  }
  assert(false && "errors of masks and of quantised results are no ulps");
  return f64;
}

double act::largestOf(DType type) {
  const FormatInfo &format = formatOf(type);
  return std::ldexp(2 - std::ldexp(1, 1 - format.precision),
                    format.maxExponent);
}

double act::leastNormalOf(DType type) {
  return std::ldexp(1.0, formatOf(type).minExponent);
}

bool act::isRepresentable(double value, DType type) {
  return std::isnan(value) || roundTo(value, type) == value;
}

double act::rowBoundOf(DType type, Accuracy accuracy) {
  if (type == DType::F64)
    return accuracy == Accuracy::Strict ? 1.5 : 2;
  switch (accuracy) {
  case Accuracy::Strict:
    return type == DType::F32 ? 1 : 0.5;
  case Accuracy::Default:
    return type == DType::F32 ? 4 : type == DType::BF16 ? 0.5 : 1;
  case Accuracy::Fast:
    return type == DType::F32 ? 0x1p13 : 1;
  }
  return 0;
}

ComputeModel act::computeModelOf(DType storage, Accuracy accuracy) {
  if (storage == DType::F64)
    return {DType::F64};
  if (accuracy == Accuracy::Strict)
    return {DType::F64, storage == DType::F32 ? 0x1p21 : 0x1p11};
  return {DType::F32};
}

double act::gpuRowBoundOf(DType type, Accuracy accuracy) {
  switch (accuracy) {
  case Accuracy::Strict:
    return type == DType::F32 ? 2 : rowBoundOf(type, accuracy);
  case Accuracy::Default:
    return type == DType::F16 || type == DType::BF16
               ? 0.75
               : rowBoundOf(type, accuracy);
  case Accuracy::Fast:
    return rowBoundOf(type, accuracy);
  }
  return 0;
}
