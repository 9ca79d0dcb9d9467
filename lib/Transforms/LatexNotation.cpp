//===- LatexNotation.cpp - Formulas in LaTeX ------------------------------===//

#include "Notation.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace act::readable;
using llvm::ArrayRef;
using llvm::StringRef;

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

/// The letters that have a command of their name; pi is the constant.
static bool isGreek(StringRef name) {
  static constexpr StringRef letters[] = {
      "alpha", "beta",  "gamma", "delta", "epsilon", "zeta", "eta", "theta",
      "iota",  "kappa", "mu",    "nu",    "lambda",  "xi",   "rho", "sigma",
      "tau",   "phi",   "chi",   "psi",   "upsilon", "omega"};
  return llvm::is_contained(letters, name);
}

/// Upright text; names from MLIR may have any characters.
static std::string upright(StringRef name) {
  std::string text = "\\mathrm{";
  for (char c : name) {
    if (StringRef("_$#%&{}").contains(c))
      text += '\\';
    if (StringRef("\\^~").contains(c) || !llvm::isPrint(c))
      text += "\\_" + llvm::utohexstr(uint8_t(c));
    else
      text += c;
  }
  return text + "}";
}

/// A name without subscript: a letter, a Greek letter, or an upright word.
static std::string plainSymbol(StringRef name) {
  if (isGreek(name))
    return "\\" + name.str();
  if (name.size() == 1 && llvm::isAlpha(name[0]))
    return name.str();
  return upright(name);
}

/// "beta1" and "alpha_p" have subscripts.
static std::string symbolWithSubscript(StringRef name) {
  auto [base, subscript] = name.split('_');
  if (subscript.empty()) {
    base = name.rtrim("0123456789");
    subscript = name.drop_front(base.size());
  }
  if (base.empty() || subscript.empty())
    return plainSymbol(name);
  bool isNumber = llvm::all_of(subscript, llvm::isDigit);
  return plainSymbol(base) + "_{" +
         (isNumber ? subscript.str() : plainSymbol(subscript)) + "}";
}

LatexNotation::LatexNotation(ArrayRef<std::string> names) {
  for (const std::string &name : names)
    symbol(name);
}

std::string LatexNotation::symbol(StringRef name) {
  auto [entry, isNew] = symbols.try_emplace(name);
  if (isNew) {
    entry->second = symbolWithSubscript(name);
    // x1 and x_1 would look the same.
    if (!taken.insert(entry->second).second)
      taken.insert(entry->second = upright(name));
  }
  return entry->second;
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

/// Delimiters around a text, as large as it is.
static std::string delimited(StringRef open, StringRef text, StringRef close) {
  bool isTall = text.contains("\\frac") || text.contains("\\begin");
  return isTall ? ("\\left" + open + text + "\\right" + close).str()
                : (open + text + close).str();
}

std::string LatexNotation::parenthesized(StringRef text) {
  return delimited("(", text, ")");
}

Text LatexNotation::constant(StringRef text) {
  if (text == "pi")
    return {"\\pi", Atom};
  if (text == "e")
    return symbols.contains("e") ? application("\\exp", "1") : Text{"e", Atom};
  if (auto [above, below] = text.split('/'); !below.empty())
    return fraction(constant(above), constant(below));
  auto [digits, exponent] = text.split(text.contains('E') ? 'E' : 'e');
  if (exponent.empty())
    return {text.str(), Atom};
  std::string power = "10^{" + exponent.ltrim('+').str() + "}";
  return {digits == "1" ? power : digits.str() + " \\cdot " + power, Power};
}

Text LatexNotation::product(ArrayRef<Text> factors) {
  std::string text;
  for (const Text &factor : factors) {
    std::string part = atLeast(factor, Power);
    // Digits side by side would be one number.
    if (!text.empty())
      text += llvm::isDigit(part[0]) ? " \\cdot " : "\\,";
    text += part;
  }
  return {text, Multiplicative};
}

Text LatexNotation::fraction(const Text &above, const Text &below) {
  return {"\\frac{" + above.text + "}{" + below.text + "}", Power};
}

Text LatexNotation::power(const Text &base, uint64_t exponent) {
  std::string raised = "^{" + std::to_string(exponent) + "}";
  if (base.exponentAt == 0)
    return {atLeast(base, Atom) + raised, Power};
  std::string text = base.text;
  text.insert(base.exponentAt, raised);
  return {text, Power};
}

//===----------------------------------------------------------------------===//
// Conditions
//===----------------------------------------------------------------------===//

namespace {
/// A sign of the language in LaTeX, and that of the opposite over the reals.
struct Sign {
  StringRef sign, latex, opposite;
};
} // namespace

static constexpr Sign kSigns[] = {
    {" < ", " < ", " >= "},  {" <= ", " \\le ", " > "},
    {" > ", " > ", " <= "},  {" >= ", " \\ge ", " < "},
    {" == ", " = ", " != "}, {" != ", " \\ne ", " == "}};

static const Sign *lookupSign(StringRef sign) {
  auto *found =
      llvm::find_if(kSigns, [&](const Sign &row) { return row.sign == sign; });
  return found == std::end(kSigns) ? nullptr : found;
}

Text LatexNotation::condition(const Condition &c) {
  const Sign *sign = lookupSign(c.sign);
  if (!sign)
    return c.lhs;
  return {atLeast(c.lhs, Additive) + sign->latex.str() +
              atLeast(c.rhs, Additive),
          Compare};
}

static constexpr StringRef kBegin = "\\begin{cases} ", kEnd = " \\end{cases}";

/// One block of cases, read from the top: what stands in the last one is taken
/// apart into more of them.
Text LatexNotation::where(const Condition &c, const Text &a, const Text &b) {
  const Sign *sign = lookupSign(c.sign);
  if (sign && a.level == Cases && b.level != Cases)
    return where({c.lhs, sign->opposite, c.rhs}, b, a);
  std::string rows =
      atLeast(a, Compare) + " & \\text{if } " + condition(c).text + " \\\\ ";
  if (b.level == Cases)
    rows += StringRef(b.text).drop_front(kBegin.size()).str();
  else
    rows += b.text + " & \\text{otherwise}" + kEnd.str();
  return {kBegin.str() + rows, Cases};
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

Text LatexNotation::exponential(const Text &exponent) {
  return symbols.contains("e") ? application("\\exp", exponent.text)
                               : Text{"e^{" + exponent.text + "}", Power};
}

Text LatexNotation::application(StringRef head, StringRef operands) {
  return {head.str() + parenthesized(operands), Atom, head.size()};
}

/// "1 + x", where x may begin with a minus sign.
static std::string onePlus(StringRef text) {
  bool isNegative = text.consume_front("-");
  return (isNegative ? "1 - " : "1 + ") + text.str();
}

Text LatexNotation::call(StringRef name, ArrayRef<Text> operands) {
  const Text &x = operands.front();
  if (name == "exp")
    return exponential(x);
  if (name == "expm1")
    return {exponential(x).text + " - 1", Additive};
  if (name == "log1p")
    return application("\\ln", onePlus(atLeast(x, Additive)));
  if (name == "sqrt")
    return {"\\sqrt{" + x.text + "}", Atom};
  if (name == "rsqrt")
    return fraction(constant("1"), call("sqrt", operands));
  if (name == "abs")
    return {"\\left|" + x.text + "\\right|", Atom};
  if (name == "floor")
    return {delimited("\\lfloor", " " + x.text + " ", "\\rfloor"), Atom};
  std::string head = llvm::StringSwitch<std::string>(name)
                         .Cases("sin", "cos", "sinh", "cosh", "tanh", "min",
                                "max", ("\\" + name).str())
                         .Case("log", "\\ln")
                         .Default(("\\operatorname{" + name + "}").str());
  if (name == "sigmoid" && !symbols.contains("sigma"))
    head = "\\sigma";
  // The end of cases among several operands could not be seen.
  Level least = operands.size() == 1 ? Cases : Compare;
  auto texts = llvm::map_range(
      operands, [&](const Text &operand) { return atLeast(operand, least); });
  return application(head, llvm::join(texts, ", "));
}

std::string LatexNotation::withDefinitions(StringRef formula,
                                           ArrayRef<Definition> parts) {
  std::string text = formula.str();
  for (const Definition &part : parts)
    text += ",\\quad " + part.symbol + " = " + part.text;
  return text;
}
