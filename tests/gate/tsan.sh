#!/bin/sh
# The suite under ThreadSanitizer.
. "$(dirname "$0")/../support/gate.sh"
configure build/also/tsan -Db_sanitize=thread -Db_lundef=false -Doptimization=1
CK_FORK=no TRUST_CASES=${TRUST_CASES:-20000} TSAN_OPTIONS=halt_on_error=1 suite build/also/tsan
