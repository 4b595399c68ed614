#!/bin/sh
# cppcheck over the library, the command and the examples.
. "$(dirname "$0")/../support/gate.sh"
tools cppcheck
configure build
cppcheck -q -j "${TRUST_JOBS:-$(nproc)}" --enable=warning,performance,portability --std=c11 \
    --inline-suppr --error-exitcode=1 --suppress=missingIncludeSystem \
    -D'cJSON_ArrayForEach(a,b)=for(a=(b)->child;a;a=(a)->next)' \
    -Iinclude -Ilib -Ibuild/include lib bindings/cli examples
