#!/bin/sh
# clang-tidy, as .clang-tidy says, over the library, the command and the examples: tidy.sh [FILE...].
. "$(dirname "$0")/../support/gate.sh"
tools clang clang-tidy
CC=clang configure build/also/clang -Dwerror=true --buildtype=debug
[ $# -gt 0 ] || set -- lib bindings/cli examples
find "$@" -name '*.c' >build/also/clang/tidied
xargs -P "${TRUST_JOBS:-$(nproc)}" -n 1 clang-tidy -p build/also/clang --quiet <build/also/clang/tidied
echo "$(wc -l <build/also/clang/tidied) files"
