"""Checks statements about a JSON report, which they call r.

Usage: check_accuracy.py STATEMENT..., the report on stdin.
"""
import json
import sys

report = json.load(sys.stdin)
for statement in sys.argv[1:]:
    if not eval(statement, {"r": report}):
        sys.exit(f"not so: {statement} in {report}")
