#!/bin/sh
# Somebody tries the quickstart on data of their own: MaxMind's test database, X4B's list of VPN
# exits and a series of the Numenta Anomaly Benchmark.
# shellcheck source=tests/story/story.sh
. "$(dirname "$0")/story.sh"

geoip=$TRUST_VECTORS/geoip/test-data/GeoIP2-City-Test.mmdb
list=$TRUST_VECTORS/iplists/x4b/vpn-ipv4.txt
series=$TRUST_VECTORS/nab/data/realKnownCause/machine_temperature_system_failure.csv
for file in "$geoip" "$list" "$series"; do
    [ -f "$file" ] || {
        echo "no third-party vectors at TRUST_VECTORS: $file"
        exit 77
    }
done

./examples/quickstart --out "$folder/out" --geoip "$geoip" --home 2.125.160.216 \
    --list "vpn=$list" --series "$series" >"$folder/said"
says "$folder/said" 'hall-lock: allow (may go on)'
says "$folder/said" 'the address is in a registered country'
says "$folder/said" 'garden-lock: step_up (must show more)'
says "$folder/said" 'the address is on a list'
says "$folder/said" 'your-lock: '
says "$folder/said" 'behaviour'
sed -n '/your-lock: /,/^ *risk  /p' "$folder/said" >"$folder/own"
if grep -q 'behaviour.*no evidence was given' "$folder/own"; then fail 'the series was not read'; fi
