"""Every fit of Act: one record each (fitting.py says what the fields are).

To add one, add a record, run tools/fit/fit.py and commit what it writes.
"""
import mpmath as mp

from composites import COMPOSITE_FITS, reciprocal
from fitting import IDENTITY, SQUARE, Argument, Fit, Form
from functions import (Constant, atanh, cos, erf, erfcx, exp, expm1, log1p,
                       over, ratio, sin, tanh)

# erfcx(a) 2 a is the constant coefficient; this a is one of few with which
# its rounding errors (f32 and f64) are both small.
ERFC_CENTRE = ratio("1.8359375")
ERFC_ARGUMENT = Argument(lambda z: (z - ERFC_CENTRE) / (z + ERFC_CENTRE),
                         lambda s: ERFC_CENTRE * (1 + s) / (1 - s))
NV_ERFC_CENTRE = ratio("2.3125")
HALF_PI = Constant(lambda c: c.pi / 2)
SINGLE_ERF_CENTRE = ratio("10.5")
# A grid does not hold 0 itself, at which erf(x) / x has a limit.
SINGLE_ERF_ARGUMENT = Argument(
    lambda x: x * x - SINGLE_ERF_CENTRE,
    lambda v: mp.sqrt(max(v + SINGLE_ERF_CENTRE, mp.mpf(2)**-60)))


def exp_rest(r):
    return over(expm1(r) - r, r, 2)


def atanh_rest(s):
    """(2 atanh(s) / s - 2) / s^2."""
    return over(over(2 * atanh(s), s) - 2, s, 2)


def log1p_rest(e):
    return over(over(log1p(e), e) - 1, e)


def erfcx_scaled(z):
    return erfcx(z) * (z + ERFC_CENTRE)


def nv_erfcx_scaled(z):
    return erfcx(z) * (z + NV_ERFC_CENTRE)


FITS = [
    Fit("ExpRest", "(exp(r) - 1 - r) / r^2 on |r| <= ln2 / 2",
        f=exp_rest, weight=lambda r: r * r / exp(r),
        low="-0.34693", high="0.34693", f32=4, f64=10),
    Fit("ExpSlope", "(exp(r) - 1) / r on |r| <= ln2 / 2",
        f=lambda r: over(exp(r) - 1, r), weight=lambda r: r / exp(r),
        low="-0.34693", high="0.34693", f32=4),
    Fit("ExpEighthRest", "(exp(r) - 1 - r) / r^2 on |r| <= ln2 / 16",
        f=exp_rest, weight=lambda r: r * r / exp(r),
        low="-0.04337", high="0.04337", f32=2),
    Fit("AtanhRest", "(2 atanh(u / 2) / u - 1) / y, y = u^2 <= 4/9",
        f=lambda u: over(over(2 * atanh(u * ratio(1, 2)), u) - 1, u, 2),
        weight=lambda u: u * u, argument=SQUARE,
        low="0", high="0.667", f64=9),
    Fit("Log1pRest", "(log1p(e) / e - 1) / e, 0 <= e <= 1",
        f=log1p_rest, weight=lambda e: e / over(log1p(e), e),
        low="0", high="1.001", f32=9),
    Fit("LogRest", "(2 atanh(s) / s - 2) / y, y = s^2 <= 0.0295",
        f=atanh_rest, weight=lambda s: s * s * ratio(1, 2), argument=SQUARE,
        low="0", high="0.17176", f32=3, f64=7),
    Fit("LogTail", "((2 atanh(s) / s - 2) / y - 2/3) / y, y = s^2 <= 0.0295",
        f=lambda s: over(atanh_rest(s) - ratio(2, 3), s, 2),
        weight=lambda s: s**4 * ratio(1, 2), argument=SQUARE,
        low="0", high="0.17176", f32=2, f64=6),
    Fit("TanhRest", "(tanh(x) / x - 1) / y, y = x^2 <= 0.36",
        f=lambda x: over(over(tanh(x), x) - 1, x, 2),
        weight=lambda x: x * x / over(tanh(x), x), argument=SQUARE,
        low="0", high="0.60084", f32=4, f64=10),
    Fit("ErfRest", "erf(x) / x - 1, y = x^2 <= 0.712",
        f=lambda x: over(erf(x), x) - 1,
        weight=lambda x: 1 / over(erf(x), x), argument=SQUARE,
        low="0", high="0.8444", f32=6, f64=11),
    Fit("ErfcxF32",
        "erfcx(z) (z + a) in s = (z - a) / (z + a), 0.49 <= z <= 14",
        f=erfcx_scaled, weight=lambda z: 1 / erfcx_scaled(z),
        argument=ERFC_ARGUMENT, low="0.49", high="14", f32=10),
    Fit("ErfcxF64",
        "erfcx(z) (z + a) in s = (z - a) / (z + a), 0.49 <= z <= 40",
        f=erfcx_scaled, weight=lambda z: 1 / erfcx_scaled(z),
        argument=ERFC_ARGUMENT, low="0.49", high="40", f64=23),
    # Of PairErrorFunction.h: the leading coefficients have two words.
    Fit("PairErf", "erf(x) / x, y = x^2 <= 0.712",
        f=lambda x: over(erf(x), x), weight=lambda x: 1 / over(erf(x), x),
        argument=SQUARE, low="0", high="0.8444",
        f64=Form(12, words={0: 2})),
    Fit("PairErfcx",
        "erfcx(z) (z + a) in s = (z - a) / (z + a), 0.84 <= z <= 40",
        f=erfcx_scaled, weight=lambda z: 1 / erfcx_scaled(z),
        argument=ERFC_ARGUMENT, low="0.84", high="40",
        f64=Form(24, words={0: 2, 1: 2})),
    Fit("WideExpRest", "(exp(r) - 1 - r) / r^2 on |r| <= ln2 / 2",
        f=exp_rest, weight=lambda r: r * r / exp(r),
        low="-0.34693", high="0.34693", f64=7),
    Fit("WideAtanhRest", "(2 atanh(s) / s - 2) / y, y = s^2 <= 1/9",
        f=atanh_rest, weight=lambda s: s * s * ratio(1, 2), argument=SQUARE,
        low="0", high="0.33334", f64=6),
    Fit("WideLogRest", "(2 atanh(s) / s - 2) / y, y = s^2 <= 0.0295",
        f=atanh_rest, weight=lambda s: s * s * ratio(1, 2), argument=SQUARE,
        low="0", high="0.17176", f64=4),
    Fit("WideErfRest", "erf(x) / x - 1, y = x^2 <= 0.712",
        f=lambda x: over(erf(x), x) - 1,
        weight=lambda x: 1 / over(erf(x), x), argument=SQUARE,
        low="0", high="0.8444", f64=8),
    Fit("WideErfcx",
        "erfcx(z) (z + a) in s = (z - a) / (z + a), 0 <= z <= 10.7",
        f=erfcx_scaled, weight=lambda z: 1 / erfcx_scaled(z),
        argument=ERFC_ARGUMENT, low="0", high="10.7", f64=18),
    # Of Single.h: a relative 2^-32.
    Fit("SingleExpRest", "(exp(r) - 1 - r) / r^2 on |r| <= ln2 / 2",
        f=exp_rest, weight=lambda r: r * r / exp(r),
        low="-0.34693", high="0.34693", f64=5),
    Fit("SingleExpm1Rest", "(exp(r) - 1 - r) / r^2 on |r| <= ln2 / 2, of expm1",
        f=exp_rest, weight=lambda r: r / over(exp(r) - 1, r),
        low="-0.34693", high="0.34693", f64=5),
    Fit("SingleAtanhRest", "(2 atanh(s) / s - 2) / y, y = s^2 <= 1/9",
        f=atanh_rest, weight=lambda s: s * s * ratio(1, 2), argument=SQUARE,
        low="0", high="0.33334", f64=4),
    Fit("SingleLogRest", "(2 atanh(s) / s - 2) / y, y = s^2 <= 0.0295",
        f=atanh_rest, weight=lambda s: s * s * ratio(1, 2), argument=SQUARE,
        low="0", high="0.17176", f64=3),
    Fit("SingleErfcx",
        "erfcx(z) (z + a) in s = (z - a) / (z + a), 0 <= z <= 10.7",
        f=erfcx_scaled, weight=lambda z: 1 / erfcx_scaled(z),
        argument=ERFC_ARGUMENT, low="0", high="10.7", f64=13),
    Fit("SingleErf", "erf(x) / x in x^2 - 10.5, x <= 4.6",
        f=lambda x: over(erf(x), x), weight=lambda x: 1 / over(erf(x), x),
        argument=SINGLE_ERF_ARGUMENT, low="0", high="4.6001", f64=22),
    Fit("SingleSin", "sin(pi / 2 f) / f in f^2, |f| <= 1 / 2",
        f=lambda x: over(sin(x * HALF_PI), x),
        weight=lambda x: 1 / over(sin(x * HALF_PI), x), argument=SQUARE,
        low="0", high="0.50004", f64=4),
    Fit("SingleCos", "(cos(pi / 2 f) - 1) / f^2 in f^2, |f| <= 1 / 2",
        f=lambda x: over(cos(x * HALF_PI) - 1, x, 2), weight=lambda x: x * x,
        argument=SQUARE, low="0", high="0.50004", f64=4),
    # Of Quick.h: a relative 2^-15.
    Fit("QuickExpRest", "(exp(r) - 1 - r) / r^2 on |r| <= ln2 / 16",
        f=exp_rest, weight=lambda r: r * r / exp(r),
        low="-0.04337", high="0.04337", f32=0),
    Fit("QuickExpm1Rest", "(exp(r) - 1 - r) / r^2 on |r| <= ln2 / 16",
        f=exp_rest, weight=lambda r: r * r / exp(r),
        low="-0.04337", high="0.04337", f32=1),
    Fit("QuickLog1pRest", "(log1p(e) / e - 1) / e, 0 <= e <= 1",
        f=log1p_rest, weight=lambda e: e / over(log1p(e), e),
        low="0", high="1.001", f32=4),
    Fit("QuickErfcx",
        "erfcx(z) (z + a) in s = (z - a) / (z + a), 0 <= z <= 9.4",
        f=erfcx_scaled, weight=lambda z: 1 / erfcx_scaled(z),
        argument=ERFC_ARGUMENT, low="0", high="9.4", f32=6),
    # Of NvQuick.h.
    Fit("NvErfcx",
        "erfcx(z) (z + a) in 1 / (z + a), 0 <= z <= 13.3",
        f=nv_erfcx_scaled, weight=lambda z: 1 / nv_erfcx_scaled(z),
        argument=reciprocal(NV_ERFC_CENTRE), low="0", high="13.3", f32=5),
    Fit("NvErfRest", "erf(x) / x - 1, y = x^2 <= 1/4",
        f=lambda x: over(erf(x), x) - 1,
        weight=lambda x: 1 / over(erf(x), x), argument=SQUARE,
        low="0", high="0.50001", f32=2),
    Fit("SinRest", "(sin(x) / x - 1) / z, z = x^2, |x| <= pi / 4",
        f=lambda x: over(over(sin(x), x) - 1, x, 2),
        weight=lambda x: x * x, argument=SQUARE,
        low="0", high="0.7971", f32=3, f64=6),
    Fit("CosRest", "(cos(x) - 1 + z / 2) / z^2, z = x^2, |x| <= pi / 4",
        f=lambda x: over(cos(x) - 1 + x * x * ratio(1, 2), x, 4),
        weight=lambda x: x**4, argument=SQUARE,
        low="0", high="0.7971", f32=2, f64=6),
] + COMPOSITE_FITS
