# A Python that has the binding of this tree; sourced after gate.sh. It lies in build/python and is
# kept between runs: the packages of requirements-test.txt are fetched once, the binding is built
# anew when a source of it changed. $python is its interpreter. Debian 12's pip knows no -C.
# shellcheck shell=sh

venv=$PWD/build/python
python=$venv/bin/python
# What the tools keep belongs below build/ too.
export RUFF_CACHE_DIR="$venv/kept/ruff" MYPY_CACHE_DIR="$venv/kept/mypy" PYTHONDONTWRITEBYTECODE=1
export HYPOTHESIS_STORAGE_DIRECTORY="$venv/kept/hypothesis"

# fresh NOTE TEXT: does that file hold this text already?
fresh()
{
    [ "$(cat "$1" 2>/dev/null)" = "$2" ]
}

# The packages come from wherever pip is told to look; they are kept in build/python/wheels, so that
# nothing else of a gate needs a network.
python_tools()
{
    wanted=bindings/python/requirements-test.txt
    state="$(python3 -VV) $PWD $(cksum <$wanted)"
    fresh "$venv/tools" "$state" && return
    rm -rf "$venv"
    mkdir -p build
    python3 -m venv "$venv" || skip "no venv module in this Python"
    "$python" -m pip --disable-pip-version-check download -q -r $wanted -d "$venv/wheels" ||
        skip "the packages of $wanted cannot be had here"
    "$python" -m pip --disable-pip-version-check install -q --no-index --find-links "$venv/wheels" -r $wanted
    printf '%s' "$state" >"$venv/tools"
}

# The sources of the binding and of the library that it carries.
python_sources()
{
    find bindings/python include lib meson.build meson_options.txt \
        \( -name __pycache__ -o -name '.*' \) -prune -o -type f -exec cksum {} + | LC_ALL=C sort
}

python_binding()
{
    python_tools
    state=$(python_sources | cksum)
    fresh "$venv/binding" "$state" && return
    rm -f "$venv/binding"
    PATH=$venv/bin:$PATH "$python" -m pip --disable-pip-version-check install -q --no-index --no-deps \
        --no-build-isolation --force-reinstall --config-settings=build-dir="$venv/build" ${TRUST_JOBS:+--config-settings=compile-args="-j$TRUST_JOBS"} \
        ./bindings/python >"$venv/build.log" 2>&1 || {
        cat "$venv/build.log"
        fail "the binding does not build"
    }
    printf '%s' "$state" >"$venv/binding"
}
