#!/usr/bin/env python3
"""Holds the kernels of the catalogue to docs/generated/Accuracy.json: no error
may be larger than it says, and no count of wrong results.

  check_accuracy.py ACT_REPORT              types f32, bf16 and f16, class
                                            default, orders 0 and 1
  check_accuracy.py ACT_REPORT --full       all, and what is better is stale
  check_accuracy.py ACT_REPORT --self-test  finds what is worse
  --docs=FILE --dtype=TYPE --derivative=N   other figures, or fewer kernels
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs/generated/Accuracy.json"
# Figures are printed to three decimals.
ROUNDING = 0.001 + 1e-9
REMEDY = ("mend the kernel; or, if this is meant, run sh tools/generate-docs.sh"
          " and say why in the commit")


def report(act_report, *options):
    """The rows of a report by function, order and type, and its two texts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Accuracy.json"
        markdown = subprocess.run(
            [act_report, "accuracy", f"--json={path}", *options],
            check=True, text=True, stdout=subprocess.PIPE).stdout
        return rows_of(path.read_text()), path.read_text(), markdown


def rows_of(text):
    return {(row["function"], row["derivative"], row["type"]): row
            for row in json.loads(text)["kernels"]}


def number(value):
    """A dash says that there is no kernel, and null that nothing is counted."""
    return -1 if value in ("-", None) else float(value)


def is_worse(what, old, new):
    slack = ROUNDING if what == "ulp" else 0
    return number(new) > number(old) + slack


def worse(documented, made):
    """A sentence for each figure that is worse than the documented one."""
    problems = []
    for key, row in made.items():
        function, order, kind = key
        if key not in documented:
            problems.append(f"{function}, order {order}, {kind}: the docs say "
                            f"nothing of it; run sh tools/generate-docs.sh")
            continue
        for accuracy in ("strict", "default", "fast"):
            for what in ("ulp", "misrounded", "wrong"):
                column = f"{accuracy}_{what}"
                if column not in row:
                    continue
                old, new = documented[key][column], row[column]
                if is_worse(what, old, new):
                    place = row[f"{accuracy}_at"]
                    problems.append(
                        f"{function}, order {order}, {kind}, class {accuracy}: "
                        f"{what} was {old} and is {new}; the largest error is "
                        f"at {place}; {REMEDY}")
    return problems


def check_quick(act_report, documented, types, orders):
    problems = []
    for kind in types:
        for order in orders:
            made, _, _ = report(act_report, "--accuracy=default",
                                f"--dtype={kind}", f"--derivative={order}")
            problems += worse(documented, made)
    return problems


def check_full(act_report, documented, docs):
    made, text, markdown = report(act_report)
    problems = worse(documented, made)
    for key in documented.keys() - made.keys():
        problems.append(f"{key}: there is no such kernel")
    if not problems and (docs.read_text() != text or
                         docs.with_suffix(".md").read_text() != markdown):
        problems.append("nothing is worse, but docs/generated/Accuracy is "
                        "stale; run sh tools/generate-docs.sh")
    return problems


def self_test(act_report):
    """Runs this script against figures that are better than the true ones."""
    key = ("tanh", 0, "bf16")
    for column, better in (("default_ulp", 0.49), ("default_misrounded", -1),
                           ("default_wrong", -1), (None, None)):
        documented = rows_of(DOCS.read_text())
        if column:
            documented[key][column] = better
        else:
            del documented[key]
        with tempfile.TemporaryDirectory() as folder:
            docs = Path(folder) / "Accuracy.json"
            docs.write_text(json.dumps({"kernels": list(documented.values())}))
            run = subprocess.run(
                [sys.executable, __file__, act_report, f"--docs={docs}",
                 "--dtype=bf16", "--derivative=0"],
                text=True, stdout=subprocess.PIPE)
        lines = run.stdout.splitlines()
        expected = "tanh, order 0, bf16"
        if column:
            expected += f", class default: {column.split('_')[1]} was {better}"
        if run.returncode != 1 or len(lines) != 1 or (
                not lines[0].startswith(expected)):
            return [f"with a better {column} of {key} it prints: {run.stdout}"]
    return []


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("act_report")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--docs", type=Path, default=DOCS)
    parser.add_argument("--dtype", action="append")
    parser.add_argument("--derivative", type=int, action="append")
    args = parser.parse_args()
    if args.self_test:
        problems = self_test(args.act_report)
    elif args.full:
        problems = check_full(args.act_report, rows_of(args.docs.read_text()),
                              args.docs)
    else:
        problems = check_quick(args.act_report, rows_of(args.docs.read_text()),
                               args.dtype or ("f32", "bf16", "f16"),
                               args.derivative or (0, 1))
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
