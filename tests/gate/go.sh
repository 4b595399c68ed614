#!/bin/sh
# The Go binding, its example and its benchmark: layout, vet and staticcheck; the tests under the race
# detector, on the build tree; a moment of new input for whatever takes bytes; and the binding as others
# get it, from a module of their own on an installed library.
. "$(dirname "$0")/../support/gate.sh"
. tests/support/go.sh
tools "$go" pkg-config
everyday_build
make_scratch
root=$PWD
# The race detector waits a second at the end of a program that nothing is left of.
export GORACE=atexit_sleep_ms=0

# quietly COMMAND...: its output only when it fails.
quietly()
{
    "$@" >"$scratch/output" 2>&1 || {
        cat "$scratch/output"
        fail "$* failed"
    }
}

# The last staticcheck that this Go can build and that can read what this Go compiles. It is fetched
# from wherever go is told to look, and kept.
find_staticcheck()
{
    case $("$go" env GOVERSION) in
    go1.19* | go1.2[0-2]*) version=v0.4.7 ;;
    go1.2[34]*) version=v0.6.1 ;;
    *) version=v0.7.0 ;;
    esac
    staticcheck=$root/build/go/staticcheck-$version-$("$go" env GOVERSION)
    [ -x "$staticcheck" ] && return
    mkdir "$scratch/bin"
    if GOBIN="$scratch/bin" "$go" install "honnef.co/go/tools/cmd/staticcheck@$version" 2>"$scratch/output"; then
        mv "$scratch/bin/staticcheck" "$staticcheck"
    else
        staticcheck=
    fi
}

judge()
{
    unformatted=$("$(dirname "$("$go" env GOTOOLDIR)")/../../bin/gofmt" -l .)
    [ -z "$unformatted" ] || fail "gofmt would write these in another way:" "$unformatted"
    quietly on_build_tree "$go" vet ./...
    [ -z "$staticcheck" ] || quietly on_build_tree env PATH="$("$go" env GOROOT)/bin:$PATH" "$staticcheck" ./...
}

run_tests()
{
    quietly on_build_tree "$go" test -race -c -o "$scratch/tests" .
    quietly on_build_tree "$scratch/tests" -test.v -test.timeout=5m
    passed=$(grep -c '^ *--- PASS' "$scratch/output") || fail "no test ran"
    # One test is itself a race, and runs where nobody looks for them.
    ! grep '^ *--- SKIP' "$scratch/output" | grep -v "$races" || fail "these tests were skipped"
    quietly on_build_tree "$go" test -count=1 -v -run "^$races\$" .
    grep -q "^--- PASS: $races" "$scratch/output" || fail "no $races"
}

# What reads the bytes is C, where no instrumentation of Go's sees, so the tests' program will do.
fuzz()
{
    targets=$(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\)(.*/\1/p' ./*_test.go)
    [ -n "$targets" ] || fail "nothing takes bytes"
    for target in $targets; do
        quietly on_build_tree "$scratch/tests" -test.run='^$' -test.fuzz="^$target\$" \
            -test.fuzztime="${TRUST_FUZZ_TIME:-500x}" -test.parallel=1 \
            -test.fuzzcachedir="$root/build/go/fuzz"
    done
}

# A program of somebody else's, on the installed library.
on_installed()
{
    mkdir "$scratch/user"
    cat >"$scratch/user/main.go" <<'END'
package main

import (
	"fmt"

	trust "libtrust.example/go"
)

func main() {
	engine, err := trust.NewEngine()
	if err != nil {
		panic(err)
	}
	fmt.Println(trust.Version(), engine.Close())
}
END
    cd "$scratch/user"
    quietly "$go" mod init example.com/user
    quietly "$go" mod edit -require=libtrust.example/go@v0.0.0 -replace="libtrust.example/go=$root/bindings/go"
    quietly "$go" build -o user .
    LD_LIBRARY_PATH="$scratch/root/usr/lib" ./user >"$scratch/said" || fail "it does not run on an installed library"
    [ "$(cat "$scratch/said")" = "$(pkg-config --modversion libtrust) <nil>" ] ||
        fail "it runs on another library than the installed one" "$(cat "$scratch/said")"
    cd "$root"
}

races=TestFindingsThatChangeMeanwhile
mkdir -p build/go
find_staticcheck
cd bindings/go
judge
run_tests
fuzz
# The example and the benchmark are modules of their own.
cd "$root/examples/go-gate"
judge
quietly on_build_tree "$go" test -race -count=1 ./...
cd "$root/tests/bench/bindings/go"
judge
cd "$root"
install_below "$scratch/root"
on_installed
# The rest has been seen all the same.
[ -n "$staticcheck" ] || skip "staticcheck $version cannot be had here"
echo "$passed tests passed with $("$go" env GOVERSION), $(echo "$targets" | wc -l) parsers fuzzed, built on an installed library"
