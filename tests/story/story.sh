# What every story shares; sourced first. A story is what one user does, told with the programs of
# the build that TRUST_BUILD names; it ends with 0, 77 (skipped) or anything else.
# shellcheck shell=sh

set -eu
cd "$(dirname "$0")/../.."
: "${TRUST_BUILD:?the build folder}" "${TRUST_VECTORS:=$PWD/../shared/vectors}"
export TRUST_BUILD
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM

fail()
{
    printf '%s\n' "$@" >&2
    exit 1
}

trustctl()
{
    "$TRUST_BUILD/bindings/cli/trustctl" "$@"
}

# says FILE TEXT: the file has a line with this text.
says()
{
    grep -qF -- "$2" "$1" || {
        cat "$1" >&2
        fail "it does not say: $2"
    }
}
