"""The functions that records of fits.py are written in.

Each takes either a number of mpmath, with which polynomials are fitted, or a
Taylor model, with which their errors are proven; a formula is thus written
once. A function that is missing here is added by its series: its derivatives
over k! at a point, and a bound of the n-th one on an interval about it.
"""
from functools import cached_property
from math import factorial

import mpmath as mp

from balls import (BITS, Ball, NotEnclosed, ONE, constant, enclose, floor_fixed,
                   power_of)
import models
from models import Model, compose, over_x


class Constant:
    """A real constant such as pi: `form` computes it in a context of mpmath,
    mp or iv. In formulas with numbers of mpmath it is one of them."""

    def __init__(self, form):
        self.form = form

    def ball(self):
        return constant(lambda: self.form(mp.iv))

    def _mpmath_(self, prec, rounding):
        with mp.workprec(prec + 20):
            return +self.form(mp.mp)


PI = Constant(lambda context: +context.pi)


def ratio(numerator, denominator=1):
    """An exact rational constant."""
    return Constant(lambda context: context.mpf(numerator) / denominator)


class Root:
    """A zero of a formula f, whose value `near` tells; used like a Constant.
    In proofs it is known to 2^-160, by a change of sign."""

    def __init__(self, f, near):
        self.f, self.near = f, near

    @cached_property
    def value(self):
        with mp.workprec(600):
            return mp.findroot(self.f, mp.mpf(self.near))

    @cached_property
    def enclosure(self):
        middle, radius = floor_fixed(self.value, models.BITS), models.ONE >> 160
        signs = set()
        for end in (middle - radius, middle + radius):
            # A constant. Short models lose less to rounding.
            f = self.f(Model([end, 0]))
            if abs(f.mids[0]) <= f.spread:
                raise NotEnclosed(f"no sign near the root at {self.near}")
            signs.add(f.mids[0] > 0)
        if len(signs) < 2:
            raise NotEnclosed(f"no change of sign at {self.near}")
        unit = ONE // models.ONE
        return Ball(middle * unit, radius * unit)

    def ball(self):
        return self.enclosure

    def _mpmath_(self, prec, rounding):
        with mp.workprec(prec + 20):
            return +self.value


def over(f, x, power=1):
    """f / x^power where f has a zero of that order at x = 0. `x` must be the
    variable itself."""
    return over_x(f, power) if isinstance(f, Model) else f / x**power


def _geometric(first, factor, n):
    """first, first factor, first factor^2, ..., n of them."""
    terms = [first]
    while len(terms) < n:
        terms.append(terms[-1] * factor)
    return terms


def _taylor_bound(bound, radius, n):
    """bound radius^n / n! rounded up; |f^(n)| <= bound."""
    for k in range(1, n + 1):
        bound = (bound * radius).times(1, k)
    return bound.highest()


def _positive(centre, radius):
    """The least value of an interval that must be positive."""
    low = Ball(centre.mid - centre.rad - radius.highest())
    if low.mid <= 0:
        raise NotEnclosed("a function is not defined on all of a cell")
    return low


def _exp_series(centre, radius, n):
    terms = [enclose(mp.iv.exp, centre)]
    for k in range(1, n):
        terms.append((terms[-1] * radius).times(1, k))
    top = enclose(mp.iv.exp, centre + radius)
    return terms, _taylor_bound(top, radius, n)


def _log_series(centre, radius, n):
    low = _positive(centre, radius)
    powers = _geometric(Ball(ONE), -(radius / centre), n)
    terms = [enclose(mp.iv.log, centre)]
    terms += [-powers[k].times(1, k) for k in range(1, n)]
    return terms, power_of(radius / low, n).times(1, n).highest()


def _sqrt_series(centre, radius, n):
    low = _positive(centre, radius)
    terms, step = [enclose(mp.iv.sqrt, centre)], radius / centre
    last, last_step = enclose(mp.iv.sqrt, low), radius / low
    for k in range(1, n + 1):
        terms.append((terms[-1] * step).times(3 - 2 * k, 2 * k))
        last = (last * last_step).times(3 - 2 * k, 2 * k)
    return terms[:n], last.highest()


def _sin_series(centre, radius, n, quarter=0):
    sin, cos = enclose(mp.iv.sin, centre), enclose(mp.iv.cos, centre)
    cycle = [sin, cos, -sin, -cos]
    terms, factor = [], Ball(ONE)
    for k in range(n):
        terms.append(cycle[(k + quarter) % 4] * factor)
        factor = (factor * radius).times(1, k + 1)
    return terms, _taylor_bound(Ball(ONE), radius, n)


def _cos_series(centre, radius, n):
    return _sin_series(centre, radius, n, quarter=1)


def _two_over_root_pi():
    return constant(lambda: 2 / mp.iv.sqrt(mp.iv.pi))


def erf_ball(x):
    """2 / sqrt(pi) exp(-x^2) x sum_k (2 x^2)^k / (1 3 ... (2 k + 1)), whose
    terms are at most halved once 4 x^2 < 2 k + 3."""
    if abs(x.mid) > 8 * ONE:
        raise NotEnclosed("erf is enclosed for |x| <= 8 only")
    double_square = (x * x).times(2)
    term = total = x
    k = 0
    while term.highest() > 8 or (double_square.highest() * 2 >=
                                 (2 * k + 3) * ONE):
        k += 1
        term = (term * double_square).times(1, 2 * k + 1)
        total = total + term
    total = Ball(total.mid, total.rad + 2 * term.highest())
    return total * enclose(mp.iv.exp, -(x * x)) * _two_over_root_pi()


def _erf_series(centre, radius, n):
    """erf' = g = 2 / sqrt(pi) exp(-x^2) and g' = -2 x g. The remainder is by
    Cramer's inequality, |H_k(x)| <= 1.09 2^(k/2) sqrt(k!) exp(x^2 / 2), for
    the derivatives (-1)^k H_k(x) exp(-x^2) of exp(-x^2), with k = n - 1."""
    slopes = [enclose(mp.iv.exp, -(centre * centre)) * _two_over_root_pi()]
    cross, square = (centre * radius).times(2), (radius * radius).times(2)
    terms = [erf_ball(centre)]
    for k in range(n - 1):
        terms.append((slopes[k] * radius).times(1, k + 1))
        following = slopes[k] * cross
        if k:
            following = following + slopes[k - 1] * square
        slopes.append(-following.times(1, k + 1))
    root = constant(lambda: mp.iv.sqrt(mp.iv.mpf(2**(n - 1)) /
                                       mp.iv.mpf(factorial(n - 1))))
    last = root * power_of(radius, n) * _two_over_root_pi()
    return terms, last.times(109, 100 * n).highest()


def erfcx_ball(x):
    """exp(x^2) erfc(x). For x >= 3 it is the fraction of Laplace,
    1 / sqrt(pi) / (x + (1/2) / (x + 1 / (x + (3/2) / (x + ...)))), all terms
    positive, so that its part from the m-th on lies in [x, x + m / (2 x)]."""
    if x.mid < 3 * ONE:
        growth = enclose(mp.iv.exp, x * x)
        return growth * (Ball(ONE) - erf_ball(x))
    count = 40
    least, most = x.mid - x.rad, x.mid + x.rad
    while True:
        low, high = least, most + (count << 2 * BITS) // (2 * least) + 1
        for m in reversed(range(1, count)):
            half = m << (2 * BITS - 1)
            low, high = least + half // high, most + half // low + 1
        tail = Ball.between(low, high)
        if tail.rad < 2 * x.rad + (1 << 64):
            return _two_over_root_pi().times(1, 2) / tail
        count *= 2


def _erfcx_bound(low, radius, n):
    """radius^n times a bound of the n-th derivative of erfcx over n! from low
    on. It is 2 / sqrt(pi) 2^n / n! times the integral over t > 0 of
    t^n exp(-t^2 - 2 x t), so at most x^(-n-1) / sqrt(pi) by exp(-2 x t), and
    1 / gamma(n/2 + 1) by exp(-t^2), for x > 0. For x <= 0, where
    -2 x t <= t^2 / 2 + 2 x^2, it is the latter times
    exp(2 x^2) 2^((n+1)/2)."""
    # gamma grows from 3/2 on, so rounding n / 2 down is on the safe side.
    flat = _taylor_bound(power_of(radius, n - n // 2), radius, n // 2)
    if low.mid <= 0:
        growth = enclose(mp.iv.exp, (low * low).times(2))
        return (Ball(flat).times(2**(n // 2 + 1)) * growth).highest()
    steep = power_of(radius / low, n) / low * _two_over_root_pi()
    return min(flat, steep.times(1, 2).highest())


def _erfcx_series(centre, radius, n):
    """erfcx' = 2 x erfcx - 2 / sqrt(pi)."""
    terms = [erfcx_ball(centre)]
    cross, square = (centre * radius).times(2), (radius * radius).times(2)
    for k in range(n - 1):
        following = terms[k] * cross
        if k:
            following = following + terms[k - 1] * square
        else:
            following = following - radius * _two_over_root_pi()
        terms.append(following.times(1, k + 1))
    low = Ball(centre.mid - centre.rad - radius.highest())
    return terms, _erfcx_bound(low, radius, n)


def _function(series, number):
    def apply(x):
        return compose(series, x) if isinstance(x, Model) else number(x)
    return apply


exp = _function(_exp_series, mp.exp)
log = _function(_log_series, mp.log)
sqrt = _function(_sqrt_series, mp.sqrt)
sin = _function(_sin_series, mp.sin)
cos = _function(_cos_series, mp.cos)
erf = _function(_erf_series, mp.erf)
erfcx = _function(_erfcx_series, lambda x: mp.exp(x * x) * mp.erfc(x))


def expm1(x):
    return exp(x) - 1


def log1p(x):
    return log(1 + x)


def sigmoid(x):
    return 1 / (1 + exp(-x))


def tanh(x):
    return 1 - 2 / (exp(2 * x) + 1)


def atanh(x):
    return (log(1 + x) - log(1 - x)) * ratio(1, 2)


def erfc(x):
    """Absolute error near 1 counts: for a tail use exp(-x^2) erfcx(x)."""
    return 1 - erf(x)
