#!/usr/bin/env python3
"""pair_npy.py X.npy Y.npy OUT.npy: two arrays of shape N and one type become
N x 2, with the standard library only."""
import ast
import sys


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    start = 10 + int.from_bytes(data[8:10], "little")
    return ast.literal_eval(data[10:start].decode()), data[start:]


(x_header, x), (y_header, y) = read(sys.argv[1]), read(sys.argv[2])
if x_header != y_header:
    sys.exit(f"{x_header} is not {y_header}")
(count,) = x_header["shape"]
width = len(x) // count
x_header["shape"] = (count, 2)
header = repr(x_header).encode()
header += b" " * (-(len(header) + 11) % 64) + b"\n"
with open(sys.argv[3], "wb") as file:
    file.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little"))
    file.write(header)
    for i in range(0, len(x), width):
        file.write(x[i:i + width] + y[i:i + width])
