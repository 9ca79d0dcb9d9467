//===- Quantized.h - Runs whose result is quantised -------------*- C++ -*-===//
#ifndef ACT_RUN_QUANTIZED_H
#define ACT_RUN_QUANTIZED_H

#include "Data.h"
#include "act/Reference/MpfrNumber.h"
#include "llvm/Support/raw_ostream.h"

namespace act::run {

/// Marks the function as --quantize says. Fails with a diagnostic.
mlir::LogicalResult quantize(FuncOp func,
                             const Options::Quantization &quantization);

/// How the function's result is quantised, if it is.
std::optional<Data::Quantization> quantizationOf(FuncOp func);

/// "out", and "scale" where scales are computed.
std::vector<std::string> namesOfQuantized(FuncOp func);

/// Allocates the scales, where they are computed: an element along the last
/// axis for each row, or for each kScaleBlock elements or less of one. Fails
/// where the type is not quantised, or a row is no axis of the kernel.
llvm::Error addScales(Data &data);

/// Compares with the reference (QuantizedJudge), prints what was found and
/// gives the exit code. The value that is quantised has the bound of its
/// function.
int judgeQuantized(const Data &data, MpfrReference &reference, bool isRow,
                   bool onGpu, const Options &options, llvm::raw_ostream &os);

} // namespace act::run

#endif // ACT_RUN_QUANTIZED_H
