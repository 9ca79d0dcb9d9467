#!/bin/sh
# Installs the Debian packages that Act needs to build and to be tested.
# Packages that are already installed cost nothing: a second run does nothing.
# Arguments are further packages: the preset asan needs libclang-rt-19-dev; with
# libdnnl-dev act-bench measures oneDNN beside Act; and with qemu-user, which
# takes 108 MB, tests run kernels for AArch64.
set -eu

packages="
libmlir-19-dev mlir-19-tools llvm-19-dev llvm-19-tools libzstd-dev zlib1g-dev
cmake ninja-build g++ clang-19 lld-19 ccache python3 python3-mpmath
libgtest-dev libbenchmark-dev libmpfr-dev libmpfi-dev libgmp-dev
$*
"

missing=""
for package in $packages; do
  # shellcheck disable=SC2016 # dpkg-query expands ${Status}, not the shell
  status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
  case $status in
  *" ok installed") ;;
  *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0

as_root=""
[ "$(id -u)" -eq 0 ] || as_root=sudo
echo "installing:$missing" >&2
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update
# shellcheck disable=SC2086 # both are lists of words
$as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get install --yes --no-install-recommends $missing
