"""Checks numbers of a JSON report, to all digits given.

Usage: check_numbers.py KEY.KEY...=NUMBER..., the report on stdin. A key is a
name, or the index of an element; the number must be that of the report, rounded
to as many places.
"""
import json
import sys
from decimal import Decimal
from functools import reduce

report = json.load(sys.stdin)
for claim in sys.argv[1:]:
    path, text = claim.split("=")
    found = reduce(lambda value, key: value[int(key) if key.isdigit() else key],
                   path.split("."), report)
    want = Decimal(text)
    # Half a unit of the last place given, and half an ulp of the double.
    allowed = Decimal((0, (5,), want.as_tuple().exponent - 1))
    allowed += abs(want) * Decimal(2) ** -53
    if not abs(Decimal(float(found)) - want) <= allowed:
        sys.exit(f"{claim}: the report has {found!r}")
