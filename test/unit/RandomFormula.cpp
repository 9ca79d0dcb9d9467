//===- RandomFormula.cpp - Formulas that nobody thought of ----------------===//

#include "RandomFormula.h"
#include "FormulaNode.h"
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace {

using Node = FormulaNode;

/// Draws formulas. Every draw is a statement of its own: the order in which
/// compilers evaluate arguments differs.
class Generator {
public:
  explicit Generator(uint64_t seed) : random(seed) { hasY = below(2) == 0; }

  /// A part of at most this depth.
  Node generate(unsigned depth);

private:
  // The distributions of the standard library differ between libraries.
  unsigned below(unsigned n) { return random() % n; }
  template <size_t N> std::string anyOf(const char *const (&names)[N]) {
    return names[below(N)];
  }

  Node constant();
  Node leaf(unsigned depth);
  /// Something above 0, seldom tiny; the depth is at least 3.
  Node positive(unsigned depth);
  Node arithmetic(unsigned depth);
  Node quotient(unsigned depth);
  Node integerPower(unsigned depth);
  Node calm(unsigned depth);
  Node growing(unsigned depth);
  Node oscillating(unsigned depth);
  Node ofPositive(unsigned depth);
  Node piecewise(unsigned depth);
  Node catalogue(unsigned depth);
  Node let(unsigned depth);

  std::mt19937_64 random;
  bool hasY;
  /// Names of `let` in scope.
  std::vector<Node> names;
  unsigned numNames = 0;
};

} // namespace

Node Generator::constant() {
  unsigned kind = below(9), first = below(4), second = 1 + below(99);
  switch (kind) {
  case 0:
    return numberNode("pi", 4);
  case 1:
    return numberNode("e", 4);
  case 2:
    return numberNode(anyOf({"1e-3", "2.5e0", ".25", "0.044715", "1.702"}), 4);
  case 3:
    return numberNode("-0." + std::to_string(second), 1);
  case 4:
  case 5:
    return numberNode(std::to_string(first) + "." + std::to_string(second), 4);
  case 6:
    return binaryNode('/', numberNode(std::to_string(first + 1), 4),
                      numberNode(std::to_string(second + 1), 4));
  default:
    return numberNode(anyOf({"1", "2", "3", "5"}), 5);
  }
}

Node Generator::leaf(unsigned depth) {
  if (!names.empty() && below(3) > 0) {
    const Node &name = names[below(names.size())];
    if (name.depth <= depth)
      return name;
  }
  unsigned kind = below(10);
  if (kind < 2) {
    Node node = constant();
    if (node.depth <= depth)
      return node;
  }
  bool isY = hasY && kind >= 7;
  Node node = numberNode(isY ? "y" : "x", 4);
  node.far = 6;
  (isY ? node.usesY : node.usesX) = true;
  return node;
}

Node Generator::positive(unsigned depth) {
  unsigned kind = below(5);
  Node u = generate(depth - 2);
  switch (kind) {
  case 0:
    if (u.near <= 20)
      return binaryNode('+', numberNode("1", 1), powerNode(u, 2));
    [[fallthrough]];
  case 1:
    return binaryNode('+', callNode("abs", {u}),
                      numberNode(anyOf({"0.1", "0.5", "1"}), 1));
  case 2:
    return binaryNode('+', callNode("softplus", {u}), numberNode("0.25", 1));
  case 3: {
    Node v = generate(depth - 2);
    return binaryNode('+', callNode("sigmoid", {u}), callNode("abs", {v}));
  }
  default:
    return callNode("exp", {callNode("tanh", {u})});
  }
}

Node Generator::arithmetic(unsigned depth) {
  unsigned kind = below(12);
  Node a = generate(depth - 1);
  if (kind == 0)
    return negationNode(a);
  Node b = generate(depth - 1);
  return binaryNode(kind < 4 ? '+' : kind < 7 ? '-' : '*', a, b);
}

Node Generator::quotient(unsigned depth) {
  Node a = generate(depth - 1);
  bool isSafe = depth >= 4 && below(4) > 0;
  Node b = isSafe ? positive(depth - 1) : generate(depth - 1);
  Node node = binaryNode('/', a, b);
  if (isSafe || b.isConstant())
    return node;
  // A denominator that has no large exponent is seldom below 2^-40.
  node.near += 4;
  node.far =
      b.far > 200 ? std::numeric_limits<double>::infinity() : node.far + 40;
  return node;
}

Node Generator::integerPower(unsigned depth) {
  int n = int(below(9)) - 3;
  Node base = generate(depth - 1);
  bool isLarge = base.near * std::abs(n) > 40 || base.far > 300;
  return powerNode(base, isLarge ? 1 : n);
}

/// Functions of every number that do not grow faster than it.
Node Generator::calm(unsigned depth) {
  std::string name = anyOf(
      {"tanh", "erf", "erfc", "sigmoid", "sign", "softplus", "abs", "floor"});
  return callNode(name, {generate(depth - 1)});
}

Node Generator::growing(unsigned depth) {
  std::string name = anyOf({"exp", "expm1", "sinh", "cosh", "exp"});
  Node u = generate(depth - 1);
  // Of larger numbers it overflows nearly everywhere.
  if (u.near > 5 || u.far > 12) {
    if (depth < 2)
      return u;
    name = anyOf({"tanh", "erf", "sigmoid", "sin"});
    return callNode("exp", {callNode(name, {leaf(depth - 2)})});
  }
  return callNode(name, {u});
}

Node Generator::oscillating(unsigned depth) {
  std::string name = anyOf({"sin", "cos"});
  Node u = generate(depth - 1);
  // The digits of pi that huge arguments ask for are not worth their time.
  if (u.near > 12 || u.far > 2000)
    u = leaf(0);
  return callNode(name, {u});
}

Node Generator::ofPositive(unsigned depth) {
  bool isSafe = depth >= 4 && below(6) > 0;
  if (isSafe && below(4) == 0) {
    Node base = positive(depth - 1);
    Node exponent = generate(depth - 1);
    if (base.near <= 10 && exponent.near <= 2.5 && exponent.far <= 8)
      return powerNode(base, exponent);
    return powerNode(base, numberNode(anyOf({"0.5", "1.5", "-0.75"}), 2));
  }
  std::string name = anyOf({"log", "log1p", "sqrt", "rsqrt"});
  Node node =
      callNode(name, {isSafe ? positive(depth - 1) : generate(depth - 1)});
  if (isSafe && name == "rsqrt")
    node.near = node.far = 2;
  return node;
}

Node Generator::piecewise(unsigned depth) {
  unsigned kind = below(7);
  Node a = generate(depth - 1), b = generate(depth - 1);
  if (kind < 2)
    return callNode(kind == 0 ? "min" : "max", {a, b});
  if (kind == 2)
    return callNode("clamp", {a, b, generate(depth - 1)});
  if (kind == 3) {
    Node low = numberNode(anyOf({"-1", "0", "-2.5"}), 4);
    Node high = numberNode(anyOf({"1", "2", "6", "pi"}), 6);
    return callNode("clamp", {a, low, high});
  }
  if (depth < 2)
    return callNode("max", {a, numberNode("0", 1)});
  std::string op = anyOf({"<", "<=", ">", ">=", "==", "!="});
  Node left = generate(depth - 2);
  Node right = below(2) ? leaf(depth - 2) : numberNode("0", 1);
  return whereNode(op, left, right, a, b);
}

Node Generator::catalogue(unsigned depth) {
  Node u = generate(depth - 1);
  if (below(3) == 0) {
    static constexpr const char *withParameter[][2] = {
        {"elu", "alpha=0.5"}, {"leaky_relu", "slope=1/5"},
        {"celu", "alpha=2"},  {"softplus", "beta=1.5"},
        {"prelu", "0.125"},   {"hard_tanh", "min=-0.5, max=2"}};
    const auto &[name, parameter] = withParameter[below(6)];
    return callNode(name, {u, numberNode(parameter, 4)});
  }
  return callNode(
      anyOf({"relu", "relu6", "leaky_relu", "prelu", "elu", "celu", "selu",
             "hard_sigmoid", "hard_tanh", "softsign", "silu", "hard_swish",
             "gelu", "gelu_tanh", "quick_gelu", "mish", "swish", "gelu_erf"}),
      {u});
}

Node Generator::let(unsigned depth) {
  Node value = generate(depth - 2);
  Node name = value;
  name.level = Node::Atom;
  name.text = "t" + std::to_string(numNames++);
  names.push_back(name);
  Node body = generate(depth - 1);
  names.pop_back();
  // At least here the name is used.
  char op = "+-*"[below(3)];
  body = below(2) ? binaryNode(op, body, name) : binaryNode(op, name, body);
  return letNode(name.text, value, body);
}

Node Generator::generate(unsigned depth) {
  using Kind = Node (Generator::*)(unsigned);
  // As often as they stand here.
  static constexpr Kind kinds[] = {
      &Generator::arithmetic,   &Generator::arithmetic,  &Generator::arithmetic,
      &Generator::arithmetic,   &Generator::quotient,    &Generator::quotient,
      &Generator::integerPower, &Generator::calm,        &Generator::calm,
      &Generator::growing,      &Generator::oscillating, &Generator::ofPositive,
      &Generator::ofPositive,   &Generator::piecewise,   &Generator::catalogue,
      &Generator::let};
  if (depth == 0 || below(10) == 0)
    return leaf(depth);
  Kind kind = kinds[below(std::size(kinds))];
  if (kind == &Generator::let && depth < 4)
    kind = &Generator::arithmetic;
  return (this->*kind)(depth);
}

RandomFormula randomFormula(uint64_t seed) {
  Generator generator(seed);
  // Small formulas show best what is wrong, so there are some.
  unsigned depth = seed % 4 == 0 ? 1 + seed / 4 % 4 : 5 + seed % 4;
  Node node = generator.generate(depth);
  // A name alone would be a function of the catalogue.
  while (node.isConstant() || node.depth == 0)
    node = generator.generate(depth);
  RandomFormula formula;
  formula.text = node.text;
  formula.numInputs = node.usesX + node.usesY;
  formula.depth = node.depth;
  return formula;
}

std::vector<std::vector<double>> randomPoints(uint64_t seed, unsigned numInputs,
                                              unsigned count) {
  // Other numbers than those of the formula.
  std::mt19937_64 random(~seed);
  std::vector<std::vector<double>> points(count);
  for (std::vector<double> &point : points)
    for (unsigned i = 0; i < numInputs; ++i) {
      uint64_t bits = random();
      // 20 bits and a sign; the other bits choose the scale.
      double fraction = double(int64_t(bits << 24) >> 43) / (1 << 20);
      unsigned kind = (bits >> 56) % 10;
      double scale = kind < 7   ? 4
                     : kind < 9 ? std::exp2(-double(bits % 24))
                                : 50;
      point.push_back(float(fraction * scale));
    }
  return points;
}
