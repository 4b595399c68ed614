#!/bin/sh
# Is every gate able to fail? Each tests/gate/planted/GATE-*.patch is applied in a scratch copy of the
# tree, where GATE has just passed; then it must fail. caught.sh [PATTERN] takes only some of them.
#
# A patch begins with these lines:
#   Caught: what the gate's output must show, an extended regular expression
#   Env: NAME=VALUE   set for the gate, with and without the patch; may be missing
#   Args: WORD...     given to the gate; may be missing
. "$(dirname "$0")/../support/gate.sh"
tools patch
root=$PWD
copy=$PWD/build/planted
mkdir -p "$copy/build" build/log/caught

# The tree, copied where it differs, so that the builds in the copy are used again; a copied file is
# new, so that they notice.
(cd "$copy" && find . -path ./build -prune -o -type f -print) | while read -r file; do
    [ -f "$file" ] || rm -f "${copy:?}/$file"
done
find . \( -path ./build -o -path ./.git \) -prune -o -type f -print | while read -r file; do
    cmp -s "$file" "$copy/$file" || { mkdir -p "$copy/${file%/*}" && cp "$file" "$copy/$file"; }
done

find . \( -path ./build -o -path ./.git \) -prune -o -type l -print | while read -r link; do
    mkdir -p "$copy/${link%/*}" && ln -sfn "$(readlink "$link")" "$copy/$link"
done

field()
{
    sed -n "/^--- /q; s/^$1: //p" "$2"
}

# in_copy LOG PATCH: the gate of this patch, run in the copy.
in_copy()
{
    log=$1
    # Both fields are words.
    # shellcheck disable=SC2046
    (cd "$copy" && env $(field Env "$2") "tests/gate/$gate.sh" $(field Args "$2")) >"$log" 2>&1 </dev/null
}

missed=0
missed()
{
    echo "MISSED  $1: $2"
    missed=$((missed + 1))
}

# The gate without the patch: passed once for each gate, environment and arguments.
passes()
{
    key=$(printf '%s %s %s' "$gate" "$(field Env "$1")" "$(field Args "$1")" | cksum | tr ' ' -)
    [ "$(cat "$copy/build/passes-$key" 2>/dev/null)" = "$$" ] && return
    in_copy "$root/build/log/caught/$gate.log" "$1" && echo "$$" >"$copy/build/passes-$key"
}

plant()
{
    name=$(basename "$1" .patch)
    gate=${name%%-*}
    [ -x "tests/gate/$gate.sh" ] || { missed "$name" "no such gate" && return; }
    started=$(date +%s)
    passes "$1" || { missed "$name" "the gate is red without it: build/log/caught/$gate.log" && return; }
    patch -d "$copy" -p1 -s --no-backup-if-mismatch <"$1" || { missed "$name" "does not apply" && return; }
    status=0
    in_copy "build/log/caught/$name.log" "$1" || status=$?
    patch -d "$copy" -p1 -s -R --no-backup-if-mismatch <"$1"
    if [ "$status" -eq 0 ] || [ "$status" -eq 77 ]; then
        missed "$name" "the gate ended with $status"
    elif ! grep -qE -- "$(field Caught "$1")" "build/log/caught/$name.log"; then
        missed "$name" "it failed for another reason: build/log/caught/$name.log"
    else
        printf 'caught  %-28s %3s s  %s\n' "$name" "$(($(date +%s) - started))" \
            "$(grep -E -m 1 -- "$(field Caught "$1")" "build/log/caught/$name.log" | cut -c 1-90)"
        caught=$((caught + 1))
    fi
}

caught=0
for patch in tests/gate/planted/"${1:-}"*.patch; do
    case $patch in
    */model-*) ;; # faults of the model: tests/gate/planted.sh
    *) plant "$patch" ;;
    esac
done

# No gate without a fault that it is known to catch.
if [ -z "${1:-}" ]; then
    for gate in tests/gate/*.sh; do
        gate=$(basename "$gate" .sh)
        case $gate in
        build | caught | planted | bare | previous) continue ;; # they judge nothing of their own
        tests | property | bench) continue ;; # the model's planted faults are theirs
        esac
        ls "tests/gate/planted/$gate"-*.patch >/dev/null 2>&1 || missed "$gate" "it has no planted fault"
    done
fi
echo "$caught caught, $missed missed"
[ "$missed" -eq 0 ] && [ "$caught" -gt 0 ]
