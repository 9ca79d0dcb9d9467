//===- LatexReader.cpp - LaTeX formulas back to the language --------------===//

#include "LatexReader.h"
#include "llvm/ADT/StringExtras.h"

using llvm::StringRef;

std::string LatexReader::read() {
  std::string formula = sum(), lets;
  while (take(",\\quad")) {
    std::string name = symbol();
    expect("=");
    lets += "let " + name + " = " + sum() + "; ";
  }
  return isRead && rest.empty() ? lets + formula : "";
}

bool LatexReader::take(StringRef token) {
  StringRef next = rest.ltrim(' ');
  if (!next.consume_front(token))
    return false;
  bool isCommand = token.starts_with("\\") && llvm::isAlpha(token.back());
  if (isCommand && !next.empty() && llvm::isAlpha(next.front()))
    return false;
  rest = next;
  return true;
}

std::string LatexReader::takeWhile(bool (*accepts)(char)) {
  rest = rest.ltrim(' ');
  StringRef taken = rest.take_while(accepts);
  isRead &= !taken.empty();
  rest = rest.drop_front(taken.size());
  return taken.str();
}

std::string LatexReader::sum() {
  std::string text = take("-") ? "-" : "";
  text += product();
  for (;;) {
    if (take("+"))
      text += " + " + product();
    else if (take("-"))
      text += " - " + product();
    else
      return text;
  }
}

std::string LatexReader::product() {
  std::string text = factor();
  while (take("\\,") || take("\\cdot"))
    text += " * " + factor();
  return text;
}

/// What stands in braces, the first of which has been taken.
std::string LatexReader::group() {
  std::string text = "(" + sum() + ")";
  expect("}");
  return text;
}

std::string LatexReader::factor() {
  if (take("e^{"))
    return "exp" + group();
  std::string text = primary();
  return take("^{") ? text + "^" + group() : text;
}

std::string LatexReader::primary() {
  if (take("\\frac{")) {
    std::string above = group();
    expect("{");
    return "(" + above + " / " + group() + ")";
  }
  if (take("\\sqrt{"))
    return "sqrt" + group();
  if (take("\\begin{cases}"))
    return cases();
  struct Pair {
    StringRef open, close, name;
  };
  for (auto [open, close, name] : {Pair{"(", ")", ""}, Pair{"|", "|", "abs"},
                                   Pair{"\\lfloor", "\\rfloor", "floor"}}) {
    StringRef before = rest;
    bool isSized = take("\\left");
    if (take(open)) {
      std::string text = name.str() + "(" + sum() + ")";
      if (isSized)
        expect("\\right");
      expect(close);
      return text;
    }
    rest = before;
  }
  if (!rest.ltrim(' ').empty() && llvm::isDigit(rest.ltrim(' ').front()))
    return takeWhile([](char c) { return llvm::isDigit(c) || c == '.'; });
  bool isOperator = take("\\operatorname{");
  std::string name =
      isOperator ? takeWhile([](char c) { return c != '}'; }) : symbol();
  if (isOperator)
    expect("}");
  return call(name);
}

/// The call of a function, or the symbol where no operands follow.
std::string LatexReader::call(StringRef name) {
  StringRef before = rest;
  std::string exponent = take("^{") ? "^" + group() : "";
  bool isSized = take("\\left");
  if (!take("(")) {
    rest = before;
    return name.str();
  }
  std::string text = name == "ln"      ? "log"
                     : name == "sigma" ? "sigmoid"
                                       : name.str();
  text += "(" + sum();
  while (take(","))
    text += ", " + sum();
  if (isSized)
    expect("\\right");
  expect(")");
  return text + ")" + exponent;
}

/// The rest of a block of cases.
std::string LatexReader::cases() {
  std::string value = sum();
  if (take("& \\text{otherwise}")) {
    expect("\\end{cases}");
    return value;
  }
  expect("& \\text{if }");
  std::string condition = sum();
  condition += take("\\le")   ? " <= "
               : take("\\ge") ? " >= "
               : take("\\ne") ? " != "
               : take("<")    ? " < "
               : take(">")    ? " > "
               : take("=")    ? " == "
                              : "";
  condition += sum();
  expect("\\\\");
  return isRead ? "where(" + condition + ", " + value + ", " + cases() + ")"
                : "";
}

/// A letter, a command or an upright word, with its subscript.
std::string LatexReader::symbol() {
  auto isLetter = [](char c) { return llvm::isAlpha(c); };
  std::string name;
  if (take("\\mathrm{")) {
    name = takeWhile([](char c) { return c != '}'; });
    expect("}");
  } else if (take("\\")) {
    name = takeWhile(isLetter);
  } else {
    rest = rest.ltrim(' ');
    isRead &= !rest.empty() && llvm::isAlpha(rest.front());
    name = rest.take_front(1).str();
    rest = rest.drop_front(name.size());
  }
  if (!take("_{"))
    return name;
  bool isNumber = !rest.empty() && llvm::isDigit(rest.front());
  name += isNumber ? takeWhile([](char c) { return llvm::isDigit(c); })
                   : "_" + symbol();
  expect("}");
  return name;
}
