"""Fits of the composite approximations: whole activations and derivatives.

The fields of a record are those of FITS in fit.py. Roots of derivatives stand
beside the quotients by them, as arrays of the root rounded to the format, the
middle of the interval and what the root's low word times the quotient is there.
"""
import mpmath as mp

# The middles of the variables (t - a) / (t + a): with these the constant
# coefficients are nearly floats and nearly doubles.
GELU_CENTRE = mp.mpf("2.609375")
GELU_SLOPE_CENTRE = mp.mpf("3.1875")


def phi_rest(y):
    """(Phi(x) - 1/2) / x with y = x^2, Phi the normal distribution."""
    if y < mp.mpf("1e-12"):
        return (1 - y / 6 + y * y / 40) / mp.sqrt(2 * mp.pi)
    x = mp.sqrt(y)
    return mp.erf(x / mp.sqrt(2)) / 2 / x


def phi_weight(y):
    """x / Phi(-x): the relative error of Phi(-x)."""
    x = mp.sqrt(y)
    return x / (mp.mpf(1) / 2 - x * phi_rest(y))


def mills(t):
    """Phi(-t) exp(t^2 / 2)."""
    return mp.erfc(t / mp.sqrt(2)) / 2 * mp.exp(t * t / 2)


def from_half_line(s, centre):
    return centre * (1 + s) / (1 - s)


def to_half_line(t, centre):
    return (mp.mpf(t) - centre) / (mp.mpf(t) + centre)


def gelu_tail(s):
    t = from_half_line(s, GELU_CENTRE)
    return t * mills(t)


def gelu_left(t):
    """gelu'(-t) exp(t^2 / 2)."""
    return mills(t) - t / mp.sqrt(2 * mp.pi)


GELU_ROOT = mp.findroot(gelu_left, mp.mpf("0.7518"))


def gelu_slope(s):
    t = from_half_line(s, GELU_SLOPE_CENTRE)
    return gelu_left(t) / (GELU_ROOT - t)


def silu_left(t):
    """silu'(-t)."""
    e = mp.exp(-t)
    return e * (1 + e - t) / (1 + e)**2


def gelu_tanh_left(t):
    """gelu_tanh'(-t)."""
    c1 = 2 * mp.sqrt(2 / mp.pi)
    c3 = c1 * mp.mpf("0.044715")
    e = mp.exp(-c1 * t - c3 * t**3)
    return e * (1 + e - t * (c1 + 3 * c3 * t * t)) / (1 + e)**2


def mish_left(t):
    """mish'(-t)."""
    u = mp.exp(-t)
    return (u * (4 * (1 - t) + u * (6 - 4 * t) + 4 * u**2 + u**3) /
            (2 + u * (2 + u))**2)


def tanhshrink_rest(y):
    """((x - tanh(x)) / x^3 - 1/3) / y with y = x^2."""
    if y < mp.mpf("1e-9"):
        return -mp.mpf(2) / 15 + 17 * y / 315 - 62 * y * y / 2835
    x = mp.sqrt(y)
    return ((x - mp.tanh(x)) / (x * y) - mp.mpf(1) / 3) / y


def tanhshrink_weight(y):
    return y / (mp.mpf(1) / 3 + y * tanhshrink_rest(y))


# name, function of t, where about its root is, middle of the interval
ROOTS = [
    ("Silu", silu_left, "1.2785", "1.28125"),
    ("GeluTanh", gelu_tanh_left, "0.7525", "0.75"),
    ("Mish", mish_left, "1.1924", "1.1875"),
]


def root_quotient(f, root, middle):
    """f(t) / (root - t) in u = t - middle."""
    def quotient(u):
        d = root - (u + middle)
        return f(root - d) / d if abs(d) > mp.mpf("1e-25") else -mp.diff(f, root)
    return quotient


def slope_fits():
    for name, f, near, middle in ROOTS:
        quotient = root_quotient(f, mp.findroot(f, mp.mpf(near)),
                                 mp.mpf(middle))
        half = mp.mpf("0.502")
        yield (f"{name}Slope", f"{name.lower()}'(-t) / (r - t), r its root, "
               f"in t - {middle}", quotient, lambda u, q=quotient: 1 / q(u),
               -half, half, 9 if name == "Mish" else 8, 17)


COMPOSITE_FITS = [
    ("PhiRest", "(Phi(x) - 1/2) / x, y = x^2 <= 0.5635", phi_rest, phi_weight,
     0, mp.mpf("0.5635"), 4, 9),
    ("GeluTailF32", "t Phi(-t) exp(t^2 / 2) in s = (t - a) / (t + a), "
     "0.74 <= t <= 15.5", gelu_tail, lambda s: 1 / gelu_tail(s),
     to_half_line("0.74", GELU_CENTRE), to_half_line("15.5", GELU_CENTRE), 9,
     None),
    ("GeluTailF64", "t Phi(-t) exp(t^2 / 2) in s = (t - a) / (t + a), "
     "0.74 <= t <= 39.5", gelu_tail, lambda s: 1 / gelu_tail(s),
     to_half_line("0.74", GELU_CENTRE), to_half_line("39.5", GELU_CENTRE),
     None, 23),
    ("GeluSlopeF32", "gelu'(-t) exp(t^2 / 2) / (r - t), r its root, in "
     "s = (t - a) / (t + a), 0 <= t <= 15.5", gelu_slope,
     lambda s: 1 / gelu_slope(s), mp.mpf(-1),
     to_half_line("15.5", GELU_SLOPE_CENTRE), 9, None),
    ("GeluSlopeF64", "gelu'(-t) exp(t^2 / 2) / (r - t), r its root, in "
     "s = (t - a) / (t + a), 0 <= t <= 39.5", gelu_slope,
     lambda s: 1 / gelu_slope(s), mp.mpf(-1),
     to_half_line("39.5", GELU_SLOPE_CENTRE), None, 22),
    ("Tanhshrink", "((x - tanh(x)) / x^3 - 1/3) / y, y = x^2 <= 1",
     tanhshrink_rest, tanhshrink_weight, 0, mp.mpf("1.001"), 6, 16),
    *slope_fits(),
]


def root_arrays(to_format):
    """Name, comment and numbers of the roots."""
    for name, f, near, middle in ROOTS:
        root = mp.findroot(f, mp.mpf(near))
        k = root_quotient(f, root, mp.mpf(middle))(root - mp.mpf(middle))
        for bits, suffix in ((24, "F32"), (53, "F64")):
            high = to_format(root, bits)
            yield (f"k{name}Root{suffix}",
                   f"Root of {name.lower()}'(-t), middle, low word times K.",
                   [high, mp.mpf(middle), to_format((root - high) * k, bits)])
    # phi is split off, whose w is exp(-r^2 / 2) - 1 at the root.
    k = -mp.diff(gelu_left, GELU_ROOT) * mp.exp(-GELU_ROOT**2 / 2)
    for bits, suffix in ((24, "F32"), (53, "F64")):
        high = to_format(GELU_ROOT, bits)
        yield (f"kGeluRoot{suffix}", "Root of gelu'(-t), low word times slope.",
               [high, to_format((GELU_ROOT - high) * k, bits)])
