//===- OneDnn.cpp - Rows of the table as oneDNN computes them -------------===//
//
// The C interface of oneDNN 2: the C++ one throws.
//
//===----------------------------------------------------------------------===//

#include "OneDnn.h"
#include <dlfcn.h>
#include <dnnl.h>
#include <memory>

using namespace act;
using namespace act::bench;

namespace {
/// An algorithm with the parameters of rows that have none of their own; those
/// of the others are alpha and beta, in order.
struct Algorithm {
  const char *row;
  dnnl_alg_kind_t kind;
  float alpha = 0, beta = 0;
};

constexpr Algorithm algorithms[] = {
    {"identity", dnnl_eltwise_linear, 1, 0},
    {"relu", dnnl_eltwise_relu},
    {"relu6", dnnl_eltwise_clip, 0, 6},
    {"leaky_relu", dnnl_eltwise_relu},
    {"prelu", dnnl_eltwise_relu},
    {"elu", dnnl_eltwise_elu},
    {"celu", dnnl_eltwise_elu},
    {"sigmoid", dnnl_eltwise_logistic},
    {"tanh", dnnl_eltwise_tanh},
    {"hard_tanh", dnnl_eltwise_clip},
    {"softplus", dnnl_eltwise_soft_relu},
    {"silu", dnnl_eltwise_swish, 1},
    {"hard_swish", dnnl_eltwise_hardswish},
    {"gelu", dnnl_eltwise_gelu_erf},
    {"gelu_tanh", dnnl_eltwise_gelu_tanh},
    {"quick_gelu", dnnl_eltwise_swish, 1.702f},
    {"mish", dnnl_eltwise_mish},
};

/// Owns what one primitive needs.
class Primitive {
public:
  Primitive() = default;
  Primitive(const Primitive &) = delete;
  ~Primitive() {
    // All of these accept null.
    dnnl_memory_destroy(source);
    dnnl_memory_destroy(target);
    dnnl_primitive_destroy(primitive);
    dnnl_primitive_desc_destroy(description);
    dnnl_stream_destroy(stream);
    dnnl_engine_destroy(engine);
  }

  /// False where oneDNN refuses.
  bool createEltwise(const Algorithm &algorithm, dnnl_data_type_t type,
                     int64_t elements, void *input, void *output) {
    dnnl_dims_t dims = {elements};
    dnnl_memory_desc_t memory;
    dnnl_eltwise_desc_t eltwise;
    return isGood(
               dnnl_memory_desc_init_by_tag(&memory, 1, dims, type, dnnl_a)) &&
           isGood(dnnl_eltwise_forward_desc_init(
               &eltwise, dnnl_forward_inference, algorithm.kind, &memory,
               algorithm.alpha, algorithm.beta)) &&
           create(&eltwise, memory, input, output);
  }
  bool createSoftmax(dnnl_data_type_t type, int64_t rows, int64_t columns,
                     int axis, void *input, void *output) {
    dnnl_dims_t dims = {rows, columns};
    dnnl_memory_desc_t memory;
    dnnl_softmax_desc_t softmax;
    return isGood(
               dnnl_memory_desc_init_by_tag(&memory, 2, dims, type, dnnl_ab)) &&
           isGood(dnnl_softmax_forward_desc_init(
               &softmax, dnnl_forward_inference, &memory, axis)) &&
           create(&softmax, memory, input, output);
  }

  void run() const {
    dnnl_exec_arg_t arguments[] = {{DNNL_ARG_SRC, source},
                                   {DNNL_ARG_DST, target}};
    dnnl_primitive_execute(primitive, stream, 2, arguments);
    dnnl_stream_wait(stream);
  }

private:
  static bool isGood(dnnl_status_t status) { return status == dnnl_success; }
  bool create(const_dnnl_op_desc_t operation, const dnnl_memory_desc_t &memory,
              void *input, void *output) {
    return isGood(dnnl_engine_create(&engine, dnnl_cpu, 0)) &&
           isGood(dnnl_stream_create(&stream, engine,
                                     dnnl_stream_default_flags)) &&
           isGood(dnnl_primitive_desc_create(&description, operation, nullptr,
                                             engine, nullptr)) &&
           isGood(dnnl_primitive_create(&primitive, description)) &&
           isGood(dnnl_memory_create(&source, &memory, engine, input)) &&
           isGood(dnnl_memory_create(&target, &memory, engine, output));
  }

  dnnl_engine_t engine = nullptr;
  dnnl_stream_t stream = nullptr;
  dnnl_primitive_desc_t description = nullptr;
  dnnl_primitive_t primitive = nullptr;
  dnnl_memory_t source = nullptr, target = nullptr;
};
} // namespace

/// Keeps oneDNN from using further threads; false where that cannot be said.
static bool useOneThread() {
  if (DNNL_CPU_RUNTIME == DNNL_RUNTIME_SEQ)
    return true;
  // The OpenMP library is the one that oneDNN brought along.
  void *set = dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  if (DNNL_CPU_RUNTIME != DNNL_RUNTIME_OMP || !set)
    return false;
  reinterpret_cast<void (*)(int)>(set)(1);
  return true;
}

std::function<void()> act::bench::oneDnnElementwise(const FunctionInfo &row,
                                                    DType type,
                                                    int64_t elements,
                                                    void *input, void *output) {
  if ((type != DType::F32 && type != DType::BF16) || !useOneThread())
    return nullptr;
  for (Algorithm algorithm : algorithms) {
    if (llvm::StringRef(row.Name) != algorithm.row)
      continue;
    float *next = &algorithm.alpha;
    for (const ParamInfo &param : paramsOf(row)) {
      double value;
      if (param.defaultText.getAsDouble(value))
        return nullptr;
      *next = float(value);
      next = &algorithm.beta;
    }
    auto eltwise = std::make_shared<Primitive>();
    if (!eltwise->createEltwise(algorithm,
                                type == DType::F32 ? dnnl_f32 : dnnl_bf16,
                                elements, input, output))
      return nullptr;
    return [eltwise] { eltwise->run(); };
  }
  return nullptr;
}

std::function<void()> act::bench::oneDnnSoftmax(DType type, int64_t rows,
                                                int64_t count, bool alongFirst,
                                                void *input, void *output) {
  if ((type != DType::F32 && type != DType::BF16) || !useOneThread())
    return nullptr;
  auto softmax = std::make_shared<Primitive>();
  if (!softmax->createSoftmax(
          type == DType::F32 ? dnnl_f32 : dnnl_bf16, alongFirst ? count : rows,
          alongFirst ? rows : count, alongFirst ? 0 : 1, input, output))
    return nullptr;
  return [softmax] { softmax->run(); };
}
