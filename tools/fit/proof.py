"""A proven bound of the largest error of a fit on its interval.

Why this is a proof. The interval is covered by cells. On each the weighted
error is enclosed in a Taylor model (models.py): a polynomial in t with integer
coefficients, plus terms whose sizes are bounded by Taylor's theorem with
Lagrange's remainder and by counting every rounding. All of that is arithmetic
of integers that is rounded outward; floating point enters only by the
exponentials, logarithms, sines and constants of mpmath's interval context,
whose functions round outward and get 64 spare bits. The polynomial is bounded
by its Bernstein coefficients: it is a convex combination of them, and halving
a cell (de Casteljau) brings them quickly to its values. No grid decides: the
result holds for every real of the interval, for the polynomial in the rounded
coefficients, evaluated exactly. The rounding errors of evaluation in a kernel
are not in it; tests bound those.

Cells are halved until remainders are small beside the error, and pieces of a
polynomial until their bound is within 2^-SHARPNESS of a value that is attained,
so that the bound is nearly the supremum itself.
"""
from math import comb

from balls import NotEnclosed
from models import BITS, Model

SHARPNESS = 10
MOST_HALVINGS = 60
# A polynomial in more pieces than this is one of too wide a cell, whose slack
# is small beside its coefficients and not beside the error.
MOST_PIECES = 4096
# The Bernstein coefficients carry this many more bits than models.
EXTRA = 64


def bernstein(mids, about_zero):
    """Bernstein coefficients, times 2^EXTRA, of a polynomial in t on [-1, 1]
    or, where a model about 0 is used on one side only, on [0, 1]."""
    n = len(mids)
    coefficients = [m << EXTRA for m in mids]
    if not about_zero:
        # t = u - 1 with u = 2 s.
        for i in range(n - 1):
            for k in range(n - 2, i - 1, -1):
                coefficients[k] -= coefficients[k + 1]
        coefficients = [c << k for k, c in enumerate(coefficients)]
    degree = n - 1
    return [sum(comb(i, k) * coefficients[k] // comb(degree, k)
                for k in range(i + 1)) for i in range(n)]


def halves(b):
    """Both halves of a polynomial in Bernstein form (de Casteljau)."""
    left, right, row = [b[0]], [b[-1]], b
    while len(row) > 1:
        row = [(x + y) >> 1 for x, y in zip(row, row[1:])]
        left.append(row[0])
        right.append(row[-1])
    return left, right[::-1]


class Supremum:
    """The largest |error| attained so far and the proven bound."""

    def __init__(self):
        self.attained = 0
        self.bound = 0

    def close(self, bound):
        """Whether a bound is near enough to what is attained."""
        return bound <= self.attained + (self.attained >> SHARPNESS)

    def add_polynomial(self, pieces, slack):
        """Raises the bound to that of the pieces. Their roundings, at most a
        unit for each of fewer than 2^12 steps, are 2^-BITS together. False
        where that takes too many pieces; what is known then is right."""
        waiting = [(piece, 0) for piece in pieces]
        count = 0
        while waiting:
            count += 1
            if count > MOST_PIECES:
                return False
            piece, depth = waiting.pop()
            self.attained = max(
                self.attained,
                (max(abs(piece[0]), abs(piece[-1])) >> EXTRA) - slack)
            bound = (max(map(abs, piece)) >> EXTRA) + slack + 2
            if (bound <= self.bound or self.close(bound) or
                    depth > MOST_HALVINGS):
                self.bound = max(self.bound, bound)
            else:
                waiting += [(half, depth + 1) for half in halves(piece)]
        return True


def cell_model(error, low, high):
    """The error on a cell and whether the cell is one side of a cell about
    0, where quotients by powers of x have their limits."""
    if low == 0 or high == 0:
        return error(Model.variable(0, high - low)), True
    centre, radius = (low + high) >> 1, ((high - low) >> 1) + 1
    return error(Model.variable(centre, radius)), False


def prove(error, low, high):
    """An upper bound of |error(x)| for low <= x <= high, all integers times
    2^-BITS; `error` maps a Taylor model to one. Raises NotEnclosed where
    halving does not help."""
    ends = [low, 0, high] if low < 0 < high else [low, high]
    cells = [(a, b, 0) for a, b in zip(ends, ends[1:])]
    result = Supremum()
    while cells:
        low, high, depth = cells.pop()
        try:
            model, one_sided = cell_model(error, low, high)
            slack = model.rest + len(model.mids) * model.spread
            pieces = [bernstein(model.mids, one_sided)]
            size = (max(map(abs, pieces[0])) >> EXTRA) + slack
            # Twice the slack parts a bound from a value that is attained:
            # it is kept well below what close() allows.
            is_sharp = slack <= max(size, result.attained) >> SHARPNESS + 3
        except NotEnclosed:
            is_sharp = False
        if is_sharp:
            if one_sided and high == 0:
                pieces = [bernstein([m * (-1)**k for k, m in
                                     enumerate(model.mids)], True)]
            is_sharp = result.add_polynomial(pieces, slack)
        if is_sharp:
            continue
        if depth > MOST_HALVINGS:
            raise NotEnclosed(f"no sharp model near {low / 2**BITS}; the "
                              "error may be below what 200 bits resolve")
        middle = (low + high) >> 1
        cells += [(low, middle, depth + 1), (middle, high, depth + 1)]
    return result.bound
