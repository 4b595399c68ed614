#!/bin/sh
# A stranger runs ./examples/quickstart, reads what it says and pastes its three commands.
# shellcheck source=tests/story/story.sh
. "$(dirname "$0")/story.sh"

./examples/quickstart --out "$folder/out" >"$folder/said"
says "$folder/said" 'hall-lock: allow (may go on)'
says "$folder/said" 'garden-lock: step_up (must show more)'
says "$folder/said" 'garage-lock: quarantine (kept apart)'
says "$folder/said" 'cellar-lock: deny (turned away)'
says "$folder/said" 'the nonce was already used'
says "$folder/said" 'the registered key signed a fresh nonce (24 hours old)'

# command N: the N-th command that it shows, run.
command_of()
{
    awk -v n="$1" '/^[0-9]\. / { on = $1 == n "." } on && /^    /' "$folder/said" >"$folder/command"
    [ -s "$folder/command" ] || fail "no command $1"
    sh -eu "$folder/command"
}
command_of 1 >"$folder/first"
says "$folder/first" 'hall-lock: allow'
if grep -q 'already used' "$folder/first"; then fail 'a fresh answer is no replay'; fi
command_of 1 >"$folder/again"
says "$folder/again" 'hall-lock: allow'
says "$folder/again" 'the nonce was already used'
command_of 2 >"$folder/flipped"
says "$folder/flipped" 'garden-lock: allow'
command_of 3 >"$folder/refusal"
says "$folder/refusal" "The device's software must be replaced by a current one."
if grep -q 'Nothing needs to be done' "$folder/refusal"; then fail 'a refusal that asks nothing'; fi

# Another day, another machine: the same words.
./examples/quickstart --out "$folder/out" >"$folder/later"
cmp "$folder/said" "$folder/later"

# What it refuses.
if ./examples/quickstart --nonsense x 2>"$folder/usage"; then fail 'an option that is none'; fi
says "$folder/usage" 'examples/quickstart [OPTION]'
./examples/quickstart --help >"$folder/usage"
says "$folder/usage" '--geoip FILE'
if ./examples/quickstart --out "$folder/out" --geoip /dev/null 2>"$folder/usage"; then fail 'an empty database'; fi
says "$folder/usage" 'quickstart: addresses: '
