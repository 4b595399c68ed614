#!/bin/sh
# The two commands of the README on a bare machine: examples/quickstart and tests/run in a Debian 12
# that has nothing but what it cannot do without. As root they install what they need; as anybody
# else, where it is missing, they name it and end with 4; where it is there they touch nothing.
#
# Needs root and chroot. The bare system is kept as build/bare/minbase.tar.
. "$(dirname "$0")/../support/gate.sh"
tools debootstrap chroot unshare tar
[ "$(id -u)" -eq 0 ] || skip "a bare system needs root"
unshare --mount true || skip "a bare system needs mounts of its own"

suite=bookworm
folder=$PWD/build/bare
root=$folder/root
mkdir -p "$folder"

# The package source of this machine, whatever it is.
mirror()
{
    cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
        grep -oE 'https?://[^ ]+' | grep -E '/debian/?$' | head -n 1
}

# A fresh root; /dev has the few files that tools expect.
fresh()
{
    rm -rf "$root"
    mkdir -p "$root"
    tar -x -f "$folder/minbase.tar" -C "$root"
    for entry in apt/sources.list apt/sources.list.d apt/apt.conf.d apt/keyrings resolv.conf hosts; do
        [ -e "/etc/$entry" ] && cp -rL "/etc/$entry" "$root/etc/$(dirname "$entry")/"
    done
    # Only Debian's own source: others may want tools that a bare system lacks.
    find "$root/etc/apt/sources.list.d" -type f ! -name 'debian.*' -delete 2>/dev/null || true
    mkdir -p "$root/src"
    git ls-files -z 2>/dev/null | tar -c --null -T - | tar -x -C "$root/src"
    chroot "$root" useradd --create-home somebody
    chroot "$root" chown -R somebody "$root/src" 2>/dev/null || chroot "$root" chown -R somebody /src
}

# inside WHO COMMAND: as it would be typed in the project's folder, without this machine's environment.
# The mounts that every machine has go with the command.
inside()
{
    who=$1
    shift
    # The names in quotes are the inner shell's.
    # shellcheck disable=SC2016
    unshare --mount sh -c '
        mount -t proc proc "$0/proc"
        mount -t devpts -o ptmxmode=0666 devpts "$0/dev/pts"
        exec chroot "$0" "$@"' "$root" \
        /usr/bin/env -i HOME=/ LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" \
        su "$who" -s /bin/sh -p -c "cd /src && $*"
}

# expect STATUS WHO COMMAND
expect()
{
    wanted=$1
    shift
    started=$(date +%s)
    status=0
    inside "$@" >"$folder/log" 2>&1 </dev/null || status=$?
    cat "$folder/log"
    [ "$status" -eq "$wanted" ] || fail "as $*: status $status, not $wanted"
    echo "== as $*: status $status after $(($(date +%s) - started)) s"
}

if [ ! -f "$folder/minbase.tar" ]; then
    rm -rf "$root"
    debootstrap --variant=minbase "$suite" "$root" "$(mirror)" >"$folder/debootstrap.log" 2>&1 ||
        fail "debootstrap: $(tail -n 3 "$folder/debootstrap.log")"
    tar -c -C "$root" -f "$folder/minbase.tar" .
fi

commands=./tests/run
[ ! -f examples/quickstart ] || commands="./examples/quickstart ./tests/run"

fresh
for command in $commands; do
    expect 4 somebody "$command"
    for system in apt-get dnf apk brew; do
        grep -q "^  $system " "$folder/log" || fail "no line for $system"
    done
    [ ! -e "$root/src/build/build.ninja" ] || fail "it built something all the same"
done
for command in $commands; do
    expect 0 root "$command"
done
find "$root/src/build" -mindepth 1 -delete
chroot "$root" chown -R somebody /src
for command in $commands; do
    expect 0 somebody "$command"
    ! grep -q '^installing' "$folder/log" || fail "it installed what was there"
    expect 0 somebody "$command" # warm
done
rm -rf "$root"
echo "$commands: right on a bare system, as root and as somebody"
