"""Minimax fits on a grid by Stiefel's exchange.

Given rows w_i B_k(x_i) of a weighted basis and targets w_i f(x_i), those
coefficients c are found that minimise the largest |sum_k c_k row_ik -
target_i|.
A reference of one point more than there are coefficients is held, on which the
error is level, and exchanges one point for the worst of the grid until that is
no worse than the level. It is the dual simplex method of the linear program,
which needs no Haar condition: bases without their lowest powers, and rational
ones, break it. Numbers are integers times 2^-BITS, which is quick, exact
enough for ill-conditioned bases, and the same on every machine.
"""
BITS = 320
ONE = 1 << BITS


def dot(a, b):
    return sum(map(int.__mul__, a, b)) >> BITS


def inverse(matrix):
    """Gauss and Jordan with the largest pivot of a column; None if none is."""
    n = len(matrix)
    rows = [row[:] + [ONE if i == j else 0 for j in range(n)]
            for i, row in enumerate(matrix)]
    for k in range(n):
        best = max(range(k, n), key=lambda i: abs(rows[i][k]))
        if abs(rows[best][k]) < 1 << 32:
            return None
        rows[k], rows[best] = rows[best], rows[k]
        pivot = rows[k][k]
        rows[k] = [(v << BITS) // pivot for v in rows[k]]
        for i in range(n):
            if i != k and rows[i][k]:
                factor = rows[i][k]
                rows[i] = [v - (factor * p >> BITS)
                           for v, p in zip(rows[i], rows[k])]
    return [row[n:] for row in rows]


def first_reference(rows, count):
    """Columns (s_i row_i, 1) of a reference, their inverse and the weights
    l_i > 0, sum l_i = 1, with sum l_i s_i row_i = 0."""
    total = len(rows)
    for shift in range(8):
        points = [(total - 1 - shift // 2) * i // count
                  for i in range(count + 1)]
        # Weights with sum_i n_i l_i = 1, whose signs become those of the
        # reference. They alternate for Haar's bases; for others that sum may
        # be 0, and another norm is tried.
        columns = [rows[p] + [(ONE if i % 2 else -ONE) if shift % 2 == 0 else
                              ONE // (i + 2)] for i, p in enumerate(points)]
        found = inverse([list(r) for r in zip(*columns)])
        if not found:
            continue
        signs = [1 if row[-1] >= 0 else -1 for row in found]
        columns = [[s * v for v in rows[p]] + [ONE]
                   for s, p in zip(signs, points)]
        found = inverse([list(r) for r in zip(*columns)])
        if found and all(row[-1] >= -2**64 for row in found):
            return points, signs, found
    raise ArithmeticError("the basis is not independent on the grid")


def exchange(rows, targets):
    """The coefficients and the largest error on the grid."""
    count = len(rows[0])
    points, signs, inv = first_reference(rows, count)
    profit = sum(inv[i][-1] * signs[i] * targets[p]
                 for i, p in enumerate(points))
    if profit < 0:  # the mirrored reference: columns (-s_i row_i, 1)
        signs = [-s for s in signs]
        inv = [[-v for v in row[:-1]] + row[-1:] for row in inv]
    best = None
    for _ in range(12 * count + 60):
        signed = [s * targets[p] for s, p in zip(signs, points)]
        solution = [dot(signed, column) for column in zip(*inv)]
        coefficients, level = solution[:-1], solution[-1]
        errors = [t - dot(row, coefficients)
                  for row, t in zip(rows, targets)]
        worst = max(range(len(rows)), key=lambda i: abs(errors[i]))
        error = abs(errors[worst])
        if best is None or error < best[1]:
            best = coefficients, error
        if error - level <= error >> 12:
            break
        sign = 1 if errors[worst] > 0 else -1
        column = [sign * v for v in rows[worst]] + [ONE]
        step = [dot(row, column) for row in inv]
        # Weights stay at least 0 if the least ratio leaves.
        leaving = [i for i in range(count + 1) if step[i] > 1 << 64]
        if not leaving:
            break
        out = min(leaving, key=lambda i: ((max(inv[i][-1], 0) << BITS) //
                                          step[i]))
        pivot = step[out]
        inv[out] = [(v << BITS) // pivot for v in inv[out]]
        for i in range(count + 1):
            if i != out and step[i]:
                factor = step[i]
                inv[i] = [v - (factor * p >> BITS)
                          for v, p in zip(inv[i], inv[out])]
        points[out], signs[out] = worst, sign
    return best
