#!/usr/bin/env bash
# @temporalio/client 1.24.0 with Temporal server 1.31.2 (CLI 1.8.2), seen on Node 20.20.2, 2026-12-01.
#
# Guess: in the calendar of a schedule, `hour: { start: 0 }` is midnight: the range's end is its start, as the types document
#        (`{ start: 2 } -> 2`, `@default start`).
# Seen:  the client sends 1 as the end of a range without one. From 0 that is a range: a schedule with `hour: { start: 0 }` and
#        `minute: { start: 0 }` runs four times a day, at 00:00, 00:01, 01:00 and 01:01. From 2 on the server refuses it with
#        "Hour End is before Start". Of the days of a month, `{ start: 1 }` is right by chance.
# What helps: a plain number, or an end.
# Needs: Go, where no `temporal` 1.8.2 is on the PATH.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cli=$(command -v temporal || true)
if [ -z "$cli" ] || ! "$cli" --version | grep -q 'version 1\.8\.2 '; then
  GOPATH="$folder/go" GOBIN="$folder/bin" go install github.com/temporalio/cli/cmd/temporal@v1.8.2
  cli="$folder/bin/temporal"
fi
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @temporalio/client@1.24.0
port=$(node -e "const s = require('net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })")
"$cli" server start-dev --headless --ip 127.0.0.1 --port "$port" --log-level never >/dev/null 2>&1 &
server=$!
cat > try.cjs <<'JS'
const assert = require('node:assert/strict');
const { Client, Connection } = require('@temporalio/client');

async function connected(address) {
  for (let tries = 0; tries < 100; tries += 1)
    try {
      return await Connection.connect({ address });
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  throw new Error('no server');
}

(async () => {
  const connection = await connected(process.argv[2]);
  const { schedule } = new Client({ connection });
  const action = { type: 'startWorkflow', workflowType: 'w', taskQueue: 'q' };
  const timesOf = async (scheduleId, calendar) => {
    const handle = await schedule.create({ scheduleId, spec: { calendars: [calendar] }, action });
    const { info } = await handle.describe();
    return info.nextActionTimes.slice(0, 4).map((at) => at.toISOString().slice(11, 16));
  };
  assert.deepEqual(await timesOf('plain', { hour: 0, minute: 0 }), ['00:00', '00:00', '00:00', '00:00']);
  const seen = await timesOf('midnight', { hour: { start: 0 }, minute: { start: 0 } });
  await assert.rejects(timesOf('nine', { hour: { start: 9 } }), /Hour End is before Start/);
  console.log('hour { start: 0 }, minute { start: 0 }:', seen.join(' '));
  assert.deepEqual([...seen].sort(), ['00:00', '00:01', '01:00', '01:01']);
  await connection.close();
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
JS
node try.cjs "127.0.0.1:$port"
