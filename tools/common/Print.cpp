//===- Print.cpp - A short table of an array ------------------------------===//

#include "Print.h"
#include <cmath>

using namespace act::tools;

namespace {
/// A sum that carries what each addition rounds away (Neumaier 1974).
class CompensatedSum {
public:
  void add(double value) {
    double next = sum + value;
    rest += std::fabs(sum) >= std::fabs(value) ? (sum - next) + value
                                               : (value - next) + sum;
    sum = next;
  }
  /// What an infinity leaves behind is no number.
  double get() const { return std::isfinite(sum) ? sum + rest : sum; }

private:
  double sum = 0, rest = 0;
};
} // namespace

void act::tools::printSummary(llvm::raw_ostream &os, llvm::StringRef name,
                              const Array &array) {
  constexpr int64_t edge = 8;
  int64_t n = array.size();
  os << name << ": " << formatShape(array.shape) << " " << nameOf(array.type)
     << "\n";
  auto print = [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      os << " " << formatShortest(array.get(i), array.type);
  };
  if (n > 0) {
    os << " ";
    print(0, std::min(n, n > 2 * edge ? edge : n));
    if (n > 2 * edge) {
      os << " ...";
      print(n - edge, n);
    }
    os << "\n";
  }
  double least = INFINITY, greatest = -INFINITY;
  CompensatedSum sum;
  int64_t count = 0;
  for (int64_t i = 0; i < n; ++i) {
    double value = array.get(i);
    if (std::isnan(value))
      continue;
    ++count;
    least = std::fmin(least, value);
    greatest = std::fmax(greatest, value);
    sum.add(value);
  }
  ElementType meanType =
      array.type == ElementType::F64 ? ElementType::F64 : ElementType::F32;
  auto text = [&](double value, ElementType type) {
    return count == 0 ? std::string("nan") : formatShortest(value, type);
  };
  os << "  min " << text(least, array.type) << "  max "
     << text(greatest, array.type) << "  mean "
     << text(sum.get() / double(count), meanType) << "  nan " << n - count
     << "\n";
}
