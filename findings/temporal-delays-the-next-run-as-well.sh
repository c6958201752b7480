#!/usr/bin/env bash
# Temporal server 1.31.2 (CLI 1.8.2) with @temporalio/worker, client and workflow 1.24.0, seen on Node 20.20.2, 2026-11-30.
#
# Guess: signalWithStart ends a start delay for good: the run begins at once, and what it does from then on is not delayed.
# Seen:  it ends the delay of that run alone. When the run continues as new, the next run gets what is left of the delay as its
#        firstWorkflowTaskBackoff, and stands still until then: its first event says so, and a query is refused with "Workflow
#        task is not scheduled yet". A workflow that continues as new under load stops in the middle of it.
# What helps: give no start delay to a workflow that may continue as new; let it set a timer of its own.
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
npm install --silent --no-audit --no-fund @temporalio/client@1.24.0 @temporalio/worker@1.24.0 @temporalio/workflow@1.24.0
port=$(node -e "const s = require('net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })")
"$cli" server start-dev --headless --ip 127.0.0.1 --port "$port" --log-level never >/dev/null 2>&1 &
server=$!
cat > workflows.cjs <<'JS'
const { condition, continueAsNew, defineSignal, setHandler } = require('@temporalio/workflow');

exports.twice = async function twice(runs) {
  let isTold = false;
  setHandler(defineSignal('go'), () => {
    isTold = true;
  });
  if (runs > 0) return;
  await condition(() => isTold);
  await continueAsNew(runs + 1);
};
JS
cat > try.cjs <<'JS'
const { Client, Connection } = require('@temporalio/client');
const { NativeConnection, Runtime, Worker } = require('@temporalio/worker');

const HOUR_MS = 3_600_000;
const address = process.argv[2];

async function connected() {
  for (let tries = 0; tries < 100; tries += 1)
    try {
      return await Connection.connect({ address });
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  throw new Error('no server');
}

(async () => {
  Runtime.install({ logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} } });
  const connection = await connected();
  const client = new Client({ connection });
  const native = await NativeConnection.connect({ address });
  const worker = await Worker.create({ connection: native, taskQueue: 'q', workflowsPath: require.resolve('./workflows.cjs') });
  const running = worker.run();
  for (const startDelay of [undefined, HOUR_MS]) {
    const workflowId = `order-${startDelay ?? 0}`;
    const options = { workflowId, taskQueue: 'q', args: [0], ...(startDelay && { startDelay }) };
    if (startDelay) await client.workflow.start('twice', options);
    await client.workflow.signalWithStart('twice', { ...options, startDelay: undefined, signal: 'go', signalArgs: [], workflowIdConflictPolicy: 'USE_EXISTING' });
    let first;
    for (let tries = 0; tries < 100 && !first?.continuedExecutionRunId; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
      first = events[0].workflowExecutionStartedEventAttributes;
    }
    const backoffS = Number(first.firstWorkflowTaskBackoff?.seconds ?? 0);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const later = await client.workflow.getHandle(workflowId).describe();
    console.log(`start delay ${startDelay ? 'of an hour, ended by a signal with start' : 'none'}: continued, next run waits ${backoffS > 3500 && backoffS <= 3600 ? 'the rest of the hour' : backoffS + ' s'}, ${later.status.name}`);
  }
  worker.shutdown();
  await running;
  await native.close();
  await connection.close();
  process.exit();
})();
JS
expected='start delay none: continued, next run waits 0 s, COMPLETED
start delay of an hour, ended by a signal with start: continued, next run waits the rest of the hour, RUNNING'
seen=$(node try.cjs "127.0.0.1:$port" 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
