//===- IdentifySamples.h - Which function points are of ---------*- C++ -*-===//
#ifndef ACT_REPORT_IDENTIFYSAMPLES_H
#define ACT_REPORT_IDENTIFYSAMPLES_H

#include "Options.h"

namespace act::report {

/// The rows of the catalogue that the points of --samples are of, or the
/// nearest ones; nothing after an error, which has been printed.
std::optional<Report> identifySamples(const Options &options);

} // namespace act::report

#endif // ACT_REPORT_IDENTIFYSAMPLES_H
