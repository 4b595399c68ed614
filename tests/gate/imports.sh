#!/bin/sh
# What libtrust.so takes from outside stands in this list: memory, text, the clock and entropy of the
# C library, the crypto of libsodium, the reader of cJSON. No stdio, no abort, no environment, no
# locale, no file.
. "$(dirname "$0")/../support/gate.sh"
make_scratch
[ $# -gt 0 ] || everyday_build

cat >"$scratch/allowed" <<'END'
malloc|realloc|calloc|free
mem(cpy|move|set|cmp|chr|rchr)
str(len|nlen|cmp|ncmp|chr|rchr|cpy|ncpy)
bsearch|qsort
getentropy|clock_gettime|pthread_(mutex|rwlock)_(init|lock|unlock|trylock|rdlock|wrlock|destroy)
crypto_[a-z0-9_]+|sodium_(init|memzero|memcmp|malloc|free|base642bin|bin2base64)
cJSON_(Parse[A-Za-z]*|Delete|Get[A-Za-z]+|Is[A-Za-z]+)
_?_(stack_chk_fail|cxa_finalize|gmon_start__|tls_get_addr)
__(memcpy|memmove|memset|strcpy|strncpy)_chk
_ITM_(de)?registerTMCloneTable
END

library=${1:-build/lib/libtrust.so}
nm -D --undefined-only "$library" | awk '{ sub(/@.*/, "", $2); print $2 }' >"$scratch/taken"
[ -s "$scratch/taken" ] || fail "$library takes nothing from outside: the gate has gone blind"
if grep -vxEf "$scratch/allowed" "$scratch/taken" >"$scratch/foreign"; then
    echo "taken from outside, not allowed in tests/gate/imports.sh:"
    cat "$scratch/foreign"
    exit 1
fi
echo "$(wc -l <"$scratch/taken") imports"
