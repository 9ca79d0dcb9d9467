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


def erf_ratio(y):
    """erf(x) / x with y = x^2."""
    if y < mp.mpf("1e-12"):
        return 2 / mp.sqrt(mp.pi) * (1 - y / 3)
    x = mp.sqrt(y)
    return mp.erf(x) / x


ERFC_CENTRE = mp.mpf("2.125")


def erfcx_scaled(s):
    """erfcx(z) (z + a) with s = (z - a) / (z + a), a = 2.125."""
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
    ("AtanhRest", "(2 atanh(s) / s - 2) / y, y = s^2 <= 1/9", atanh_rest,
     lambda y: y / 2, 0, mp.mpf(1) / 9 * mp.mpf("1.001"), 4, 9),
    ("LogRest", "(2 atanh(s) / s - 2) / y, y = s^2 <= 0.0295", atanh_rest,
     lambda y: y / 2, 0, mp.mpf("0.0295"), 3, 7),
    ("ErfRatio", "erf(x) / x, y = x^2 <= 0.76", erf_ratio,
     lambda y: 1, 0, mp.mpf("0.76"), 6, 12),
    ("ErfcxF32", "erfcx(z) (z + a) in s = (z - a) / (z + a), z <= 14",
     erfcx_scaled, lambda s: 1 / erfcx_scaled(s), -1, map_erfc(14), 11, None),
    ("ErfcxF64", "erfcx(z) (z + a) in s = (z - a) / (z + a), z <= 40",
     erfcx_scaled, lambda s: 1 / erfcx_scaled(s), -1, map_erfc(40), None, 26),
    ("SinRest", "(sin(x) / x - 1) / z, z = x^2, |x| <= pi / 4", sin_rest,
     lambda z: z, 0, (mp.pi / 4)**2 * mp.mpf("1.01"), 3, 6),
    ("CosRest", "(cos(x) - 1 + z / 2) / z^2, z = x^2, |x| <= pi / 4", cos_rest,
     lambda z: z * z, 0, (mp.pi / 4)**2 * mp.mpf("1.01"), 2, 6),
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


def two_over_pi_chunks(bits):
    """For x = M 2^(E - bits + 1), M an integer of `bits` bits: the number
    (2 / pi) 2^(E - bits + 1) mod 4 in four words, for E = -1 ... max."""
    top = 127 if bits == 24 else 1023
    words = [[], [], [], []]
    with mp.workprec(1500 + 6 * bits):
        ratio = 2 / mp.pi
        for exponent in range(-1, top + 1):
            rest = mp.fmod(ratio * mp.mpf(2)**(exponent - bits + 1), 4)
            for word in words:
                with mp.workprec(bits):
                    chunk = +rest
                word.append(chunk)
                rest -= chunk
    return words


def main():
    parts = ["""\
//===- Coefficients.inc - Written by tools/fit/fit.py -------------*- C++ -*-===//
//
// Generated; do not edit. "python3 tools/fit/fit.py" writes this file and
// prints the error of every fit.
//
//===----------------------------------------------------------------------===//

namespace coefficients {
"""]
    for name, what, f, weight, lo, hi, deg32, deg64 in FITS:
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
    for bits, suffix in ((24, "F32"), (53, "F64")):
        for i, word in enumerate(two_over_pi_chunks(bits)):
            parts.append(emit_array(
                f"kTwoOverPi{i}{suffix}",
                f"Word {i} of (2 / pi) 2^(E - {bits - 1}) mod 4, E >= -1.",
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
