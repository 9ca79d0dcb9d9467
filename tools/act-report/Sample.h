//===- Sample.h - Lines of functions ----------------------------*- C++ -*-===//
#ifndef ACT_REPORT_SAMPLE_H
#define ACT_REPORT_SAMPLE_H

#include "Plot.h"
#include "act/Analysis/Curve.h"
#include "act/Reference/Quad.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace act::report {

/// The line of a function over a range: more points where it bends, gaps where
/// it jumps or has no finite value. `kinks` are where it may jump or have a
/// corner; those in the range where it does, seen from both sides, are marked.
Line sampleLine(std::string label, llvm::function_ref<double(double)> f,
                Extent range, llvm::ArrayRef<double> kinks = {});

/// The lines "f(x)", "f'(x)", ... of a function up to an order, with colours
/// and dashes from 0 on.
std::vector<Line> sampleCurve(const Curve<Quad> &f, unsigned highestOrder,
                              Extent range, llvm::ArrayRef<double> kinks = {});

} // namespace act::report

#endif // ACT_REPORT_SAMPLE_H
