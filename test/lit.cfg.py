# The lit suite: act-opt, act-run and act-report on small inputs, judged by FileCheck.
import os
import subprocess
import sys

import lit.formats

config.name = "act"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "data", "unit", "scripts", "install", "fuzz", "bench"]
config.test_source_root = os.path.dirname(__file__)
config.environment["PATH"] = os.pathsep.join(
    [config.act_tools_dir, config.llvm_tools_dir, os.environ["PATH"]])
config.environment["FILECHECK_OPTS"] = "-enable-var-scope"
config.substitutions.append(("%data", config.data_dir))
config.substitutions.append(("%python", sys.executable))
# Libraries that play the CUDA driver (unit/StandInCuda.h).
for name in ["cuda", "old-cuda"]:
    config.substitutions.append(
        (f"%{name}", os.path.join(
            config.unit_dir,
            f"libact_stand_in_{name.replace('-', '_')}.so")))

# PyTorch of the Python that TORCH_PYTHON names, or of this one.
torch_python = os.environ.get("TORCH_PYTHON", sys.executable)
config.substitutions.append(("%torch-python", torch_python))
if subprocess.run([torch_python, "-c", "import torch"],
                  capture_output=True).returncode == 0:
    config.available_features.add("torch")

with open("/proc/cpuinfo") as cpuinfo:
    flags = cpuinfo.read()
if " avx512f" in flags and " avx512vl" in flags:
    config.available_features.add("x86-64-v4")
if " avx2" in flags and " fma" in flags:
    config.available_features.add("x86-64-v3")
