#!/usr/bin/env python3
"""Checks that the catalogue in docs/generated is what tools/generate-docs.sh
makes of it now; check_accuracy.py looks after the rest."""
import difflib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main(act_report):
    path = ROOT / "docs/generated/Activations.md"
    made = subprocess.run([act_report, "table"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    changes = list(difflib.unified_diff(
        path.read_text().splitlines(), made.splitlines(),
        str(path.relative_to(ROOT)), "act-report table", lineterm=""))
    if changes:
        print("\n".join(changes[:40]))
        print("docs/generated is stale; run sh tools/generate-docs.sh")
    return 1 if changes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
