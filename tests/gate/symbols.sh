#!/bin/sh
# The public headers, lib/trust.map and the shared library name the same functions; so does a library
# built with other options, when its folder is given.
. "$(dirname "$0")/../support/gate.sh"
make_scratch
[ $# -gt 0 ] || everyday_build

# The name after TRUST_API's return type: the first word that an opening parenthesis follows.
for header in include/trust/*.h include/trust/version.h.in; do
    [ "$header" = include/trust/attest.h ] || cat "$header"
done | tr '\n' ' ' | sed 's,/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/, ,g' | tr ';' '\n' |
    sed -n 's/.*TRUST_API[^(]*[ *]\(trust_[a-z0-9_]*\)(.*/\1/p' | sort >"$scratch/headers"
sed -n 's/^ *\(trust_[a-z0-9_]*\);$/\1/p' lib/trust.map | sort >"$scratch/map"

failed=0
same()
{
    diff "$1" "$2" >"$scratch/diff" && return
    echo "$3:"
    grep '^[<>]' "$scratch/diff"
    failed=1
}

same "$scratch/headers" "$scratch/map" "only in the headers (<), only in lib/trust.map (>)"
for folder in "${@:-build}"; do
    nm -D --defined-only "$folder/lib/libtrust.so" >"$scratch/nm"
    awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' "$scratch/nm" | sort >"$scratch/exported"
    awk '$2 !~ /[TA]/ { print "exported but no function: " $3 }' "$scratch/nm" >"$scratch/odd"
    same "$scratch/map" "$scratch/exported" "only in lib/trust.map (<), only in $folder/lib/libtrust.so (>)"
    [ ! -s "$scratch/odd" ] || { cat "$scratch/odd" && failed=1; }
done
echo "$(wc -l <"$scratch/headers") functions"
[ -s "$scratch/headers" ] && exit $failed
fail "no public function found: the gate has gone blind"
