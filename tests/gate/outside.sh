#!/bin/sh
# The header of an outside library is included by one file, so that the library can be changed or
# left out there; nothing includes what the build does not name.
. "$(dirname "$0")/../support/gate.sh"

failed=0
# includes PATTERN ALLOWED-FILE...: who includes it, and who may.
includes()
{
    pattern=$1
    shift
    found=$(grep -rlE "^ *# *include *[<\"]$pattern" lib include bindings/cli || true)
    for file in $found; do
        case " $* " in
        *" $file "*) ;;
        *) echo "$file may not include $pattern" && failed=1 ;;
        esac
    done
    for file; do
        case "$found" in
        *"$file"*) ;;
        *) echo "$file does not include $pattern: the gate has gone blind" && failed=1 ;;
        esac
    done
}

includes 'sodium(\.h|/)' lib/crypto/sodium.c
includes '(cjson/)?cJSON' lib/format/json.c
includes 'curl/'
includes 'openssl/'
exit $failed
