#!/bin/sh
# The tests in a locale whose decimal point is a comma: no result may depend on it. The test programs
# take the environment's locale (tests/support/support.c).
. "$(dirname "$0")/../support/gate.sh"
tools localedef
[ -f /usr/share/i18n/locales/de_DE ] || skip "no sources of locales here"
make_scratch
localedef -i de_DE -f UTF-8 "$scratch/de_DE.UTF-8"
export LOCPATH="$scratch" LC_ALL=de_DE.UTF-8
[ "$(locale decimal_point)" = , ] || fail "the locale has no decimal comma: the gate has gone blind"
configure build
suite build --suite unit --suite vectors --suite examples
