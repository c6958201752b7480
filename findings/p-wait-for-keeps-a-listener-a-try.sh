#!/usr/bin/env bash
# p-wait-for 6.0.0, seen on Node 20.20.2, 2026-11-30.
#
# Guess: a wait with a time-out costs the same at its first and at its thousandth try.
# Seen:  each try adds an abort listener to the signal of the time-out and takes none away before the wait ends. From the eleventh
#        try on Node prints MaxListenersExceededWarning, once a wait, which looks like a leak of the caller's own.
# What helps: nothing has to be done, as all listeners go with the wait. A wait without `timeout` and `signal` adds none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts p-wait-for@6.0.0
cat > try.mjs <<'JS'
import pWaitFor from 'p-wait-for';

const warnings = [];
process.on('warning', ({ name }) => warnings.push(name));
for (const options of [{ interval: 1 }, { interval: 1, timeout: 60_000 }]) {
  let tries = 0;
  await pWaitFor(() => (tries += 1) > 20, options);
  await new Promise((resolve) => setImmediate(resolve));
  console.log(`${'timeout' in options ? 'with' : 'without'} a time-out: ${warnings.join() || 'no warning'}`);
}
JS
expected='without a time-out: no warning
with a time-out: MaxListenersExceededWarning'
seen=$(node --no-warnings try.mjs 2>/dev/null)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
