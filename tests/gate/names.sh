#!/bin/sh
# Neither the tree nor a commit message names the machine that it was written on: no path of it, not
# its name, no host of its package sources.
. "$(dirname "$0")/../support/gate.sh"
make_scratch

{
    # Paths below a person's or a job's folder.
    printf '%s\n' '(^|[^A-Za-z0-9_}/.])/(home|root|work|workspace|Users)/[A-Za-z0-9_.-]'
    # A short name says too little to be searched for.
    hostname | grep -E '.{6,}' | grep -vE '^(localhost|debian|builder|buildhost)' || true
    # Every host that this machine takes packages from, except those that all Debian machines use.
    {
        cat /etc/apt/sources.list /etc/apt/sources.list.d/* /etc/apt/apt.conf.d/* 2>/dev/null
        cat "$HOME/.config/pip/pip.conf" "$HOME/.npmrc" /etc/pip.conf 2>/dev/null
        env
    } | grep -oE 'https?://[^/ "@]*@?[A-Za-z0-9.-]+\.[A-Za-z]{2,}' | sed 's,.*[/@],,' |
        grep -vE '(^|\.)(debian\.org|github\.com|example\.(com|org|net))$' | sed 's/\./\\./g' | sort -u
} >"$scratch/patterns"

failed=0
# What the tools for Python remember beside their input is ignored by git too.
find . \( -path ./build -o -path ./.git -o -path ./fuzz/corpus -o -name '.*_cache' -o -name .hypothesis \) -prune -o -type f \
    ! -name names.sh ! -path './tests/gate/planted/names-*' -print0 | xargs -0 grep -InE -f "$scratch/patterns" && failed=1
if [ -d .git ] || [ -f .git ]; then
    git log --format='%h %an <%ae>%n%B' >"$scratch/messages"
    grep -nE -f "$scratch/patterns" "$scratch/messages" && failed=1
fi
echo "$(wc -l <"$scratch/patterns") patterns"
exit $failed
