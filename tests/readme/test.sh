#!/usr/bin/env bash
# Runs the curl session printed in the README against the Release build of the server and compares what comes back with
# what the README shows; only the times may differ. Each command of the session counts as one test.
# The last line is `N passed, N failed`, with `, N skipped` when curl is missing.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

section='## A first session'
documented=127.0.0.1:6333
ready_seconds_max=30

if ! command -v curl > /dev/null; then
  echo "skipped: the README's session needs curl"
  echo "0 passed, 0 failed, 1 skipped"
  exit 0
fi

folder=$(mktemp -d) || exit 1
server=
stop() {
  if [ -n "$server" ]; then
    kill "$server" 2> /dev/null
    wait "$server" 2> /dev/null
  fi
  rm -rf "$folder"
}
trap stop EXIT

# Port 0: the system picks a free one, and the server prints it.
dotnet src/OrleansVectors.Server/bin/Release/net10.0/OrleansVectors.Server.dll \
  --urls http://127.0.0.1:0 --data "$folder/data" > "$folder/server.log" 2>&1 &
server=$!
deadline=$((SECONDS + ready_seconds_max))
until address=$(sed -n 's|.*listening  *http://\([^ ]*\).*|\1|p' "$folder/server.log" | head -n 1) &&
  [ -n "$address" ] && curl -sf "http://$address/readyz" > /dev/null; do
  if [ "$SECONDS" -ge "$deadline" ] || ! kill -0 "$server" 2> /dev/null; then
    tail -n 40 "$folder/server.log"
    echo "The server did not become ready."
    echo "0 passed, 1 failed"
    exit 1
  fi
  sleep 0.1
done

# The section's blocks, numbered: N.bash is a command, N.json what it prints.
awk -v folder="$folder" -v section="$section" '
  /^## /           { inside = ($0 == section) }
  !inside          { next }
  /^```bash$/      { file = folder "/" ++number ".bash"; next }
  /^```json$/      { file = folder "/" number ".json"; next }
  /^```/           { if (file) close(file); file = ""; next }
  file             { print > file }
' README.md

normalise() { sed -E 's/"time": ?[0-9.eE+-]+/"time":0/g'; }

passed=0 failed=0
for command in $(ls "$folder" | grep '\.bash$' | sort -n); do
  expected=$folder/${command%.bash}.json
  sed "s/$documented/$address/g" "$folder/$command" > "$folder/run"
  # A final newline is the README's, not the server's.
  actual=$(bash "$folder/run" 2>&1 | normalise)
  if [ -f "$expected" ] && [ "$actual" = "$(normalise < "$expected")" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "README, command ${command%.bash} of the session:"
    cat "$folder/$command"
    echo "printed:  $actual"
    echo "expected: $(cat "$expected" 2> /dev/null || echo 'no json block follows the command')"
  fi
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
