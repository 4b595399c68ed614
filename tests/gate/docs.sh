#!/bin/sh
# The code in README.md and docs/ compiles and runs (docs.py says which blocks), and docs/errors.md
# knows every status.
. "$(dirname "$0")/../support/gate.sh"
everyday_build
make_scratch
grep -o '^#define TRUST_E_[A-Z_]*' include/trust/status.h | sed 's/#define //' >"$scratch/statuses"
while read -r status; do
    grep -q "\b$status\b" docs/errors.md || fail "docs/errors.md lacks $status"
done <"$scratch/statuses"
python3 -B tests/gate/docs.py
