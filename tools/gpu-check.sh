#!/bin/sh
# Builds the program that checks and times kernels on a GPU, and runs it.
#
#   sh tools/gpu-check.sh [--build-only | --run] [OPTIONS of act-gpu-check]
#
# --build-only stops when the bundle is there: build/gpu-check/act-gpu-check,
# one file that needs nothing but the C library and NVIDIA's driver. Take it to
# a machine with a GPU and run it there; --run runs a bundle that is there and
# builds nothing. Runs write build/gpu-check/report.txt, report.json too, and,
# where python3 has PyTorch, what the same work takes in it, torch.compile,
# Triton and JAX: peers.txt. That decides over no exit code.
#
# ACT_BUILD names a build folder that is configured (default build/release).
#
# Exit codes: 0 all passed; 1 some did not, or the bundle is wrong; 2 an option
# is wrong; 77 there is no device, nothing was checked.
set -eu
cd "$(dirname "$0")/.."

build=${ACT_BUILD:-build/release}
bundle=build/gpu-check
program=$bundle/act-gpu-check
# What the bundle may take as a compressed file, in MiB.
most=40

mode=all
case ${1:-} in
--build-only) mode=build && shift ;;
--run) mode=run && shift ;;
esac

if [ "$mode" != run ]; then
  [ -e "$build/build.ninja" ] || cmake --preset release
  cmake --build "$build" --target act-gpu-check >&2
  mkdir -p "$bundle"
  strip -o "$program" "$build/bin/act-gpu-check"
  xz -T0 -2 -kf "$program"
  size() { echo $(($(wc -c <"$1") / 1048576)); }
  needed=$(objdump -p "$program" | awk '$1 == "NEEDED" { print $2 }')
  glibc=$(objdump -T "$program" | grep -o 'GLIBC_2[.0-9]*' | sort -V | tail -1)
  echo "$program: $(size "$program") MiB," \
    "compressed $(size "$program.xz") MiB; needs" $needed "($glibc)"
  for library in $needed; do
    case $library in
    libc.so.* | libm.so.* | libdl.so.* | libpthread.so.* | ld-linux*) ;;
    *)
      echo "gpu-check.sh: error: the bundle needs $library, which other" \
        "machines may lack; link its archive" >&2
      exit 1
      ;;
    esac
  done
  if [ "$(size "$program.xz")" -gt $most ]; then
    echo "gpu-check.sh: error: the bundle takes more than $most MiB" >&2
    exit 1
  fi
fi
[ "$mode" != build ] || exit 0

if [ ! -x "$program" ]; then
  echo "gpu-check.sh: error: there is no $program; leave out --run" >&2
  exit 1
fi
code=0
"$program" --json="$bundle/report.json" "$@" >"$bundle/report.txt" || code=$?
cat "$bundle/report.txt"
if [ $code -le 1 ] && python3 -c 'import torch' 2>/dev/null; then
  python3 test/bench/gpu_peers.py --beside="$bundle/report.json" \
    >"$bundle/peers.txt" || echo "gpu-check.sh: the peers were not timed" >&2
  cat "$bundle/peers.txt"
fi
exit $code
