//===- Axis.cpp - Numbers to pixels, and round numbers --------------------===//

#include "Axis.h"
#include "Array.h"
#include <cmath>

using namespace act::report;
using namespace act;

double Axis::at(double value) const {
  double share =
      isLog ? std::log(value / numbers.lo) / std::log(numbers.hi / numbers.lo)
            : (value - numbers.lo) / numbers.width();
  return from + share * (to - from);
}

Tick act::report::tickOf(long digits, int exponent) {
  std::string text = std::to_string(digits) + "e" + std::to_string(exponent);
  double value = std::strtod(text.c_str(), nullptr);
  std::string label = tools::formatShortest(value, tools::ElementType::F64);
  // Exponents have two digits: 1e-05.
  if (size_t e = label.find('e'); e != std::string::npos && label[e + 2] == '0')
    label.erase(e + 2, 1);
  if (size_t plus = label.find('+'); plus != std::string::npos)
    label.erase(plus, 1);
  return {value, label};
}

/// Multiples of digits * 10^exponent within the range.
static std::vector<Tick> multiples(Extent range, long digits, int exponent) {
  std::vector<Tick> ticks;
  double step = tickOf(digits, exponent).value;
  // Ends that are multiples up to rounding have a tick.
  long first = std::lround(std::ceil(range.lo / step - 1e-9));
  long last = std::lround(std::floor(range.hi / step + 1e-9));
  for (long k = first; k <= last; ++k)
    ticks.push_back(tickOf(k * digits, exponent));
  return ticks;
}

/// 1, 2 and 5 times powers of ten, or powers only.
static std::vector<Tick> powers(Extent range, bool onlyPowers) {
  std::vector<Tick> ticks;
  for (int exponent = int(std::floor(std::log10(range.lo)));
       exponent <= std::ceil(std::log10(range.hi)); ++exponent)
    for (long digits : {1, 2, 5}) {
      Tick tick = tickOf(digits, exponent);
      if ((digits == 1 || !onlyPowers) && tick.value >= range.lo &&
          tick.value <= range.hi)
        ticks.push_back(tick);
    }
  return ticks;
}

std::vector<Tick> Axis::ticks(unsigned most) const {
  if (isLog) {
    std::vector<Tick> ticks = powers(numbers, /*onlyPowers=*/false);
    return ticks.size() <= most ? ticks : powers(numbers, /*onlyPowers=*/true);
  }
  // The first step that is coarse enough.
  for (int exponent = int(std::floor(std::log10(numbers.width() / most)));;
       ++exponent)
    for (long digits : {1, 2, 5})
      if (numbers.width() / tickOf(digits, exponent).value < most)
        return multiples(numbers, digits, exponent);
}
