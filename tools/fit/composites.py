"""Fits for whole activations and derivatives, and the roots of the latter.

A derivative f' has a root -r, at which its relative error counts too. The
quotient f'(-t) / (r - t) is what is fitted. Such records are written in the
variable u = t - r, so that what is divided out is a zero at 0 (see `over`), and
give a polynomial in another argument, which kernels compute from t.
"""
from fractions import Fraction

import mpmath as mp

from exchange import ONE
from fitting import PRECISIONS, SQUARE, Argument, Fit, to_fixed
from functions import (Constant, Root, erf, erfcx, exp, log1p, over, ratio,
                       tanh)
from rounding import to_words

ROOT_HALF = Constant(lambda c: c.sqrt(c.mpf(0.5)))
PHI_OF_ZERO = Constant(lambda c: 1 / c.sqrt(2 * c.pi))
# exp(-v(t)) of gelu_tanh, v = c1 t + c3 t^3.
GELU_TANH_C1 = Constant(lambda c: c.sqrt(8 / c.pi))
GELU_TANH_C3 = Constant(lambda c: c.sqrt(8 / c.pi) * 44715 / 10**6)

# The centres of arguments (t - a) / (t + a). With these the constant
# coefficients are nearly floats and nearly doubles.
GELU_CENTRE = ratio("2.609375")
GELU_SLOPE_CENTRE = ratio("3.1875")
# In f64 for f32 results every coefficient is exact enough.
SINGLE_GELU_CENTRE = ratio("5")
SINGLE_GELU_SLOPE_CENTRE = ratio("3.5")
# On a GPU, for results of 16 bits, as well.
NV_GELU_CENTRE = ratio("3.25")
NV_GELU_SLOPE_CENTRE = ratio("3.5")


def half_line(centre):
    """(t - centre) / (t + centre)."""
    return Argument(lambda t: (t - centre) / (t + centre),
                    lambda s: centre * (1 + s) / (1 - s))


def reciprocal(centre):
    """1 / (t + centre)."""
    return Argument(lambda t: 1 / (t + centre), lambda k: 1 / k - centre)


def about(root, argument):
    """An argument of t as one of u = t - root."""
    return Argument(lambda u: argument.of(u + root),
                    lambda v: argument.inverse(v) - root)


def shifted(middle):
    return Argument(lambda t: t - middle, lambda v: v + middle)


def mills(t):
    """Phi(-t) exp(t^2 / 2), Phi the normal distribution."""
    return erfcx(t * ROOT_HALF) * ratio(1, 2)


def mills_scaled(t):
    return mills(t) * (t + SINGLE_GELU_CENTRE)


def nv_mills_scaled(t):
    return mills(t) * (t + NV_GELU_CENTRE)


def phi_rest(x):
    return over(erf(x * ROOT_HALF), x) * ratio(1, 2)


def gelu_tail(t):
    return t * mills(t)


def gelu_left(t):
    """gelu'(-t) exp(t^2 / 2)."""
    return mills(t) - t * PHI_OF_ZERO


def silu_left(t):
    """silu'(-t)."""
    e = exp(-t)
    return e * (1 + e - t) / (1 + e)**2


def gelu_tanh_left(t):
    """gelu_tanh'(-t)."""
    e = exp(-(t * (GELU_TANH_C1 + t * t * GELU_TANH_C3)))
    slope = GELU_TANH_C1 + 3 * t * t * GELU_TANH_C3
    return e * (1 + e - t * slope) / (1 + e)**2


def mish_left(t):
    """mish'(-t)."""
    e = exp(-t)
    return (e * (4 - 4 * t + e * (6 - 4 * t + e * (4 + e))) /
            (2 + e * (2 + e))**2)


# log(1 + sigmoid(x)) is log((1 + 2 e) / (1 + e)) with e = exp(x) and
# log((2 + e) / (1 + e)) with e = exp(-x); the slope of logish has these
# divisors.
LOG_TWO = Constant(lambda c: c.log(2))
TWO_OVER_ROOT_PI = Constant(lambda c: 2 / c.sqrt(c.pi))
FLOAT_TWO_OVER_ROOT_PI = ratio("1.12837922573089599609375")


def logish_left(t):
    """logish'(-t)."""
    e = exp(-t)
    return (log1p(2 * e) - log1p(e)) - t * e / ((1 + 2 * e) * (1 + e))


def logish_left_part(e):
    """log(1 + sigmoid(x)) / e, times the divisor."""
    return over(log1p(2 * e) - log1p(e), e) * ((1 + 2 * e) * (1 + e))


def logish_right_part(e):
    return ((LOG_TWO + log1p(e * ratio(1, 2)) - log1p(e)) *
            ((2 + e) * (1 + e)))


def serf_factor(e):
    """The derivative of erf(log1p(e)), with a float for 2 / sqrt(pi)."""
    s = log1p(e)
    return FLOAT_TWO_OVER_ROOT_PI * exp(-(s * s)) / (1 + e)


def serf_part(e):
    s = log1p(e)
    return over(erf(s), e) * (1 + e) * exp(s * s) / TWO_OVER_ROOT_PI


def serf_gate(e):
    """erf(log1p(e)) / e."""
    return over(erf(log1p(e)), e)


def serf_gate_slope(e):
    s = log1p(e)
    return TWO_OVER_ROOT_PI * exp(-(s * s)) / (1 + e)


def serf_left(t):
    """serf'(-t)."""
    e = exp(-t)
    s = log1p(e)
    return erf(s) - t * (e * TWO_OVER_ROOT_PI * exp(-(s * s)) / (1 + e))


def serf_right(t):
    """(1 - serf'(t)) exp(t^2), for t >= -0.5."""
    e = exp(-t)
    rest = log1p(e)
    s = t + rest
    return (exp(-(rest * (t + s))) *
            (erfcx(s) - t * TWO_OVER_ROOT_PI / (1 + e)))


def serf_right_weight(t):
    """About exp(-t^2) / serf'(t): the latter is near 1."""
    return exp(-(t * t))


def serf_right_share(t):
    """exp(-t^2) / serf'(t), t > -0.5."""
    decay = exp(-(t * t))
    return decay / (1 - decay * serf_right(t))


def root_quotient(f, root):
    """f(t) / (root - t) of u = t - root."""
    return lambda u: -over(f(u + root), u)


GELU_ROOT = Root(gelu_left, "0.7518")
GELU_SLOPE = root_quotient(gelu_left, GELU_ROOT)
GELU_SLOPE_ARGUMENT = about(GELU_ROOT, half_line(GELU_SLOPE_CENTRE))

# Name -> f as text, f'(-t), its root r and the middle of |t - middle| < 1/2,
# where kernels use the quotient. A middle has few bits, so t - middle is exact.
# The quotient there is the constant coefficient, and its rounding error is most
# of that of the fit.
SLOPES = {
    "Silu": ("silu", silu_left, Root(silu_left, "1.2785"), "1.28125"),
    "GeluTanh": ("gelu_tanh", gelu_tanh_left, Root(gelu_tanh_left, "0.7525"),
                 "0.75"),
    "Mish": ("mish", mish_left, Root(mish_left, "1.1924"), "1.1875"),
    "Logish": ("logish", logish_left, Root(logish_left, "1.3725"), "1.375"),
    "Serf": ("serf", serf_left, Root(serf_left, "1.1931"), "1.1875"),
}


def slope_fit(name, prefix="", **options):
    """`options` has the interval of u, about |t - middle| <= 1/2."""
    text, f, root, middle = SLOPES[name]
    quotient = root_quotient(f, root)
    return Fit(f"{prefix}{name}Slope",
               f"{text}'(-t) / (r - t), r its root, in t - {middle}",
               f=quotient, weight=lambda u: 1 / quotient(u),
               argument=about(root, shifted(ratio(middle))), **options)


def root_fit(name, width, degree):
    """The same next to the root, in u = t - r."""
    text, f, root, _ = SLOPES[name]
    quotient = root_quotient(f, root)
    return Fit(f"Single{name}Slope",
               f"{text}'(-t) / (r - t), r its root, in t - r",
               f=quotient, weight=lambda u: 1 / quotient(u),
               low=f"-{width}", high=width, f64=degree)


COMPOSITE_FITS = [
    Fit("PhiRest", "(Phi(x) - 1/2) / x, y = x^2 <= 0.5635",
        f=phi_rest, weight=lambda x: x / (ratio(1, 2) - x * phi_rest(x)),
        argument=SQUARE, low="0", high="0.75067", f32=4, f64=9),
    Fit("GeluTailF32",
        "t Phi(-t) exp(t^2 / 2) in s = (t - a) / (t + a), 0.74 <= t <= 15.5",
        f=gelu_tail, weight=lambda t: 1 / gelu_tail(t),
        argument=half_line(GELU_CENTRE), low="0.74", high="15.5", f32=9),
    Fit("GeluTailF64",
        "t Phi(-t) exp(t^2 / 2) in s = (t - a) / (t + a), 0.74 <= t <= 39.5",
        f=gelu_tail, weight=lambda t: 1 / gelu_tail(t),
        argument=half_line(GELU_CENTRE), low="0.74", high="39.5", f64=23),
    Fit("GeluSlopeF32", "gelu'(-t) exp(t^2 / 2) / (r - t), r its root, in "
        "s = (t - a) / (t + a), 0 <= t <= 15.5",
        f=GELU_SLOPE, weight=lambda u: 1 / GELU_SLOPE(u),
        argument=GELU_SLOPE_ARGUMENT, low="-0.752", high="14.749", f32=9),
    Fit("GeluSlopeF64", "gelu'(-t) exp(t^2 / 2) / (r - t), r its root, in "
        "s = (t - a) / (t + a), 0 <= t <= 39.5",
        f=GELU_SLOPE, weight=lambda u: 1 / GELU_SLOPE(u),
        argument=GELU_SLOPE_ARGUMENT, low="-0.752", high="38.749", f64=22),
    # Of Single.h.
    Fit("SingleGelu",
        "Phi(-t) exp(t^2 / 2) (t + a) in s = (t - a) / (t + a), 0 <= t <= 15.5",
        f=mills_scaled, weight=lambda t: 1 / mills_scaled(t),
        argument=half_line(SINGLE_GELU_CENTRE), low="0", high="15.5", f64=11),
    Fit("SingleGeluSlope",
        "gelu'(-t) exp(t^2 / 2) / (r - t), r its root, in "
        "s = (t - a) / (t + a), 0 <= t <= 15.5",
        f=GELU_SLOPE, weight=lambda u: 1 / GELU_SLOPE(u),
        argument=about(GELU_ROOT, half_line(SINGLE_GELU_SLOPE_CENTRE)),
        low="-0.752", high="14.749", f64=11),
    Fit("Tanhshrink", "((x - tanh(x)) / x^3 - 1/3) / y, y = x^2 <= 1",
        f=lambda x: over(over(x - tanh(x), x, 3) - ratio(1, 3), x, 2),
        weight=lambda x: x * x / over(x - tanh(x), x, 3),
        argument=SQUARE, low="0", high="1.0005", f32=6, f64=16),
    Fit("SingleTanhshrink", "(x - tanh(x)) / x^3, y = x^2 <= 1/4",
        f=lambda x: over(x - tanh(x), x, 3),
        weight=lambda x: 1 / over(x - tanh(x), x, 3),
        argument=SQUARE, low="0", high="0.50004", f64=5),
    slope_fit("Silu", low="-0.498", high="0.503", f32=8, f64=17),
    slope_fit("GeluTanh", low="-0.503", high="0.498", f32=8, f64=17),
    slope_fit("Mish", low="-0.505", high="0.5", f32=9, f64=17),
    slope_fit("Logish", low="-0.498", high="0.503", f32=8),
    slope_fit("Serf", low="-0.506", high="0.495", f32=8),
    # Of SingleSlopes.h.
    root_fit("Mish", "0.0079", 3),
    root_fit("Logish", "0.0079", 3),
    root_fit("Serf", "0.126", 6),
    Fit("SingleSerfGate", "erf(log1p(e)) / e, e <= 0.7317",
        f=serf_gate, weight=lambda e: 1 / serf_gate(e),
        low="0", high="0.7317", f64=11),
    Fit("SingleSerfGateSlope", "the derivative of erf(log1p(e)), e <= 0.7317",
        f=serf_gate_slope, weight=lambda e: 1 / serf_gate_slope(e),
        low="0", high="0.7317", f64=12),
    Fit("SingleSerfRight",
        "(1 - serf'(x)) exp(x^2) in x - 0.25, -0.3125 <= x <= 5",
        f=serf_right, weight=serf_right_share,
        argument=shifted(ratio("0.25")), low="-0.3126", high="5", f64=17),
    # Of NvQuick.h.
    Fit("NvGelu",
        "Phi(-t) exp(t^2 / 2) (t + a) in 1 / (t + a), 0 <= t <= 14.5",
        f=nv_mills_scaled, weight=lambda t: 1 / nv_mills_scaled(t),
        argument=reciprocal(NV_GELU_CENTRE), low="0", high="14.5", f32=5),
    Fit("NvGeluSlope",
        "gelu'(-t) exp(t^2 / 2) / (r - t), r its root, in 1 / (t + a), "
        "0 <= t <= 14.5",
        f=GELU_SLOPE, weight=lambda u: 1 / GELU_SLOPE(u),
        argument=about(GELU_ROOT, reciprocal(NV_GELU_SLOPE_CENTRE)),
        low="-0.752", high="13.749", f32=5),
    Fit("NvTanhshrink", "(x - tanh(x)) / x^3, y = x^2 <= 1",
        f=lambda x: over(x - tanh(x), x, 3),
        weight=lambda x: 1 / over(x - tanh(x), x, 3),
        argument=SQUARE, low="0", high="1.0005", f32=4),
    slope_fit("Silu", "Nv", low="-0.498", high="0.503", f32=4),
    slope_fit("GeluTanh", "Nv", low="-0.503", high="0.498", f32=5),
    slope_fit("Mish", "Nv", low="-0.505", high="0.5", f32=5),
    Fit("LogishLeft",
        "log(1 + sigmoid(x)) (1 + 2 e) (1 + e) / e, e = exp(x) <= 1",
        f=logish_left_part, weight=lambda e: 1 / logish_left_part(e),
        low="0", high="1.001", f32=10),
    Fit("LogishRight",
        "log(1 + sigmoid(x)) (2 + e) (1 + e), e = exp(-x) <= 1",
        f=logish_right_part, weight=lambda e: 1 / logish_right_part(e),
        low="0", high="1.001", f32=7),
    Fit("SerfPart", "erf(s) / s' / e, s = log1p(e), s' its erf's slope, e <= 1",
        f=serf_part, weight=lambda e: 1 / serf_part(e),
        low="0", high="1.001", f32=9),
    Fit("SerfFactor", "exp(-log1p(e)^2) / (1 + e) times the float 2 / sqrt(pi), "
        "e <= 1",
        f=serf_factor, weight=lambda e: 1 / serf_factor(e),
        low="0", high="1.001", f32=9),
    Fit("SerfRight", "(1 - serf'(x)) exp(x^2) in x - 0.25, -0.5 <= x <= 4.5",
        f=serf_right, weight=serf_right_weight,
        argument=shifted(ratio("0.25")), low="-0.501", high="4.5", f32=14),
]


def root_words(root, slope, bits):
    """A root rounded to `bits` bits, and its low word times `slope`, at which
    the function falls there."""
    root, slope = to_fixed(root), to_fixed(slope)
    high, = to_words(root, bits, 1)
    low, = to_words((root - high) * slope // ONE, bits, 1)
    return Fraction(high, ONE), Fraction(low, ONE)


def root_tables():
    """(name, comment, values) of the roots."""
    with mp.workprec(400):
        for suffix, bits in PRECISIONS.items():
            for name, (text, f, root, middle) in SLOPES.items():
                r = mp.mpf(root)
                high, low = root_words(r, -mp.diff(f, r), bits)
                yield (f"k{name}Root{suffix}",
                       f"Root of {text}'(-t), middle, low word times slope.",
                       [high, Fraction(middle), low])
            r = mp.mpf(GELU_ROOT)
            high, low = root_words(
                r, -mp.diff(gelu_left, r) * mp.exp(-r * r / 2), bits)
            yield (f"kGeluRoot{suffix}",
                   "Root of gelu'(-t), low word times slope.", [high, low])
