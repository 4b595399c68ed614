#!/bin/sh
# The library computes without floating point: it compiles for a machine that has none, and calls no
# routine that would stand in for it.
. "$(dirname "$0")/../support/gate.sh"
make_scratch
case $(uname -m) in
x86_64 | aarch64) flags=-mgeneral-regs-only ;;
armv*) flags=-mfloat-abi=soft ;;
*) skip "no flag known that takes floating point away from $(uname -m)" ;;
esac
configure build

failed=0
find lib -name '*.c' >"$scratch/sources"
while read -r source; do
    object=$scratch/$(echo "$source" | tr / _).o
    # The packages' flags are words.
    # shellcheck disable=SC2046
    gcc -std=c11 -D_POSIX_C_SOURCE=200809L -O2 $flags -Iinclude -Ilib -Ibuild/include \
        $(pkg-config --cflags libsodium libcjson) -c "$source" -o "$object" || failed=1
done <"$scratch/sources"
nm -A --undefined-only "$scratch"/*.o | sed "s,$scratch/,," |
    grep -E ' (__aeabi_[dfil]+2?[dfilz0-9]*[a-z]*|__[a-z]+[sdxt]f[0-9]?|__(fix|float)[a-z]+)$' &&
    fail "these call floating point in software"
echo "$(wc -l <"$scratch/sources") files"
exit $failed
