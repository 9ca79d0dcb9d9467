//===- Tally.cpp - What a sweep counts ------------------------------------===//

#include "Tally.h"
#include <algorithm>

using namespace act::report;

void Tally::add(const Tally &later) {
  inputs += later.inputs;
  misrounded += later.misrounded;
  wrongSigns += later.wrongSigns;
  nonFinite += later.nonFinite;
  orderBreaks += later.orderBreaks;
  symmetryBreaks += later.symmetryBreaks;
  beyondBound += later.beyondBound;
  notJudged += later.notJudged;
  sumUlp += later.sumUlp;
  if (later.worst.ulp > worst.ulp)
    worst = later.worst;
}

double Tally::meanUlp() const {
  uint64_t finite = inputs - nonFinite - notJudged;
  return finite ? sumUlp / double(finite) : 0;
}

void Sources::add(const Sources &later) {
  byDouble += later.byDouble;
  byBinary128 += later.byBinary128;
  byMpfr += later.byMpfr;
  checked += later.checked;
  apartUlp = std::max(apartUlp, later.apartUlp);
  if (later.apartOfBound > apartOfBound) {
    apartOfBound = later.apartOfBound;
    apartAt = later.apartAt;
  }
}
