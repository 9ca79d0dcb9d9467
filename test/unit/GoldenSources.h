//===- GoldenSources.h - Functions with published values --------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_GOLDENSOURCES_H
#define ACT_TEST_UNIT_GOLDENSOURCES_H

#include <map>
#include <string>

/// The functions whose values and derivatives test/data/golden.csv has, by
/// their names there, as sources.
inline const std::map<std::string, std::string> goldenSources = {
    {"celu_2", "celu(x, alpha=2)"},
    {"elu", "elu"},
    {"erf", "erf"},
    {"gelu_erf", "gelu_erf"},
    {"gelu_tanh", "gelu_tanh"},
    {"hard_sigmoid", "hard_sigmoid"},
    {"hard_swish", "hard_swish"},
    {"leaky_relu_0.01", "leaky_relu"},
    {"log_sigmoid", "log_sigmoid"},
    {"mish", "mish"},
    {"relu", "relu"},
    {"relu2", "relu_squared"},
    {"selu", "selu"},
    {"sigmoid", "sigmoid"},
    {"silu", "silu"},
    {"softcap_30", "softcap"},
    {"softplus", "softplus"},
    {"softsign", "softsign"},
    {"squareplus_4", "squareplus"},
    {"swish_1.702", "quick_gelu"},
    {"tanh", "tanh"},
    {"tanhshrink", "tanhshrink"},
    {"xielu_0.8", "xielu(x, eps=1)"},
};

#endif // ACT_TEST_UNIT_GOLDENSOURCES_H
