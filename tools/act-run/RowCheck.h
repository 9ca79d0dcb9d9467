//===- RowCheck.h - Results of a function of a row, judged ------*- C++ -*-===//
#ifndef ACT_RUN_ROWCHECK_H
#define ACT_RUN_ROWCHECK_H

#include "Check.h"

namespace act::run {

/// Compares results of a function of a row with the reference, in rows taken
/// evenly of arrays of more than 2^20 elements. The bound is `options.maxUlp`,
/// else for each element the larger of what formulas without a row are held to
/// and what a plain evaluation may lose (RowInterpreter.h).
CheckReport checkRows(const Data &data, const Tape &tape,
                      const Options &options);

} // namespace act::run

#endif // ACT_RUN_ROWCHECK_H
