#!/bin/sh
# Do the model's own tests notice when the model is wrong? Each patch (all of planted/model-*.patch
# when none is given) is applied in a scratch copy, where only the evaluator and its tests are
# built; then one of them must fail. The unpatched model must pass first. --count N takes N of them,
# others for every commit.
. "$(dirname "$0")/../support/gate.sh"
tools patch pkg-config
make_scratch
unset TRUST_CASES TRUST_SEED
everyday_build
check=$(pkg-config --cflags --libs check)
build()
{
    "${CC:-cc}" -std=c11 -O1 -w -D_POSIX_C_SOURCE=200809L "-DSOURCE_ROOT=\"$PWD\"" -Ibuild/include "$@"
}
if [ "${1:-}" = --count ]; then
    seed=$(git rev-parse HEAD 2>/dev/null || echo none)
    # Names of patches have no blanks.
    # shellcheck disable=SC2046
    set -- $(for patch in tests/gate/planted/model-*.patch; do
        echo "$(echo "$seed $patch" | cksum | cut -d ' ' -f 1) $patch"
    done | sort -n | head -n "$2" | cut -d ' ' -f 2)
fi
[ $# -gt 0 ] || set -- tests/gate/planted/model-*.patch

# What never changes is built once: the generator, the runner and the words of the core.
mkdir "$scratch/kept"
for source in tests/property/random_policy.c tests/support/support.c tests/support/model.c \
    lib/core/status.c lib/core/kind.c lib/core/bytes.c; do
    build -Iinclude -Ilib -Itests/support -c "$source" -o "$scratch/kept/$(basename "$source" .c).o"
done

# judge FOLDER: 0 when the tests of the model in that tree pass, 1 when one fails, 2 when that cannot
# be told because something does not compile.
judge()
{
    for test in unit/test_evaluate unit/test_verdict property/test_model; do
        # What pkg-config says are words.
        # shellcheck disable=SC2086
        build -I"$1/include" -I"$1/lib" -Itests/support -Itests/property \
            "tests/$test.c" "$1"/lib/policy/weigh.c "$1"/lib/policy/evaluate.c \
            "$1"/lib/policy/ledger.c "$1"/lib/policy/ahead.c "$1"/lib/policy/validity.c "$scratch"/kept/*.o $check -o "$1/judge" || return 2
        timeout 60 "$1/judge" >"$1/output" 2>&1 || return 1
    done
}

fresh()
{
    rm -rf "$scratch/tree"
    mkdir -p "$scratch/tree"
    cp -r include lib "$scratch/tree"
}

fresh
judge "$scratch/tree" || fail "the tests fail without any fault" "$(tail -n 5 "$scratch/tree/output" 2>/dev/null)"
missed=0
for fault; do
    name=$(basename "$fault" .patch)
    fresh
    if ! patch -d "$scratch/tree" -p1 -s --no-backup-if-mismatch <"$fault"; then
        echo "$name: does not apply"
        missed=$((missed + 1))
        continue
    fi
    found=0
    judge "$scratch/tree" || found=$?
    case $found in
        0) echo "$name: NOT CAUGHT" ;;
        1) echo "$name: caught by $(grep -m 1 -oE 'test_[a-z_]+:[0-9]' "$scratch/tree/output" | cut -d: -f1)" ;;
        *) echo "$name: does not compile" ;;
    esac
    [ "$found" -eq 1 ] || missed=$((missed + 1))
done
[ "$missed" -eq 0 ] || fail "$missed of $# faults of the model go unnoticed"
echo "$# faults of the model, each caught"
