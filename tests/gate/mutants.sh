#!/bin/sh
# Do the tests notice faults in lib/policy and lib/format? mutants.sh [OPTION...] as in mutants.py.
. "$(dirname "$0")/../support/gate.sh"
everyday_build
configure build/also/coverage -Db_coverage=true -Doptimization=0
compile build/also/coverage >/dev/null
python3 tests/gate/mutants.py --jobs "${TRUST_JOBS:-$(nproc)}" "$@"
