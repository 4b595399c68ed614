#!/bin/sh
# Runs shellcheck over every shell script of the tree.
. "$(dirname "$0")/../support/gate.sh"
tools shellcheck
make_scratch
find . -path ./build -prune -o -path ./.git -prune -o -type f -exec grep -lE '^#!/bin/(ba)?sh|^# shellcheck shell=' {} + \
    >"$scratch/scripts"
xargs shellcheck -x -P SCRIPTDIR -P . <"$scratch/scripts"
echo "$(wc -l <"$scratch/scripts") scripts"
