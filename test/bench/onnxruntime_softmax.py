#!/usr/bin/env python3
"""Softmax of Act beside ONNX Runtime: time and error, as rows of a table.

    pip install numpy onnx onnxruntime
    python3 test/bench/onnxruntime_softmax.py build/release/bin/act-run

Both run on one thread of this process, in turn, on the same arrays: f32 logits,
N(0, 4), and results in memory that is there before. Act's kernel is the object
that act-run emits, called as the runtime calls it. Times are the processor's;
each figure is the median of its own. Errors are in ulp of f32 over the first
row, against long double. Does nothing, and says so, where the packages are not
installed.
"""

import argparse
import ctypes
import os
import statistics
import subprocess
import tempfile
import time

# Bytes of a result that a kernel writes as one that no cache will keep, elements
# of a row that scratch memory is rounded up to, and the page in which it lies in
# the middle between the arrays: of RowRunner.cpp, KernelABI.h and RowWorker.cpp.
STREAM_BYTES = 16 << 20
ROW_UNIT = 64
PAGE = 4096


class KernelArgs(ctypes.Structure):
    """The structure of that name in KernelABI.h."""
    _fields_ = [("operands", ctypes.c_void_p), ("count", ctypes.c_int64),
                ("strides", ctypes.c_void_p), ("rows", ctypes.c_int64),
                ("rowStrides", ctypes.c_void_p), ("scalars", ctypes.c_void_p),
                ("scratch", ctypes.c_void_p), ("streams", ctypes.c_int64),
                ("ahead", ctypes.c_void_p)]


def kernel(act_run, rows, columns, folder):
    """Act's kernel for rows of this length."""
    name = os.path.join(folder, f"softmax{columns}")
    emitted = subprocess.run(
        [act_run, "softmax(x)", f"--input=normal:1:{min(rows, 2)}x{columns}",
         "--emit=obj"], check=True, capture_output=True).stdout
    with open(name + ".o", "wb") as file:
        file.write(emitted)
    subprocess.run(["cc", "-shared", "-o", name + ".so", name + ".o"],
                   check=True)
    return ctypes.CDLL(name + ".so").expression


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


def aligned(numpy, values):
    """A copy that begins with a line of memory."""
    line = 64
    memory = numpy.empty(values.nbytes + line, numpy.uint8)
    begin = -memory.ctypes.data % line
    array = memory[begin:begin + values.nbytes].view(values.dtype)
    array = array.reshape(values.shape)
    array[:] = values
    return array


def scratch_address(scratch, one, other):
    """Where scratch memory begins, as RowBuffer::awayFrom places it."""
    begin = scratch.ctypes.data + -scratch.ctypes.data % 64
    gap = (other.ctypes.data - one.ctypes.data) % PAGE
    middle = gap // 2 + (PAGE // 2 if gap < PAGE // 2 else 0)
    return begin + (one.ctypes.data + middle - begin) % PAGE // 64 * 64


def runner(numpy, act_run, x, result, folder):
    """A function that computes the softmax of x with Act."""
    rows, columns = x.shape
    function = kernel(act_run, rows, columns, folder)
    scratch = numpy.empty(2 * columns + 64 * ROW_UNIT + 2 * PAGE, x.dtype)
    operands = (ctypes.c_void_p * 2)(x.ctypes.data, result.ctypes.data)
    strides = (ctypes.c_int64 * 2)(1, 1)
    row_strides = (ctypes.c_int64 * 2)(columns, columns)
    place = lambda array: ctypes.cast(array, ctypes.c_void_p)
    args = KernelArgs(place(operands), columns, place(strides), rows,
                      place(row_strides), None,
                      scratch_address(scratch, x, result),
                      int(result.nbytes >= STREAM_BYTES), None)
    keep = (operands, strides, row_strides, scratch)
    return lambda keep=keep: function(ctypes.byref(args))


def nanoseconds(functions, size, repeats):
    """Of the processor, an element: the median of each function."""
    inner = max(1, 2_000_000 // size)
    times = [[] for _ in functions]
    for _ in range(repeats):
        for own, function in zip(times, functions):
            begin = time.thread_time_ns()
            for _ in range(inner):
                function()
            own.append((time.thread_time_ns() - begin) / inner / size)
    return [statistics.median(own) for own in times]


def measure(numpy, onnx, onnxruntime, act_run, rows, columns, repeats):
    x = (numpy.random.default_rng(columns).standard_normal((rows, columns)) *
         4).astype(numpy.float32)
    session = peer(onnx, onnxruntime, rows, columns)
    x = aligned(numpy, x)
    ours, theirs = aligned(numpy, 0 * x), aligned(numpy, 0 * x)
    binding = session.io_binding()
    shape = [rows, columns]
    binding.bind_input("x", "cpu", 0, numpy.float32, shape, x.ctypes.data)
    binding.bind_output("y", "cpu", 0, numpy.float32, shape,
                        theirs.ctypes.data)
    with tempfile.TemporaryDirectory() as folder:
        act = runner(numpy, act_run, x, ours, folder)
        functions = [act, lambda: session.run_with_iobinding(binding)]
        for function in functions:
            function()
        times = nanoseconds(functions, x.size, repeats)
    return times, (max_ulp(numpy, ours[0], x[0]), max_ulp(numpy, theirs[0], x[0]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("act_run", help="the tool of a build")
    parser.add_argument("--elements", type=int, default=1 << 24)
    parser.add_argument("--repeats", type=int, default=11)
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
