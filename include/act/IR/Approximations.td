//===- Approximations.td - How functions are evaluated -----*- tablegen -*-===//
//
// One record a method: a template of act/Transforms/Approximations/ for a
// primitive, or for a row of the catalogue or its derivative as a whole.
// act-approximate takes the cheapest one that is exact enough for the accuracy
// class; a function without one is evaluated operation by operation.
//
// Bound is the largest error in ulp of the compute type over all arguments;
// ApproximationTableTest measures each over a sample. Cost is stated for the
// readers and the choice, and recomputed by the same test: cycles an element,
// in hundredths, summed over x86-64-v3, x86-64-v4 and NEON, by the costs of
// lib/Target. Of rows for GPUs it is the issue slots of an element, 128 of
// which an SM of sm_90 has in a cycle: 1 for an operation, 2 in f64, 8 for an
// approximate instruction (16 in a cycle), 80 for a division or root in f64.
// Signs and magnitudes of operands are free, and tables are selections.
//
//===----------------------------------------------------------------------===//

include "llvm/TableGen/SearchableTable.td"

class Approximation<string function, string compute, string method,
                    string bound, int cost> {
  /// Name of a primitive or of a row.
  string Function = function;
  /// Which derivative of it.
  bits<4> Order = 0;
  /// "f32" or "f64".
  string Compute = compute;
  /// The template, in act::approx.
  string Method = method;
  /// In ulp of the compute type.
  string Bound = bound;
  /// False where results that a narrower format cannot hold may be off: what is
  /// below its range is tiny or 0, and what is above is huge.
  bit FullRange = 1;
  /// True of a method for a row, whose argument is the function's own input and
  /// whose result is rounded as it is; a primitive stands in larger bodies and
  /// may leave its exponent apart.
  bit IsWhole = 0;
  /// True where residuals on the way to a normal result may be subnormal, so
  /// that a kernel that flushes needs another method.
  bit NeedsSubnormals = 0;
  /// True of a method that takes no argument above 0.
  bit NonPositive = 0;
  /// True of a method for f64 whose argument is a number of f32, or eight times
  /// one, or a power of two less.
  bit ShortArgument = 0;
  /// True of a method in f64 whose result is rounded to f32, so that it serves
  /// results stored as f32 alone; Bound is in ulp of f32.
  bit RoundsToF32 = 0;
  /// True of a method whose result has two words; Bound is that of the first,
  /// their sum is a relative 2^-58 off.
  bit InTwoWords = 0;
  /// True of a method in the type of the results of the strict class, which it
  /// is exact enough for.
  bit ForStrict = 0;
  /// False of a method that costs more than the default class needs.
  bit ForDefault = 1;
  /// "any", or "nvptx" of a method for GPUs, where it is preferred to all
  /// others. Its bound holds with the errors of NvHelpers.def at their largest.
  string Target = "any";
  bits<16> Cost = cost;
}

/// f64 in two words.
class InPairs<string function, string method, int cost>
    : Approximation<function, "f64", method, "0.76", cost> {
  let InTwoWords = 1;
}

/// f64 arithmetic for narrower results.
class Wide<string function, string method, int cost>
    : Approximation<function, "f64", method, "2048", cost> {
  let FullRange = 0;
}

/// f32 arithmetic for a relative 2^-15.
class Quick<string function, string method, int cost>
    : Approximation<function, "f32", method, "512", cost> {
  let FullRange = 0;
}

def ApproximationTable : GenericTable {
  let FilterClass = "Approximation";
  let CppTypeName = "ApproximationInfo";
  let Fields = ["Function", "Order", "Compute", "Method", "Bound", "FullRange",
                "IsWhole", "NeedsSubnormals", "InTwoWords",
                "NonPositive", "ShortArgument", "RoundsToF32", "ForStrict",
                "ForDefault", "Target", "Cost"];
}

//===----------------------------------------------------------------------===//
// Primitives
//===----------------------------------------------------------------------===//

multiclass Primitive<string function, string method, string f32, int cost32,
                     string f64, int cost64> {
  def F32 : Approximation<function, "f32", method, f32, cost32>;
  def F64 : Approximation<function, "f64", method, f64, cost64>;
}

defm Exp : Primitive<"exp", "expScaled", "0.95", 772, "1.0", 1688>;
let NonPositive = 1 in {
defm ExpBelow : Primitive<"exp", "expBelow", "1.0", 352, "1.0", 984>;
def ExpTerm : Approximation<"exp", "f32", "expTerm", "2.0", 328>;
}
defm Expm1 : Primitive<"expm1", "expm1", "1.6", 586, "1.6", 1453>;
defm Sigmoid : Primitive<"sigmoid", "sigmoidScaled", "2.5", 1425, "2.5", 3431>;
defm Softplus : Primitive<"softplus", "softplusScaled",
    "2.0", 1334, "2.75", 3947>;
defm Log : Primitive<"log", "log", "1.0", 1073, "1.0", 2634>;
defm Log1p : Primitive<"log1p", "log1p", "1.5", 1584, "1.5", 3956>;
defm Tanh : Primitive<"tanh", "tanh", "2.0", 1330, "2.0", 3384>;
defm Sinh : Primitive<"sinh", "sinh", "2.5", 1845, "2.5", 4416>;
defm Cosh : Primitive<"cosh", "cosh", "1.5", 1142, "1.5", 2728>;
defm Erf : Primitive<"erf", "erf", "1.25", 1892, "1.25", 5072>;
defm Erfc : Primitive<"erfc", "erfcScaled", "3.75", 2291, "4.0", 5869>;
defm Sin : Primitive<"sin", "sin", "0.85", 2970, "0.85", 7919>;
defm Cos : Primitive<"cos", "cos", "0.85", 2947, "0.85", 7872>;

def PairExp : InPairs<"exp", "expPair", 5250>;
def PairExpm1 : InPairs<"expm1", "expm1Pair", 5016>;
def PairSigmoid : InPairs<"sigmoid", "sigmoidPair", 7603>;
def PairSoftplus : InPairs<"softplus", "softplusPair", 12384>;
def PairLog : InPairs<"log", "logPair", 4181>;
def PairLog1p : InPairs<"log1p", "log1pPair", 5353>;
def PairTanh : InPairs<"tanh", "tanhPair", 7041>;
def PairSinh : InPairs<"sinh", "sinhPair", 13275>;
def PairCosh : InPairs<"cosh", "coshPair", 7181>;
def PairErf : InPairs<"erf", "erfPair", 18253>;
def PairErfc : InPairs<"erfc", "erfcPair", 19988>;
def PairSin : InPairs<"sin", "sinPair", 11997>;
def PairCos : InPairs<"cos", "cosPair", 11950>;

def WideExp : Wide<"exp", "wideExp", 891>;
def WideExpm1 : Wide<"expm1", "wideExpm1", 984>;
def WideSigmoid : Wide<"sigmoid", "wideSigmoid", 1884>;
def WideSoftplus : Wide<"softplus", "wideSoftplus", 2400>;
def WideLog : Wide<"log", "wideLog", 2259>;
def WideTanh : Wide<"tanh", "wideTanh", 1931>;
def WideSinh : Wide<"sinh", "wideSinh", 2119>;
def WideCosh : Wide<"cosh", "wideCosh", 1931>;
def WideErf : Wide<"erf", "wideErf", 3572>;
def WideErfc : Wide<"erfc", "wideErfc", 3056>;

/// f64 arithmetic for f32 results: a relative 2^-32.
class Single<string function, string method, int cost>
    : Approximation<function, "f64", method, "2097152", cost> {
  let FullRange = 0;
}

def SingleExp : Single<"exp", "singleExp", 797>;
def SingleSigmoid : Single<"sigmoid", "singleSigmoid", 1791>;
def SingleSoftplus : Single<"softplus", "singleSoftplus", 2213>;
def SingleLog : Single<"log", "singleLog", 2213>;
def SingleCosh : Single<"cosh", "singleCosh", 1838>;
def SingleErf : Single<"erf", "singleErf", 1500>;
def SingleErfc : Single<"erfc", "singleErfc", 2728>;
let ShortArgument = 1 in {
def SingleSin : Single<"sin", "singleSin", 3309>;
def SingleCos : Single<"cos", "singleCos", 3309>;
}

def QuickExp : Quick<"exp", "quickExp", 538>;
def QuickExpm1 : Quick<"expm1", "quickExpm1", 584>;
def QuickSigmoid : Quick<"sigmoid", "quickSigmoid", 861>;
def QuickSoftplus : Quick<"softplus", "quickSoftplus", 702>;
def QuickTanh : Quick<"tanh", "quickTanh", 884>;
def QuickErfc : Quick<"erfc", "quickErfc", 1142>;

//===----------------------------------------------------------------------===//
// Rows as a whole
//===----------------------------------------------------------------------===//

class Whole<string function, int order, string compute, string method,
            string bound, int cost>
    : Approximation<function, compute, method, bound, cost> {
  let Order = order;
  let IsWhole = 1;
}

multiclass Composite<string function, int order, string method, string f32,
                     int cost32, string f64, int cost64> {
  def F32 : Whole<function, order, "f32", method, f32, cost32>;
  def F64 : Whole<function, order, "f64", method, f64, cost64>;
}

defm Gelu0 : Composite<"gelu", 0, "gelu", "2.35", 1331, "1.75", 4134>;
defm Gelu1 : Composite<"gelu", 1, "geluSlope", "2.5", 1238, "2.0", 3666>;
defm Gelu2 : Composite<"gelu", 2, "geluCurvature", "2.75", 539, "2.75", 1359>;
defm Gelu10_0 : Composite<"gelu_10", 0, "gelu10", "2.35", 1378, "1.75", 4228>;
defm Gelu10_1 : Composite<"gelu_10", 1, "gelu10Slope",
    "2.5", 1284, "2.0", 3759>;
defm GeluTanh0 : Composite<"gelu_tanh", 0, "geluTanh",
    "2.25", 1495, "2.0", 3759>;
def GeluTanh1 : Whole<"gelu_tanh", 1, "f32", "geluTanhSlope", "3.0", 2034>;
let NeedsSubnormals = 1 in
def Isru0 : Whole<"isru", 0, "f64", "isru", "1.25", 3497>;
def Isru1 : Whole<"isru", 1, "f32", "isruSlope", "3.0", 1181>;
defm Isru2 : Composite<"isru", 2, "isruCurvature", "4.0", 1322, "3.25", 3544>;
def Logish1 : Whole<"logish", 1, "f32", "logishSlope", "3.5", 1894>;
let NeedsSubnormals = 1 in
defm Mish0 : Composite<"mish", 0, "mish", "2.25", 1261, "2.0", 3103>;
def Mish1 : Whole<"mish", 1, "f32", "mishSlope", "3.25", 1800>;
defm QuickGelu0 : Composite<"quick_gelu", 0, "quickGelu",
    "2.25", 1120, "2.0", 3009>;
def QuickGelu1 : Whole<"quick_gelu", 1, "f32", "quickGeluSlope", "3.0", 1683>;
def Serf1 : Whole<"serf", 1, "f32", "serfSlope", "3.75", 1828>;
defm Sigmoid0 : Composite<"sigmoid", 0, "sigmoid", "2.05", 980, "1.75", 2728>;
defm Sigmoid1 : Composite<"sigmoid", 1, "sigmoidSlope",
    "2.25", 1073, "2.0", 2728>;
defm Silu0 : Composite<"silu", 0, "silu", "2.25", 1027, "1.75", 2822>;
def Silu1 : Whole<"silu", 1, "f32", "siluSlope", "2.75", 1542>;
defm Softplus1 : Composite<"softplus", 1, "sigmoid", "2.05", 980, "1.75", 2728>;
defm Softplus2 : Composite<"softplus", 2, "sigmoidSlope",
    "2.25", 1073, "2.0", 2728>;
def Squareplus1 : Whole<"squareplus", 1, "f32", "squareplusSlope", "2.75", 858>;
defm Squareplus2 : Composite<"squareplus", 2, "squareplusCurvature",
    "3.0", 1228, "2.5", 3356>;
defm SwishBeta0 : Composite<"swish_beta", 0, "silu",
    "2.25", 1027, "1.75", 2822>;
def SwishBeta1 : Whole<"swish_beta", 1, "f32", "siluSlope", "2.75", 1542>;
defm Tanh1 : Composite<"tanh", 1, "tanhSlope", "2.0", 1097, "2.0", 2775>;
let NeedsSubnormals = 1 in
def Tanhshrink0 : Whole<"tanhshrink", 0, "f32", "tanhshrink", "2.0", 1402>;

/// The same for f32 results alone, in f64.
class WholeSingle<string function, int order, string method, int cost>
    : Whole<function, order, "f64", method, "2097152", cost> {
  let FullRange = 0;
}

def SingleGelu0 : WholeSingle<"gelu", 0, "singleGelu", 2681>;
def SingleGelu1 : WholeSingle<"gelu", 1, "singleGeluSlope", 2634>;
def SingleGelu10_0 : WholeSingle<"gelu_10", 0, "singleGelu10", 2775>;
def SingleGelu10_1 : WholeSingle<"gelu_10", 1, "singleGelu10Slope", 2728>;
def SingleBent1 : WholeSingle<"bent_identity", 1, "singleBentSlope", 1444>;
def SingleIsru0 : WholeSingle<"isru", 0, "singleIsru", 1397>;
def SingleIsru1 : WholeSingle<"isru", 1, "singleIsruSlope", 1444>;
def SingleLogish1 : WholeSingle<"logish", 1, "singleLogishSlope", 3384>;
def SingleMish1 : WholeSingle<"mish", 1, "singleMishSlope", 2916>;
def SingleSerf1 : WholeSingle<"serf", 1, "singleSerfSlope", 3703>;
def SingleStarRelu0 : WholeSingle<"star_relu", 0, "singleStarRelu", 188>;
def SingleSelu0 : WholeSingle<"selu", 0, "singleSelu", 1078>;

/// The same with the pieces of the function, or its sign, put together in f32.
class WholeToSingle<string function, int order, string method, int cost>
    : Whole<function, order, "f64", method, "0.51", cost> {
  let FullRange = 0;
  let RoundsToF32 = 1;
}

def SingleStarRelu1
    : WholeToSingle<"star_relu", 1, "singleStarReluSlope", 422>;
def SingleCelu0
    : WholeToSingle<"celu", 0, "singleElu", 1266>;
def SingleElu0
    : WholeToSingle<"elu", 0, "singleElu", 1266>;
def SingleHardGelu0
    : WholeToSingle<"hard_gelu", 0, "singleHardGelu", 563>;
def SingleHardGelu1
    : WholeToSingle<"hard_gelu", 1, "singleHardGeluSlope", 516>;
def SingleHardSwish0
    : WholeToSingle<"hard_swish", 0, "singleHardSwish", 609>;
def SingleHardSwish1
    : WholeToSingle<"hard_swish", 1, "singleHardSwishSlope", 563>;
def SingleTanhshrink0
    : WholeToSingle<"tanhshrink", 0, "singleTanhshrink", 2963>;

/// The nearest number in the arithmetic of the results, or nearly so.
class WholeNearest<string function, int order, string compute, string method,
                   string bound, int cost>
    : Whole<function, order, compute, method, bound, cost> {
  let ForStrict = 1;
}

multiclass Nearest<string function, int order, string method, string bound,
                   int cost32, int cost64> {
  let ForDefault = 0 in {
  def F32 : WholeNearest<function, order, "f32", method, bound, cost32>;
  def F64 : WholeNearest<function, order, "f64", method, bound, cost64>;
  }
}

/// Of f64 also in the default class.
multiclass NearestF64<string function, int order, string method, string bound,
                      int cost32, int cost64> {
  let ForDefault = 0 in
  def F32 : WholeNearest<function, order, "f32", method, bound, cost32>;
  def F64 : WholeNearest<function, order, "f64", method, bound, cost64>;
}

defm HardMish0 : Nearest<"hard_mish", 0, "hardMish", "0.51", 234, 469>;
defm HardSigmoidOnnx0
    : Nearest<"hard_sigmoid_onnx", 0, "hardSigmoidOnnx", "0.51", 234, 469>;
defm Smelu0 : Nearest<"smelu", 0, "smelu", "0.51", 258, 516>;
defm Softsign0 : Nearest<"softsign", 0, "nearestSoftsign", "0.51", 628, 1556>;
defm Softsign1
    : NearestF64<"softsign", 1, "nearestSoftsignSlope", "0.76", 722, 1744>;
defm SparsePlus0 : Nearest<"sparse_plus", 0, "sparsePlus", "0.51", 258, 516>;
let ForStrict = 1 in {
defm Smelu1 : Composite<"smelu", 1, "smeluSlope", "0.51", 141, "0.51", 281>;
defm SparsePlus1 : Composite<"sparse_plus", 1, "sparsePlusSlope",
    "0.51", 141, "0.51", 281>;
}
let ForDefault = 0 in {
def NearestBent1 : WholeNearest<"bent_identity", 1, "f32", "nearestBentSlope",
    "0.51", 1069>;
def NearestIsru0 : WholeNearest<"isru", 0, "f32", "nearestIsru", "0.51", 952>;
}
defm NearestSquareplus0
    : NearestF64<"squareplus", 0, "nearestSquareplus", "0.51", 1627, 4153>;
defm NearestSquareplus1
    : NearestF64<"squareplus", 1, "nearestSquareplusSlope", "0.76", 1397, 3394>;

//===----------------------------------------------------------------------===//
// On a GPU
//===----------------------------------------------------------------------===//

/// f32. Without approximate instructions in the last step or with their errors
/// taken away.
class Nv<string function, string method, string bound, int cost>
    : Approximation<function, "f32", method, bound, cost> {
  let Target = "nvptx";
}

class NvWhole<string function, int order, string method, string bound, int cost>
    : Whole<function, order, "f32", method, bound, cost> {
  let Target = "nvptx";
}

def NvExp : Nv<"exp", "expScaled", "0.95", 28>;
let NonPositive = 1 in
def NvExpBelow : Nv<"exp", "expBelow", "1.0", 15>;
def NvExpm1 : Nv<"expm1", "expm1", "1.6", 22>;
def NvSigmoid : Nv<"sigmoid", "sigmoidScaled", "2.5", 59>;
def NvSoftplus : Nv<"softplus", "softplusScaled", "2.0", 51>;
def NvLog : Nv<"log", "log", "1.0", 46>;
def NvLog1p : Nv<"log1p", "log1p", "1.5", 67>;
def NvTanh : Nv<"tanh", "tanh", "2.0", 51>;
def NvSinh : Nv<"sinh", "sinh", "2.5", 70>;
def NvCosh : Nv<"cosh", "cosh", "1.5", 43>;
def NvErf : Nv<"erf", "erf", "1.25", 70>;
def NvErfc : Nv<"erfc", "erfcScaled", "3.75", 87>;
def NvSin : Nv<"sin", "sin", "0.85", 178>;
def NvCos : Nv<"cos", "cos", "0.85", 177>;

def NvGelu0 : NvWhole<"gelu", 0, "gelu", "2.35", 55>;
def NvGelu1 : NvWhole<"gelu", 1, "geluSlope", "2.5", 51>;
def NvGelu10_0 : NvWhole<"gelu_10", 0, "gelu10", "2.35", 57>;
def NvGelu10_1 : NvWhole<"gelu_10", 1, "gelu10Slope", "2.5", 53>;
def NvGelu2 : NvWhole<"gelu", 2, "geluCurvature", "2.75", 21>;
def NvGeluTanh0 : NvWhole<"gelu_tanh", 0, "geluTanh", "2.25", 58>;
def NvGeluTanh1 : NvWhole<"gelu_tanh", 1, "geluTanhSlope", "3.0", 79>;
def NvIsru1 : NvWhole<"isru", 1, "isruSlope", "3.0", 57>;
def NvIsru2 : NvWhole<"isru", 2, "isruCurvature", "4.0", 63>;
def NvLogish1 : NvWhole<"logish", 1, "logishSlope", "3.5", 73>;
let NeedsSubnormals = 1 in
def NvMish0 : NvWhole<"mish", 0, "mish", "2.25", 47>;
def NvMish1 : NvWhole<"mish", 1, "mishSlope", "3.6", 69>;
def NvQuickGelu0 : NvWhole<"quick_gelu", 0, "quickGelu", "2.25", 42>;
def NvQuickGelu1 : NvWhole<"quick_gelu", 1, "quickGeluSlope", "3.0", 64>;
def NvSerf1 : NvWhole<"serf", 1, "serfSlope", "3.75", 73>;
def NvSigmoid0 : NvWhole<"sigmoid", 0, "sigmoid", "2.05", 38>;
def NvSigmoid1 : NvWhole<"sigmoid", 1, "sigmoidSlope", "2.75", 39>;
def NvSilu0 : NvWhole<"silu", 0, "silu", "2.25", 38>;
def NvSilu1 : NvWhole<"silu", 1, "siluSlope", "2.75", 58>;
def NvSoftplus1 : NvWhole<"softplus", 1, "sigmoid", "2.05", 38>;
def NvSoftplus2 : NvWhole<"softplus", 2, "sigmoidSlope", "2.75", 39>;
def NvSquareplus1 : NvWhole<"squareplus", 1, "squareplusSlope", "2.75", 50>;
def NvSquareplus2 : NvWhole<"squareplus", 2, "squareplusCurvature", "3.0", 59>;
def NvSwishBeta0 : NvWhole<"swish_beta", 0, "silu", "2.25", 38>;
def NvSwishBeta1 : NvWhole<"swish_beta", 1, "siluSlope", "2.75", 58>;
def NvTanh1 : NvWhole<"tanh", 1, "tanhSlope", "2.5", 40>;
let NeedsSubnormals = 1 in
def NvTanhshrink0 : NvWhole<"tanhshrink", 0, "tanhshrink", "2.0", 58>;

/// For results of 16 bits, over the whole range of f32; for rows of several
/// inputs some with a factor apart.
class NvShort<string function, string method, string bound, int cost>
    : Nv<function, method, bound, cost> {
  let FullRange = 0;
}

def NvSplitExp : Nv<"exp", "nvSplitExp", "512", 10>;
def NvSplitSigmoid : Nv<"sigmoid", "nvSplitSigmoid", "512", 22>;
def NvSplitSoftplus : Nv<"softplus", "nvSplitSoftplus", "512", 23>;
def NvSplitErfc : Nv<"erfc", "nvSplitErfc", "512", 32>;
def NvShortExp : NvShort<"exp", "nvQuickExp", "256", 10>;
let NonPositive = 1 in
def NvWeight : Nv<"exp", "nvWeight", "256", 10>;
def NvShortExpm1 : Nv<"expm1", "nvQuickExpm1", "256", 15>;
def NvShortSigmoid : NvShort<"sigmoid", "nvQuickSigmoid", "256", 21>;
def NvShortSoftplus : NvShort<"softplus", "nvQuickSoftplus", "256", 18>;
def NvShortErf : Nv<"erf", "nvQuickErf", "512", 35>;
def NvShortErfc : NvShort<"erfc", "nvQuickErfc", "512", 30>;
def NvShortTanh : Nv<"tanh", "nvQuickTanh", "512", 23>;

def NvShortSigmoid0 : NvWhole<"sigmoid", 0, "nvQuickSigmoid", "256", 21>;
def NvShortSoftplus1 : NvWhole<"softplus", 1, "nvQuickSigmoid", "256", 21>;
def NvRoughTanh0 : NvWhole<"tanh", 0, "nvRoughTanh", "8193", 8>;
def NvShortSilu0 : NvWhole<"silu", 0, "nvQuickSilu", "256", 23>;
def NvShortSwishBeta0 : NvWhole<"swish_beta", 0, "nvQuickSilu", "256", 23>;
def NvShortQuickGelu0
    : NvWhole<"quick_gelu", 0, "nvQuickQuickGelu", "256", 23>;
def NvShortGelu0
    : NvWhole<"gelu", 0, "nvQuickGelu", "512", 30>;
def NvShortGelu1
    : NvWhole<"gelu", 1, "nvQuickGeluSlope", "512", 33>;
def NvShortGelu10_0
    : NvWhole<"gelu_10", 0, "nvQuickGelu10", "512", 31>;
def NvShortGelu10_1
    : NvWhole<"gelu_10", 1, "nvQuickGelu10Slope", "512", 35>;
def NvShortGeluTanh0
    : NvWhole<"gelu_tanh", 0, "nvQuickGeluTanh", "512", 25>;
def NvShortGeluTanh1
    : NvWhole<"gelu_tanh", 1, "nvQuickGeluTanhSlope", "512", 39>;
def NvShortMish0
    : NvWhole<"mish", 0, "nvQuickMish", "512", 25>;
def NvShortMish1
    : NvWhole<"mish", 1, "nvQuickMishSlope", "512", 40>;
def NvShortQuickGelu1
    : NvWhole<"quick_gelu", 1, "nvQuickQuickGeluSlope", "512", 35>;
def NvShortSigmoid1
    : NvWhole<"sigmoid", 1, "nvQuickSigmoidSlope", "512", 20>;
def NvShortSilu1
    : NvWhole<"silu", 1, "nvQuickSiluSlope", "512", 34>;
def NvShortSoftplus2
    : NvWhole<"softplus", 2, "nvQuickSigmoidSlope", "512", 20>;
def NvShortSwishBeta1
    : NvWhole<"swish_beta", 1, "nvQuickSiluSlope", "512", 34>;
def NvShortTanh1
    : NvWhole<"tanh", 1, "nvQuickTanhSlope", "512", 21>;
def NvShortIsru0
    : NvWhole<"isru", 0, "nvQuickIsru", "512", 12>;
def NvShortIsru1
    : NvWhole<"isru", 1, "nvQuickIsruSlope", "512", 12>;
def NvShortSquareplus0
    : NvWhole<"squareplus", 0, "nvQuickSquareplus", "512", 26>;
def NvShortSquareplus1
    : NvWhole<"squareplus", 1, "nvQuickSquareplusSlope", "512", 27>;
def NvShortLogish0
    : NvWhole<"logish", 0, "nvQuickLogish", "512", 29>;
def NvShortTanhshrink0
    : NvWhole<"tanhshrink", 0, "nvQuickTanhshrink", "512", 30>;

//===----------------------------------------------------------------------===//
// As in the strict class
//===----------------------------------------------------------------------===//

/// A row, or a derivative of one, that the arithmetic of the default class does
/// not get within its bound: it is computed as the strict class does, in f64
/// or in two words of it.
/// ApproximationTableTest shows of each that it is needed, by the result at an
/// input without it.
class AsStrict<string function, int order, string storage, string arguments,
               string at, bit isFastToo = 0> {
  string Function = function;
  bits<4> Order = order;
  /// Type of the result.
  string Storage = storage;
  /// Parameters at which the result is beyond its bound. None where the default
  /// parameters do: the entry is for all parameters then, and otherwise for all
  /// but the defaults.
  string Arguments = arguments;
  /// The input of that result, a hexadecimal number.
  string At = at;
  /// Whether the fast class of f32, whose bound is another, needs it as well.
  /// That of f64 always does.
  bit IsFastToo = isFastToo;
}

def AsStrictTable : GenericTable {
  let FilterClass = "AsStrict";
  let CppTypeName = "AsStrictInfo";
  let Fields = ["Function", "Order", "Storage", "Arguments", "At",
                "IsFastToo"];
}

def : AsStrict<"isru", 1, "f32", "alpha=3", "-0x1.2b72a6p38">;
def : AsStrict<"isru", 2, "f32", "alpha=3", "0x1.780e4ap13">;
def : AsStrict<"laplace", 0, "f32", "mu=0, sigma=1", "-0x1.8d1e9ep0">;
def : AsStrict<"laplace", 0, "bf16", "mu=0, sigma=1", "0x1.14p-1">;
def : AsStrict<"mish", 2, "f32", "", "0x1.237cacp1">;
def : AsStrict<"snake", 0, "f32", "a=5", "-0x1.cbb938p-3">;
def : AsStrict<"snake", 1, "f32", "a=5", "-0x1.fffffep127", 1>;
def : AsStrict<"snake", 2, "f32", "a=5", "0x1.b2c1fap70", 1>;
def : AsStrict<"snake", 1, "bf16", "", "-0x1p-10">;
def : AsStrict<"snake", 2, "bf16", "a=5", "-0x1.c6p54">;
def : AsStrict<"squareplus", 1, "f32", "b=0.1", "-0x1.486f76p5">;
def : AsStrict<"squareplus", 2, "f32", "b=1", "-0x1.019312p8">;
def : AsStrict<"squareplus", 1, "bf16", "b=1", "-0x1.86p3">;
def : AsStrict<"swish_beta", 1, "f32", "beta=1.5", "-0x1.a2c654p0">;
def : AsStrict<"telu", 1, "f32", "", "-0x1.3e098ap1">;
def : AsStrict<"telu", 2, "f32", "", "0x1.d3c41ep1">;
def : AsStrict<"xielu", 0, "bf16", "", "-0x1.bap11">;
def : AsStrict<"xielu", 1, "bf16", "alpha_p=1.2, alpha_n=0.3", "0x1.04p6">;
def : AsStrict<"xielu", 0, "f32", "", "-0x1.ebc6b8p-2">;

def : AsStrict<"elu", 0, "f64", "alpha=1.6732632", "-0x1.6663a64645841p-2">;
def : AsStrict<"gelu_tanh", 1, "f64", "", "-0x1.cc5138afaa72cp+0">;
def : AsStrict<"hard_gelu", 0, "f64", "", "0x1.9311311abe9ep-2">;
def : AsStrict<"isru", 0, "f64", "alpha=0.1", "0x1.fa77fa813f422p-4">;
def : AsStrict<"isru", 1, "f64", "", "0x1.80d02fe55e4p-8">;
def : AsStrict<"isru", 2, "f64", "alpha=0.1", "0x1.19040e5aa8574p+0">;
def : AsStrict<"laplace", 0, "f64", "", "-0x1.96fd7527dbb34p+1">;
def : AsStrict<"laplace", 1, "f64", "mu=0, sigma=1", "-0x1.671adfb2debfcp+1">;
def : AsStrict<"lecun_tanh", 0, "f64", "", "0x1.f4ec457966cep-1">;
def : AsStrict<"lecun_tanh", 1, "f64", "", "0x1.3a540c9f787e2p+2">;
def : AsStrict<"log_sigmoid", 0, "f64", "", "0x1.6c0bdeaa571p+2">;
def : AsStrict<"logish", 0, "f64", "", "-0x1.b32cd0628132p+0">;
def : AsStrict<"logish", 1, "f64", "", "-0x1.6cdc012bc5d06p+2">;
def : AsStrict<"logish", 2, "f64", "", "-0x1.07df5d515966ep+2">;
def : AsStrict<"mish", 1, "f64", "", "-0x1.2d07e715e2e6ap+1">;
def : AsStrict<"mish", 2, "f64", "", "0x1.219f3e0e3ab6cp+1">;
def : AsStrict<"quick_gelu", 1, "f64", "", "-0x1.6c0e71f55e79ap+1">;
def : AsStrict<"selu", 0, "f64", "", "-0x1.7c1b2bef3fdd8p-1">;
def : AsStrict<"serf", 0, "f64", "", "-0x1.b6138e3617cb8p+1">;
def : AsStrict<"serf", 1, "f64", "", "-0x1.7a03005f0ab6dp+1">;
def : AsStrict<"silu", 1, "f64", "", "-0x1.330d479f98e88p+2">;
def : AsStrict<"snake", 0, "f64", "", "-0x1.a331c006eed2p-1">;
def : AsStrict<"snake", 1, "f64", "", "-0x1.7fde5f21c1217p-15">;
def : AsStrict<"snake", 2, "f64", "a=5", "-0x1.8552595dd2363p+9">;
def : AsStrict<"softcap", 0, "f64", "", "0x1.fe6fd6aeddd3p+1">;
def : AsStrict<"softplus", 0, "f64", "", "-0x1.04b9c947a6ccap+1">;
def : AsStrict<"softplus_threshold", 0, "f64", "", "-0x1.04b9c947a6ccap+1">;
def : AsStrict<"softsign", 1, "f64", "", "-0x1.fd49138067b04p-28">;
def : AsStrict<"squareplus", 0, "f64", "", "-0x1.8657910ff4f1fp-24">;
def : AsStrict<"squareplus", 1, "f64", "", "-0x1.d4b05bcf3ae4p+1">;
def : AsStrict<"squareplus", 2, "f64", "b=0.1", "-0x1.da0252f8c694fp+1">;
def : AsStrict<"star_relu", 0, "f64", "", "0x1.450ff4311ccdp+0">;
def : AsStrict<"swish_beta", 0, "f64", "beta=1.5", "0x1.c5450ba32b148p-4">;
def : AsStrict<"swish_beta", 1, "f64", "", "-0x1.330d479f98e88p+2">;
def : AsStrict<"swish_beta", 2, "f64", "beta=1.5", "-0x1.1ea9a1bc8815bp+1">;
def : AsStrict<"tanhshrink", 0, "f64", "", "0x1.d04e5816f36c8p-1">;
def : AsStrict<"tanhshrink", 1, "f64", "", "0x1.4f52a03c272p-1">;
def : AsStrict<"telu", 0, "f64", "", "-0x1.843993fa9b9bp-2">;
def : AsStrict<"telu", 1, "f64", "", "-0x1.ebb38a38adfb3p+1">;
def : AsStrict<"telu", 2, "f64", "", "0x1.7742df8d66626p+2">;
def : AsStrict<"xielu", 0, "f64", "", "-0x1.34e1afffb0b8p-2">;
def : AsStrict<"xielu", 1, "f64", "", "-0x1.b19bb9171f487p-2">;
