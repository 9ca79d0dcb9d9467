//===- Number.cpp - The value of an exact number's text -------------------===//

#include "act/Reference/Number.h"
#include "llvm/Support/Error.h"

using namespace act;
using llvm::APFloat;
using llvm::StringRef;

/// One number without division, of any sign.
static APFloat partToAPFloat(StringRef text,
                             const llvm::fltSemantics &semantics) {
  // 60 digits, more than any format here resolves.
  constexpr StringRef pi =
      "3.14159265358979323846264338327950288419716939937510582097494";
  constexpr StringRef e =
      "2.71828182845904523536028747135266249775724709369995957496697";
  bool isNegative = text.consume_front("-");
  APFloat value(semantics);
  if (text == "inf")
    value = APFloat::getInf(semantics);
  else if (text == "nan")
    value = APFloat::getNaN(semantics);
  else {
    if (text == "pi" || text == "e")
      text = text == "e" ? e : pi;
    llvm::Expected<APFloat::opStatus> status = value.convertFromString(
        text, llvm::RoundingMode::NearestTiesToEven);
    if (!status) {
      llvm::consumeError(status.takeError());
      value = APFloat::getNaN(semantics);
    }
  }
  if (isNegative)
    value.changeSign();
  return value;
}

APFloat act::exactToAPFloat(StringRef text,
                            const llvm::fltSemantics &semantics) {
  auto [p, q] = text.split('/');
  APFloat value = partToAPFloat(p, semantics);
  if (!q.empty())
    value.divide(partToAPFloat(q, semantics),
                 llvm::RoundingMode::NearestTiesToEven);
  return value;
}
