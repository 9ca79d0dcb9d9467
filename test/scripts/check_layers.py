#!/usr/bin/env python3
"""Checks that folders include only what stands left of them.

Headers directly in include/act are public: everything may include them, and
they include no header of LLVM, of MLIR or of a folder of Act.
"""
import posixpath
import re
import sys
from pathlib import Path

ORDER = ("Target IR Syntax Reference Analysis Transforms Conversion Pipeline "
         "Codegen Runtime Jit CAPI Bindings").split()
ROOT = Path(__file__).resolve().parents[2]
# C++ writes #include, TableGen include.
INCLUDE = re.compile(r'^\s*#?\s*include\s*[<"]([^>"]+)[>"]', re.M)
FOREIGN = ("llvm/", "llvm-c/", "mlir/", "mlir-c/")


def folder_of(path, name):
    """The folder that an include of `name` in `path` reaches, or None."""
    if name.startswith("."):
        name = posixpath.normpath(f"{path.parent.as_posix()}/{name}")
        name = name.removeprefix("include/").removeprefix("lib/")
    name = name.removeprefix("act/")
    first = name.split("/")[0]
    return first if first in ORDER and "/" in name else None


def problems_of(path, text):
    """Violations in one file, given its path relative to the root."""
    parts = path.parts
    if parts[0] == "lib":
        folder = parts[1]
    elif len(parts) == 3:
        folder = None  # include/act/X.h
    else:
        folder = parts[2]
    if folder is not None and folder not in ORDER:
        return [] if folder == "cmake" else [f"{path}: unknown folder"]
    found = []
    for name in INCLUDE.findall(text):
        reached = folder_of(path, name)
        if folder is None:
            if reached or name.startswith(FOREIGN):
                found.append(f"{path}: a public header includes {name}")
        elif reached and ORDER.index(reached) > ORDER.index(folder):
            found.append(f"{path}: {folder} includes {name}, which stands "
                         f"right of it")
    return found


def self_test():
    bad = [(Path("lib/IR/A.cpp"), '#include "act/Jit/Compiler.h"\n'),
           (Path("lib/IR/A.cpp"), '#include "../Jit/Compiler.h"\n'),
           (Path("include/act/IR/A.td"), 'include "act/Jit/B.td"\n'),
           (Path("include/act/A.h"), '#include "llvm/ADT/StringRef.h"\n'),
           (Path("include/act/A.h"), '#include "act/IR/Act.h"\n'),
           (Path("lib/Nowhere/A.cpp"), "")]
    good = [(Path("lib/Jit/A.cpp"), '#include "act/IR/Act.h"\n'),
            (Path("lib/Syntax/A.cpp"), '#include "Lexer.h"\n'),
            (Path("lib/IR/A.cpp"), '#include "act/Tensor.h"\n'),
            (Path("include/act/IR/A.h"), '#include "mlir/IR/X.h"\n')]
    return (all(problems_of(*case) for case in bad) and
            not any(problems_of(*case) for case in good))


def main():
    if "--self-test" in sys.argv[1:]:
        sys.exit(0 if self_test() else "the check does not find violations")
    problems = []
    for folder in ("lib", "include/act"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".h", ".cpp", ".td", ".def"):
                problems += problems_of(path.relative_to(ROOT),
                                        path.read_text())
    print("\n".join(problems) or "layers are in order")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
