"""Compares a row of the table of all kernels with the report of one.

Usage: compare_with_table.py TABLE.json REPORT.json FUNCTION
"""
import json
import sys

table, report = (json.load(open(path)) for path in sys.argv[1:3])
row, = (row for row in table["kernels"] if row["function"] == sys.argv[3])
# Inputs are printed to all digits of their type, those of a report to more.
expected = {"fast_ulp": round(report["max_ulp"], 3),
            "fast_misrounded": report["misrounded"],
            "fast_wrong": report["wrong_signs"] + report["non_finite"]}
for key, value in expected.items():
    if row[key] != value:
        sys.exit(f"{key} is {row[key]} and should be {value}")
if abs(row["fast_at"] - report["at"]) > 2**-8 * abs(report["at"]):
    sys.exit(f"at {row['fast_at']} and {report['at']}")
