#!/bin/sh
# The suite under AddressSanitizer (leaks too) and UndefinedBehaviorSanitizer; any finding ends it.
# With TRUST_LONG=1 also the slow stories, which start the command a thousand times, and more cases.
. "$(dirname "$0")/../support/gate.sh"
configure build/also/asan -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1 \
    -Dc_args=-fno-sanitize-recover=all
if [ "${TRUST_LONG:-}" = 1 ]; then
    CK_FORK=no TRUST_CASES=${TRUST_CASES:-20000} suite build/also/asan
else
    compile build/also/asan >/dev/null
    slow='attack_trustctl|story policy|schema'
    TRUST_ONLY=${TRUST_ONLY:-$(meson test -C build/also/asan --list | sed -n 's,.* / ,,p' | grep -vxE "$slow" | tr ' \n' '? ')}
    CK_FORK=no TRUST_CASES=${TRUST_CASES:-2000} suite build/also/asan
fi
