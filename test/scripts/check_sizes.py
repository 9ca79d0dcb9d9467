#!/usr/bin/env python3
"""Holds hand-written files to their limits: 600 lines, 80 columns, and no
global options or statistics in the libraries. Lists files over 400 lines."""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (".h", ".cpp", ".td", ".def")
FORBIDDEN = re.compile(r"\bcl::(opt|list)<|\bStatistic<|\bSTATISTIC\(")


def problems_of(path, text):
    lines = text.splitlines()
    found = []
    if len(lines) > 600:
        found.append(f"{path}: {len(lines)} lines; the ceiling is 600")
    if path.suffix in SOURCES:
        for number, line in enumerate(lines, 1):
            if len(line) > 80:
                found.append(f"{path}:{number}: {len(line)} columns")
            if path.parts[0] != "tools" and FORBIDDEN.search(line):
                found.append(f"{path}:{number}: global option or statistic")
    return found


def self_test():
    return (problems_of(Path("lib/A.cpp"), "x\n" * 601) and
            problems_of(Path("lib/A.cpp"), "x" * 81) and
            problems_of(Path("lib/A.cpp"), "cl::opt<int> x;") and
            problems_of(Path("lib/A.td"), 'Statistic<"n", "m", "text">') and
            not problems_of(Path("lib/A.cpp"), "x\n" * 600))


def main():
    if "--self-test" in sys.argv[1:]:
        sys.exit(0 if self_test() else "the check does not find violations")
    problems = []
    for folder in ("lib", "include", "tools", "test"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in SOURCES + (".py", ".sh"):
                text = path.read_text()
                problems += problems_of(path.relative_to(ROOT), text)
                count = len(text.splitlines())
                if 400 < count <= 600:
                    print(f"{path.relative_to(ROOT)}: {count} lines")
    print("\n".join(problems) or "files are within their limits")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
