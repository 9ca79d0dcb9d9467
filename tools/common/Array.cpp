//===- Array.cpp - Arrays in the memory of a tool -------------------------===//

#include "Array.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#ifdef __linux__
#include <sys/mman.h>
#endif
#include <unistd.h>

using namespace act::tools;
using llvm::createStringError;
using llvm::Expected;
using llvm::StringRef;

size_t act::tools::sizeOf(ElementType type) {
  constexpr size_t sizes[] = {8, 4, 2, 2, 4, 8, 1, 1, 1, 1};
  return sizes[int(type)];
}

const char *act::tools::nameOf(ElementType type) {
  constexpr const char *names[] = {"f64", "f32",  "f16",  "bf16", "i32",
                                   "i64", "bool", "e4m3", "e5m2", "int8"};
  return names[int(type)];
}

/// Semantics of the floating types.
static const llvm::fltSemantics &semanticsOf(ElementType type) {
  switch (type) {
  case ElementType::F32:
    return llvm::APFloat::IEEEsingle();
  case ElementType::F16:
    return llvm::APFloat::IEEEhalf();
  case ElementType::BF16:
    return llvm::APFloat::BFloat();
  case ElementType::E4M3:
    return llvm::APFloat::Float8E4M3FN();
  case ElementType::E5M2:
    return llvm::APFloat::Float8E5M2();
  default:
    return llvm::APFloat::IEEEdouble();
  }
}

static llvm::APFloat rounded(double value, ElementType type) {
  llvm::APFloat number(value);
  bool ignored;
  number.convert(semanticsOf(type), llvm::APFloat::rmNearestTiesToEven,
                 &ignored);
  return number;
}

/// Exact: every type's numbers are doubles.
static double toDouble(llvm::APFloat number) {
  bool ignored;
  number.convert(llvm::APFloat::IEEEdouble(),
                 llvm::APFloat::rmNearestTiesToEven, &ignored);
  return number.convertToDouble();
}

int64_t Array::size() const {
  int64_t size = 1;
  for (int64_t dim : shape)
    size *= dim;
  return size;
}

double Array::get(int64_t i) const {
  auto at = [&](auto tag) {
    std::memcpy(&tag, static_cast<char *>(data()) + i * sizeof(tag),
                sizeof(tag));
    return tag;
  };
  switch (type) {
  case ElementType::F64:
    return at(double());
  case ElementType::F32:
    return at(float());
  case ElementType::I32:
    return at(int32_t());
  case ElementType::I64:
    return double(at(int64_t()));
  case ElementType::Bool:
    return at(uint8_t()) != 0;
  case ElementType::I8:
    return at(int8_t());
  case ElementType::E4M3:
  case ElementType::E5M2:
    return toDouble(
        llvm::APFloat(semanticsOf(type), llvm::APInt(8, at(uint8_t()))));
  case ElementType::F16:
  case ElementType::BF16:
    break;
  }
  return toDouble(
      llvm::APFloat(semanticsOf(type), llvm::APInt(16, at(uint16_t()))));
}

void Array::set(int64_t i, double value) {
  auto put = [&](auto element) {
    std::memcpy(static_cast<char *>(data()) + i * sizeof(element), &element,
                sizeof(element));
  };
  switch (type) {
  case ElementType::F64:
    return put(value);
  case ElementType::F32:
    return put(float(value));
  case ElementType::I32:
    return put(int32_t(value));
  case ElementType::I64:
    return put(int64_t(value));
  case ElementType::Bool:
    return put(uint8_t(value != 0));
  case ElementType::I8:
    return put(int8_t(std::isnan(value)
                          ? 0
                          : std::nearbyint(std::clamp(value, -128., 127.))));
  case ElementType::E4M3:
  case ElementType::E5M2: {
    double largest = toDouble(llvm::APFloat::getLargest(semanticsOf(type)));
    if (std::fabs(value) > largest)
      value = std::copysign(largest, value);
    return put(uint8_t(rounded(value, type).bitcastToAPInt().getZExtValue()));
  }
  case ElementType::F16:
  case ElementType::BF16:
    return put(uint16_t(rounded(value, type).bitcastToAPInt().getZExtValue()));
  }
}

void *act::tools::allocateBytes(size_t bytes) {
  constexpr size_t kPage = 2 << 20;
  size_t unit = bytes >= 2 * kPage ? kPage : 64;
  size_t size = (bytes + 64 + unit - 1) / unit * unit;
  void *memory = std::aligned_alloc(unit, size);
#ifdef MADV_HUGEPAGE
  if (memory && unit == kPage) // Without effect where there are none.
    madvise(memory, size, MADV_HUGEPAGE);
#endif
  return memory;
}

Expected<Array> act::tools::allocate(ElementType type,
                                     std::vector<int64_t> shape) {
  int64_t bytes = int64_t(sizeOf(type));
  bool isEmpty = false, overflows = false;
  for (int64_t dim : shape) {
    if (dim < 0)
      return createStringError("an array of shape " + formatShape(shape) +
                               " has a negative dimension");
    isEmpty |= dim == 0;
    overflows |= llvm::MulOverflow(bytes, std::max<int64_t>(dim, 1), bytes);
  }
  int64_t memory =
      int64_t(sysconf(_SC_PHYS_PAGES)) * int64_t(sysconf(_SC_PAGESIZE));
  if (overflows || (!isEmpty && bytes > memory))
    return createStringError(
        "an array of shape " + formatShape(shape) + " and type " +
        nameOf(type) + " needs more memory than this machine has (" +
        llvm::Twine(memory >> 20) + " MiB); use a smaller shape");
  if (isEmpty)
    bytes = 0;
  Array array;
  array.type = type;
  array.shape = std::move(shape);
  array.storage.reset(allocateBytes(bytes));
  if (!array.storage)
    return createStringError("out of memory for an array of " +
                             llvm::Twine(bytes >> 20) + " MiB");
  return std::move(array);
}

Expected<Array> act::tools::convert(const Array &from, ElementType type) {
  Expected<Array> to = allocate(type, from.shape);
  if (!to)
    return to.takeError();
  for (int64_t i = 0, n = from.size(); i < n; ++i)
    to->set(i, from.get(i));
  return to;
}

std::optional<double> act::tools::parseDecimal(StringRef text,
                                               ElementType type) {
  bool negative = text.consume_front("-");
  if (!negative)
    (void)text.consume_front("+");
  llvm::APFloat number(semanticsOf(type));
  if (text == "inf") {
    number = llvm::APFloat::getInf(semanticsOf(type));
  } else if (text == "nan") {
    number = llvm::APFloat::getNaN(semanticsOf(type));
  } else {
    // Not the words, hexadecimal numbers and "1e" that APFloat reads, too.
    auto isStartOrEnd = [](char c) { return llvm::isDigit(c) || c == '.'; };
    if (text.empty() || !isStartOrEnd(text.front()) ||
        !isStartOrEnd(text.back()) ||
        text.find_first_not_of("0123456789.eE+-") != StringRef::npos)
      return std::nullopt;
    auto status =
        number.convertFromString(text, llvm::APFloat::rmNearestTiesToEven);
    if (llvm::errorToBool(status.takeError()))
      return std::nullopt;
  }
  if (negative)
    number.changeSign();
  return toDouble(number);
}

namespace {
/// Decimal digits as a whole number, times a power of ten.
struct Decimal {
  uint64_t digits;
  int exponent;
};
} // namespace

/// The decimal of `count` digits nearest to a positive number.
static Decimal nearestDecimal(double value, int count) {
  char text[40];
  std::snprintf(text, sizeof(text), "%.*e", count - 1, value);
  std::string digits;
  for (char *at = text; *at != 'e'; ++at)
    if (llvm::isDigit(*at))
      digits += *at;
  return {std::stoull(digits),
          std::atoi(std::strchr(text, 'e') + 1) - (count - 1)};
}

/// The decimal of fewest digits that reads back as a positive number.
static Decimal shortestDecimal(double value, ElementType type) {
  for (int count = 1;; ++count) {
    // At a power of two the numbers below lie closer than those above, so the
    // decimal next above may do where the nearest does not.
    for (Decimal decimal = nearestDecimal(value, count), last = decimal;
         decimal.digits <= last.digits + 1; ++decimal.digits) {
      std::string text = std::to_string(decimal.digits) + "e" +
                         std::to_string(decimal.exponent);
      if (parseDecimal(text, type) == value)
        return decimal;
    }
  }
}

std::string act::tools::formatShortest(double value, ElementType type) {
  value = toDouble(rounded(value, type));
  if (std::isnan(value))
    return "nan";
  std::string text = std::signbit(value) ? "-" : "";
  value = std::fabs(value);
  if (std::isinf(value))
    return text + "inf";
  if (value == 0)
    return text + "0";
  Decimal decimal = shortestDecimal(value, type);
  std::string digits = std::to_string(decimal.digits);
  int size = int(digits.size()), point = decimal.exponent + size - 1;
  char buffer[40];
  if (point < -4 || (point >= 7 && point >= size)) {
    std::snprintf(buffer, sizeof(buffer), "e%+03d", point);
    return text + digits.substr(0, 1) + (size > 1 ? "." : "") +
           digits.substr(1) + buffer;
  }
  if (point < 0)
    return text + "0." + std::string(-point - 1, '0') + digits;
  if (point + 1 < size)
    return text + digits.insert(point + 1, ".");
  // Whole numbers of a readable size are written out: 20, not 2e+01.
  std::snprintf(buffer, sizeof(buffer), "%.0f", value);
  return text + buffer;
}

std::string act::tools::formatShape(llvm::ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  std::string text;
  for (int64_t dim : shape)
    text += (text.empty() ? "" : "x") + std::to_string(dim);
  return text;
}

Expected<std::vector<int64_t>> act::tools::broadcastShapes(
    llvm::ArrayRef<std::pair<std::string, std::vector<int64_t>>> shapes) {
  std::vector<int64_t> common;
  std::vector<size_t> decidedBy;
  for (auto [k, entry] : llvm::enumerate(shapes)) {
    const std::vector<int64_t> &shape = entry.second;
    while (common.size() < shape.size()) {
      common.insert(common.begin(), 1);
      decidedBy.insert(decidedBy.begin(), k);
    }
    for (size_t i = 1; i <= shape.size(); ++i) {
      int64_t dim = shape[shape.size() - i];
      int64_t &other = common[common.size() - i];
      if (dim == other || dim == 1)
        continue;
      const auto &first = shapes[decidedBy[common.size() - i]];
      if (other != 1)
        return createStringError(
            "inputs '" + first.first + "' (" + formatShape(first.second) +
            ") and '" + entry.first + "' (" + formatShape(shape) +
            ") do not broadcast: dimension -" + llvm::Twine(i) + " is " +
            llvm::Twine(other) + " and " + llvm::Twine(dim) +
            "; they must be equal or one of them 1");
      other = dim;
      decidedBy[common.size() - i] = k;
    }
  }
  return common;
}
