//===- Tally.cpp - What a sweep counts ------------------------------------===//

#include "Tally.h"

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
