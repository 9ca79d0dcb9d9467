//===- CatalogueAccuracy.h - Errors of all kernels --------------*- C++ -*-===//
#ifndef ACT_REPORT_CATALOGUEACCURACY_H
#define ACT_REPORT_CATALOGUEACCURACY_H

#include "Options.h"

namespace act::report {

/// Errors of every function of one input in the catalogue, at its defaults and
/// the further arguments that its row names, of its first two derivatives, in
/// every type and class; or those of --derivative, --dtype and --accuracy.
/// Nothing after an error, which has been printed.
std::optional<Report> reportCatalogue(const Options &options);

} // namespace act::report

#endif // ACT_REPORT_CATALOGUEACCURACY_H
