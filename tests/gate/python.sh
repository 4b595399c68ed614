#!/bin/sh
# The Python binding and the examples for it: layout, types and tests; then as others get it. The source distribution
# builds in an empty folder into a wheel, the wheel is repaired to carry every library, and a
# virtual environment that has nothing else runs it; and it builds on an installed library.
. "$(dirname "$0")/../support/gate.sh"
. tests/support/python.sh
tools git pkg-config
python_binding
make_scratch
root=$PWD
# Before anything is built: the bundled source is taken although there is an installed library.
install_below "$scratch/root"
# After it: a folder that one meson made is for no other.
export PATH="$venv/bin:$PATH" PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INDEX=1 PIP_FIND_LINKS="$venv/wheels"

# quietly COMMAND...: its output only when it fails.
quietly()
{
    "$@" >"$scratch/output" 2>&1 || {
        cat "$scratch/output"
        fail "$* failed"
    }
}

judge()
{
    cd bindings/python
    quietly ruff format --check . ../../examples/*.py
    quietly ruff check . ../../examples/*.py
    quietly mypy trust tests ../../examples/*.py
    if command -v node >/dev/null; then
        quietly pyright --pythonpath "$python"
    else
        echo "no node here: not seen by pyright"
    fi
    cd "$root"
}

# The tests wait more than they compute, so they run beside what follows. Which functions of C they
# call, by the loader's own account, is for the gate "parity".
start_tests()
{
    rm -f build/parity/python.*
    mkdir -p build/parity
    env -C bindings/python LD_DEBUG=bindings LD_DEBUG_OUTPUT="$root/build/parity/python" \
        pytest -q -rs -o cache_dir="$venv/kept/pytest" >"$scratch/tests" 2>&1 &
    tests=$!
    trap 'kill "$tests" 2>/dev/null || true; rm -rf "$scratch"' EXIT
}

await_tests()
{
    wait "$tests" || {
        cat "$scratch/tests"
        fail "the tests fail"
    }
    grep -oE '[0-9]+ passed.*' "$scratch/tests" >"$scratch/passed" || fail "no test ran"
    # Of the libraries with arrays of their own only the smallest are installed.
    ! grep '^SKIPPED' "$scratch/tests" | grep -vE "No module named '(pyarrow|polars)'" || fail "these tests were skipped"
}

# The tree as a repository with one commit: the source distribution holds what is committed.
commit_tree()
{
    mkdir "$scratch/tree"
    tar -c --exclude=__pycache__ --exclude='.[a-z]*' bindings include lib COPYING meson.build meson_options.txt |
        tar -x -C "$scratch/tree"
    git -C "$scratch/tree" init -q
    git -C "$scratch/tree" add -A
    git -C "$scratch/tree" -c user.name=gate -c user.email=gate@localhost commit -q -m gate
}

make_sdist()
{
    commit_tree
    quietly "$python" -m build --sdist --no-isolation -o "$scratch/sdist" "$scratch/tree/bindings/python"
    sdist=$(find "$scratch/sdist" -name 'libtrust-*.tar.gz')
    tar -tzf "$sdist" | sed -n 's,^[^/]*/subprojects/libtrust/,,p' | grep -v '/$' | LC_ALL=C sort >"$scratch/carried"
    find COPYING include lib meson.build meson_options.txt -type f | LC_ALL=C sort >"$scratch/needed"
    diff "$scratch/needed" "$scratch/carried" || fail "the source distribution carries another C library"
}

make_wheel()
{
    # In an environment of its own, so that what pyproject.toml asks for is enough.
    quietly env -C "$scratch" "$python" -m pip wheel -q --no-deps -w "$scratch/built" "$sdist"
    quietly auditwheel repair -w "$scratch/repaired" "$scratch"/built/*.whl
    wheel=$(find "$scratch/repaired" -name '*.whl')
    case $wheel in
    *-abi3-manylinux*) ;;
    *) fail "no wheel for every later Python: $wheel" ;;
    esac
    "$python" -m zipfile -l "$wheel" | awk 'NR > 1 { print $1 }' >"$scratch/files"
    for file in $(cd bindings/python && find trust -name '*.py*' ! -path '*/__pycache__/*') trust/_trust.abi3.so \
        'trust/libtrust\.so\.[0-9]+' 'libtrust\.libs/libsodium.*' 'libtrust\.libs/libcjson.*' \
        '.*/COPYING' '.*/licences/libsodium\.txt' '.*/licences/cjson\.txt'; do
        grep -qxE "$file" "$scratch/files" || fail "the wheel lacks $file"
    done
}

# clean NAME WHEEL: an environment that holds this wheel and what it asks for.
clean()
{
    "$python" -m venv --without-pip "$scratch/$1"
    quietly "$python" -m pip --python "$scratch/$1/bin/python" install -q "$2"
}

# run_in NAME: the binding there assesses a device. The loader's own account of it is what is shown.
run_in()
{
    cd "$scratch"
    rm -f loaded.*
    LD_DEBUG=libs LD_DEBUG_OUTPUT="$scratch/loaded" "$scratch/$1/bin/python" - "$root/examples/policies/consumer.json" <<'END' ||
import sys, trust

engine = trust.Engine(policy=sys.argv[1])
assert engine.enroll("urn:dev:ops:32473-1").assess(address="192.0.2.1").verdict > trust.Verdict.ALLOW
END
        fail "the binding does not run in $1"
    cd "$root"
    sed -n 's/.*calling init: //p' "$scratch"/loaded.* | grep -E '/lib(trust|sodium|cjson)[^/]*$'
}

check_wheel()
{
    clean wheel "$wheel"
    run_in wheel >"$scratch/libraries"
    case $(sed "s,^$scratch/wheel/.*,own," "$scratch/libraries" | tr '\n' ' ') in
    'own own own ') ;;
    *) fail "the wheel does not use the libraries that it carries" "$(cat "$scratch/libraries")" ;;
    esac
}

# on_installed FOLDER: a wheel on the library that pkg-config finds.
on_installed()
{
    "$python" -m pip wheel -q --no-deps --no-build-isolation --config-settings=setup-args=-Dlibrary=installed -w "$1" bindings/python \
        >"$scratch/output" 2>&1
}

check_installed()
{
    on_installed "$scratch/thin" || {
        cat "$scratch/output"
        fail "it does not build on an installed library"
    }
    clean thin "$scratch"/thin/*.whl
    [ "$(LD_LIBRARY_PATH="$scratch/root/usr/lib" run_in thin | grep /libtrust)" = "$scratch/root/usr/lib/libtrust.so.1" ] ||
        fail "built on an installed library, it uses another"
    sed -i 's/^Version:.*/Version: 0.0.9/' "$scratch/root/usr/lib/pkgconfig/libtrust.pc"
    ! on_installed "$scratch/old" || fail "it builds on a library that is older than itself"
    grep -q 'libtrust.*0\.0\.9' "$scratch/output" || fail "it does not say that the library is too old"
}

judge
start_tests
make_sdist
make_wheel
check_wheel
check_installed
await_tests
echo "$(cat "$scratch/passed"); the wheel has $(($(wc -c <"$wheel") / 1024)) KiB"
