#!/bin/sh
# Writes docs/generated from the tools of a build:
#   sh tools/generate-docs.sh [build/release]
# A test fails where the files there are not what this makes.
set -eu
root=$(dirname "$0")/..
bin=${1:-$root/build/release}/bin
mkdir -p "$root/docs/generated"
"$bin/act-report" table >"$root/docs/generated/Activations.md"
# All kernels of the catalogue: some minutes.
"$bin/act-report" accuracy --json="$root/docs/generated/Accuracy.json" \
    >"$root/docs/generated/Accuracy.md"
