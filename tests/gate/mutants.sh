#!/bin/sh
# Do the tests notice faults in lib/policy and lib/format? mutants.sh [OPTION...] as in mutants.py.
. "$(dirname "$0")/../support/gate.sh"
configure build/also/asan -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1 \
    -Dc_args=-fno-sanitize-recover=all
compile build/also/asan >/dev/null
python3 tests/gate/mutants.py --jobs "${TRUST_JOBS:-$(nproc)}" "$@"
