//===- CommonErrors.h - What references get wrong ---------------*- C++ -*-===//
#ifndef ACT_REPORT_COMMONERRORS_H
#define ACT_REPORT_COMMONERRORS_H

#include "Report.h"

namespace act::report {

/// Claims about activations that are often read, each with the fact and its
/// reason.
Table commonErrors();

} // namespace act::report

#endif // ACT_REPORT_COMMONERRORS_H
