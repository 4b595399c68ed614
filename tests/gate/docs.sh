#!/bin/sh
# The code in README.md and docs/ compiles and runs (docs.py says which blocks); docs/errors.md knows
# every status, docs/python.md and docs/go.md everything that the bindings export.
. "$(dirname "$0")/../support/gate.sh"
. tests/support/python.sh
. tests/support/go.sh
everyday_build
make_scratch
grep -o '^#define TRUST_E_[A-Z_]*' include/trust/status.h | sed 's/#define //' >"$scratch/statuses"
while read -r status; do
    grep -q "\b$status\b" docs/errors.md || fail "docs/errors.md lacks $status"
done <"$scratch/statuses"
# Where a package for Python is missing the rest of the pages is checked all the same.
set +e
(set -e; python_binding)
status=$?
set -e
[ "$status" -eq 0 ] || [ "$status" -eq 77 ] || fail "no binding to run Python with"
TRUST_PYTHON=
[ "$status" -ne 0 ] || TRUST_PYTHON=$python
export TRUST_PYTHON

# The page of a binding names everything that the binding exports.
names_all()
{
    [ -s "$2" ] || fail "the binding of $1 exports nothing"
    lacks=
    while read -r name; do
        grep -q "\b$name\b" "$1" || lacks="$lacks $name"
    done <"$2"
    [ -z "$lacks" ] || fail "$1 lacks$lacks"
}
if [ -n "$TRUST_PYTHON" ]; then
    "$python" -I -B tests/gate/docs_exported.py >"$scratch/python"
    names_all docs/python.md "$scratch/python"
fi
if command -v "$go" >/dev/null; then
    # Methods and constants too: go shows those of a group indented.
    (cd bindings/go && "$go" doc -all .) | sed -nE -e '/^(const|var) \($/,/^\)/s/^\t([A-Z][A-Za-z0-9]*).*/\1/p' \
        -e 's/^(func|type|const|var) (\([^)]*\) )?([A-Z][A-Za-z0-9]*).*/\3/p' >"$scratch/go"
    names_all docs/go.md "$scratch/go"
fi
python3 -B tests/gate/docs.py
