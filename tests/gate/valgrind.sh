#!/bin/sh
# The unit tests under valgrind: no invalid or uninitialised byte, nothing lost. Without the test of
# the schema, whose time is spent in its own validator's regular expressions, six minutes of it; and
# without those that say the same of a hundred thousand inputs, unless TRUST_LONG=1.
. "$(dirname "$0")/../support/gate.sh"
tools valgrind
everyday_build
slow='lint_claims|baseline|core|didit|document|table|policy|address|cose'
[ "${TRUST_LONG:-}" != 1 ] || slow=none
names=$(meson test -C build --list --suite unit | sed -n 's,.* / ,,p' | grep -vxE "schema|$slow" | tr '\n' ' ')
[ -n "$names" ] || fail "no unit test: the gate has gone blind"
CK_FORK=no TRUST_CASES=${TRUST_CASES:-500} TRUST_ONLY=${TRUST_ONLY:-$names} suite build --timeout-multiplier 20 \
    --wrapper 'valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,possible'
