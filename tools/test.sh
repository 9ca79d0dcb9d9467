#!/bin/sh
# Installs what is missing, builds everything and runs the tests.
set -eu
cd "$(dirname "$0")/.."

sh tools/install-packages.sh
cmake --preset release
cmake --build --preset release
ctest --preset release
