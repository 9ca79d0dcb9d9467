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
    {"erf", "erf(x)"},
    {"gelu_erf", "gelu_erf"},
    {"gelu_tanh", "gelu_tanh"},
    {"hard_sigmoid", "hard_sigmoid"},
    {"hard_swish", "hard_swish"},
    {"leaky_relu_0.01", "leaky_relu"},
    {"log_sigmoid", "-softplus(-x)"},
    {"mish", "mish"},
    {"relu", "relu"},
    {"relu2", "relu(x)^2"},
    {"selu", "selu"},
    {"sigmoid", "sigmoid"},
    {"silu", "silu"},
    {"softcap_30", "30 * tanh(x / 30)"},
    {"softplus", "softplus"},
    {"softsign", "softsign"},
    {"squareplus_4", "(x + sqrt(x^2 + 4)) / 2"},
    {"swish_1.702", "quick_gelu"},
    {"tanh", "tanh"},
    {"tanhshrink", "x - tanh(x)"},
    {"xielu_0.8", "where(x > 0, 0.8 * x^2, 0.8 * (expm1(x) - x)) + 0.5 * x"},
};

#endif // ACT_TEST_UNIT_GOLDENSOURCES_H
