#!/bin/sh
# The ABI against the stored baseline: within one soversion it only grows.
#   abi.sh            compare
#   abi.sh --refresh  store today's; refused when it breaks the ABI and the soversion has not moved
# What is private is dropped by its path (abi/private.ini). abidw's own --headers-dir knows a header
# only by its last name, and ours come in pairs: include/trust/policy.h and lib/policy/policy.h.
. "$(dirname "$0")/../support/gate.sh"
tools abidw abidiff clang
make_scratch
baseline=tests/gate/abi/libtrust.abi
# clang, unoptimised: gcc describes a function in the files that call it too, and of two descriptions
# abidw 2.2 may keep the one that has no symbol, so that a change of the function goes unseen.
CC=clang configure build/also/abi -Doptimization=0 -Dtests=false
compile build/also/abi >/dev/null
library=build/also/abi/lib/libtrust.so
readelf -S "$library" | grep -q '\.debug_info' || fail "no debug information: abidiff would see nothing"
abidw --suppressions tests/gate/abi/private.ini --no-corpus-path --no-comp-dir-path \
    --type-id-style hash "$library" >"$scratch/now.abi"
grep -q "class-decl name='trust_error'" "$scratch/now.abi" || fail "no public type: the gate has gone blind"
! grep -q "class-decl.*filepath='[./]*lib/" "$scratch/now.abi" || fail "private structs are in the description"
exported=$(grep -c '<elf-symbol ' "$scratch/now.abi")
[ "$(grep -c 'elf-symbol-id=' "$scratch/now.abi")" -eq "$exported" ] ||
    fail "not every one of the $exported functions is described: the gate has gone blind"

compare()
{
    abidiff --no-added-syms "$baseline" "$scratch/now.abi"
}
soname()
{
    sed -n "s/.*soname='\([^']*\)'.*/\1/p" "$1" | head -n 1
}

if [ "${1:-}" = --refresh ]; then
    if [ -f "$baseline" ] && [ "$(soname "$baseline")" = "$(soname "$scratch/now.abi")" ]; then
        compare || fail "this breaks the ABI: move soversion in meson.build and say so in docs/changes.md"
    fi
    mkdir -p "${baseline%/*}"
    cp "$scratch/now.abi" "$baseline"
    echo "stored $baseline"
    exit
fi
[ -f "$baseline" ] || fail "no baseline: tests/gate/abi.sh --refresh"
compare || fail "the ABI has changed; see docs/testing.md"
echo "no break of $(soname "$baseline")"
