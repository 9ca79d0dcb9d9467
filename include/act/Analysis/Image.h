//===- Image.h - The values that a function takes ---------------*- C++ -*-===//
#ifndef ACT_ANALYSIS_IMAGE_H
#define ACT_ANALYSIS_IMAGE_H

#include "act/Analysis/Limits.h"
#include "act/Analysis/SignTable.h"

namespace act {

/// Where a value is taken or approached.
template <class Number> struct Place {
  enum Kind {
    /// At lo, or everywhere on lo..hi where these differ.
    At,
    /// As x goes to lo from below or above, or to an infinity.
    FromBelow,
    FromAbove
  };
  Kind kind;
  Number lo, hi;
  /// Of an interval: whether its ends are not part of it.
  bool isOpenLo = false, isOpenHi = false;
};

/// An infimum or supremum. It is attained where some place is At.
template <class Number> struct Extreme {
  Number value;
  std::vector<Place<Number>> places;

  bool isAttained() const {
    return llvm::any_of(places, [](const Place<Number> &place) {
      return place.kind == Place<Number>::At;
    });
  }
};

/// An interval of values, of which the ends may be missing.
template <class Number> struct ValueRange {
  Number lo, hi;
  bool hasLo, hasHi;
};

/// What is needed of one order of a curve to find its image.
template <class Number> struct ImageSources {
  const Curve<Number> &curve;
  unsigned order;
  llvm::ArrayRef<Break<Number>> breaks;
  /// Stretches of the next order, not joined.
  llvm::ArrayRef<Stretch<Number>> slopes;
  const Tail<Number> &atMinusInf, &atPlusInf;
};

/// The set of values of one order of a curve.
template <class Number> class Image {
public:
  using Traits = NumberTraits<Number>;

  explicit Image(const ImageSources<Number> &from);

  /// The set as disjoint ranges in order.
  std::vector<ValueRange<Number>> ranges;
  Extreme<Number> infimum, supremum;

private:
  /// A value that bounds a monotone piece.
  struct Candidate {
    Number value;
    Place<Number> place;
  };

  Candidate endOf(const ImageSources<Number> &from, const Number &x,
                  bool isUpper);
  void addRange(ValueRange<Number> range);
  /// `direction` is 1 for a supremum.
  static Extreme<Number> extremeOf(llvm::ArrayRef<Candidate> candidates,
                                   int direction);
};

/// True for values that are one but for the error of finding them.
template <class Number> bool isSameValue(const Number &a, const Number &b) {
  using Traits = NumberTraits<Number>;
  return a == b || Traits::abs(a - b) <
                       Traits::scale(Traits::abs(a) + Traits::abs(b), -60);
}

/// The value at an end of a monotone piece.
template <class Number>
typename Image<Number>::Candidate
Image<Number>::endOf(const ImageSources<Number> &from, const Number &x,
                     bool isUpper) {
  using Kind = typename Place<Number>::Kind;
  Kind kind = isUpper ? Kind::FromBelow : Kind::FromAbove;
  if (Traits::isInfinite(x)) {
    const Tail<Number> &tail = isUpper ? from.atPlusInf : from.atMinusInf;
    std::optional<Number> limit = tail.limits[from.order];
    return {limit ? *limit : Traits::fromText("nan"), {kind, x, x}};
  }
  for (const Break<Number> &at : from.breaks)
    if (at.x == x && at.order <= from.order) {
      const Number &beside = (isUpper ? at.below : at.above)[from.order];
      const Number &value = at.at[from.order];
      Number size = Traits::abs(value) + Traits::fromDouble(1);
      bool isTaken = Traits::abs(value - beside) < Traits::scale(size, -50);
      return {isTaken ? value : beside, {isTaken ? Kind::At : kind, x, x}};
    }
  return {snapped(from.curve.value(x, from.order)), {Kind::At, x, x}};
}

template <class Number> void Image<Number>::addRange(ValueRange<Number> range) {
  // Joins what touches; ranges stay disjoint and in order.
  std::vector<ValueRange<Number>> kept;
  for (const ValueRange<Number> &other : ranges) {
    bool isBelow = other.hi < range.lo || (isSameValue(other.hi, range.lo) &&
                                           !other.hasHi && !range.hasLo);
    bool isAbove = other.lo > range.hi || (isSameValue(other.lo, range.hi) &&
                                           !other.hasLo && !range.hasHi);
    if (isBelow || isAbove) {
      kept.push_back(other);
      continue;
    }
    if (isSameValue(other.lo, range.lo))
      range.hasLo |= other.hasLo;
    else if (other.lo < range.lo)
      range.lo = other.lo, range.hasLo = other.hasLo;
    if (isSameValue(other.hi, range.hi))
      range.hasHi |= other.hasHi;
    else if (other.hi > range.hi)
      range.hi = other.hi, range.hasHi = other.hasHi;
  }
  kept.push_back(range);
  llvm::sort(kept, [](const auto &a, const auto &b) { return a.lo < b.lo; });
  ranges = std::move(kept);
}

template <class Number>
Extreme<Number> Image<Number>::extremeOf(llvm::ArrayRef<Candidate> candidates,
                                         int direction) {
  Extreme<Number> extreme;
  for (const Candidate &candidate : candidates) {
    bool isFirst = extreme.places.empty();
    bool isSame = !isFirst && isSameValue(candidate.value, extreme.value);
    bool isBeyond = direction > 0 ? candidate.value > extreme.value
                                  : candidate.value < extreme.value;
    if (isFirst || (isBeyond && !isSame)) {
      extreme.value = candidate.value;
      extreme.places.clear();
    } else if (!isSame) {
      continue;
    }
    // Neighbouring pieces share their ends.
    const Place<Number> &place = candidate.place;
    bool isKnown = llvm::any_of(extreme.places, [&](Place<Number> &other) {
      bool isApart = place.lo > other.hi || place.lo < other.lo ||
                     (place.lo == other.hi && place.isOpenLo && other.isOpenHi);
      if (other.kind != place.kind || isApart)
        return false;
      if (place.hi > other.hi) {
        other.hi = place.hi;
        other.isOpenHi = place.isOpenHi;
      }
      return true;
    });
    if (!isKnown)
      extreme.places.push_back(place);
  }
  return extreme;
}

template <class Number> Image<Number>::Image(const ImageSources<Number> &from) {
  std::vector<Candidate> candidates;
  for (const Stretch<Number> &piece : from.slopes) {
    if (piece.sign == Sign::Unknown)
      continue;
    bool isFlat = piece.sign == Sign::Zero;
    if (isFlat) {
      // The value on the piece, which may differ from that at its ends.
      Number x = Traits::isInfinite(piece.lo)
                     ? (Traits::isInfinite(piece.hi)
                            ? Traits::fromDouble(0)
                            : piece.hi - Traits::fromDouble(1))
                 : Traits::isInfinite(piece.hi)
                     ? piece.lo + Traits::fromDouble(1)
                     : (piece.lo + piece.hi) * Traits::fromDouble(0.5);
      Number value = from.curve.value(x, from.order);
      auto differsAt = [&](const Number &end) {
        return llvm::any_of(from.breaks, [&](const Break<Number> &at) {
          return at.x == end && at.order <= from.order &&
                 !isSameValue(at.at[from.order], value);
        });
      };
      candidates.push_back({value,
                            {Place<Number>::At, piece.lo, piece.hi,
                             differsAt(piece.lo), differsAt(piece.hi)}});
      addRange({value, value, true, true});
      continue;
    }
    Candidate ends[2] = {endOf(from, piece.lo, false),
                         endOf(from, piece.hi, true)};
    if (Traits::isNaN(ends[0].value) || Traits::isNaN(ends[1].value))
      continue;
    bool falls = ends[1].value < ends[0].value;
    const Candidate &lo = ends[falls], &hi = ends[!falls];
    addRange({lo.value, hi.value, lo.place.kind == Place<Number>::At,
              hi.place.kind == Place<Number>::At});
    candidates.push_back(ends[0]);
    candidates.push_back(ends[1]);
  }
  // An oscillating function is looked at in a window only.
  for (auto [tail, kind] :
       {std::pair(&from.atMinusInf, Place<Number>::FromAbove),
        std::pair(&from.atPlusInf, Place<Number>::FromBelow)})
    if (std::optional<Number> limit = tail->limits[from.order];
        limit && Traits::isInfinite(*limit)) {
      Number x = Traits::fromText(tail == &from.atPlusInf ? "inf" : "-inf");
      candidates.push_back({*limit, {kind, x, x}});
    }
  for (const Break<Number> &at : from.breaks) {
    const Number &value = at.at[from.order];
    if (at.order > from.order || Traits::isNaN(value) ||
        Traits::isInfinite(value))
      continue;
    candidates.push_back({value, {Place<Number>::At, at.x, at.x}});
    addRange({value, value, true, true});
  }
  infimum = extremeOf(candidates, -1);
  supremum = extremeOf(candidates, 1);
  bool isContinuous = llvm::none_of(from.breaks, [&](const Break<Number> &at) {
    return at.order <= from.order;
  });
  if (isContinuous && ranges.size() == 1)
    ranges = {{infimum.value, supremum.value, infimum.isAttained(),
               supremum.isAttained()}};
}

} // namespace act

#endif // ACT_ANALYSIS_IMAGE_H
