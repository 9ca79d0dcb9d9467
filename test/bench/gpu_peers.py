#!/usr/bin/env python3
"""What PyTorch, torch.compile, Triton and JAX take for what act-gpu-check times.

    sh tools/gpu-check.sh
    python3 test/bench/gpu_peers.py --beside=build/gpu-check/report.json

Cases are the rows of tools/act-gpu-check/Benchmarks.def, and the method is that
program's: arrays that no cache holds, of normally distributed numbers; launches
of each candidate in turn with those of a copy on the device that reads half of
the bytes and writes the other half; work is queued behind other work, so that
the device never waits for the host; times are the device's own, between events,
and medians count. JAX runs on streams of its own: it is timed by the host's
clock over many launches that are waited for together, which the table says.

Peers that are not installed are left out, with a line that says so. Exits with
77 where PyTorch or a GPU is missing.
"""

import argparse
import json
import math
import os
import re
import statistics
import sys
import time

NOTHING = 77
PEERS = ["eager", "compile", "triton", "jax"]
TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                     "tools", "act-gpu-check", "Benchmarks.def")
# As in tools/common/DeviceTimer.cpp, but that Python takes longer for a launch.
SAMPLE_SECONDS, QUEUE_SECONDS = 20e-6, 60e-6
BATCH_LAUNCHES, BATCH_SECONDS = 256, 20e-3
TOTAL_SECONDS, ROUNDS = 0.3, 21
ELEMENT_BYTES = {"bf16": 2, "f16": 2, "f32": 4}
INPUTS = {"swiglu": 2, "geglu": 2}


def cases_of(text):
    """The rows of Benchmarks.def."""
    text = re.sub(r"//[^\n]*", "", text)
    pattern = re.compile(
        r'ACT_GPU_BENCHMARK(_ROWS)?\(\s*"([^"]*)"\s*,\s*"([^"]*)"\s*,\s*(\w+)'
        r"\s*,\s*(\w+)\s*((?:,\s*[0-9.]+\s*)+)\)")
    cases = []
    for has_rows, name, source, kind, dtype, rest in pattern.findall(text):
        numbers = [float(x) for x in rest.split(",")[1:]]
        rows = int(numbers.pop(0)) if has_rows else 0
        cases.append(dict(name=name, source=source, kind=kind,
                          dtype=dtype.lower(), rows=rows,
                          columns=int(numbers[0])))
    return cases


def shapes_of(case, array_bytes):
    """The shape of a run's arrays, and runs that take other elements."""
    size = array_bytes // ELEMENT_BYTES[case["dtype"]]
    if not case["columns"]:
        return (size,), 1
    rows = size // case["columns"]
    if case["rows"] > rows:
        return None, 0
    if case["rows"]:
        return (case["rows"], case["columns"]), rows // case["rows"]
    return (rows, case["columns"]), 1


def bytes_of(case, shape):
    """What is read and written."""
    inputs = INPUTS.get(case["source"], 1)
    arrays = 2 * inputs + 1 if case["kind"] == "Backward" else inputs + 1
    size = math.prod(shape) * ELEMENT_BYTES[case["dtype"]]
    if case["source"] == "logsumexp(x)":
        return size + shape[0] * ELEMENT_BYTES[case["dtype"]]
    return arrays * size


# What each source is in PyTorch and in JAX; others have no peer.

def torch_function(torch, source):
    F = torch.nn.functional
    return {
        "relu": F.relu,
        "silu": F.silu,
        "gelu": F.gelu,
        "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
        "mish": F.mish,
        "swiglu": lambda g, u: F.silu(g) * u,
        "geglu": lambda g, u: F.gelu(g) * u,
        "softmax(x)": lambda x: torch.softmax(x, -1),
        "logsumexp(x)": lambda x: torch.logsumexp(x, -1),
    }.get(source)


def jax_function(jax, source):
    nn = jax.nn
    return {
        "relu": nn.relu,
        "silu": nn.silu,
        "gelu": lambda x: nn.gelu(x, approximate=False),
        "gelu_tanh": lambda x: nn.gelu(x, approximate=True),
        "mish": nn.mish,
        "swiglu": lambda g, u: nn.silu(g) * u,
        "geglu": lambda g, u: nn.gelu(g, approximate=False) * u,
        "softmax(x)": lambda x: nn.softmax(x, -1),
        "logsumexp(x)": lambda x: nn.logsumexp(x, -1),
    }.get(source)


tl = None  # Kernels see it as a global name only.


def triton_launchers(triton, language):
    """Kernels as Triton's users write them: a block of elements a program, and
    one row a program, which is a power of two of elements."""
    global tl
    tl = language

    @triton.jit
    def silu_kernel(x, y, n, BLOCK: tl.constexpr):
        at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
        v = tl.load(x + at, mask=at < n).to(tl.float32)
        tl.store(y + at, (v * tl.sigmoid(v)).to(y.dtype.element_ty),
                 mask=at < n)

    @triton.jit
    def swiglu_kernel(g, u, y, n, BLOCK: tl.constexpr):
        at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
        a = tl.load(g + at, mask=at < n).to(tl.float32)
        b = tl.load(u + at, mask=at < n).to(tl.float32)
        tl.store(y + at, (a * tl.sigmoid(a) * b).to(y.dtype.element_ty),
                 mask=at < n)

    @triton.jit
    def softmax_kernel(x, y, n, BLOCK: tl.constexpr):
        row = tl.program_id(0).to(tl.int64) * n
        at = tl.arange(0, BLOCK)
        v = tl.load(x + row + at, mask=at < n,
                    other=-float("inf")).to(tl.float32)
        e = tl.exp(v - tl.max(v, 0))
        tl.store(y + row + at, (e / tl.sum(e, 0)).to(y.dtype.element_ty),
                 mask=at < n)

    def elements(kernel):
        def launch(inputs, result):
            n = result.numel()
            kernel[(triton.cdiv(n, 1024),)](*inputs, result, n, BLOCK=1024)
        return launch

    def softmax(inputs, result):
        rows, columns = result.shape
        block = triton.next_power_of_2(columns)
        warps = 4 if block < 2048 else 8 if block < 8192 else 16
        softmax_kernel[(rows,)](*inputs, result, columns, BLOCK=block,
                                num_warps=warps)

    return {"silu": elements(silu_kernel), "swiglu": elements(swiglu_kernel),
            "softmax(x)": softmax}


class Timer:
    """Times candidates in turn, as tools/common/DeviceTimer.h does."""

    def __init__(self, torch):
        self.torch = torch

    def event(self):
        return self.torch.cuda.Event(enable_timing=True)

    def seconds_of(self, work, tries=4):
        work()
        begin, end = self.event(), self.event()
        begin.record()
        for _ in range(tries):
            work()
        end.record()
        end.synchronize()
        return max(begin.elapsed_time(end) * 1e-3 / tries, 1e-6)

    def medians(self, candidates):
        seconds = [self.seconds_of(work) for work in candidates]
        calls = [math.ceil(SAMPLE_SECONDS / each) for each in seconds]
        rounds = max(1, int(min(BATCH_LAUNCHES / sum(calls), BATCH_SECONDS /
                                sum(c * s for c, s in zip(calls, seconds)))))
        samples = [[] for _ in candidates]
        start = time.monotonic()
        while (len(samples[0]) < ROUNDS or
               time.monotonic() - start < TOTAL_SECONDS):
            launches = rounds * sum(c + 1 for c in calls)
            for _ in range(math.ceil(launches * QUEUE_SECONDS / seconds[0])):
                candidates[0]()
            events = [self.event()]
            events[0].record()
            for _ in range(rounds):
                for work, count in zip(candidates, calls):
                    for _ in range(count):
                        work()
                    events.append(self.event())
                    events[-1].record()
            events[-1].synchronize()
            for k in range(len(events) - 1):
                i = k % len(candidates)
                samples[i].append(events[k].elapsed_time(events[k + 1]) *
                                  1e-3 / calls[i])
        return [statistics.median(each) for each in samples]


class Peers:
    """Candidates of one case."""

    def __init__(self, torch, modules):
        self.torch, self.modules = torch, modules
        self.types = {"bf16": torch.bfloat16, "f16": torch.float16,
                      "f32": torch.float32}
        self.triton = None
        if modules.get("triton"):
            self.triton = triton_launchers(modules["triton"],
                                           modules["triton.language"])

    def arrays(self, case, shape, runs):
        """Inputs of each run, the last one of a backward being the gradient."""
        count = INPUTS.get(case["source"], 1) + (case["kind"] == "Backward")
        generator = self.torch.Generator("cuda").manual_seed(11)
        whole = [self.torch.randn((runs,) + shape, device="cuda",
                                  generator=generator).to(
                                      self.types[case["dtype"]])
                 for _ in range(count)]
        return whole

    def work(self, peer, case, whole):
        """A function that queues the next run, or why there is none."""
        torch = self.torch
        function = torch_function(torch, case["source"])
        if function is None:
            return "no form of it"
        is_backward = case["kind"] == "Backward"
        runs, state = whole[0].shape[0], [0]

        def take():
            state[0] += 1
            return [each[state[0] % runs] for each in whole]

        if peer == "triton":
            launch = self.triton.get(case["source"])
            if is_backward or launch is None:
                return "no kernel of it"
            results = torch.empty_like(whole[0])
            return lambda: launch(take(), results[state[0] % runs])
        if peer == "eager" and is_backward:
            inputs = [each[0].detach().requires_grad_(True)
                      for each in whole[:-1]]
            value = function(*inputs)
            return lambda: torch.autograd.grad(value, inputs, whole[-1][0],
                                               retain_graph=True)
        if is_backward:
            forward = function

            def function(*arguments):
                _, pull = torch.func.vjp(forward, *arguments[:-1])
                return pull(arguments[-1])
        if peer == "compile":
            function = torch.compile(function, dynamic=False)
        return lambda: function(*take())

    def jax_seconds(self, case, shape, runs):
        jax = self.modules["jax"]
        function = jax_function(jax, case["source"])
        if function is None:
            return "no form of it"
        numbers = jax.numpy
        types = {"bf16": numbers.bfloat16, "f16": numbers.float16,
                 "f32": numbers.float32}
        count = INPUTS.get(case["source"], 1)
        if case["kind"] == "Backward":
            forward, count = function, count + 1

            def function(*arguments):
                _, pull = jax.vjp(forward, *arguments[:-1])
                return pull(arguments[-1])
        compiled = jax.jit(function)
        runs = min(runs, 64)
        inputs = [[jax.random.normal(jax.random.PRNGKey(7 * i + k), shape,
                                     types[case["dtype"]])
                   for k in range(count)] for i in range(runs)]
        jax.block_until_ready(compiled(*inputs[0]))
        samples = []
        for _ in range(ROUNDS):
            launches = 20
            begin = time.perf_counter()
            last = [compiled(*inputs[i % runs]) for i in range(launches)]
            jax.block_until_ready(last)
            samples.append((time.perf_counter() - begin) / launches)
        return statistics.median(samples)


def found_modules(wanted):
    """What can be imported, and a line for each that cannot."""
    modules = {}
    for peer, names in (("triton", ["triton", "triton.language"]),
                        ("jax", ["jax", "jax.numpy", "jax.random"])):
        if peer not in wanted:
            continue
        try:
            for name in names:
                modules[name] = __import__(name, fromlist=["_"])
        except Exception as problem:  # Whatever a broken installation raises.
            print(f"gpu_peers: {peer} is left out: {problem}", file=sys.stderr)
            modules.pop(peer, None)
    return modules


def run_case(torch, peers, wanted, case, array_bytes):
    shape, runs = shapes_of(case, array_bytes)
    if shape is None:
        return [dict(peer="all", problem="the arrays do not hold so many rows; "
                     "give a larger --mib")], None
    size = bytes_of(case, shape)
    whole = peers.arrays(case, shape, runs)
    # Of few rows the copy would take what launching it takes.
    copied = 2 * array_bytes if case["rows"] else size
    source = torch.empty(copied // 2, dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)
    copy = lambda: target.copy_(source)
    rows, copies = [], []
    for peer in wanted:
        try:
            if peer == "jax":
                seconds = peers.jax_seconds(case, shape, runs)
                if isinstance(seconds, str):
                    rows.append(dict(peer=peer, problem=seconds))
                else:
                    rows.append(dict(peer="jax (host clock)", seconds=seconds))
                continue
            work = peers.work(peer, case, whole)
            if isinstance(work, str):
                rows.append(dict(peer=peer, problem=work))
                continue
            seconds, copy_seconds = Timer(torch).medians([work, copy])
            copies.append(copy_seconds)
            rows.append(dict(peer=peer, seconds=seconds))
        except Exception as problem:  # One peer that fails stops no other.
            text = (str(problem).splitlines() or [type(problem).__name__])[0]
            rows.append(dict(peer=peer, problem=text[:100]))
    if not copies:
        copies = [Timer(torch).medians([copy])[0]]
    copy_seconds = min(copies) * size / copied
    for row in rows:
        row.update(bytes=size, copy_seconds=copy_seconds)
    return rows, copy_seconds


def print_row(case, row, beside):
    name = f"| {case['name']} | {case['dtype']} | {row['peer']} "
    if "problem" in row:
        print(name + f"| {row['problem']} |")
        return
    seconds, size = row["seconds"], row["bytes"]
    ours = beside.get((case["name"], case["dtype"]))
    ratio = f"{seconds / ours:.3f}" if ours else "-"
    print(name + f"| {size * 1e-6:.0f} | {seconds * 1e3:.4f} | "
          f"{size / seconds * 1e-9:.0f} | "
          f"{size / row['copy_seconds'] * 1e-9:.0f} | "
          f"{row['copy_seconds'] / seconds:.3f} | {ratio} |", flush=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        epilog="Exit codes: 0 done; 2 an option is wrong; 77 there is no "
        "PyTorch or no GPU.")
    parser.add_argument("--list", action="store_true",
                        help="print the names of the cases, and run nothing")
    parser.add_argument("--filter", default="", metavar="TEXT",
                        help="run the cases whose names contain this")
    parser.add_argument("--peers", default=",".join(PEERS),
                        help="comma-separated (default %(default)s)")
    parser.add_argument("--mib", type=int, default=256, metavar="N",
                        help="size of each array (default %(default)s)")
    parser.add_argument("--beside", metavar="REPORT.json",
                        help="what act-gpu-check --json wrote: the last column "
                        "is the peer's time over Act's")
    parser.add_argument("--json", metavar="FILE", help="write all results")
    options = parser.parse_args()
    wanted = options.peers.split(",")
    if unknown := [peer for peer in wanted if peer not in PEERS]:
        parser.error(f"unknown peer '{unknown[0]}'; there are "
                     + ", ".join(PEERS))
    if options.mib < 1:
        parser.error("--mib takes 1 or more")
    with open(TABLE) as table:
        cases = cases_of(table.read())
    key = lambda case: f"benchmark/{case['name']}/{case['dtype']}"
    cases = [case for case in cases if options.filter in key(case)]
    if not cases:
        parser.error(f"no case has '{options.filter}' in its name; see --list")
    if options.list:
        print("\n".join(key(case) for case in cases))
        return 0
    try:
        import torch
    except ImportError as problem:
        print(f"gpu_peers: PyTorch is not installed ({problem}); nothing was "
              "timed: pip install torch", file=sys.stderr)
        return NOTHING
    if not torch.cuda.is_available():
        print("gpu_peers: PyTorch finds no GPU; nothing was timed",
              file=sys.stderr)
        return NOTHING
    beside = {}
    if options.beside:
        with open(options.beside) as report:
            for row in json.load(report)["benchmarks"]:
                if "kernel_seconds" in row:
                    beside[row["name"], row["dtype"]] = row["kernel_seconds"]
    modules = found_modules(wanted)
    wanted = [peer for peer in wanted
              if peer in ("eager", "compile") or peer in modules]
    versions = [f"PyTorch {torch.__version__}"] + [
        f"{name} {modules[name].__version__}"
        for name in ("triton", "jax") if name in modules]
    print(f"{torch.cuda.get_device_name()}; " + ", ".join(versions) + "\n")
    print("| kernel | dtype | peer | MB | ms | GB/s | copy GB/s | of the copy "
          "| over Act |\n|---|---|---|---|---|---|---|---|---|")
    peers = Peers(torch, modules)
    results = []
    for case in cases:
        rows, _ = run_case(torch, peers, wanted, case, options.mib << 20)
        for row in rows:
            print_row(case, row, beside)
            results.append({"name": case["name"], "dtype": case["dtype"],
                            **row})
        torch.cuda.empty_cache()
    if options.json:
        with open(options.json, "w") as file:
            json.dump(results, file, indent=2)
    return 0


if __name__ == "__main__":
    sys.exit(main())
