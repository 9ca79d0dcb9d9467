//===- Inputs.cpp - The values that --input describes ---------------------===//

#include "Inputs.h"
#include "Npy.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>
#include <cmath>
#include <functional>

using namespace act::tools;
using llvm::createStringError;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;

//===----------------------------------------------------------------------===//
// Random numbers: functions of (seed, index)
//===----------------------------------------------------------------------===//

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014) over a counter.
static uint64_t hashOf(uint64_t seed, uint64_t index) {
  uint64_t z = (seed + 1) * 0xd1342543de82ef95 + index * 0x9e3779b97f4a7c15;
  for (uint64_t factor : {0xbf58476d1ce4e5b9, 0x94d049bb133111eb}) {
    z ^= z >> 30;
    z *= factor;
    z ^= z >> 29;
  }
  return z ^ (z >> 32);
}

/// A number in (0, 1) with 53 bits.
static double uniformOf(uint64_t seed, uint64_t index) {
  // The largest sum rounds up to 2^53, which would give 1.
  double u = (double(hashOf(seed, index) >> 11) + 0.5) * 0x1p-53;
  return std::min(u, 1 - 0x1p-53);
}

/// log(x) for 0 < x < 1 from frexp and a series: the library's function may
/// differ in its last bit from machine to machine.
static double portableLog(double x) {
  int exponent;
  double m = std::frexp(x, &exponent);
  double s = (m - 1) / (m + 1), y = s * s, sum = 0;
  for (int k = 41; k > 0; k -= 2)
    sum = sum * y + 1.0 / k;
  return exponent * 0.6931471805599453 + 2 * s * sum;
}

template <size_t N> static double poly(const double (&c)[N], double x) {
  double sum = 0;
  for (size_t k = N; k-- > 0;)
    sum = sum * x + c[k];
  return sum;
}

/// The inverse of the normal distribution function: Wichura's algorithm AS
/// 241, PPND16 (Applied Statistics 37, 1988), relative error about 1e-16.
static double normalQuantile(double p) {
  static const double a[] = {3.3871328727963666080e0, 1.3314166789178437745e2,
                             1.9715909503065514427e3, 1.3731693765509461125e4,
                             4.5921953931549871457e4, 6.7265770927008700853e4,
                             3.3430575583588128105e4, 2.5090809287301226727e3};
  static const double b[] = {1.0,
                             4.2313330701600911252e1,
                             6.8718700749205790830e2,
                             5.3941960214247511077e3,
                             2.1213794301586595867e4,
                             3.9307895800092710610e4,
                             2.8729085735721942674e4,
                             5.2264952788528545610e3};
  static const double c[] = {
      1.42343711074968357734e0,  4.63033784615654529590e0,
      5.76949722146069140550e0,  3.64784832476320460504e0,
      1.27045825245236838258e0,  2.41780725177450611770e-1,
      2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static const double d[] = {1.0,
                             2.05319162663775882187e0,
                             1.67638483018380384940e0,
                             6.89767334985100004550e-1,
                             1.48103976427480074590e-1,
                             1.51986665636164571966e-2,
                             5.47593808499534494600e-4,
                             1.05075007164441684324e-9};
  static const double e[] = {
      6.65790464350110377720e0,  5.46378491116411436990e0,
      1.78482653991729133580e0,  2.96560571828504891230e-1,
      2.65321895265761230930e-2, 1.24266094738807843860e-3,
      2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static const double f[] = {1.0,
                             5.99832206555887937690e-1,
                             1.36929880922735805310e-1,
                             1.48753612908506148525e-2,
                             7.86869131145613259100e-4,
                             1.84631831751005468180e-5,
                             1.42151175831644588870e-7,
                             2.04426310338993978564e-15};
  double q = p - 0.5;
  if (std::fabs(q) <= 0.425) {
    double r = 0.180625 - q * q;
    return q * poly(a, r) / poly(b, r);
  }
  double r = std::sqrt(-portableLog(q < 0 ? p : 1 - p));
  double x = r <= 5 ? poly(c, r - 1.6) / poly(d, r - 1.6)
                    : poly(e, r - 5) / poly(f, r - 5);
  return q < 0 ? -x : x;
}

//===----------------------------------------------------------------------===//
// Parsing
//===----------------------------------------------------------------------===//

Expected<InputSpec> act::tools::parseInputSpec(StringRef text) {
  size_t equal = text.find('=');
  StringRef name = text.take_front(equal);
  bool isName =
      equal != StringRef::npos && !name.empty() &&
      !llvm::isDigit(name.front()) &&
      llvm::all_of(name, [](char c) { return llvm::isAlnum(c) || c == '_'; });
  InputSpec spec;
  spec.name = isName ? name.str() : "";
  spec.value = (isName ? text.drop_front(equal + 1) : text).str();
  if (spec.value.empty())
    return createStringError("--input=" + text +
                             " has no value; give a file "
                             "as @file.npy, a generator or numbers");
  return spec;
}

/// A finite bound of a generator.
static bool parseFinite(StringRef text, double &value) {
  std::optional<double> number = parseDecimal(text, ElementType::F64);
  value = number.value_or(NAN);
  return std::isfinite(value);
}

static Error malformed(StringRef value, StringRef expected) {
  return createStringError("input '" + value + "' is malformed; write it as " +
                           expected);
}

/// "4x1024" as sizes.
static bool parseShape(StringRef text, std::vector<int64_t> &shape) {
  llvm::SmallVector<StringRef> parts;
  text.split(parts, 'x');
  for (StringRef part : parts) {
    uint64_t dim;
    if (part.getAsInteger(10, dim) || dim > uint64_t(INT64_MAX))
      return false;
    shape.push_back(int64_t(dim));
  }
  return true;
}

static Expected<Array> generate(ElementType type, std::vector<int64_t> shape,
                                const std::function<double(int64_t)> &at) {
  Expected<Array> array = allocate(type, std::move(shape));
  if (!array)
    return array.takeError();
  for (int64_t i = 0, n = array->size(); i < n; ++i)
    array->set(i, at(i));
  return array;
}

static Expected<Array> linspace(StringRef value, ElementType type) {
  llvm::SmallVector<StringRef> parts;
  value.split(parts, ':');
  double lo, hi;
  int64_t n;
  if (parts.size() != 4 || !parseFinite(parts[1], lo) ||
      !parseFinite(parts[2], hi) || parts[3].getAsInteger(10, n) || n < 1)
    return malformed(value, "linspace:LO:HI:N with finite LO and HI, N >= 1");
  // Divided first, so that the width cannot overflow.
  bool isWide = !std::isfinite(hi - lo);
  double last = double(std::max<int64_t>(n - 1, 1));
  double step = isWide ? hi / last - lo / last : (hi - lo) / last;
  return generate(type, {n}, [=](int64_t i) {
    // From the nearer end: symmetric, exact at both, and never overflowing.
    return 2 * i < n ? lo + double(i) * step : hi - double(n - 1 - i) * step;
  });
}

static Expected<Array> random(StringRef value, ElementType type,
                              bool isNormal) {
  llvm::SmallVector<StringRef> parts;
  value.split(parts, ':');
  size_t first = isNormal ? 1 : 3;
  double lo = 0, hi = 1;
  uint64_t seed;
  std::vector<int64_t> shape;
  bool good =
      parts.size() == first + 2 &&
      (isNormal || (parseFinite(parts[1], lo) && parseFinite(parts[2], hi))) &&
      !parts[first].getAsInteger(10, seed) &&
      parseShape(parts[first + 1], shape);
  if (!good)
    return malformed(value, isNormal
                                ? "normal:SEED:SHAPE, such as normal:1:4x1024"
                                : "uniform:LO:HI:SEED:SHAPE, such as "
                                  "uniform:-1:1:7:4x1024");
  if (lo > hi)
    return createStringError(
        "input '" + value + "': " + parts[1] + " is greater than " + parts[2] +
        "; give the lower bound first, as uniform:" + parts[2] + ":" +
        parts[1] + ":" + parts[3] + ":" + parts[4]);
  return generate(type, std::move(shape), [=](int64_t i) {
    double u = uniformOf(seed, uint64_t(i));
    if (isNormal)
      return normalQuantile(u);
    // Weighted where the width would overflow.
    double width = hi - lo;
    return std::isfinite(width) ? lo + width * u : lo * (1 - u) + hi * u;
  });
}

static Expected<Array> allValues(ElementType type) {
  if (type != ElementType::F16 && type != ElementType::BF16)
    return createStringError("input 'all' lists every value of a 16-bit type, "
                             "but the element type is " +
                             llvm::Twine(nameOf(type)) +
                             "; give --dtype=f16 or --dtype=bf16");
  Expected<Array> array = allocate(type, {65536});
  if (!array)
    return array.takeError();
  for (unsigned bits = 0; bits < 65536; ++bits)
    static_cast<uint16_t *>(array->data())[bits] = uint16_t(bits);
  return array;
}

static Expected<Array> literal(StringRef value, ElementType type) {
  llvm::SmallVector<StringRef> parts;
  value.split(parts, ',');
  std::vector<int64_t> shape;
  if (parts.size() > 1)
    shape.push_back(int64_t(parts.size()));
  Expected<Array> array = allocate(type, shape);
  if (!array)
    return array.takeError();
  for (auto [i, part] : llvm::enumerate(parts)) {
    std::optional<double> number = parseDecimal(part.trim(), type);
    if (!number)
      return createStringError(
          "input '" + value + "': '" + part +
          "' is not a number; write numbers such as 1,-2e-3,inf,nan, or a "
          "file as @file.npy, or linspace:, normal:, uniform: or all");
    array->set(i, *number);
  }
  return array;
}

Expected<Array> act::tools::loadInput(StringRef value,
                                      std::optional<ElementType> type) {
  if (value == "@")
    return createStringError("input '@' names no file; write @file.npy, or @- "
                             "for standard input");
  if (value.starts_with("@")) {
    Expected<Array> array = readNpy(value.drop_front());
    if (!array || !type || array->type == *type)
      return array;
    return convert(*array, *type);
  }
  ElementType generated = type.value_or(ElementType::F32);
  if (value.starts_with("linspace:"))
    return linspace(value, generated);
  if (value.starts_with("normal:") || value.starts_with("uniform:"))
    return random(value, generated, value.starts_with("normal:"));
  if (value == "all")
    return allValues(generated);
  return literal(value, generated);
}
