"""A fit: from a record to rounded coefficients with a proven error."""
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Callable, Optional

import mpmath as mp

from balls import floor_fixed
from exchange import BITS, ONE, exchange
from functions import ratio
import models
from proof import prove
import rounding

# Points of the grid for each coefficient: an extremum of the error lies
# within 1 % of the largest value on the grid. The proof does not use it.
DENSITY = 16
WORKING_BITS = 500
PRECISIONS = {"F32": 24, "F64": 53}


@dataclass(frozen=True)
class Argument:
    """What the polynomial is a polynomial in, as a function of the variable
    x of a record, and how x is found from it (for the choice of a grid)."""
    of: Callable
    inverse: Callable


IDENTITY = Argument(lambda x: x, lambda v: v)
SQUARE = Argument(lambda x: x * x, lambda v: mp.sqrt(v))


@dataclass(frozen=True)
class Form:
    """How a function is approximated in one format.

    degree       of the polynomial, or of the numerator
    fixed        exact coefficients that are given, such as {0: Fraction(1, 2)}
    words        coefficients held as a sum of words of the format, {0: 2}; the
                 further words become arrays of their own
    denominator  degree of the denominator, whose constant is 1; 0 for none
    Coefficients are counted from the numerator's constant upward and then
    from the denominator's linear one.
    """
    degree: int
    fixed: dict = field(default_factory=dict)
    words: dict = field(default_factory=dict)
    denominator: int = 0


@dataclass(frozen=True)
class Fit:
    """One function and the forms it is fitted in.

    name      of the arrays: k<name>F32, k<name>F64
    what      a line on what it is, for the arrays' comments
    f         the function of x that is approximated
    weight    of x: what an error of f counts, usually that of the result
    low, high the interval of x, as decimal numbers in strings
    f32, f64  a Form, a degree, or None for no such array
    Formulas are written in the functions of functions.py.
    """
    name: str
    what: str
    f: Callable
    weight: Callable
    low: str
    high: str
    argument: Argument = IDENTITY
    f32: Optional[object] = None
    f64: Optional[object] = None

    def forms(self):
        """(format, Form) of each array."""
        for name, form in (("F32", self.f32), ("F64", self.f64)):
            if form is not None:
                yield name, (Form(form) if isinstance(form, int) else form)

    def array(self, suffix, part=""):
        """A name that ends in its format already keeps it."""
        stem = self.name.removesuffix(suffix)
        return f"k{stem}{part}{suffix}"

    def arrays(self, suffix, form):
        """(name, is_denominator, level) of every array of a form; level 1 is
        the second words of coefficients that have some, and so on."""
        for is_denominator in [False] + [True] * bool(form.denominator):
            part = (("Denominator" if is_denominator else "Numerator")
                    if form.denominator else "")
            count = max([n for k, n in form.words.items()
                         if (k > form.degree) == is_denominator] or [1])
            for level in range(count):
                yield (self.array(suffix, part + "Low" * level),
                       is_denominator, level)


@dataclass(frozen=True)
class Result:
    """Coefficients as fractions, ascending, each in one or more words, and
    errors as mpf: the minimax one before rounding and the proven one."""
    numerator: list
    denominator: list
    minimax: object
    proven: object


def to_fixed(x):
    return floor_fixed(mp.mpf(x), BITS)


class Grid:
    """Points x with the values there of the argument, f and the weight."""

    def __init__(self, fit, coefficients):
        with mp.workprec(WORKING_BITS):
            low, high = (fit.argument.of(mp.mpf(end))
                         for end in (fit.low, fit.high))
            count = DENSITY * (coefficients + 1) + 1
            self.v, self.f, self.weight = [], [], []
            for i in range(count):
                v = (low + high - (high - low) *
                     mp.cos(mp.pi * i / (count - 1))) / 2
                # Formulas may divide by x, with a limit at 0.
                if abs(v) < (high - low) * mp.mpf(2)**-60:
                    v = (high - low) * mp.mpf(2)**-60
                x = fit.argument.inverse(v)
                self.v.append(to_fixed(v))
                self.f.append(to_fixed(fit.f(x)))
                self.weight.append(to_fixed(fit.weight(x)))

    def powers(self, degree):
        """Rows of 1, v, v^2, ... v^degree."""
        rows = []
        for v in self.v:
            row = [ONE]
            for _ in range(degree):
                row.append(row[-1] * v >> BITS)
            rows.append(row)
        return rows

    def rows(self, form, divisors):
        """Rows and targets of the linear problem in the numerator's
        coefficients and then the denominator's from v on:
        w (p - f q) / divisor is w (p / q - f) where the divisor is q."""
        size = max(form.degree, form.denominator)
        rows, targets = [], []
        for powers, f, w, d in zip(self.powers(size), self.f, self.weight,
                                   divisors):
            w = (w << BITS) // d
            row = [w * p >> BITS for p in powers[:form.degree + 1]]
            wf = w * f >> BITS
            row += [-wf * p >> BITS for p in powers[1:form.denominator + 1]]
            rows.append(row)
            targets.append(wf)
        return rows, targets

    def values(self, coefficients):
        """A polynomial on the grid."""
        return [sum(map(int.__mul__, row, coefficients)) >> BITS
                for row in self.powers(len(coefficients) - 1)]


def given(form, precision):
    """The coefficients that a form fixes, as the words that stand for them."""
    return {k: sum(rounding.to_words(v.numerator * ONE // v.denominator,
                                     precision, form.words.get(k, 1)))
            for k, v in form.fixed.items()}


def solve(rows, targets, fixed):
    """Coefficients of the linear problem and its largest error; `fixed` maps
    coefficients to their values."""
    values = [fixed.get(k, 0) for k in range(len(rows[0]))]
    open_ones = [k for k in range(len(values)) if k not in fixed]
    rest = [-e for e in rounding.errors_of(rows, targets, values)]
    if not open_ones:
        return values, rounding.largest(rest)
    found, error = exchange([[row[k] for k in open_ones] for row in rows],
                            rest)
    for k, value in zip(open_ones, found):
        values[k] = value
    return values, error


def unrounded(grid, form, fixed):
    """The linear problem of a form at its solution, and the minimax error.
    A denominator is found by Loeb's iteration on the divisor."""
    divisors = [ONE] * len(grid.v)
    if not form.denominator:
        rows, targets = grid.rows(form, divisors)
        return rows, targets, solve(rows, targets, fixed)[1]
    best = None
    for _ in range(12):
        rows, targets = grid.rows(form, divisors)
        coefficients, _ = solve(rows, targets, fixed)
        q = grid.values([ONE] + coefficients[form.degree + 1:])
        if min(q) <= 0:
            raise ArithmeticError("the denominator has a zero; lower a degree")
        error = max(abs(e) * d // b for e, d, b in
                    zip(rounding.errors_of(rows, targets, coefficients),
                        divisors, q))
        if best is None or error < best[0]:
            best = error, q
        divisors = q
    # With its own denominator as the divisor the problem is linear near it.
    return grid.rows(form, best[1]) + (best[0],)


def rounded(rows, targets, form, fixed, precision):
    """Fixed-point values of all coefficients in their formats."""
    def choices(k, value):
        if k in form.words:
            return [sum(rounding.to_words(value, precision, form.words[k]))]
        return rounding.neighbours(value, precision)

    found = []
    for values in rounding.round_in_turn(rows, targets, choices, fixed):
        units = {k: rounding.unit_of(v, precision)
                 for k, v in enumerate(values)
                 if k not in fixed and k not in form.words}
        found.append(rounding.improve(rows, targets, values, units))
    return min(found, key=lambda item: item[1])[0]


def error_model(fit, numerator, denominator):
    """The weighted error of exact coefficients as a function of a model."""
    def horner(coefficients, v):
        constants = [models.model(ratio(c.numerator, c.denominator))
                     for c in coefficients]
        result = constants[-1]
        for c in reversed(constants[:-1]):
            result = result * v + c
        return result

    def error(x):
        v = fit.argument.of(x)
        value = horner(numerator, v)
        if len(denominator) > 1:
            value = value / horner(denominator, v)
        return fit.weight(x) * (value - fit.f(x))
    return error


def run(fit, suffix, form):
    """Fits, rounds and proves one array."""
    precision = PRECISIONS[suffix]
    fixed = given(form, precision)
    grid = Grid(fit, form.degree + 1 + form.denominator)
    rows, targets, minimax = unrounded(grid, form, fixed)
    values = rounded(rows, targets, form, fixed, precision)
    words = [[Fraction(w, ONE) for w in
              rounding.to_words(v, precision, form.words.get(k, 1))]
             for k, v in enumerate(values)]
    numerator, denominator = (words[:form.degree + 1],
                              [[Fraction(1)]] + words[form.degree + 1:])
    return Result(numerator, denominator, mp.mpf(minimax) / ONE,
                  proven_error(fit, [sum(w) for w in numerator],
                               [sum(w) for w in denominator]))


def proven_error(fit, numerator, denominator=(Fraction(1),)):
    """A bound of the weighted error of exact coefficients on the interval."""
    low, high = (Fraction(end) * models.ONE for end in (fit.low, fit.high))
    bound = prove(error_model(fit, numerator, denominator),
                  floor(low), ceil(high))
    return mp.mpf(bound) / models.ONE
