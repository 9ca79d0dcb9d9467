//===- Recognize.h - Does a body equal a row of the table? ------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_RECOGNIZE_H
#define ACT_TRANSFORMS_RECOGNIZE_H

#include "act/IR/Act.h"

namespace act {

/// Sets the identity of an expanded function of one result without run-time
/// parameters whose canonical form equals that of a row at its defaults;
/// leaves a function alone that has an identity already.
void recognize(FuncOp func);

} // namespace act

#endif // ACT_TRANSFORMS_RECOGNIZE_H
