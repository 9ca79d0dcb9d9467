//===- Partition.h - The line in cells of known signs -----------*- C++ -*-===//
#ifndef ACT_ANALYSIS_PARTITION_H
#define ACT_ANALYSIS_PARTITION_H

#include "act/Analysis/Curve.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace act {

/// A cell of the line and what is proven over it.
struct Cell {
  double lo, hi;
  CellSigns signs;
};

/// Features are looked for out to here; beyond, functions are taken to behave
/// as they do in the outermost cells.
inline constexpr double kOutermost = 0x1p40;

/// Cuts -outermost..outermost into cells, ordered, that touch each other.
/// They are a fixed part of their distance from 0, as functions have features
/// at any scale, and are cut further where a sign is unknown: of the first
/// `numOrders` orders or of a switch. `signsOver` is asked at most `budget`
/// times; what is then unknown stays so.
std::vector<Cell>
partition(llvm::function_ref<CellSigns(double lo, double hi)> signsOver,
          unsigned numOrders, double outermost = kOutermost,
          unsigned budget = 3000);

} // namespace act

#endif // ACT_ANALYSIS_PARTITION_H
