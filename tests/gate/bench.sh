#!/bin/sh
# Every benchmark of tests/bench/, on an optimised build. They print; none can fail but by ending badly.
. "$(dirname "$0")/../support/gate.sh"
. tests/support/python.sh
. tests/support/go.sh
configure build/also/bench --buildtype=release
compile build/also/bench >/dev/null

# The bindings are compared with C where their languages are, all three with the same libtrust.so.
if (python_binding); then
    TRUST_BENCH_PYTHON=$python
    export TRUST_BENCH_PYTHON
fi
if command -v "$go" >/dev/null 2>&1; then
    TRUST_BENCH_GO=$PWD/build/also/bench/bindings_go
    export TRUST_BENCH_GO
    (
        export PKG_CONFIG_PATH="$PWD/build/also/bench/meson-uninstalled" GOPROXY=off
        cd tests/bench/bindings/go
        "$go" build -o "$TRUST_BENCH_GO" .
    )
fi
meson test -C build/also/bench --benchmark --verbose
