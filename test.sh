#!/usr/bin/env bash
# Builds everything once in Release and runs every test, as any user. Needs bash and the .NET SDK. With curl the README's
# session runs as well, with node and npm the JavaScript client's test and those of blobs in S3, and with PostgreSQL the tests
# of logs in it; without them those count as skipped.
#
# The last line is `N passed, N failed`, and `, N skipped` after it if there were any. The exit code is 0 only when
# nothing failed. A test project that does not build, crashes, hangs or runs no test counts as one failure. Arguments are
# passed on to `dotnet build`. With CI=true the formatting of the code is checked as well, as one test.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

project_seconds_max=900

# A build agent may have no home or one it cannot write to; the SDK and NuGet need a place for their caches.
if [ ! -d "${HOME:-}" ] || [ ! -w "$HOME" ]; then
  HOME="${TMPDIR:-/tmp}/orleansvectors-home-$(id -u)"
  mkdir -p "$HOME"
  export HOME
fi
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false

passed=0 failed=0 skipped=0
output=$(mktemp) || exit 1
trap 'rm -f "$output"' EXIT

finish() {
  local line="$passed passed, $failed failed"
  if [ "$skipped" -gt 0 ]; then line="$line, $skipped skipped"; fi
  echo "$line"
  [ "$failed" -eq 0 ]
  exit
}

# Runs a command with its output in $output; a hang becomes exit code 124 where `timeout` exists.
limit=()
if command -v timeout > /dev/null; then
  limit=(timeout --kill-after=10)
  # At a terminal, stay in its foreground so that Ctrl-C arrives.
  if [ -t 1 ]; then limit+=(--foreground); fi
  limit+=("$project_seconds_max")
fi
run() { ${limit[@]+"${limit[@]}"} "$@" > "$output" 2>&1 < /dev/null; }

# count NAME STATUS PASSED FAILED SKIPPED: adds up one project's or script's results and reports it. When the numbers do
# not explain the exit code, or nothing ran, the project itself is the failure.
count() {
  local name=$1 status=$2 pass=${3:-0} fail=${4:-0} skip=${5:-0} verdict=ok
  if [ "$status" -ne 0 ] && [ "$fail" -eq 0 ]; then
    fail=1 verdict="FAILED with exit code $status"
  elif [ $((pass + fail + skip)) -eq 0 ]; then
    fail=1 verdict="FAILED: no test ran"
  elif [ "$fail" -gt 0 ]; then
    verdict=FAILED
  fi
  passed=$((passed + pass)) failed=$((failed + fail)) skipped=$((skipped + skip))
  if [ "$fail" -gt 0 ]; then
    cat "$output"
  else
    # Why tests were skipped: the runner's "Name [SKIP]" with the reason on the line after it, a script's "skipped: reason".
    sed -n -e '/\[SKIP\]$/{N;s/ *\n */: /;p;}' -e '/^skipped: /p' "$output" | sed 's/^ */  /'
  fi
  printf '%-42s %5d passed, %d failed, %d skipped  %s\n' "$name" "$pass" "$fail" "$skip" "$verdict"
}

if ! dotnet build OrleansVectors.sln -c Release -v quiet "$@" > "$output" 2>&1; then
  cat "$output"
  failed=1
  finish
fi

if [ "${CI:-}" = true ]; then
  if run dotnet format OrleansVectors.sln --no-restore --verify-no-changes; then
    count 'dotnet format' 0 1
  else
    count 'dotnet format' 1 0 1
  fi
fi

for project in tests/*.Tests/*.csproj; do
  name=$(basename "$project" .csproj)
  run dotnet "tests/$name/bin/Release/net10.0/$name.dll" -noColor
  status=$?
  # The runner's summary: "   Name  Total: 9, Errors: 0, Failed: 1, Skipped: 2, Not Run: 0, Time: 0.1s"
  read -r total errors fails skips unrun < <(sed -n \
    's/.* Total: \([0-9]*\), Errors: \([0-9]*\), Failed: \([0-9]*\), Skipped: \([0-9]*\), Not Run: \([0-9]*\).*/\1 \2 \3 \4 \5/p' \
    "$output" | tail -n 1)
  count "$name" "$status" $((${total:-0} - ${fails:-0} - ${skips:-0} - ${unrun:-0})) $((${fails:-0} + ${errors:-0})) "${skips:-0}"
done

# Tests that are not .NET projects: scripts that end with the same closing line as this one.
for script in tests/*/test.sh; do
  run bash "$script"
  status=$?
  read -r pass fail skip < <(tail -n 1 "$output" |
    sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed\(, \([0-9]*\) skipped\)\{0,1\}$/\1 \2 \4/p')
  count "$(dirname "$script")" "$status" "${pass:-0}" "${fail:-0}" "${skip:-0}"
  unset pass fail skip
done

finish
