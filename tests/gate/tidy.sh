#!/bin/sh
# clang-tidy, as .clang-tidy says, over the library, the command and the examples: tidy.sh [FILE...].
# The clang analyzer, which takes three quarters of the time, only with TRUST_LONG=1.
. "$(dirname "$0")/../support/gate.sh"
tools clang clang-tidy
CC=clang configure build/also/clang -Dwerror=true --buildtype=debug
checks=
[ "${TRUST_LONG:-}" = 1 ] || checks='-clang-analyzer-*'
[ $# -gt 0 ] || set -- lib bindings/cli examples
find "$@" -name '*.c' >build/also/clang/tidied
xargs -P "${TRUST_JOBS:-$(nproc)}" -n 1 clang-tidy -p build/also/clang --quiet \
    --checks="$checks" <build/also/clang/tidied
echo "$(wc -l <build/also/clang/tidied) files"
