#!/bin/sh
# The static libraries hold no writable object, and every name that they show to other objects is
# trust_ or tri_: two engines share nothing, and a host's own names cannot collide.
. "$(dirname "$0")/../support/gate.sh"
make_scratch
[ $# -gt 0 ] || everyday_build

failed=0
for archive in "${1:-build}"/lib/libtrust.a "${1:-build}"/lib/attest/libtrust-attest.a; do
    case $archive in
    *attest*) [ -f "$archive" ] || continue ;;
    esac
    objdump -t "$archive" >"$scratch/table"
    grep -q 'F \.text' "$scratch/table" || fail "$archive has no function: the gate has gone blind"
    # .data.rel.ro is constant once the loader has put addresses into it.
    awk -v archive="$archive" '/file format/ { file = $1 }
        / (\.data|\.bss|\.tdata|\.tbss|\*COM\*)/ && !/ \.data\.rel\.ro/ && / O |\*COM\*/ {
            print "writable: " $NF " in " archive ":" file }' "$scratch/table" >"$scratch/found"
    awk -v archive="$archive" '/file format/ { file = $1 }
        /^[0-9a-f]+ +[gu!]/ && !/\*UND\*/ && $NF !~ /^(trust_|tri_)/ {
            print "neither trust_ nor tri_: " $NF " in " archive ":" file }' "$scratch/table" >>"$scratch/found"
    cat "$scratch/found"
    [ ! -s "$scratch/found" ] || failed=1
done
exit $failed
