"""Taylor models: functions on a cell as polynomials with proven remainders.

A cell is |t| <= 1 with x = centre + radius t. A model of order n says

    f(x(t)) = sum_{k < n} a_k t^k + r(t) t^n,  |a_k - mids[k]| <= spread,
                                               |r(t)| <= rest

for every |t| <= 1. The remainder is relative to t^n, so that a factor of x
can be taken out of a function that is 0 at x = 0 (see over_x). Numbers are
integers times 2^-BITS. Every operation adds what it cuts off and what it
rounds to `spread` and `rest`; why each bound holds is said where it is made.
"""
from balls import Ball, NotEnclosed
import balls

BITS = 200
ONE = 1 << BITS
ORDER = 44


def up(value):
    """value 2^-BITS, rounded up."""
    return -(-value >> BITS)


class Model:
    """`domain` is the cell, (centre, radius), or None for a constant."""
    __slots__ = ("mids", "spread", "rest", "domain")

    def __init__(self, mids, spread=0, rest=0, domain=None):
        self.mids, self.spread, self.rest = mids, spread, rest
        self.domain = domain

    @staticmethod
    def variable(centre, radius):
        """x on a cell; both are integers times 2^-BITS."""
        return Model([centre, radius] + [0] * (ORDER - 2),
                     domain=(centre, radius))

    @staticmethod
    def constant(value, spread=0):
        return Model([value] + [0] * (ORDER - 1), spread)

    def magnitudes(self):
        """Upper bounds of |a_k|."""
        return [abs(m) + self.spread for m in self.mids]

    def norm(self):
        """An upper bound of |f| on the cell; norms are submultiplicative."""
        return sum(self.magnitudes()) + self.rest

    def shortened(self, order):
        """The same with the terms from t^order on in the remainder."""
        cut = sum(self.magnitudes()[order:])
        return Model(self.mids[:order], self.spread, self.rest + cut,
                     self.domain)

    def __neg__(self):
        return Model([-m for m in self.mids], self.spread, self.rest,
                     self.domain)

    def __add__(self, other):
        a, b = _same_order(self, other)
        return Model([x + y for x, y in zip(a.mids, b.mids)],
                     a.spread + b.spread, a.rest + b.rest,
                     a.domain or b.domain)

    def __sub__(self, other):
        return self + -model(other)

    def __rsub__(self, other):
        return -self + other

    __radd__ = __add__

    def __mul__(self, other):
        a, b = _same_order(self, other)
        n, x, y = len(a.mids), a.mids, b.mids
        mids = []
        for k in range(n):
            mids.append(sum(map(int.__mul__, x[:k + 1], y[k::-1])) >> BITS)
        norms_a, norms_b = a.magnitudes(), b.magnitudes()
        sum_a, sum_b = sum(norms_a), sum(norms_b)
        # (p + da)(q + db) - p q = p db + q da + da db, coefficient by
        # coefficient; at most n products meet in one, and >> loses < 1.
        spread = up(a.spread * sum_b + b.spread * sum_a) + 1
        # Pairs with i + j >= n: each a_i meets the b_j with j >= n - i.
        rest, tail = 0, 0
        for i in range(1, n):
            tail += norms_b[n - i]
            rest += norms_a[i] * tail
        rest += a.rest * (sum_b + b.rest) + b.rest * sum_a
        return Model(mids, spread, up(rest), a.domain or b.domain)

    __rmul__ = __mul__

    def __truediv__(self, other):
        return self * reciprocal(model(other))

    def __rtruediv__(self, other):
        return model(other) * reciprocal(self)

    def __pow__(self, n):
        result, factor = Model.constant(ONE), self
        while n:
            if n & 1:
                result = result * factor
            n >>= 1
            if n:
                factor = factor * factor
        return result


def model(value):
    """Numbers in formulas are exact: integers, Constants or balls."""
    if isinstance(value, Model):
        return value
    if isinstance(value, int):
        return Model.constant(value << BITS)
    ball = value if isinstance(value, Ball) else value.ball()
    shift = balls.BITS - BITS
    return Model.constant(ball.mid >> shift, (ball.rad >> shift) + 2)


def _same_order(a, b):
    b = model(b)
    order = min(len(a.mids), len(b.mids))
    return tuple(m if len(m.mids) == order else m.shortened(order)
                 for m in (a, b))


def reciprocal(b):
    """1 / b. With a polynomial y near 1 / b and d = 1 - b y, which the model
    encloses, 1 / b = y / (1 - d) = y (1 + d + d^2 + ...). Coefficients below
    t^n of d^j involve only those of d, so they are at most their sum^j."""
    if abs(b.mids[0]) <= b.norm() - abs(b.mids[0]):
        raise NotEnclosed("division by a model that may be 0")
    n, m = len(b.mids), b.mids
    y = [(ONE << BITS) // m[0]]
    for k in range(1, n):
        total = sum(map(int.__mul__, m[1:k + 1], y[::-1]))
        y.append(-total // m[0])
    y = Model(y, domain=b.domain)
    d = 1 - b * y
    low = sum(d.magnitudes())
    high = low + d.rest
    if 2 * high > ONE:
        raise NotEnclosed("a reciprocal is too far from its polynomial")
    # x / (1 - x) <= 2 x for 0 <= x <= 1/2.
    series = Model([ONE] + [0] * (n - 1), 2 * low, 2 * high)
    return y * series


def over_x(f, power):
    """f / x^power. On a cell about x = 0 the function f must have a zero of
    that order there: its first coefficients are 0 and fall away, and every
    t^k becomes t^(k - power). Elsewhere it is a division."""
    centre, radius = f.domain
    if centre:
        return f / Model.variable(centre, radius)**power
    if any(abs(m) > f.spread for m in f.mids[:power]):
        raise ValueError(f"a function over x^{power} has no zero of that "
                         "order at 0; write it so that it has one")
    scale = radius**power
    shift = BITS * power
    mids = [(m << shift) // scale for m in f.mids[power:]]
    return Model(mids, ((f.spread << shift) // scale) + 2,
                 ((f.rest << shift) // scale) + 1, f.domain)


def compose(series, f):
    """phi(f). `series(centre, radius, n)` returns balls phi_k(centre) radius^k
    for k < n and an upper bound of |phi_n| radius^n on |z - centre| <= radius,
    phi_n being the n-th derivative over n!; Taylor's theorem with Lagrange's
    remainder is then applied at the centre of f."""
    n = len(f.mids)
    ratio = 1 << (balls.BITS - BITS)
    # u = f - centre, |u| <= radius; the spread of a_0 stays in u.
    u = Model([0] + f.mids[1:], f.spread, f.rest, f.domain)
    radius = max(u.norm(), 1)
    terms, last = series(Ball(f.mids[0] * ratio), Ball(radius * ratio), n)
    unit = Model([(m << BITS) // radius for m in u.mids],
                 ((u.spread << BITS) // radius) + 2,
                 ((u.rest << BITS) // radius) + 1, f.domain)
    result = model(terms[-1])
    result.domain = f.domain
    for term in reversed(terms[:-1]):
        result = result * unit + term
    # The remainder is (bounded function) u^n. In unit^n, of norm at most
    # (1 + (n + 1) 2^-BITS)^n < 2, a coefficient below t^n holds the constant
    # term of unit at least once: it is at most 2 n times its spread.
    last = (last // ratio) + 1
    result.spread += up(2 * n * last * unit.spread) + 1
    result.rest += 2 * last
    return result
