#!/bin/sh
# The suite on the everyday build: tests.sh [NAME]... Ends with its counts, which tests/run adds up.
. "$(dirname "$0")/../support/gate.sh"

status=0
meson test -C build --no-rebuild --print-errorlogs "$@" >build/suite.log 2>&1 || status=$?
cat build/suite.log
sed -n '/✀/,/^―*$/p' build/suite.log # once more what failed, beside the counts
awk '/^Ok:/ { ok += $NF } /^Skipped:/ { skip += $NF } /^(Fail|Timeout|Unexpected Pass):/ { bad += $NF }
    END { print ok + 0 " passed, " bad + 0 " failed, " skip + 0 " skipped" }' build/suite.log
grep -q '^Ok: *[1-9]' build/suite.log || status=1 # a suite that runs nothing has not passed
! grep -q '^No suitable tests' build/suite.log || fail "no such test"
exit "$status"
