//===- NumberText.cpp - Exact numbers in reports --------------------------===//

#include "NumberText.h"
#include "Report.h"

using namespace act;
using namespace act::report;
using Json = llvm::json::Value;
using Traits = NumberTraits<MpfrNumber>;

std::string act::report::textOf(const MpfrNumber &x, unsigned digits) {
  if (Traits::isNaN(x))
    return "nan";
  if (Traits::isInfinite(x))
    return Traits::isNegative(x) ? "-inf" : "inf";
  if (x == MpfrNumber(0.0))
    return "0";
  char *text = nullptr;
  mpfr_asprintf(&text, "%.*Rg", int(digits), x.get());
  std::string result = text;
  mpfr_free_str(text);
  return result;
}

Json act::report::numberOf(const MpfrNumber &x, unsigned digits) {
  std::string text = textOf(x, digits);
  if (Traits::isNaN(x) || Traits::isInfinite(x))
    return text;
  return numberAsText(text);
}

Json act::report::numberOf(const std::optional<MpfrNumber> &x,
                           unsigned digits) {
  return x ? numberOf(*x, digits) : Json(nullptr);
}

std::string act::report::textOf(const ValueRange<MpfrNumber> &range) {
  if (range.lo == range.hi)
    return "{" + textOf(range.lo) + "}";
  return (range.hasLo ? "[" : "(") + textOf(range.lo) + ", " +
         textOf(range.hi) + (range.hasHi ? "]" : ")");
}

std::string act::report::textOf(llvm::ArrayRef<ValueRange<MpfrNumber>> ranges) {
  constexpr size_t most = 6;
  std::string text;
  for (const ValueRange<MpfrNumber> &range : ranges.take_front(most))
    text += (text.empty() ? "" : " and ") + textOf(range);
  if (ranges.size() > most)
    text += " and " + std::to_string(ranges.size() - most) + " more";
  return text;
}

std::string act::report::textOf(const Interval<MpfrNumber> &interval,
                                unsigned digits) {
  return "(" + textOf(interval.lo, digits) + ", " +
         textOf(interval.hi, digits) + ")";
}

static Json placeOf(const Place<MpfrNumber> &place) {
  bool isFromLeft = Traits::isInfinite(place.lo),
       isToRight = Traits::isInfinite(place.hi);
  if (place.kind != Place<MpfrNumber>::At) {
    if (isFromLeft)
      return textOf(place.lo);
    return textOf(place.lo) +
           (place.kind == Place<MpfrNumber>::FromBelow ? "-" : "+");
  }
  if (place.lo == place.hi)
    return numberOf(place.lo);
  if (isFromLeft && isToRight)
    return "everywhere";
  std::string below = place.isOpenHi ? " < " : " <= ";
  if (isFromLeft)
    return "x" + below + textOf(place.hi);
  if (isToRight)
    return (place.isOpenLo ? "x > " : "x >= ") + textOf(place.lo);
  return textOf(place.lo) + (place.isOpenLo ? " < " : " <= ") + "x" + below +
         textOf(place.hi);
}

Json act::report::placesOf(const Extreme<MpfrNumber> &extreme, unsigned most) {
  std::vector<Place<MpfrNumber>> places = extreme.places;
  llvm::stable_sort(places, [](const auto &a, const auto &b) {
    return Traits::abs(a.lo) < Traits::abs(b.lo);
  });
  bool isLong = places.size() > most;
  if (isLong)
    places.resize(most);
  if (places.size() == 1)
    return placeOf(places.front());
  llvm::json::Array texts;
  for (const Place<MpfrNumber> &place : places)
    texts.push_back(placeOf(place));
  if (isLong)
    texts.push_back("...");
  return texts;
}
