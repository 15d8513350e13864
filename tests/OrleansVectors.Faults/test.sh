#!/usr/bin/env bash
# Runs each command of the fault tool briefly against the Release build of the server; each counts as one test. Builds
# nothing: the solution is built already. FAULTS_SEED repeats a run.
# The last line is `N passed, N failed`, and `, N skipped` after it when a command cannot run here.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

tool=bin/Release/net10.0/OrleansVectors.Faults.dll
command_seconds_max=120
seed=${FAULTS_SEED:-0}
passed=0 failed=0 skipped=0
output=$(mktemp) || exit 1
trap 'rm -f "$output"' EXIT

run() {
  timeout --kill-after=10 "$command_seconds_max" dotnet "$tool" "$@" --seed "$seed" > "$output" 2>&1
  local status=$?
  cat "$output"
  if grep -q '^skipped: ' "$output"; then
    skipped=$((skipped + 1))
  elif [ "$status" -eq 0 ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED with exit code $status: $*"
  fi
}

run kills --rounds 20
run history --seconds 6 --kills 3
run bytes --rounds 3 --victims 6
run disk --cases 6
run clock --jumps 5

line="$passed passed, $failed failed"
if [ "$skipped" -gt 0 ]; then line="$line, $skipped skipped"; fi
echo "$line"
[ "$failed" -eq 0 ]
