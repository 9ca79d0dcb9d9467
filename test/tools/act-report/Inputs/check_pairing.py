"""check_pairing.py REPORT SCHEME KEY=VALUE...: numbers of act-report init.

Fails unless the row of a scheme, or the report where SCHEME is '-', has every
VALUE; a number must agree in all digits that VALUE has.
"""
import json
import sys
from decimal import Decimal


def agrees(got, want):
    try:
        value = Decimal(want)
    except ArithmeticError:
        return got == want
    if not value.is_finite():
        return got == want
    half_a_unit = Decimal(1).scaleb(value.as_tuple().exponent) / 2
    return abs(Decimal(repr(float(got))) - value) <= half_a_unit


report_name, scheme, *wanted = sys.argv[1:]
with open(report_name) as file:
    report = json.load(file)
rows = [report] if scheme == "-" else [
    row for row in report["pairings"]
    if scheme == row["scheme"] or scheme in list(row["scheme"])]
if len(rows) != 1 or not wanted:
    sys.exit(f"{len(rows)} rows of {scheme}, {len(wanted)} values wanted")
for item in wanted:
    key, want = item.split("=")
    if not agrees(rows[0][key], want):
        sys.exit(f"{scheme} {key}: {rows[0][key]}, expected {want}")
