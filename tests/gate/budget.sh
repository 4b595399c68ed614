#!/bin/sh
# What libtrust costs: the stripped library, the attester on each machine whose compiler is here, and
# the memory of a thousand open devices (tests/gate/resident.c). Printed, and held to the budget.
. "$(dirname "$0")/../support/gate.sh"
make_scratch
failed=0

# within WHAT SIZE LIMIT, in bytes
within()
{
    printf '%-40s %9d of %9d bytes\n' "$1" "$2" "$3"
    [ "$2" -gt 0 ] && [ "$2" -le "$3" ] || failed=1
}

# As meson.build says it, optimised for speed with debug information that strip takes away.
configure build/also/release -Dtests=false
compile build/also/release
strip -o "$scratch/libtrust.so" build/also/release/lib/libtrust.so
within 'libtrust.so, stripped' "$(wc -c <"$scratch/libtrust.so")" 400000

# attester COMPILER [OPTION]: text and data of all that the attester's archive holds
attester()
{
    command -v "$1" >/dev/null || return 0
    # Other machines' headers come from this one's C library where theirs is not installed.
    set -- "$@" -idirafter /usr/include -idirafter "/usr/include/$(uname -m)-linux-gnu"
    echo '#include <string.h>' | "$@" -fsyntax-only -xc - 2>/dev/null || return 0
    rm -f "$scratch"/*.o
    for source in $(attester_sources); do
        "$@" -std=c11 -D_POSIX_C_SOURCE=200809L -Os -Iinclude -Ilib -Ibuild/also/release/include \
            -c "$source" -o "$scratch/$(basename "$source").o"
    done
    size "$scratch"/*.o 2>/dev/null || "${1%gcc}size" "$scratch"/*.o
}
attester_sources()
{
    ninja -C build/also/release -t inputs lib/attest/libtrust-attest.a | grep '\.c$' |
        sed 's,^\(\.\./\)*,,' | sed "s,^$PWD/,,"
}

if [ -f lib/attest/attest.c ]; then
    for compiler in gcc 'gcc -m32' arm-linux-gnueabihf-gcc aarch64-linux-gnu-gcc s390x-linux-gnu-gcc; do
        # The option is a word of its own.
        # shellcheck disable=SC2086
        attester $compiler >"$scratch/size"
        [ -s "$scratch/size" ] || continue
        within "attester, $compiler" "$(awk 'NR > 1 { sum += $4 } END { print sum }' "$scratch/size")" 65536
    done
fi

if [ -f tests/gate/resident.c ]; then
    cc -std=c11 -D_DEFAULT_SOURCE -O2 -Wall -Wextra -Werror -Iinclude -Ibuild/also/release/include tests/gate/resident.c \
        build/also/release/lib/libtrust.so -Wl,-rpath,"$PWD/build/also/release/lib" -o "$scratch/resident"
    within 'resident, 1,000 devices open' "$("$scratch/resident" examples/policies/front-door-locks.json)" 8388608
fi
exit $failed
