# Go with the binding of this tree, on the library in build/; sourced after gate.sh. What go keeps is
# below build/ too, and no other Go is fetched. TRUST_GO names another go command than the one in the
# PATH.
# shellcheck shell=sh

# For the gates that source this file.
# shellcheck disable=SC2034
go=${TRUST_GO:-go}
tree=$PWD
export GOCACHE="$tree/build/go/cache" GOMODCACHE="$tree/build/go/modules"
export GOTOOLCHAIN=local GOFLAGS='-modcacherw -buildvcs=false' CGO_ENABLED=1

# on_build_tree COMMAND...: as docs/go.md has it.
on_build_tree()
{
    env PKG_CONFIG_PATH="$tree/build/meson-uninstalled" LD_LIBRARY_PATH="$tree/build/lib" "$@"
}
