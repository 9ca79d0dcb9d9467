#!/bin/sh
# Compiles three activations, runs each over the first-layer pre-activations of
# a trained network, checks every value and prints how long it took.
set -eu
cd "$(dirname "$0")/.."

sh tools/install-packages.sh
cmake --preset release
cmake --build --preset release --target act-run
mkdir -p build/demo

# demo NAME EXPRESSION: one run, shown before it starts.
demo() {
  echo
  echo "+ act-run '$2'" \
    "--input=@test/data/digits_preactivations.npy --check --time" \
    "--output=build/demo/$1.npy"
  build/release/bin/act-run "$2" \
    --input=@test/data/digits_preactivations.npy --check --time \
    --output="build/demo/$1.npy"
}

demo silu 'silu'
demo gelu 'gelu'
demo mish 'x * tanh(softplus(x))'
