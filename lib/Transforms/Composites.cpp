//===- Composites.cpp - Approximations of whole functions -----------------===//

#include "act/Transforms/Composites.h"
#include "act/Transforms/Approximations/All.h"

using namespace mlir;
using namespace act;

namespace {
struct Composite {
  StringRef row;
  int64_t order;
  Value (*emit)(Emitter &, Value);
};
} // namespace

/// Rows with their parameters at the defaults.
static const Composite composites[] = {
    {"gelu", 0, approx::gelu<Emitter>},
    {"gelu", 1, approx::geluSlope<Emitter>},
    {"gelu", 2, approx::geluCurvature<Emitter>},
    {"gelu_tanh", 0, approx::geluTanh<Emitter>},
    {"gelu_tanh", 1, approx::geluTanhSlope<Emitter>},
    {"isru", 1, approx::isruSlope<Emitter>},
    {"mish", 0, approx::mish<Emitter>},
    {"mish", 1, approx::mishSlope<Emitter>},
    {"quick_gelu", 0, approx::quickGelu<Emitter>},
    {"quick_gelu", 1, approx::quickGeluSlope<Emitter>},
    {"sigmoid", 0, approx::sigmoid<Emitter>},
    {"sigmoid", 1, approx::sigmoidSlope<Emitter>},
    {"silu", 0, approx::silu<Emitter>},
    {"silu", 1, approx::siluSlope<Emitter>},
    {"softplus", 1, approx::sigmoid<Emitter>},
    {"softplus", 2, approx::sigmoidSlope<Emitter>},
    {"squareplus", 1, approx::squareplusSlope<Emitter>},
    {"swish_beta", 0, approx::silu<Emitter>},
    {"swish_beta", 1, approx::siluSlope<Emitter>},
    {"tanh", 1, approx::tanhSlope<Emitter>},
    {"tanhshrink", 0, approx::tanhshrink<Emitter>},
};

std::optional<Value> act::emitComposite(FnAttr function, Emitter &emit,
                                        Value x) {
  if (!function.getParams().empty())
    return std::nullopt;
  for (const Composite &composite : composites)
    if (composite.row == function.getName() &&
        composite.order == function.getOrder())
      return composite.emit(emit, x);
  return std::nullopt;
}
