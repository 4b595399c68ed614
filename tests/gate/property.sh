#!/bin/sh
# The properties over many more cases than every day: property.sh [CASES].
. "$(dirname "$0")/../support/gate.sh"
configure build
TRUST_CASES=${1:-1000000} suite build --suite property --timeout-multiplier 40 --verbose
