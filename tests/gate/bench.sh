#!/bin/sh
# Every benchmark of tests/bench/, on an optimised build. They print; none can fail but by ending badly.
. "$(dirname "$0")/../support/gate.sh"
configure build/also/bench --buildtype=release
compile build/also/bench >/dev/null
meson test -C build/also/bench --benchmark --verbose
