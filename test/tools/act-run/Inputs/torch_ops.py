"""Compares --round=each with PyTorch's operators on every number of bf16.

    torch_ops.py FOLDER

For each formula FOLDER has what act-run has written, NAME.npy. Prints of each
how many results have other bits, and of these the farthest in steps of bf16 and
the largest input. NaN is equal to NaN.
"""
import pathlib
import sys

import torch


def absolute_steps(x):
    """Numbers of bf16 in order, as integers; both zeros are 0."""
    bits = x.view(torch.int16).to(torch.int32)
    return torch.where(bits < 0, -(bits & 0x7FFF), bits)


def read(path):
    data = bytearray(path.read_bytes())
    start = 10 + int.from_bytes(data[8:10], "little")
    return torch.frombuffer(data[start:], dtype=torch.int16).view(
        torch.bfloat16)


def patterns():
    return (torch.arange(65536) - 65536 * (torch.arange(65536) >= 32768)).to(
        torch.int16).view(torch.bfloat16)


FORMULAS = {
    # + - * / sqrt, minimum and maximum, which IEEE 754 defines.
    "softsign": lambda x: x / (1 + x.abs()),
    "hard_swish": lambda x: x * torch.clamp(x + 3, 0, 6) / 6,
    "squareplus": lambda x: (x + torch.sqrt(x * x + 4)) / 2,
    "relu_squared": lambda x: torch.relu(x) * torch.relu(x),
    # With functions, which torch computes in f32 to an ulp of f32.
    "swish": lambda x: x / (1 + torch.exp(-x)),
    "gelu": lambda x: x * 0.5 * (1 + torch.erf(x * 0.70710678118654752)),
    "tanh_gate": lambda x: x * (1 + torch.tanh(x)),
    "silu": lambda x: x * torch.sigmoid(x),
}

for name, function in FORMULAS.items():
    x = patterns()
    theirs = function(x)
    ours = read(pathlib.Path(sys.argv[1]) / f"{name}.npy")
    differs = (ours.view(torch.int16) != theirs.view(torch.int16)) & ~(
        ours.isnan() & theirs.isnan())
    text = f"{name}: {int(differs.sum())} of 65536 differ"
    if differs.any():
        steps = (absolute_steps(ours) - absolute_steps(theirs)).abs()
        text += (f", by up to {int(steps[differs].max())} steps, "
                 f"none above x = {float(x[differs].max())}")
    print(text)
