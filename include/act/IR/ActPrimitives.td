//===- ActPrimitives.td - What is known of primitives ------*- tablegen -*-===//
//
// One record an operation that a body may consist of, arithmetic and `where`
// apart: sums, products, quotients and selections are differentiated by their
// structure. Rules are in the expression language, over the operands x, z, w
// and the result y, which a rule reuses where that is cheaper.
//
// A rule is the textbook's form. That it keeps its tails in floating point is
// the business of act-stabilize: 1 - tanh(x)^2 becomes 4 sigmoid(2x)
// sigmoid(-2x) there.
//
//===----------------------------------------------------------------------===//

include "llvm/TableGen/SearchableTable.td"

class ActPrimitive<string name, string op, string derivatives> {
  /// Name in the expression language.
  string Name = name;
  /// The operation.
  string Op = op;
  /// Names of the operands in calls by name, semicolon-separated.
  string Operands = "x";
  /// Semicolon-separated, one partial derivative an operand.
  string Derivatives = derivatives;
  /// The derivative as a function of the result y alone, where there is one.
  string FromOutput = "";
  /// The operand as a function of the result y, where the primitive is
  /// strictly monotone.
  string Inverse = "";
  /// "odd", "even" or neither.
  string Parity = "";
  /// Exact value at 0, where it is a short one.
  string AtZero = "";
  /// What it takes to evaluate: "transcendental" (an approximation of some
  /// ten operations), "root", or "simple".
  string Cost = "transcendental";
}

class Odd<string name, string op, string derivative>
    : ActPrimitive<name, op, derivative> {
  let Parity = "odd";
  let AtZero = "0";
}

def ActPrimitiveTable : GenericTable {
  let FilterClass = "ActPrimitive";
  let CppTypeName = "PrimitiveInfo";
  let Fields = ["Name", "Op", "Operands", "Derivatives", "FromOutput",
                "Inverse", "Parity", "AtZero", "Cost"];
}

def Exp : ActPrimitive<"exp", "math.exp", "y"> {
  let FromOutput = "y";
  let Inverse = "log(y)";
  let AtZero = "1";
}
def Expm1 : ActPrimitive<"expm1", "math.expm1", "exp(x)"> {
  let FromOutput = "y + 1";
  let Inverse = "log1p(y)";
  let AtZero = "0";
}
def Log : ActPrimitive<"log", "math.log", "1 / x"> {
  let FromOutput = "exp(-y)";
  let Inverse = "exp(y)";
}
def Log1p : ActPrimitive<"log1p", "math.log1p", "1 / (1 + x)"> {
  let FromOutput = "exp(-y)";
  let Inverse = "expm1(y)";
  let AtZero = "0";
}
def Sqrt : ActPrimitive<"sqrt", "math.sqrt", "0.5 / y"> {
  let FromOutput = "0.5 / y";
  let Inverse = "y^2";
  let AtZero = "0";
  let Cost = "root";
}
def Rsqrt : ActPrimitive<"rsqrt", "math.rsqrt", "-0.5 * y / x"> {
  let FromOutput = "-0.5 * y^3";
  let Inverse = "y^-2";
  let Cost = "root";
}
def Sin : Odd<"sin", "math.sin", "cos(x)">;
def Cos : ActPrimitive<"cos", "math.cos", "-sin(x)"> {
  let Parity = "even";
  let AtZero = "1";
}
def Sinh : Odd<"sinh", "math.sinh", "cosh(x)"> {
  let FromOutput = "sqrt(1 + y^2)";
}
def Cosh : ActPrimitive<"cosh", "math.cosh", "sinh(x)"> {
  let Parity = "even";
  let AtZero = "1";
}
def Tanh : Odd<"tanh", "math.tanh", "1 - y^2"> {
  let FromOutput = "1 - y^2";
}
def Erf : Odd<"erf", "math.erf", "2 / sqrt(pi) * exp(-x^2)">;
def Erfc : ActPrimitive<"erfc", "act.erfc", "-2 / sqrt(pi) * exp(-x^2)"> {
  let AtZero = "1";
}
def Sigmoid : ActPrimitive<"sigmoid", "act.sigmoid", "y * (1 - y)"> {
  let FromOutput = "y * (1 - y)";
  let AtZero = "0.5";
}
def Softplus : ActPrimitive<"softplus", "act.softplus", "sigmoid(x)"> {
  let FromOutput = "-expm1(-y)";
}
def Abs : ActPrimitive<"abs", "math.absf", "sign(x)"> {
  let Parity = "even";
  let AtZero = "0";
  let Cost = "simple";
}
def Sign : Odd<"sign", "act.sign", "0"> { let Cost = "simple"; }
def Floor : ActPrimitive<"floor", "math.floor", "0"> {
  let AtZero = "0";
  let Cost = "simple";
}

// At a tie min and max take the second operand.
def Min : ActPrimitive<"min", "arith.minimumf",
                       "where(x < z, 1, 0);where(x < z, 0, 1)"> {
  let Operands = "a;b";
  let Cost = "simple";
}
def Max : ActPrimitive<"max", "arith.maximumf",
                       "where(x > z, 1, 0);where(x > z, 0, 1)"> {
  let Operands = "a;b";
  let Cost = "simple";
}
def Clamp : ActPrimitive<"clamp", "act.clamp",
    "where(x < z, 0, where(x > w, 0, 1));"
    "where(x < z, where(z > w, 0, 1), 0);"
    "where(max(x, z) > w, 1, 0)"> {
  let Operands = "x;lo;hi";
  let Cost = "simple";
}
