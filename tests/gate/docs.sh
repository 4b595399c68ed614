#!/bin/sh
# The code in README.md and docs/ compiles and runs (docs.py says which blocks), and docs/errors.md
# knows every status.
. "$(dirname "$0")/../support/gate.sh"
. tests/support/python.sh
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
python3 -B tests/gate/docs.py
