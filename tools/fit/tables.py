"""Arrays of coefficients that are not fits: tables of constants."""
from fractions import Fraction

import mpmath as mp

from composites import root_tables
from fitting import PRECISIONS


def to_format(x, bits):
    """x rounded to `bits` significant bits (no subnormals occur here)."""
    with mp.workprec(bits):
        return +x


def as_fraction(x):
    sign, mantissa, exponent, _ = x._mpf_
    return (-1)**sign * int(mantissa) * Fraction(2)**exponent


def exp2_eighths(bits):
    """Half of 2^(j/8), so that a scaled result's mantissa is below 1."""
    with mp.workprec(200):
        return [as_fraction(to_format(mp.mpf(2)**(mp.mpf(j) / 8) / 2, bits))
                for j in range(8)]


def two_over_pi_words(bits):
    """(2 / pi) 2^(16 g) less a multiple of 2^(bits + 1), in four words, for
    every group g of 16 exponents, in f64 also for numbers beyond the range. A
    significand of [1, 2) is a multiple of 2^(1 - bits), so what is left out adds
    a multiple of 4."""
    groups = 8 if bits == 24 else 65
    words = [[], [], [], []]
    modulus = mp.mpf(2)**(bits + 1)
    with mp.workprec(1500 + 6 * bits):
        for group in range(groups):
            rest = mp.fmod(2 / mp.pi * mp.mpf(2)**(16 * group), modulus)
            if rest > modulus / 2:
                rest -= modulus
            for word in words:
                word.append(as_fraction(to_format(rest, bits)))
                rest -= to_format(rest, bits)
    return words


def single_two_over_pi_words():
    """The same for significands of 24 bits in f64: multiples of 2^-4 and 2^-33,
    whose products with them are exact, and the rest."""
    words = [[], [], []]
    modulus = mp.mpf(2)**25
    with mp.workprec(600):
        for group in range(8):
            rest = mp.fmod(2 / mp.pi * mp.mpf(2)**(16 * group), modulus)
            if rest > modulus / 2:
                rest -= modulus
            for word, unit in zip(words, (mp.mpf(2)**-4, mp.mpf(2)**-33)):
                word.append(as_fraction(mp.nint(rest / unit) * unit))
                rest -= mp.nint(rest / unit) * unit
            words[2].append(as_fraction(to_format(rest, 53)))
    return words


def tables():
    """(name, comment, values) of every table."""
    yield "kExp2EighthsF32", "2^(j/8) / 2.", exp2_eighths(24)
    for suffix, bits in PRECISIONS.items():
        for i, word in enumerate(two_over_pi_words(bits)):
            yield (f"kTwoOverPi{i}{suffix}",
                   f"Word {i} of (2 / pi) 2^(16 g) modulo 2^{bits + 1}.", word)
    for i, word in enumerate(single_two_over_pi_words()):
        yield (f"kSingleTwoOverPi{i}F64",
               f"Word {i} of (2 / pi) 2^(16 g) modulo 2^25.", word)
    yield from root_tables()
