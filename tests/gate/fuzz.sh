#!/bin/sh
# Every fuzz target under libFuzzer with ASan and UBSan: its corpus, then new input for some seconds:
# fuzz.sh [SECONDS]. What it finds is kept in build/also/fuzz/found/.
. "$(dirname "$0")/../support/gate.sh"
tools clang
folder=build/also/fuzz

if [ "${1:-}" = --target ]; then
    seconds=$2
    name=${3##*/fuzz_}
    mkdir -p "$folder/found" "$folder/grown/$name"
    "$3" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
        -artifact_prefix="$folder/found/$name-" "$folder/grown/$name" "fuzz/corpus/$name" \
        >"$folder/$name.log" 2>&1 || {
        grep -A 12 -E 'ERROR|runtime error|SUMMARY' "$folder/$name.log"
        fail "found by $name"
    }
    echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$folder/$name.log") runs"
    exit
fi

seconds=${1:-5}
CC=clang configure "$folder" -Dfuzz=true -Dtests=false -Db_sanitize=address,undefined -Db_lundef=false \
    -Doptimization=1 '-Dc_args=-fsanitize=fuzzer-no-link -fno-sanitize-recover=all'
compile "$folder"
find "$folder/fuzz" -maxdepth 1 -name 'fuzz_*' -type f -perm -u+x >"$folder/targets"
[ -s "$folder/targets" ] || fail "no fuzz target: the gate has gone blind"
xargs -P "${TRUST_JOBS:-$(nproc)}" -n 1 tests/gate/fuzz.sh --target "$seconds" <"$folder/targets"
echo "$(wc -l <"$folder/targets") targets, $seconds s each"
