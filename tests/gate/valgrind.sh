#!/bin/sh
# The unit tests under valgrind: no invalid or uninitialised byte, nothing lost. Without the test of
# the schema, whose time is spent in its own validator's regular expressions, six minutes of it.
. "$(dirname "$0")/../support/gate.sh"
tools valgrind
everyday_build
names=$(meson test -C build --list --suite unit | sed -n 's,.* / ,,p' | grep -vx schema | tr '\n' ' ')
[ -n "$names" ] || fail "no unit test: the gate has gone blind"
CK_FORK=no TRUST_CASES=${TRUST_CASES:-500} TRUST_ONLY=${TRUST_ONLY:-$names} suite build --timeout-multiplier 20 \
    --wrapper 'valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,possible'
