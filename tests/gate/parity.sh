#!/bin/sh
# Every public function of C is called from each binding while its tests run, but for those that stand
# in parity.txt with a reason. What was called is for the dynamic loader to say: it binds a function
# when it is first called (LD_DEBUG=bindings). The gate "python" leaves its account in build/parity; one
# that is missing or older than what it is about is made here.
. "$(dirname "$0")/../support/gate.sh"
. tests/support/python.sh
. tests/support/go.sh
tools nm readelf "$go" pkg-config
everyday_build
make_scratch
account=$PWD/build/parity
mkdir -p "$account"

awk '!/^#/ { print $1 }' tests/gate/parity.txt | sort >"$scratch/excepted"
awk '!/^#/ && NF < 2' tests/gate/parity.txt | grep . && fail "an exception without a reason"
public()
{
    tr '\n' ' ' <"$1" | grep -oE 'TRUST_API [^;(]*[ *]trust_[a-z0-9_]*\(' | sed 's/.*[ *]\(trust_.*\)(/\1/'
}
{
    sed -n 's/^ *\(trust_[a-z0-9_]*\);$/\1/p' lib/trust.map
    public include/trust/attest.h
} | sort >"$scratch/public"
comm -13 "$scratch/public" "$scratch/excepted" | grep . && fail "an exception that is no public function"

# stale LANGUAGE: is there no account of the tests as they are now?
stale()
{
    newest=$(find "$account" -name "$1.[0-9]*" | head -n 1)
    [ -z "$newest" ] ||
        find "bindings/$1" include lib tests/vectors -type f ! -path '*/__pycache__/*' ! -path '*/.*' -newer "$newest" | grep -q .
}

# witnessed LANGUAGE COMMAND...: run the tests, the loader watching.
witnessed()
{
    language=$1
    shift
    stale "$language" || return 0
    rm -f "$account/$language".[0-9]*
    (export LD_DEBUG=bindings LD_DEBUG_OUTPUT="$account/$language" && "$@") >"$scratch/tests" 2>&1 || {
        cat "$scratch/tests"
        fail "the tests from $language fail"
    }
}

# called LANGUAGE NAME: what the loader bound from an object of that name into the library. A process that
# bound an exception bound all at once, so that it says nothing.
called()
{
    : >"$scratch/called"
    for file in "$account/$1".[0-9]*; do
        sed -n "s,.*binding file [^ ]*$2 \[0\] to [^ ]*/libtrust\.so[^ ]* \[0\]: normal symbol \`\([^']*\)'.*,\1,p" \
            "$file" | sort -u >"$scratch/bound"
        [ -n "$(comm -12 "$scratch/bound" "$scratch/excepted")" ] || cat "$scratch/bound" >>"$scratch/called"
    done
    cat "$scratch/within" >>"$scratch/called"
    sort -u -o "$scratch/called" "$scratch/called"
}

# own LANGUAGE: what stands in the binding itself, not in its tests.
own()
{
    find "bindings/$1" \( -name tests -o -name subprojects -o -name '*_test.go' \) -prune -o \
        -type f -name '*.[pgch]*' -exec grep -ohE 'trust_[a-z0-9_]+' {} + | sort -u
}

# within LANGUAGE OBJECT COMMAND...: the device's side stands in the object itself and leaves no such
# trace. The scene "attester" says its signed bytes, which nothing but that call can make.
within()
{
    nm "$2" | sed -n 's/.* [tT] \(trust_[a-z0-9_]*\)$/\1/p' | sort >"$scratch/within"
    shift 2
    "$@" >"$scratch/tests" 2>&1 || true
    grep -qE '1 passed|PASS: .*attester' "$scratch/tests" || {
        cat "$scratch/tests"
        : >"$scratch/within"
    }
}

failed=0
# judge LANGUAGE OBJECT: an object that is bound lazily, and its account.
judge()
{
    object=$2
    ! readelf -dW "$object" | grep -qE '\(BIND_NOW\)|Flags:.*NOW' || fail "$object binds everything at once"
    readelf -rW "$object" | awk '$3 !~ /JUMP_SLO/ && $5 ~ /^trust_/ { sub(/@.*/, "", $5); print $5 }' | sort -u >"$scratch/early"
    called "$1" "$(basename "$object")"
    comm -12 "$scratch/early" "$scratch/called" | sed "s/^/$1 takes the address of: /" | grep . && failed=1
    [ "$(wc -l <"$scratch/called")" -gt 20 ] || fail "the loader tells nothing of $1: the gate has gone blind"
    comm -23 "$scratch/public" "$scratch/called" >"$scratch/missing"
    comm -12 "$scratch/missing" "$scratch/excepted" >"$scratch/left"
    comm -13 "$scratch/missing" "$scratch/excepted" | sed "s/^/$1 calls an exception: /" | grep . && failed=1
    nm -D --undefined-only "$object" | sed -n 's/.* \(trust_[a-z0-9_]*\).*/\1/p' | sort -u >"$scratch/mentioned"
    comm -23 "$scratch/missing" "$scratch/excepted" >"$scratch/bad"
    comm -12 "$scratch/bad" "$scratch/mentioned" | sed "s/^/$1 only mentions: /"
    comm -23 "$scratch/bad" "$scratch/mentioned" | sed "s/^/$1 cannot reach: /"
    own "$1" | comm -13 - "$scratch/called" | comm -12 - "$scratch/public" >"$scratch/tested"
    sed "s/^/$1 calls in its tests alone: /" "$scratch/tested"
    [ ! -s "$scratch/bad" ] && [ ! -s "$scratch/tested" ] || failed=1
    echo "$1 calls $(comm -12 "$scratch/public" "$scratch/called" | wc -l) of $(wc -l <"$scratch/public"), $(wc -l <"$scratch/left") excepted"
}

python_binding
pytest="env -C bindings/python $venv/bin/pytest -q -p no:cacheprovider"
object=$("$python" -c 'import trust._trust as it; print(it.__file__)')
# A command and its words.
# shellcheck disable=SC2086
{
    witnessed python $pytest
    within python "$object" $pytest 'tests/test_scenes.py::test_scene[attester]'
}
judge python "$object"

object=$PWD/build/go/go.test
on_build_tree env -C bindings/go "$go" test -c -o "$object" .
witnessed go on_build_tree env -C bindings/go "$object"
within go "$object" on_build_tree env -C bindings/go "$object" -test.v -test.run '^TestScenes$/^attester$'
judge go "$object"
exit $failed
