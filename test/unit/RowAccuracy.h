//===- RowAccuracy.h - How wrong long rows are ------------------*- C++ -*-===//
#ifndef ACT_TEST_UNIT_ROWACCURACY_H
#define ACT_TEST_UNIT_ROWACCURACY_H

#include "RowTestUtil.h"
#include "act/Reference/Softmax.h"
#include <cmath>
#include <map>

namespace act::test {

/// The largest error over a row, in ulp of f32.
inline double worstUlp(const Row &computed, llvm::ArrayRef<Quad> exact) {
  double worst = 0;
  EXPECT_EQ(computed.size(), exact.size());
  for (size_t i = 0; i < exact.size(); ++i)
    worst = std::max(worst, ulpError(computed[i], exact[i], DType::F32));
  return worst;
}

/// Holds softmax and log_softmax of one row of f32 logits, N(0, sigma), to
/// their limits in ulp, and prints what was measured.
inline void expectAccurate(size_t count, double sigma) {
  Row x = normalRow(count, sigma, unsigned(count + sigma));
  std::vector<Quad> logits(x.begin(), x.end());
  Softmax<Quad> exact = softmaxOf<Quad>(logits, Quad(1));
  auto measure = [&](const char *source, Accuracy accuracy,
                     llvm::ArrayRef<Quad> wanted, double limit) {
    RowSubject subject{source, DType::F32, accuracy};
    subject.isLong = count > size_t(kLongRow);
    static std::map<std::string, RowKernel> kernels;
    RowKernel &kernel = kernels[subject.text()];
    if (!kernel)
      kernel = compileRows(subject);
    ASSERT_TRUE(kernel);
    double ulp = worstUlp(kernel({x}), wanted);
    printf("%s, %s, N = %zu, sigma = %g: %.3f ulp, limit %g\n", source,
           nameOf(accuracy), count, sigma, ulp, limit);
    EXPECT_LE(ulp, limit);
  };
  measure("softmax(x)", Accuracy::Strict, exact.probabilities, 6);
  measure("softmax(x)", Accuracy::Default, exact.probabilities,
          sigma <= 4 ? 35 : 70);
  measure("log_softmax(x)", Accuracy::Strict, exact.logProbabilities, 4);
  measure("log_softmax(x)", Accuracy::Default, exact.logProbabilities, 8);
}

} // namespace act::test

#endif // ACT_TEST_UNIT_ROWACCURACY_H
