"""Rows whose scales are special: writes them, or checks what became of them."""
import struct
import sys

NAN, INF = float("nan"), float("inf")
ROWS = [
    # values, the scale, and the E4M3 patterns
    ([4, -4, 2, 0], 4 / 448, [0x7E, 0xFE, 0x76, 0]),
    ([0, 0, 0, -0.0], 1, [0, 0, 0, 0x80]),
    ([INF, 1, NAN, 0], 1, [0x7E, 0x38, 0x7F, 0]),
    ([NAN] * 4, 1, [0x7F] * 4),
    ([1e-40, 0, 0, 0], 2**-126, [4, 0, 0, 0]),
    ([NAN, 7, 14, -7], 14 / 448, [0x7F, 0x76, 0x7E, 0xF6]),
]


def write(path):
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, 4), }"
    header = (header % len(ROWS)).ljust(117) + "\n"
    values = [x for row in ROWS for x in row[0]]
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)))
        file.write(header.encode() + struct.pack(f"<{len(values)}f", *values))


def body(path, descr, size):
    data = open(path, "rb").read()
    assert f"'descr': '{descr}'".encode() in data, data[:80]
    return data[-size:]


def check(out, scale):
    scales = struct.unpack("<6f", body(scale, "<f4", 24))
    patterns = body(out, "|u1", 24)
    for i, (_, wanted, row) in enumerate(ROWS):
        assert abs(scales[i] / wanted - 1) < 1e-6, (i, scales[i])
        found = list(patterns[4 * i : 4 * i + 4])
        assert found == row, (i, found)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
