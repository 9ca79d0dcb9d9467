//===- Elements.cpp - Arrays of any element type in tests ----------------===//

#include "Elements.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"
#include <cmath>
#include <cstring>
#include <random>

using namespace act;
using namespace act::test;

static const llvm::fltSemantics &semanticsOf(DType type) {
  return type == DType::F16 ? llvm::APFloat::IEEEhalf()
                            : llvm::APFloat::BFloat();
}

static uint16_t toHalf(double value, DType type) {
  llvm::APFloat number(value);
  bool ignored;
  number.convert(semanticsOf(type), llvm::APFloat::rmNearestTiesToEven,
                 &ignored);
  return uint16_t(number.bitcastToAPInt().getZExtValue());
}

static double fromHalf(uint16_t bits, DType type) {
  llvm::APFloat number(semanticsOf(type), llvm::APInt(16, bits));
  bool ignored;
  number.convert(llvm::APFloat::IEEEdouble(),
                 llvm::APFloat::rmNearestTiesToEven, &ignored);
  return number.convertToDouble();
}

std::vector<char> act::test::packed(const std::vector<double> &values,
                                    DType type) {
  std::vector<char> bytes(values.size() * sizeOf(type));
  auto put = [&](size_t i, auto x) {
    std::memcpy(bytes.data() + i * sizeof(x), &x, sizeof(x));
  };
  for (auto [i, value] : llvm::enumerate(values)) {
    if (type == DType::F64)
      put(i, value);
    else if (type == DType::F32)
      put(i, float(value));
    else
      put(i, toHalf(value, type));
  }
  return bytes;
}

std::vector<double> act::test::unpacked(const std::vector<char> &bytes,
                                        DType type) {
  std::vector<double> values(bytes.size() / sizeOf(type));
  for (size_t i = 0; i < values.size(); ++i) {
    auto get = [&](auto x) {
      std::memcpy(&x, bytes.data() + i * sizeof(x), sizeof(x));
      return x;
    };
    values[i] = type == DType::F64   ? get(double())
                : type == DType::F32 ? get(float())
                                     : fromHalf(get(uint16_t()), type);
  }
  return values;
}

std::vector<double> act::test::sweepInputs(DType type) {
  double inf = HUGE_VAL;
  std::vector<double> inputs = {0.0,  -0.0, inf,  -inf,  std::nan(""), 1.0,
                                -1.0, 3.0,  -3.0, 6.0,   -6.0,         0.5,
                                -0.5, 2.0,  -2.0, 1e-40, -1e-40};
  if (sizeOf(type) == 2) {
    for (unsigned bits = 0; bits < 65536; bits += 5)
      inputs.push_back(fromHalf(bits, type));
    return rounded(inputs, type);
  }
  std::mt19937_64 random(7);
  for (int i = 0; i < 4000; ++i)
    inputs.push_back(type == DType::F64
                         ? llvm::bit_cast<double>(random())
                         : llvm::bit_cast<float>(uint32_t(random())));
  // The range in which functions have their shape, and their tails.
  std::uniform_real_distribution<double> near(-8, 8), far(-120, 120),
      farther(-800, 800);
  for (int i = 0; i < 2500; ++i) {
    inputs.push_back(near(random));
    inputs.push_back(far(random));
    if (type == DType::F64)
      inputs.push_back(farther(random));
  }
  return rounded(inputs, type);
}
