"""Rounding the coefficients of a fit to a format, with little loss.

Rounding all of them at once costs bits: errors of low orders are not repaired
by high ones. Here one coefficient is rounded, lowest order first, and the
others are fitted again around it (exchange.py), as fpminimax of Sollya does in
spirit. Both neighbours of each coefficient are tried and the best few partial
roundings kept. Then single coefficients and pairs are moved by a few units in
the last place as long as that lowers the error.
"""
from itertools import combinations, cycle

from exchange import BITS, exchange

# Partial roundings that are carried on.
KEPT = 3


def unit_of(value, precision):
    """The unit in the last place of a value with `precision` bits; both are
    integers times 2^-BITS, like all values here."""
    return 1 << max(abs(value).bit_length() - precision, 0)


def neighbours(value, precision):
    """The two numbers of the format about a value, or the one that it is."""
    unit = unit_of(value, precision)
    low = value // unit * unit
    return [low] if low == value else [low, low + unit]


def to_words(value, precision, words):
    """A value that several numbers of the format add to, nearest first."""
    parts = []
    for _ in range(words):
        unit = unit_of(value, precision)
        part = (value + unit // 2) // unit * unit
        parts.append(part)
        value -= part
    return parts


def errors_of(rows, targets, coefficients):
    return [(sum(map(int.__mul__, row, coefficients)) >> BITS) - t
            for row, t in zip(rows, targets)]


def largest(errors):
    return max(max(errors), -min(errors))


def round_in_turn(rows, targets, choices, fixed):
    """Candidates for all coefficients, best first. choices(k, value) lists
    the values that coefficient k may be given near `value`; `fixed` maps
    coefficients to values that are given."""
    count = len(rows[0])
    order = [k for k in range(count) if k not in fixed]
    values = [fixed.get(k, 0) for k in range(count)]
    rest = [-e for e in errors_of(rows, targets, values)]
    states = [(0, values, rest)]
    for position, k in enumerate(order):
        open_ones = order[position:]
        found = []
        for _, values, rest in states:
            part = [[row[i] for i in open_ones] for row in rows]
            best, _ = exchange(part, rest)
            for choice in choices(k, best[0]):
                after = [t - (choice * row[k] >> BITS)
                         for row, t in zip(rows, rest)]
                later = [row[1:] for row in part]
                error = (exchange(later, after)[1] if later[0] else
                         largest(after))
                found.append((error, values[:k] + [choice] + values[k + 1:],
                              after))
        found.sort(key=lambda state: state[0])
        states = found[:KEPT]
    return [values for _, values, _ in states]


def improve(rows, targets, values, units):
    """Moves single coefficients and pairs by units while that lowers the
    error by at least 2^-10 of it. `units` maps coefficients that may move to
    their step. Returns the coefficients and their error."""
    columns = {k: [unit * row[k] >> BITS for row in rows]
               for k, unit in units.items()}
    moves = [((k, s),) for k in columns for s in (-1, 1)]
    moves += [((i, s), (j, t)) for i, j in combinations(columns, 2)
              for s in (-2, -1, 1, 2) for t in (-2, -1, 1, 2)]
    errors = errors_of(rows, targets, values)
    best, since = largest(errors), 0
    # Points where the error is large decide against most moves quickly.
    steep = steepest(errors)
    for move in cycle(moves):
        since += 1
        if since > len(moves):
            break
        limit = best - (best >> 10)
        for i in steep:
            if abs(errors[i] + sum(s * columns[k][i]
                                   for k, s in move)) >= limit:
                break
        else:
            trial = errors
            for k, s in move:
                trial = [e + s * c for e, c in zip(trial, columns[k])]
            if largest(trial) < limit:
                best, errors, since = largest(trial), trial, 0
                values = values[:]
                for k, s in move:
                    values[k] += s * units[k]
            steep = steepest(trial)[:4] + steepest(errors)[:4]
    return values, best


def steepest(errors):
    return sorted(range(len(errors)), key=lambda i: -abs(errors[i]))[:8]
