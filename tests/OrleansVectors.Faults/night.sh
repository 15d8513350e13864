#!/usr/bin/env bash
# The long form of test.sh: each command for as long as a night allows. Builds and publishes what it runs, because the
# published server starts in half of the time.
# Usage: night.sh [SCALE]; SCALE in percent, 100 by default: 10,000 rounds of kills, half an hour of histories, every call of
# the disk's workload with every fault. FAULTS_SEED repeats a run. The last line is `N passed, N failed[, N skipped]`.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

percent=${1:-100}
seed=${FAULTS_SEED:-0}
tool=tests/OrleansVectors.Faults/bin/Release/net10.0/OrleansVectors.Faults.dll
passed=0 failed=0 skipped=0
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT

scaled() { echo $((($1 * percent + 99) / 100)); }

if ! dotnet build tests/OrleansVectors.Faults -c Release -v quiet || ! dotnet build src/OrleansVectors.Server -c Release -v quiet; then
  echo "0 passed, 1 failed"
  exit 1
fi

server=()
if [ "$(uname -sm)" = "Linux x86_64" ] &&
  dotnet publish src/OrleansVectors.Server -c Release -r linux-x64 -o "$folder/server" -v quiet; then
  server=(--server "$folder/server/OrleansVectors.Server")
fi

run() {
  dotnet "$tool" "$@" --seed "$seed" ${server[@]+"${server[@]}"} 2>&1 | tee "$folder/output"
  local status=${PIPESTATUS[0]}
  if grep -q '^skipped: ' "$folder/output"; then
    skipped=$((skipped + 1))
  elif [ "$status" -eq 0 ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED with exit code $status: $*"
  fi
}

disk_cases=0
[ "$percent" -ge 100 ] || disk_cases=$(scaled 3000)

run kills --rounds "$(scaled 10000)"
run history --seconds "$(scaled 1800)" --kills "$(scaled 600)" --clients 8
run history --seconds "$(scaled 600)" --kills "$(scaled 20)" --clients 32 --registers 3
run bytes --rounds "$(scaled 600)" --victims 12
run bytes --rounds "$(scaled 100)" --victims 6 --several-log-files
run disk --cases "$disk_cases"
run clock --jumps "$(scaled 1000)"

line="$passed passed, $failed failed"
if [ "$skipped" -gt 0 ]; then line="$line, $skipped skipped"; fi
echo "$line"
[ "$failed" -eq 0 ]
