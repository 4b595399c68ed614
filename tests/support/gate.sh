# What every gate shares; sourced first. A gate judges the tree that it lies in, wherever it is
# started, and ends with 0 (passed), 77 (skipped: the reason is its last line) or anything else.
# shellcheck shell=sh

set -eu
cd "$(dirname "$0")/../.."
: "${TRUST_VECTORS:=$PWD/../shared/vectors}"
export TRUST_VECTORS

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
# Meson looks for sources and takes the tests' environment only once, so the list of sources and the
# folder of vectors are noted too.
configure()
{
    built=$1
    shift
    options="${CC:-} $*"
    seen="${TRUST_VECTORS:-} $(find lib bindings tests examples fuzz -name '*.[ch]' | sort | cksum)"
    if [ ! -f "$built/build.ninja" ] || [ "$(sed -n 1p "$built/configured" 2>/dev/null)" != "$options" ]; then
        # build/ holds more than a build, and no option of ours.
        [ "$built" = build ] || rm -rf "$built"
        # An old folder takes new options only when it is told to.
        again=
        [ ! -f "$built/build.ninja" ] || again=--reconfigure
        meson setup $again "$built" "$@"
    elif [ "$(sed -n 2p "$built/configured")" != "$seen" ]; then
        meson setup --reconfigure "$built"
    fi
    printf '%s\n' "$options" "$seen" >"$built/configured"
}

# compile FOLDER TARGET...
compile()
{
    built=$1
    shift
    ninja -C "$built" ${TRUST_JOBS:+-j "$TRUST_JOBS"} "$@"
}

# The build that is in build/, up to date.
everyday_build()
{
    configure build
    compile build >build/ninja.log || {
        cat build/ninja.log
        fail "it does not compile"
    }
}

# install_below FOLDER: the library as a system has it, and pkg-config told to look there first.
install_below()
{
    configure build/also/install -Dtests=false --prefix=/usr --libdir=lib
    compile build/also/install
    DESTDIR=$1 meson install -C build/also/install --no-rebuild --quiet
    # Only what is below the installed prefix moves with it.
    sed -i "s,^prefix=.*,prefix=$1/usr," "$1"/usr/lib/pkgconfig/*.pc
    PKG_CONFIG_LIBDIR="$1/usr/lib/pkgconfig:$(pkg-config --variable pc_path pkg-config)"
    export PKG_CONFIG_LIBDIR
}

# A folder that goes when the gate ends.
scratch=
make_scratch()
{
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    trap 'exit 130' INT TERM
}

# suite FOLDER OPTION...: the tests of a build, only those in TRUST_ONLY when that is set. They are
# what meson builds for it.
suite()
{
    built=$1
    shift
    # TRUST_ONLY is a list of names.
    # shellcheck disable=SC2086
    meson test -C "$built" --print-errorlogs "$@" ${TRUST_ONLY:-} >"$built/suite.log" 2>&1 || {
        cat "$built/suite.log"
        return 1
    }
    cat "$built/suite.log"
    grep -q '^Ok: *[1-9]' "$built/suite.log" || fail "no test ran"
    awk '/^Ok:/ { print $NF " tests passed" }' "$built/suite.log"
}
