#!/bin/sh
# The tests that make threads, under ThreadSanitizer.
. "$(dirname "$0")/../support/gate.sh"
configure build/also/tsan -Db_sanitize=thread -Db_lundef=false -Doptimization=1
threaded=$(grep -l '^#include <pthread.h>' tests/*/test_*.c | sed 's,.*/test_\(.*\)\.c,\1,' | tr '\n' ' ')
[ -n "$threaded" ] || fail "no test makes threads: the gate has gone blind"
CK_FORK=no TSAN_OPTIONS=halt_on_error=1 TRUST_ONLY=${TRUST_ONLY:-$threaded} suite build/also/tsan
