#!/bin/sh
# The unit tests and the corpora under valgrind: no invalid or uninitialised byte, nothing lost.
. "$(dirname "$0")/../support/gate.sh"
tools valgrind
configure build
CK_FORK=no TRUST_CASES=${TRUST_CASES:-500} suite build --suite unit --suite corpus --timeout-multiplier 20 \
    --wrapper 'valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,possible'
