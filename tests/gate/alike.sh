#!/bin/sh
# C, Python and Go say the same about other people's vectors, to the byte: scenes are made of them
# (tests/vectors/make_vector_scenes.py), C writes down what they say, and the others must say it too.
. "$(dirname "$0")/../support/gate.sh"
. tests/support/python.sh
. tests/support/go.sh
[ -f "$TRUST_VECTORS/README.md" ] || skip "no third-party vectors; set TRUST_VECTORS to their folder"
tools "$go" pkg-config
everyday_build
python_binding
make_scratch
python3 tests/vectors/make_vector_scenes.py "$TRUST_VECTORS" "$scratch" >"$scratch/count"
export TRUST_SCENES="$scratch"

# plays LANGUAGE COMMAND...: every scene, and none but these.
plays()
{
    language=$1
    shift
    "$@" >"$scratch/output" 2>&1 || {
        tail -n 60 "$scratch/output"
        fail "$language says something else than C"
    }
}

plays C build/tests/vectors/vectors_scenes --write
plays Python env -C bindings/python "$venv/bin/pytest" -q -p no:cacheprovider tests/test_scenes.py
plays Go on_build_tree env -C bindings/go "$go" test -run '^TestScenes$' -count=1 .
[ "$(find "$scratch" -name '*.expected' -size +0 | wc -l)" -gt 100 ] || fail "few scenes were made: the gate has gone blind"
echo "$(cat "$scratch/count"), $(cat "$scratch"/*.expected | wc -l) lines"
