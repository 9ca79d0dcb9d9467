#!/usr/bin/env python3
"""Softmax of Act beside ONNX Runtime: time and error, as rows of a table.

    pip install numpy onnx onnxruntime
    python3 test/bench/onnxruntime_softmax.py build/release/bin/act-run

Both run on one thread on the same f32 logits, N(0, 4), with results in memory
that is there before. Runs alternate, and each figure is the median of its own.
Errors are in ulp of f32 over the first row, against long double. Does nothing,
and says so, where the packages are not installed.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time


def peer(onnx, onnxruntime, rows, columns):
    """A session that computes softmax along the last axis on one thread."""
    shape = [rows, columns]
    value = lambda name: onnx.helper.make_tensor_value_info(
        name, onnx.TensorProto.FLOAT, shape)
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Softmax", ["x"], ["y"], axis=-1)], "softmax",
        [value("x")], [value("y")])
    model = onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", 13)])
    model.ir_version = 8
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def max_ulp(numpy, computed, x):
    """The largest error of a row in ulp of f32."""
    wide = x.astype(numpy.longdouble)
    exact = numpy.exp(wide - wide.max())
    exact /= exact.sum()
    unit = numpy.spacing(exact.astype(numpy.float32)).astype(numpy.longdouble)
    return float(numpy.max(numpy.abs(computed - exact) / unit))


def act_seconds(act_run, source, size):
    """What act-run says a run of the kernel takes."""
    text = subprocess.run(
        [act_run, "softmax(x)", "--input=@" + source, "--time"],
        check=True, capture_output=True, text=True).stdout
    found = re.search(r"([0-9.]+) ns an element", text)
    if not found:
        sys.exit("act-run --time no longer says 'ns an element': " + text)
    return float(found.group(1)) * 1e-9 * size


def measure(numpy, onnx, onnxruntime, act_run, rows, columns, repeats):
    x = (numpy.random.default_rng(columns).standard_normal((rows, columns)) *
         4).astype(numpy.float32)
    session = peer(onnx, onnxruntime, rows, columns)
    result = numpy.empty_like(x)
    binding = session.io_binding()
    binding.bind_ortvalue_input("x", onnxruntime.OrtValue.ortvalue_from_numpy(x))
    output = onnxruntime.OrtValue.ortvalue_from_numpy(result)
    binding.bind_ortvalue_output("y", output)
    session.run_with_iobinding(binding)
    theirs, ours = [], []
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "x.npy")
        target = os.path.join(folder, "y.npy")
        numpy.save(source, x)
        inner = max(1, 2_000_000 // x.size)
        for _ in range(repeats):
            ours.append(act_seconds(act_run, source, x.size))
            begin = time.perf_counter()
            for _ in range(inner):
                session.run_with_iobinding(binding)
            theirs.append((time.perf_counter() - begin) / inner)
        subprocess.run([act_run, "softmax(x)", "--input=@" + source,
                        "--output=" + target], check=True)
        ulps = (max_ulp(numpy, numpy.load(target)[0], x[0]),
                max_ulp(numpy, output.numpy()[0], x[0]))
    nanoseconds = [1e9 * statistics.median(times) / x.size
                   for times in (ours, theirs)]
    return nanoseconds, ulps


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("act_run", help="the tool of a build")
    parser.add_argument("--elements", type=int, default=1 << 24)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--columns", type=int, nargs="*",
                        default=[64, 256, 1024, 4096, 16384, 65536, 262144])
    options = parser.parse_args()
    try:
        import numpy
        import onnx
        import onnxruntime
    except ImportError as error:
        print(f"skipped: {error}; pip install numpy onnx onnxruntime")
        return
    print(f"onnxruntime {onnxruntime.__version__}")
    print("| row | Act | ONNX Runtime | Act, ulp | ONNX Runtime, ulp |")
    print("|---|---|---|---|---|")
    for columns in options.columns:
        rows = max(1, options.elements // columns)
        times, ulps = measure(numpy, onnx, onnxruntime, options.act_run, rows,
                              columns, options.repeats)
        print(f"| {columns:,} | {times[0]:.2f} | {times[1]:.2f} "
              f"| {ulps[0]:.1f} | {ulps[1]:.1f} |", flush=True)


if __name__ == "__main__":
    main()
