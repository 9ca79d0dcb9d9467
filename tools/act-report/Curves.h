//===- Curves.h - What a report analyses ------------------------*- C++ -*-===//
#ifndef ACT_REPORT_CURVES_H
#define ACT_REPORT_CURVES_H

#include "Subject.h"
#include "act/Analysis/Curve.h"
#include "act/Reference/MpfrNumber.h"

namespace act::report {

/// A function of one input and its derivatives, parameters at their defaults.
class Curves {
public:
  /// Derives orders 1 to `highestOrder`, at most 8. Nothing after an error,
  /// which has been printed; `verb` names the report in it.
  static std::optional<Curves> create(Subject &subject, llvm::StringRef verb,
                                      unsigned highestOrder);

  /// To about 36 digits wherever the formula can be evaluated at all, 30 to
  /// 60 microseconds a point.
  Curve<MpfrNumber> exact() const;

  /// A few microseconds a point: the formulas as they stand in binary128.
  /// Where that gives no finite number, the exact value, rounded.
  Curve<Quad> quick() const;

  /// What is evaluated: one result for each order from 0 on, or the function
  /// alone where it is constant piece by piece.
  const Tape &getTape() const { return tape; }

private:
  Curves(Tape tape, unsigned highestOrder)
      : tape(std::move(tape)), highestOrder(highestOrder) {}
  Tape tape;
  unsigned highestOrder;
};

/// Rounded to binary128.
Quad quadOf(const MpfrNumber &x);
/// Exactly.
MpfrNumber mpfrOf(Quad x);

} // namespace act::report

#endif // ACT_REPORT_CURVES_H
