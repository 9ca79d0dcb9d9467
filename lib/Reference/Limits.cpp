//===- Limits.cpp - Finite limits of functions ----------------------------===//

#include "act/Reference/Limits.h"
#include "act/IR/ExactNumber.h"
#include "act/Reference/Interpreter.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include <cstring>

using namespace act;
using Traits = NumberTraits<Quad>;

/// Inputs 2^kNear and 2^kFar stand for infinity: powers up to the eighth do
/// not overflow binary128 there, and what differs between them in double has
/// not settled.
static constexpr long kNear = 1500, kFar = 2000;

/// A decimal that binary128 reads back as `value`.
static std::string textOf(Quad value) {
  uint64_t words[2];
  std::memcpy(words, &value, sizeof(words));
  llvm::APFloat exact(llvm::APFloat::IEEEquad(), llvm::APInt(128, words));
  llvm::SmallString<64> text;
  exact.toString(text);
  return text.str().str();
}

std::vector<std::vector<std::string>> act::finiteLimits(const Tape &tape) {
  std::vector<std::vector<std::string>> limits(tape.results.size());
  if (tape.numInputs != 1)
    return limits;
  Interpreter<Quad> quads(tape);
  std::vector<Quad> args(1), near(limits.size()), far(limits.size());
  for (int sign : {-1, 1}) {
    args[0] = Traits::scale(sign, kNear);
    quads.evaluate(args, near);
    args[0] = Traits::scale(sign, kFar);
    quads.evaluate(args, far);
    const std::string &stated = sign < 0 ? tape.atMinusInf : tape.atPlusInf;
    for (size_t i = 0; i < limits.size(); ++i) {
      Quad limit = far[i];
      if (!stated.empty())
        near[i] = limit = Traits::fromText(stated);
      double rounded = Traits::toDouble(limit);
      // A NaN differs from itself, and an infinity less itself is one.
      if (rounded - rounded != 0 || rounded != Traits::toDouble(near[i]))
        continue;
      std::string text = rounded == 0 ? "0" : textOf(limit);
      if (!llvm::is_contained(limits[i], text))
        limits[i].push_back(text);
    }
  }
  return limits;
}

llvm::APFloat act::storedLimit(llvm::StringRef text,
                               const llvm::fltSemantics &format) {
  Quad limit = quadFromText(text);
  if (&format == &llvm::APFloat::IEEEdouble())
    return llvm::APFloat(Traits::toDouble(limit));
  llvm::APFloat rounded(Traits::toFloat(limit));
  bool losesInfo;
  rounded.convert(format, llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return rounded;
}
