//===- FormulaNode.h - Parts that random formulas are made of ---*- C++ -*-===//
#ifndef ACT_TEST_UNIT_FORMULANODE_H
#define ACT_TEST_UNIT_FORMULANODE_H

#include <string>
#include <vector>

/// A part of a formula in the expression language.
struct FormulaNode {
  /// How tightly a text binds.
  enum Level { Let, Sum, Product, Unary, Atom };

  std::string text;
  Level level = Atom;
  /// Height as a tree.
  unsigned depth = 0;
  /// Estimates of log2 of the largest magnitude: for inputs in [-4, 4], and
  /// for those of randomPoints. They decide what may be done to it.
  double near = 0, far = 0;
  bool usesX = false, usesY = false;

  bool isConstant() const { return !usesX && !usesY; }
  /// The text as an operand of what needs at least this level.
  std::string asOperand(Level needed) const {
    return level < needed ? "(" + text + ")" : text;
  }
};

/// A number, whose magnitude is at most `size`.
FormulaNode numberNode(const std::string &text, double size);
/// a op b for + - * /. The estimates take |b| to be at least 1 in a / b.
FormulaNode binaryNode(char op, const FormulaNode &a, const FormulaNode &b);
FormulaNode negationNode(const FormulaNode &a);
/// base^n. Negative powers are taken to stay below 2^(40 |n|), and without
/// bound where the base itself may have a large exponent.
FormulaNode powerNode(const FormulaNode &base, int n);
/// base^exponent of a base that is positive and not tiny.
FormulaNode powerNode(const FormulaNode &base, const FormulaNode &exponent);
/// name(args)
FormulaNode callNode(const std::string &name,
                     const std::vector<FormulaNode> &args);
/// where(left op right, a, b)
FormulaNode whereNode(const std::string &op, const FormulaNode &left,
                      const FormulaNode &right, const FormulaNode &a,
                      const FormulaNode &b);
/// let name = value; body
FormulaNode letNode(const std::string &name, const FormulaNode &value,
                    const FormulaNode &body);

#endif // ACT_TEST_UNIT_FORMULANODE_H
