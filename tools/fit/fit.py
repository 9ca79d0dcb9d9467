#!/usr/bin/env python3
"""Makes the coefficients of Act's approximations and proves their errors.

    python3 tools/fit/fit.py                     writes Coefficients.inc
    python3 tools/fit/fit.py --only ExpRest ...  makes these anew, keeps others
    python3 tools/fit/fit.py --check             fails if the file differs
    python3 tools/fit/fit.py --list              what there is to make

fits.py and tables.py say what is made. For each fit a line tells its name, its
interval, degree, minimax error and the proven error of what was written. Needs
mpmath (python3-mpmath).
"""
import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

try:
    import mpmath  # noqa: F401: the modules below need it
except ImportError:
    sys.exit(f"{sys.executable} has no mpmath; tools/install-packages.sh "
             "installs python3-mpmath for /usr/bin/python3")

import emit
import fitting
from fits import FITS
from tables import tables

COMMITTED = (Path(__file__).resolve().parents[2] / "include" / "act" /
             "Transforms" / "Approximations" / "Coefficients.inc")


def jobs():
    """(fit, suffix, form) in the order of the file."""
    return [(fit, suffix, form) for fit in FITS
            for suffix, form in fit.forms()]


def degrees(form):
    return (f"{form.degree}/{form.denominator}" if form.denominator else
            f"{form.degree}")


def describe(fit, suffix, form):
    return (f"{fit.array(suffix)[1:]}: [{fit.low}, {fit.high}], "
            f"degree {degrees(form)}")


def make(index):
    """The blocks of a job and the line that tells about it."""
    fit, suffix, form = jobs()[index]
    try:
        result = fitting.run(fit, suffix, form)
    except ArithmeticError as error:
        raise SystemExit(f"{fit.array(suffix)}: {error}")
    line = (f"{describe(fit, suffix, form)}, "
            f"minimax {emit.power_of_two(result.minimax)}, "
            f"proven {emit.power_of_two(result.proven)}")
    return line, list(emit.fit_blocks(fit, suffix, form, result))


def is_wanted(name, fit_name, only):
    """--only takes names of records and of arrays, with or without k."""
    return not only or {name, name[1:], fit_name} & set(only)


def made(only, workers):
    """(name, block) of everything that is wanted, in the order of the file;
    tells about each fit on stderr."""
    chosen = [i for i, (fit, suffix, _) in enumerate(jobs())
              if is_wanted(fit.array(suffix), fit.name, only)]
    blocks = []
    with ProcessPoolExecutor(workers) as pool:
        for line, found in pool.map(make, chosen):
            print(line, file=sys.stderr, flush=True)
            blocks += found
    blocks += [(name, emit.block(name, comment, values))
               for name, comment, values in tables()
               if is_wanted(name, name, only)]
    if not blocks:
        sys.exit(f"--only {' '.join(only)}: no such fit; see --list")
    return blocks


def differences(path, blocks, is_all):
    """What of the file is not what was made, a line each."""
    there = emit.blocks_of(path.read_text())
    found = [f"{name}: {path} does not have what tools/fit/fit.py makes"
             for name, block in blocks if there.get(name) != block]
    if is_all:
        names = {name for name, _ in blocks}
        found += [f"{name}: {path} has it, tools/fit/fits.py does not"
                  for name in there if name not in names]
        if not found and path.read_text() != emit.file_of(
                [block for _, block in blocks]):
            found.append(f"{path}: not as written: order, header or footer")
    return found


def with_others(path, blocks):
    """The blocks of a file in order, those that were made replaced or added,
    those that nothing makes any more dropped."""
    known = emit.blocks_of(path.read_text())
    known.update(blocks)
    names = [name for fit, suffix, form in jobs()
             for name, *_ in fit.arrays(suffix, form)]
    names += [name for name, *_ in tables()]
    return [known[name] for name in names if name in known]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true",
                        help="write nothing; exit 1 if the file differs")
    parser.add_argument("--list", action="store_true",
                        help="print the names of all fits and tables")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME",
                        help="these fits, such as ExpRest or ExpRestF32")
    parser.add_argument("--file", type=Path, default=COMMITTED,
                        help="the file, by default the committed one")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(),
                        help="processes at a time")
    options = parser.parse_args()
    if options.list:
        for job in jobs():
            print(describe(*job))
        for name, comment, _ in tables():
            print(f"{name[1:]}: {comment}")
        return
    blocks = made(options.only, options.jobs)
    if options.check:
        found = differences(options.file, blocks, not options.only)
        if found:
            sys.exit("\n".join(found) + "\nremedy: run python3 "
                     "tools/fit/fit.py and commit the file that it writes")
        print(f"{len(blocks)} arrays are as made", file=sys.stderr)
        return
    kept = (with_others(options.file, blocks) if options.only else
            [block for _, block in blocks])
    options.file.write_text(emit.file_of(kept))


if __name__ == "__main__":
    main()
