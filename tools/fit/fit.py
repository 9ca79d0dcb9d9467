#!/usr/bin/env python3
"""Fits every coefficient of Act's approximations and writes them as C++.

    python3 tools/fit/fit.py            writes Coefficients.inc, prints errors
    python3 tools/fit/fit.py --check    fails if the committed file differs

Each polynomial is a weighted least-squares fit on Chebyshev nodes, which is
within a small factor of the minimax one. Coefficients are rounded to the
format one after another, lowest order first, and the rest is fitted again
around those, so that the rounded polynomial stays close to the best one.
Needs mpmath (python3-mpmath).
"""
import sys
from pathlib import Path

import mpmath as mp

mp.mp.prec = 200

from composites import COMPOSITE_FITS, root_arrays  # needs the precision

OUT = (Path(__file__).resolve().parents[2] / "include" / "act" / "Transforms" /
       "Approximations" / "Coefficients.inc")


def to_format(x, bits):
    """x rounded to `bits` significant bits (no subnormals occur here)."""
    with mp.workprec(bits):
        return +x


def least_squares(xs, rest, weights, powers):
    """Coefficients c_k of sum c_k x^powers[k] nearest to `rest`. On Chebyshev
    nodes this is within a small factor of the minimax fit, and unlike an
    exchange it needs no Haar condition, which fixed coefficients break."""
    n = len(powers)
    rows = [[w * x**p for p in powers] for x, w in zip(xs, weights)]
    a = mp.matrix(n, n)
    b = mp.matrix(n, 1)
    for row, r, w in zip(rows, rest, weights):
        for i in range(n):
            b[i] += row[i] * w * r
            for j in range(i, n):
                a[i, j] += row[i] * row[j]
    for i in range(n):
        for j in range(i):
            a[i, j] = a[j, i]
    return mp.lu_solve(a, b)


def fit(f, weight, degree, lo, hi, bits):
    """Coefficients rounded to `bits` each, and the largest weighted error."""
    lo, hi = mp.mpf(lo), mp.mpf(hi)
    count = 4 * degree + 40
    xs = [(lo + hi) / 2 - (hi - lo) / 2 * mp.cos(mp.pi * (i + 0.5) / count)
          for i in range(count)]
    weights = [weight(x) for x in xs]
    rest = [f(x) for x in xs]
    fixed = []
    for k in range(degree + 1):
        c = least_squares(xs, rest, weights, range(k, degree + 1))
        fixed.append(to_format(c[0], bits))
        rest = [r - fixed[-1] * x**k for r, x in zip(rest, xs)]
    grid = [lo + (hi - lo) * i / 500 for i in range(501)]
    error = max(abs(weight(x) * (sum(c * x**i for i, c in enumerate(fixed)) -
                                 f(x))) for x in grid)
    return fixed, error


def exp_rest(r):
    """(exp(r) - 1 - r) / r^2, by its series where that cancels."""
    if abs(r) < mp.mpf("1e-6"):
        return sum(r**k / mp.factorial(k + 2) for k in range(8))
    return (mp.expm1(r) - r) / r**2


def atanh_rest(y):
    """(2 atanh(s) / s - 2) / s^2 with y = s^2."""
    if y < mp.mpf("1e-9"):
        return sum(2 * y**k / (2 * k + 3) for k in range(8))
    s = mp.sqrt(y)
    return (2 * mp.atanh(s) / s - 2) / y


def log1p_rest(e):
    """(log1p(e) / e - 1) / e."""
    if e < mp.mpf("1e-9"):
        return -mp.mpf(1) / 2 + e / 3 - e**2 / 4
    return (mp.log1p(e) / e - 1) / e


def log_tail(y):
    """The same less its first term, 2/3, and divided by y once more."""
    if y < mp.mpf("1e-9"):
        return sum(2 * y**k / (2 * k + 5) for k in range(8))
    return (atanh_rest(y) - mp.mpf(2) / 3) / y


def tanh_rest(y):
    """(tanh(x) / x - 1) / y with y = x^2."""
    if y < mp.mpf("1e-9"):
        return -mp.mpf(1) / 3 + 2 * y / 15 - 17 * y**2 / 315
    x = mp.sqrt(y)
    return (mp.tanh(x) / x - 1) / y


def tanh_weight(y):
    """y x / tanh(x): the relative error that an error of tanh_rest makes."""
    x = mp.sqrt(y)
    return y * x / mp.tanh(x) if y else mp.mpf(0)


def erf_rest(y):
    """erf(x) / x - 1 with y = x^2."""
    if y < mp.mpf("1e-12"):
        return 2 / mp.sqrt(mp.pi) * (1 - y / 3) - 1
    x = mp.sqrt(y)
    return mp.erf(x) / x - 1


# The value at s = 0, erfcx(a) 2 a, is the constant coefficient; this a is
# one of few with which its rounding errors (f32 and f64) are both small.
ERFC_CENTRE = mp.mpf("1.8359375")


def erfcx_scaled(s):
    """erfcx(z) (z + a) with s = (z - a) / (z + a)."""
    z = ERFC_CENTRE * (1 + s) / (1 - s)
    return mp.erfc(z) * mp.exp(z * z) * (z + ERFC_CENTRE)


def sin_rest(z):
    """(sin(x) / x - 1) / x^2 with z = x^2."""
    return sum((-1)**(k + 1) * z**k / mp.factorial(2 * k + 3)
               for k in range(14))


def cos_rest(z):
    """(cos(x) - 1 + x^2 / 2) / x^4 with z = x^2."""
    return sum((-1)**k * z**k / mp.factorial(2 * k + 4) for k in range(14))


def map_erfc(z):
    return (mp.mpf(z) - ERFC_CENTRE) / (mp.mpf(z) + ERFC_CENTRE)


LN2 = mp.log(2)
HALF = LN2 / 2 * mp.mpf("1.001")
# name, what it is, function, weight, interval, degree f32, degree f64
FITS = [
    ("ExpRest", "(exp(r) - 1 - r) / r^2 on |r| <= ln2 / 2", exp_rest,
     lambda r: r * r / mp.exp(r), -HALF, HALF, 4, 10),
    ("ExpEighthRest", "(exp(r) - 1 - r) / r^2 on |r| <= ln2 / 16", exp_rest,
     lambda r: r * r / mp.exp(r), -HALF / 8, HALF / 8, 2, None),
    ("AtanhRest", "(2 atanh(u / 2) / u - 1) / y, y = u^2 <= 4/9",
     lambda y: atanh_rest(y / 4) / 8, lambda y: y, 0,
     mp.mpf(4) / 9 * mp.mpf("1.001"), None, 9),
    ("Log1pRest", "(log1p(e) / e - 1) / e, 0 <= e <= 1", log1p_rest,
     lambda e: e / (1 + e * log1p_rest(e)), 0, mp.mpf("1.001"), 9, None),
    ("LogRest", "(2 atanh(s) / s - 2) / y, y = s^2 <= 0.0295", atanh_rest,
     lambda y: y / 2, 0, mp.mpf("0.0295"), 3, 7),
    ("LogTail", "((2 atanh(s) / s - 2) / y - 2/3) / y, y = s^2 <= 0.0295",
     log_tail, lambda y: y * y / 2, 0, mp.mpf("0.0295"), 2, 6),
    ("TanhRest", "(tanh(x) / x - 1) / y, y = x^2 <= 0.36", tanh_rest,
     tanh_weight, 0, mp.mpf("0.361"), 4, 10),
    ("ErfRest", "erf(x) / x - 1, y = x^2 <= 0.712", erf_rest,
     lambda y: 1 / (1 + erf_rest(y)), 0, mp.mpf("0.713"), 6, 11),
    ("ErfcxF32", "erfcx(z) (z + a) in s = (z - a) / (z + a), 0.49 <= z <= 14",
     erfcx_scaled, lambda s: 1 / erfcx_scaled(s), map_erfc("0.49"),
     map_erfc(14), 10, None),
    ("ErfcxF64", "erfcx(z) (z + a) in s = (z - a) / (z + a), 0.49 <= z <= 40",
     erfcx_scaled, lambda s: 1 / erfcx_scaled(s), map_erfc("0.49"),
     map_erfc(40), None, 23),
    ("WideExpRest", "(exp(r) - 1 - r) / r^2 on |r| <= ln2 / 2", exp_rest,
     lambda r: r * r / mp.exp(r), -HALF, HALF, None, 7),
    ("WideAtanhRest", "(2 atanh(s) / s - 2) / y, y = s^2 <= 1/9", atanh_rest,
     lambda y: y / 2, 0, mp.mpf(1) / 9, None, 6),
    ("WideLogRest", "(2 atanh(s) / s - 2) / y, y = s^2 <= 0.0295", atanh_rest,
     lambda y: y / 2, 0, mp.mpf("0.0295"), None, 4),
    ("WideErfRest", "erf(x) / x - 1, y = x^2 <= 0.712", erf_rest,
     lambda y: 1 / (1 + erf_rest(y)), 0, mp.mpf("0.713"), None, 8),
    ("WideErfcx", "erfcx(z) (z + a) in s = (z - a) / (z + a), z <= 10.7",
     erfcx_scaled, lambda s: 1 / erfcx_scaled(s), map_erfc(0),
     map_erfc("10.7"), None, 18),
    ("SinRest", "(sin(x) / x - 1) / z, z = x^2, |x| <= pi / 4", sin_rest,
     lambda z: z, 0, (mp.pi / 4)**2 * mp.mpf("1.03"), 3, 6),
    ("CosRest", "(cos(x) - 1 + z / 2) / z^2, z = x^2, |x| <= pi / 4", cos_rest,
     lambda z: z * z, 0, (mp.pi / 4)**2 * mp.mpf("1.03"), 2, 6),
]


def c_double(x):
    return float(x).hex().replace("0x1.0000000000000p", "0x1p")


def emit_array(name, comment, values):
    body, line = [], "   "
    for value in values:
        item = f" {c_double(value)},"
        if len(line) + len(item) > 79:
            body.append(line)
            line = "   "
        line += item
    body.append(line)
    return "\n".join([f"/// {comment}",
                      f"inline constexpr double {name}[] = {{"] + body +
                     ["};", ""])


def two_over_pi_words(bits):
    """(2 / pi) 2^(16 g) less a multiple of 2^(bits + 1), in four words, for
    every group g of 16 exponents. A significand of [1, 2) is a multiple of
    2^(1 - bits), so what is left out adds a multiple of 4."""
    groups = 8 if bits == 24 else 64
    words = [[], [], [], []]
    modulus = mp.mpf(2)**(bits + 1)
    with mp.workprec(1500 + 6 * bits):
        for group in range(groups):
            rest = mp.fmod(2 / mp.pi * mp.mpf(2)**(16 * group), modulus)
            if rest > modulus / 2:
                rest -= modulus
            for word in words:
                word.append(to_format(rest, bits))
                rest -= word[-1]
    return words


def main():
    parts = ["""\
//===- Coefficients.inc - Generated by tools/fit/fit.py ---------*- C++ -*-===//
//
// Do not edit. "python3 tools/fit/fit.py" writes this file and
// prints the error of every fit.
//
//===----------------------------------------------------------------------===//

namespace coefficients {
"""]
    for name, what, f, weight, lo, hi, deg32, deg64 in FITS + COMPOSITE_FITS:
        for bits, degree, suffix in ((24, deg32, "F32"), (53, deg64, "F64")):
            if degree is None:
                continue
            values, error = fit(f, weight, degree, lo, hi, bits)
            full = name if name.endswith(("F32", "F64")) else name + suffix
            power = mp.nstr(mp.log(error, 2), 4)
            print(f"{full}: degree {degree}, error 2^{power}",
                  file=sys.stderr)
            parts.append(emit_array(
                f"k{full}", f"{what}; error 2^{power}.", values))
    # Half of 2^(j/8), so that a scaled result's mantissa is below 1.
    parts.append(emit_array(
        "kExp2EighthsF32", "2^(j/8) / 2.",
        [to_format(mp.mpf(2)**(mp.mpf(j) / 8) / 2, 24) for j in range(8)]))
    for array in root_arrays(to_format):
        parts.append(emit_array(*array))
    for bits, suffix in ((24, "F32"), (53, "F64")):
        for i, word in enumerate(two_over_pi_words(bits)):
            parts.append(emit_array(
                f"kTwoOverPi{i}{suffix}",
                f"Word {i} of (2 / pi) 2^(16 g) modulo 2^{bits + 1}.",
                word))
    parts.append("""\
} // namespace coefficients

""")
    text = "\n".join(parts)
    if "--check" in sys.argv[1:]:
        if OUT.read_text() != text:
            sys.exit(f"{OUT} is not what {sys.argv[0]} writes")
        return
    OUT.write_text(text)


if __name__ == "__main__":
    main()
