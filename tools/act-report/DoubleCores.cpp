//===- DoubleCores.cpp - Series of the error function ---------------------===//

#include "DoubleCores.h"
#include "act/Reference/MpfrNumber.h"

using namespace act;
using namespace act::report::cores;
using Traits = NumberTraits<MpfrNumber>;

/// Coefficients of powers of t of the polynomial through `f` at the Chebyshev
/// points of -1..1.
template <size_t N, class Function>
static std::array<double, N> interpolated(Function f) {
  auto number = [](double x) { return MpfrNumber(x); };
  MpfrNumber pi = Traits::fromText("pi");
  auto cosineAt = [&](size_t j, size_t k) {
    return Traits::cos(pi * number(double(k) * (double(j) + 0.5)) /
                       number(double(N)));
  };
  std::vector<MpfrNumber> values;
  for (size_t j = 0; j < N; ++j)
    values.push_back(f(cosineAt(j, 1)));
  std::vector<MpfrNumber> sum(N, number(0));
  // T_k and the one before, in powers of t.
  std::vector<MpfrNumber> now(N, number(0)), before = now;
  now[0] = number(1);
  for (size_t k = 0; k < N; ++k) {
    MpfrNumber c = number(0);
    for (size_t j = 0; j < N; ++j)
      c = c + values[j] * cosineAt(j, k);
    c = c * number(k == 0 ? 1 : 2) / number(double(N));
    for (size_t i = 0; i < N; ++i)
      sum[i] = sum[i] + c * now[i];
    std::vector<MpfrNumber> next(N, number(0));
    for (size_t i = 0; i < N; ++i)
      next[i] = number(i == 0   ? 0
                       : k == 0 ? 1
                                : 2) *
                    (i == 0 ? number(0) : now[i - 1]) -
                before[i];
    before = std::move(now);
    now = std::move(next);
  }
  std::array<double, N> rounded;
  llvm::transform(sum, rounded.begin(), Traits::toDouble);
  return rounded;
}

static ErrorSeries computeSeries() {
  MpfrPrecision scope(192);
  ErrorSeries series;
  MpfrNumber one(1.0), middle(ErrorSeries::kMiddle);
  series.scaled = interpolated<std::tuple_size_v<decltype(series.scaled)>>(
      [&](const MpfrNumber &t) {
        MpfrNumber x = middle * (one + t) / (one - t);
        return (one + x + x) * Traits::exp(x * x) * Traits::erfc(x);
      });
  // 2 / sqrt(pi) * sum of (-x^2)^n / (n! (2 n + 1))
  MpfrNumber term = MpfrNumber(2.0) / Traits::sqrt(Traits::fromText("pi"));
  for (auto [n, c] : llvm::enumerate(series.inner)) {
    c = Traits::toDouble(term / MpfrNumber(2.0 * double(n) + 1));
    term = -term / MpfrNumber(double(n) + 1);
  }
  return series;
}

const ErrorSeries &act::report::cores::errorSeries() {
  static const ErrorSeries series = computeSeries();
  return series;
}
