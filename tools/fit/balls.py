"""Balls: numbers known up to a radius, as integers times 2^-BITS.

A ball (mid, rad) stands for every real within rad of mid. Each operation
returns a ball that holds every result its operands allow; roundings of the
midpoint are added to the radius. Only Python's integers are used, so nothing
rests on a floating-point unit.
"""
import mpmath as mp

# 200 bits for the quantities of a proof and 256 for what recurrences lose.
BITS = 456
ONE = 1 << BITS


class NotEnclosed(ArithmeticError):
    """An operation is not defined on all of a ball: split the cell."""


class Ball:
    __slots__ = ("mid", "rad")

    def __init__(self, mid, rad=0):
        self.mid, self.rad = mid, rad

    @staticmethod
    def ratio(numerator, denominator=1):
        return Ball((numerator << BITS) // denominator, 1)

    @staticmethod
    def between(lowest, highest):
        """The least ball that holds two integers times 2^-BITS."""
        mid = (lowest + highest) >> 1
        return Ball(mid, highest - mid)

    def __add__(self, other):
        return Ball(self.mid + other.mid, self.rad + other.rad)

    def __sub__(self, other):
        return Ball(self.mid - other.mid, self.rad + other.rad)

    def __neg__(self):
        return Ball(-self.mid, self.rad)

    def __mul__(self, other):
        rad = (abs(self.mid) * other.rad +
               self.rad * (abs(other.mid) + other.rad))
        return Ball((self.mid * other.mid) >> BITS, (rad >> BITS) + 2)

    def __truediv__(self, other):
        low = abs(other.mid) - other.rad
        if low <= 0:
            raise NotEnclosed("division by a ball that holds 0")
        mid = (self.mid << BITS) // other.mid
        # |a/b - mid| <= (|a - mid b|) / |b| for every a and b of the balls.
        rad = (self.rad << BITS) + abs(mid) * other.rad
        return Ball(mid, rad // low + 3)

    def times(self, numerator, denominator=1):
        """The product with a ratio of integers, denominator > 0."""
        return Ball(self.mid * numerator // denominator,
                    self.rad * abs(numerator) // denominator + 2)

    def highest(self):
        """No member has a larger magnitude."""
        return abs(self.mid) + self.rad

    def lowest(self):
        """No member has a smaller magnitude; 0 if the ball holds 0."""
        return max(abs(self.mid) - self.rad, 0)

    def is_positive(self):
        return self.mid > self.rad


def floor_fixed(x, bits=BITS):
    """The mpf x as an integer times 2^-bits, rounded down."""
    sign, mantissa, exponent, _ = x._mpf_
    # int: with gmpy2 mantissas are numbers of its own.
    mantissa = -int(mantissa) if sign else int(mantissa)
    shift = exponent + bits
    return mantissa << shift if shift >= 0 else mantissa >> -shift


def enclose(function, x):
    """function, of mpmath's interval context, on a ball. mpmath rounds its
    interval functions outward; 16 bits more than asked for are left between
    its last place and ours."""
    previous = mp.iv.prec
    try:
        mp.iv.prec = BITS + 64 + max(0, x.mid.bit_length() - BITS)
        ends = [mp.iv.mpf(v) / mp.iv.mpf(ONE)
                for v in (x.mid - x.rad, x.mid + x.rad)]
        value = function(mp.iv.mpf([ends[0].a, ends[1].b]))
        low, high = (mp.mp.make_mpf(end) for end in value._mpi_)
        if max(low, high, key=abs) > mp.ldexp(1, BITS):
            raise NotEnclosed("a function is far too large on a wide cell")
        return Ball.between(floor_fixed(low) - 1, floor_fixed(high) + 2)
    finally:
        mp.iv.prec = previous


def constant(function):
    """A constant such as iv.pi as a ball."""
    return enclose(lambda _: function(), Ball(0))


def power_of(x, n):
    """x^n, n >= 0."""
    result = Ball(ONE)
    while n:
        if n & 1:
            result = result * x
        x, n = x * x, n >> 1
    return result
