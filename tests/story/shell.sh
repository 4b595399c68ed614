#!/bin/sh
# A shell user does what the README says, as it stands there, and goes on from the store it made.
# shellcheck source=tests/story/story.sh
. "$(dirname "$0")/story.sh"

root=$PWD
mkdir "$folder/bin" "$folder/work"
ln -s "$TRUST_BUILD/bindings/cli/trustctl" "$folder/bin/trustctl"
ln -s "$root/examples" "$folder/work/examples"
awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' README.md >"$folder/commands"
[ -s "$folder/commands" ] || fail 'the README shows no commands'
cd "$folder/work"
PATH="$folder/bin:$PATH"
sh -eu "$folder/commands" >"$folder/said"
says "$folder/said" '32473-7: allow (may go on)'
says "$folder/said" 'the registered key signed a fresh nonce'

lock=urn:dev:ops:32473-7
policy=examples/policies/front-door-locks.json
reference=examples/data/reference.json

# status N COMMAND...: it ends with N.
status()
{
    wanted=$1
    shift
    got=0
    "$@" >"$folder/out" 2>"$folder/err" || got=$?
    [ "$got" -eq "$wanted" ] || {
        cat "$folder/out" "$folder/err" >&2
        fail "$*: $got, not $wanted"
    }
}

# The same answer again is a replay. Telemetry goes in. What the policy says can be looked up.
status 0 trustctl assess --store file:locks --policy $policy --reference $reference --from-device answer.json \
    --binding "$(printf %064d 7)"
says "$folder/out" 'the nonce was already used'
status 0 trustctl observe --store file:locks --device $lock --policy $policy examples/data/series-calm.csv
says "$folder/out" '864 measurements taken in'
status 0 trustctl device show $lock --store file:locks
says "$folder/out" 'decisions        2'
status 0 trustctl policy lint $policy
status 0 trustctl policy show $policy
says "$folder/out" 'attestation'
status 0 trustctl ip 45.140.8.7 --geoip examples/data/geo.mmdb --list vpn=examples/data/vpn.txt --json
says "$folder/out" '"NL"'

# A lock that was never asked is not let in, and who is in front of it learns what to do.
status 0 trustctl device enroll urn:dev:ops:32473-8 --store file:locks --anchor lock.key.pub
status 1 trustctl assess --store file:locks --policy $policy --device urn:dev:ops:32473-8 --check --for-subject
says "$folder/out" 'The device was not accepted.'

# Slips of the hand.
status 2 trustctl assess --store file:locks --device $lock
status 2 trustctl assess --store file:locks --policy $policy --device $lock --log here
says "$folder/err" 'not in this version'
status 4 trustctl assess --store file:locks --policy $policy --device urn:dev:ops:32473-9
status 3 trustctl policy hash seen.json
