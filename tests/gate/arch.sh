#!/bin/sh
# One digest of random decisions (tests/property/digest.c) under every compiler and machine: the
# policy's arithmetic gives the same bits everywhere. Cross compilers without qemu count as missing.
# TRUST_CASES says how many decisions.
. "$(dirname "$0")/../support/gate.sh"
[ -f tests/property/digest.c ] || skip "tests/property/digest.c is not there"
make_scratch
configure build
export TRUST_CASES="${TRUST_CASES:-500000}"

# Where the digest's objects come from is read off one native link: every source of the library that
# needs no outside header is offered, the linker takes what it wants.
program='tests/property/digest.c tests/property/random_policy.c'
flags="-std=c11 -D_POSIX_C_SOURCE=200809L -Iinclude -Ilib -Itests/support -Ibuild/include"
mkdir "$scratch/offer"
find lib -name '*.c' -exec grep -LE '# *include *<(sodium|cjson|cJSON)' {} + >"$scratch/sources"
while read -r source; do
    # shellcheck disable=SC2086
    cc $flags -O0 -c "$source" -o "$scratch/offer/$(echo "$source" | tr / @).o"
done <"$scratch/sources"
ar cr "$scratch/offer.a" "$scratch"/offer/*.o
# shellcheck disable=SC2086
cc $flags $program "-Wl,-Map=$scratch/link" "$scratch/offer.a" -o "$scratch/first"
sed -n 's/.*offer\.a(\(lib@.*\.c\)\.o).*/\1/p' "$scratch/link" | tr @ / | sort -u >"$scratch/needed"
[ -s "$scratch/needed" ] || fail "the link took nothing of the library: the gate has gone blind"
echo "digest of $(wc -l <"$scratch/needed") files, $TRUST_CASES cases"

# digest NAME EMULATOR COMPILER FLAG...
digest()
{
    name=$1 emulator=$2
    shift 2
    if ! command -v "$1" >/dev/null || { [ -n "$emulator" ] && ! command -v "${emulator%% *}" >/dev/null; }; then
        echo "$name missing" && return
    fi
    # shellcheck disable=SC2046,SC2086
    if "$@" $flags $program $(cat "$scratch/needed") -o "$scratch/$name" 2>"$scratch/$name.log" &&
        $emulator "$scratch/$name" >"$scratch/$name.out" 2>>"$scratch/$name.log"; then
        echo "$name $(tail -n 1 "$scratch/$name.out")"
    else
        echo "$name failed: $(tail -n 1 "$scratch/$name.log")"
    fi
}

{
    digest s390x qemu-s390x s390x-linux-gnu-gcc -O2 -static &
    digest armhf qemu-arm arm-linux-gnueabihf-gcc -O2 -static &
    digest aarch64 qemu-aarch64 aarch64-linux-gnu-gcc -O2 -static &
    [ "$(uname -m)" != x86_64 ] || digest m32 '' gcc -O2 -m32 &
    digest gcc-O0 '' gcc -O0 &
    digest gcc-O2 '' gcc -O2 &
    digest gcc-O3 '' gcc -O3 &
    digest clang-O2 '' clang -O2 &
    digest musl '' musl-gcc -O2 -static &
    wait
} | sort >"$scratch/digests"
cat "$scratch/digests"
! grep -q ' failed: ' "$scratch/digests" || fail "not all of them ran"
different=$(awk '$2 != "missing" { $1 = ""; print }' "$scratch/digests" | sort -u | wc -l)
[ "$different" -eq 1 ] || fail "$different digests where there must be one"
missing=$(grep -c ' missing$' "$scratch/digests" || true)
[ "$missing" -eq 0 ] || skip "$missing compilers or emulators are not here; the others agree"
echo "$(wc -l <"$scratch/digests") builds agree"
