#!/bin/sh
# Yesterday's programs on today's library: the examples and the command of the commit that stored the
# ABI baseline, built there, then run with the libtrust.so of this tree in place of their own.
. "$(dirname "$0")/../support/gate.sh"
tools git
everyday_build
commit=$(git log -1 --format=%H -- :/tests/gate/abi/libtrust.abi 2>/dev/null) || true
[ -n "$commit" ] || skip "no history here that knows the ABI baseline"

folder=build/also/previous
if [ "$(cat "$folder/commit" 2>/dev/null)" != "$commit" ]; then
    rm -rf "$folder"
    mkdir -p "$folder/tree"
    git -C "$(git rev-parse --show-toplevel)" archive --format=tar "$commit" | tar -x -C "$folder/tree"
    echo "$commit" >"$folder/commit"
fi
[ -f "$folder/build/build.ninja" ] || meson setup "$folder/build" "$folder/tree" >/dev/null
compile "$folder/build" >/dev/null

soname()
{
    readelf -d "$1" | sed -n 's/.*soname: \[\(.*\)\]/\1/p'
}
theirs=$(find "$PWD/$folder/build/lib" -name 'libtrust.so.*[0-9]' -type f)
[ "$(soname "$theirs")" = "$(soname build/lib/libtrust.so)" ] || skip "the soversion has moved since $commit"
cp -L build/lib/libtrust.so "$theirs"
meson test -C "$folder/build" --no-rebuild --print-errorlogs --suite examples
echo "programs of $(git log -1 --format='%h, %cs' "$commit")"
