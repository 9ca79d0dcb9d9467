//===- FormulaNode.cpp - Parts that random formulas are made of -----------===//

#include "FormulaNode.h"
#include <algorithm>
#include <cmath>
#include <limits>

using Node = FormulaNode;

/// A node one level above these, as large as the largest, without text.
static Node above(const std::vector<Node> &parts) {
  Node node;
  node.near = node.far = -std::numeric_limits<double>::infinity();
  for (const Node &part : parts) {
    node.depth = std::max(node.depth, part.depth + 1);
    node.near = std::max(node.near, part.near);
    node.far = std::max(node.far, part.far);
    node.usesX |= part.usesX;
    node.usesY |= part.usesY;
  }
  return node;
}

FormulaNode numberNode(const std::string &text, double size) {
  Node node;
  node.text = text;
  node.level = text[0] == '-' ? Node::Unary : Node::Atom;
  node.near = node.far = std::log2(size);
  return node;
}

FormulaNode binaryNode(char op, const Node &a, const Node &b) {
  bool isSum = op == '+' || op == '-';
  Node node = above({a, b});
  node.level = isSum ? Node::Sum : Node::Product;
  // These associate to the left.
  node.text = a.asOperand(isSum ? Node::Sum : Node::Product) + " " + op + " " +
              b.asOperand(isSum ? Node::Product : Node::Unary);
  if (isSum)
    node.near += 1, node.far += 1;
  else if (op == '*')
    node.near = a.near + b.near, node.far = a.far + b.far;
  else
    node.near = a.near, node.far = a.far;
  return node;
}

FormulaNode negationNode(const Node &a) {
  Node node = above({a});
  node.level = Node::Unary;
  node.text = "-" + a.asOperand(Node::Unary);
  return node;
}

FormulaNode powerNode(const Node &base, int n) {
  Node node = above({base});
  node.level = Node::Unary;
  node.text = base.asOperand(Node::Atom) + "^" + std::to_string(n);
  if (n >= 0) {
    node.near = std::max(base.near * n, 0.0);
    node.far = std::max(base.far * n, 0.0);
  } else {
    node.near = -4 * n;
    node.far =
        base.far > 200 ? std::numeric_limits<double>::infinity() : -40 * n;
  }
  return node;
}

FormulaNode powerNode(const Node &base, const Node &exponent) {
  Node node = above({base, exponent});
  node.level = Node::Unary;
  node.text = base.asOperand(Node::Atom) + "^" + exponent.asOperand(Node::Atom);
  node.near = std::max(base.near, 4.0) * std::exp2(exponent.near);
  node.far = std::max(base.far, 4.0) * std::exp2(exponent.far);
  return node;
}

/// What a function does to log2 of a magnitude.
static double sizeOfCall(const std::string &name, double u) {
  auto isOneOf = [&](std::initializer_list<const char *> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (isOneOf({"tanh", "erf", "erfc", "sigmoid", "sign", "sin", "cos"}))
    return 1;
  if (isOneOf({"exp", "expm1", "sinh", "cosh"}))
    return 1.45 * std::exp2(u);
  if (isOneOf({"log", "log1p"}))
    return std::log2(std::max(u, 64.0));
  if (name == "sqrt")
    return std::max(u / 2, 0.0);
  // Of a number that is seldom below 2^-80.
  if (name == "rsqrt")
    return 40;
  return u + 1;
}

FormulaNode callNode(const std::string &name, const std::vector<Node> &args) {
  Node node = above(args);
  node.text = name + "(";
  for (const Node &arg : args)
    node.text += (&arg == &args[0] ? "" : ", ") + arg.text;
  node.text += ")";
  node.near = sizeOfCall(name, node.near);
  // Roots of numbers with a large exponent may be inverse to that.
  node.far = name == "rsqrt" && node.far > 200
                 ? std::numeric_limits<double>::infinity()
                 : sizeOfCall(name, node.far);
  return node;
}

FormulaNode whereNode(const std::string &op, const Node &left,
                      const Node &right, const Node &a, const Node &b) {
  Node condition = above({left, right});
  condition.near = condition.far = 0;
  condition.text =
      left.asOperand(Node::Sum) + " " + op + " " + right.asOperand(Node::Sum);
  return callNode("where", {condition, a, b});
}

FormulaNode letNode(const std::string &name, const Node &value,
                    const Node &body) {
  Node node = body;
  node.level = Node::Let;
  node.usesX |= value.usesX;
  node.usesY |= value.usesY;
  node.text =
      "let " + name + " = " + value.asOperand(Node::Sum) + "; " + body.text;
  return node;
}
