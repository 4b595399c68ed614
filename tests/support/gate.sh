# What every gate shares; sourced first. A gate judges the tree that it lies in, wherever it is
# started, and ends with 0 (passed), 77 (skipped: the reason is its last line) or anything else.
# shellcheck shell=sh

set -eu
cd "$(dirname "$0")/../.."

fail()
{
    printf '%s\n' "$@" >&2
    exit 1
}

skip()
{
    printf '%s\n' "$@"
    exit 77
}

tools()
{
    for tool; do
        command -v "$tool" >/dev/null 2>&1 || skip "no $tool here"
    done
}

# configure FOLDER OPTION...: a build folder with these options; made anew only when they change.
# The folder of third-party vectors is one of them, because meson keeps the tests' environment.
configure()
{
    folder=$1
    shift
    wanted="${CC:-} $* ${TRUST_VECTORS:-}"
    if [ -f "$folder/build.ninja" ] && [ "$(cat "$folder/configured" 2>/dev/null)" = "$wanted" ]; then
        return
    fi
    mkdir -p "$folder"
    if [ -d "$folder/meson-private" ]; then
        meson setup --reconfigure "$folder" "$@"
    else
        meson setup "$folder" "$@"
    fi
    printf '%s\n' "$wanted" >"$folder/configured"
}

# compile FOLDER TARGET...
compile()
{
    folder=$1
    shift
    ninja -C "$folder" ${TRUST_JOBS:+-j "$TRUST_JOBS"} "$@"
}

# A folder that goes when the gate ends.
scratch=
make_scratch()
{
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    trap 'exit 130' INT TERM
}
