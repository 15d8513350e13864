#!/usr/bin/env bash
# Installs the pinned JavaScript client and runs its test against the Release build of the server.
# The last line is `N passed, N failed`, with `, N skipped` when Node is missing.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

skip() {
  echo "skipped: the JavaScript client's test needs $1"
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
}

command -v node > /dev/null || skip node
command -v npm > /dev/null || skip npm
# What the client's HTTP library asks for.
node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 18) ? 0 : 1)' ||
  skip "node 20.18.1 or later (this is $(node --version))"

if ! npm ci --no-progress --loglevel=error; then
  echo "npm could not install the client"
  echo "0 passed, 1 failed"
  exit 1
fi

output=$(mktemp) || exit 1
trap 'rm -f "$output"' EXIT
node --test --test-reporter=tap qdrant-js.test.mjs 2>&1 | tee "$output"
status=${PIPESTATUS[0]}

# Node's closing lines: "# pass 18", "# fail 0", "# cancelled 0".
number() { sed -n "s/^# $1 \([0-9]*\)$/\1/p" "$output" | tail -n 1; }
passed=$(number pass) failed=$(($(number fail) + $(number cancelled)))
[ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
echo "${passed:-0} passed, $failed failed"
exit "$status"
