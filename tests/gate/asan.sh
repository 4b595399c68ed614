#!/bin/sh
# The suite under AddressSanitizer (leaks too) and UndefinedBehaviorSanitizer; any finding ends it.
. "$(dirname "$0")/../support/gate.sh"
configure build/also/asan -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1 \
    -Dc_args=-fno-sanitize-recover=all
CK_FORK=no TRUST_CASES=${TRUST_CASES:-20000} suite build/also/asan
