//===- All.h - Every approximation ------------------------------*- C++ -*-===//
#ifndef ACT_TRANSFORMS_APPROXIMATIONS_ALL_H
#define ACT_TRANSFORMS_APPROXIMATIONS_ALL_H

#include "act/Transforms/Approximations/Algebraic.h"
#include "act/Transforms/Approximations/ErrorFunction.h"
#include "act/Transforms/Approximations/Exp.h"
#include "act/Transforms/Approximations/Gelu.h"
#include "act/Transforms/Approximations/Hyperbolic.h"
#include "act/Transforms/Approximations/Log.h"
#include "act/Transforms/Approximations/Logish.h"
#include "act/Transforms/Approximations/Logistic.h"
#include "act/Transforms/Approximations/Mish.h"
#include "act/Transforms/Approximations/Nearest.h"
#include "act/Transforms/Approximations/Nv.h"
#include "act/Transforms/Approximations/NvQuick.h"
#include "act/Transforms/Approximations/NvRows.h"
#include "act/Transforms/Approximations/NvSplit.h"
#include "act/Transforms/Approximations/PairErrorFunction.h"
#include "act/Transforms/Approximations/PairExp.h"
#include "act/Transforms/Approximations/PairTrigonometric.h"
#include "act/Transforms/Approximations/Quick.h"
#include "act/Transforms/Approximations/Single.h"
#include "act/Transforms/Approximations/SingleAlgebraic.h"
#include "act/Transforms/Approximations/SinglePieces.h"
#include "act/Transforms/Approximations/SingleSlopes.h"
#include "act/Transforms/Approximations/SingleTrigonometric.h"
#include "act/Transforms/Approximations/Trigonometric.h"
#include "act/Transforms/Approximations/Wide.h"

#endif // ACT_TRANSFORMS_APPROXIMATIONS_ALL_H
