#!/bin/sh
# What the tests reach of lib/: 95 % of the lines and 85 % of the branches in all, 80 % of the lines
# of every file. Not the stories: they forbid files to grow, and gcov's with them. TRUST_ONLY and
# TRUST_COVER narrow the tests and the files.
. "$(dirname "$0")/../support/gate.sh"
tools gcovr
make_scratch
configure build/also/coverage -Db_coverage=true -Doptimization=0
# A folder that is used again: all of it is compiled, and what was noted of objects that are gone is
# removed, since gcovr trips over two notes that disagree about a function of a header.
compile build/also/coverage >/dev/null
find build/also/coverage -name '*.gcda' -exec rm -f {} +
find build/also/coverage -name '*.gcno' | while read -r notes; do
    [ -e "${notes%.gcno}.o" ] || rm -f "$notes"
done
suite build/also/coverage --no-suite story
gcovr --root . --filter "${TRUST_COVER:-lib/}" --csv "$scratch/table.csv" --print-summary \
    --fail-under-line 95 --fail-under-branch 85 build/also/coverage || status=$?
cp "$scratch/table.csv" build/also/coverage/coverage.csv
awk -F, 'NR > 1 && $4 < 0.8 { printf "%s: %d of %d lines\n", $1, $3, $2; bad = 1 } END { exit bad }' \
    "$scratch/table.csv" || fail "these files are under 80 %"
awk -F, 'NR > 1 { l += $2; lc += $3; b += $5; bc += $6 }
    END { printf "lines %.1f %%, branches %.1f %%\n", 100 * lc / l, 100 * bc / b }' "$scratch/table.csv"
exit "${status:-0}"
