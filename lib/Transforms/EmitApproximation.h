//===- EmitApproximation.h - A method of the table as IR --------*- C++ -*-===//
#ifndef ACT_LIB_TRANSFORMS_EMITAPPROXIMATION_H
#define ACT_LIB_TRANSFORMS_EMITAPPROXIMATION_H

#include "act/Transforms/ApproximationTable.h"
#include "act/Transforms/Real.h"

namespace act {

/// The function of a row of Approximations.td at z, in the form that its
/// method gives: with an exponent apart, or plain.
Real emitApproximation(const ApproximationInfo &row, RealEmitter &real, Real z);

} // namespace act

#endif // ACT_LIB_TRANSFORMS_EMITAPPROXIMATION_H
