#!/usr/bin/env bash
# @payos/node 2.0.5, seen on Node 20.20.2, 2026-11-30.
#
# Guess: the idempotency key that is the second argument of `payouts.create` is sent with every try.
# Seen:  a call that has headers of its own (third argument, say for tracing) sends no `x-idempotency-key` at all: the
#        headers take the place of those that the method has made. And the client repeats a POST up to three times by
#        itself, so an answer that was lost is a second payout.
# What helps: put `x-idempotency-key` into the headers as well, or set `maxRetries: 0` and read the payout back.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @payos/node@2.0.5
cat > try.mjs <<'JS'
import http from 'node:http';
import { PayOS } from '@payos/node';

/** The gateway pays out what comes without a key, or with a new one; its first answer to each payout is lost. */
let paid = 0;
let seen = [];
const keys = new Set();
const gateway = http.createServer((request, response) => {
  const key = request.headers['x-idempotency-key'];
  seen.push(key ?? 'no key');
  const isNew = key === undefined || !keys.has(key);
  if (isNew) paid += 1;
  if (key !== undefined) keys.add(key);
  request.resume();
  if (seen.length === 1) return request.socket.destroy();
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ code: '00', desc: 'success', data: { id: `payout-${paid}` } }));
});
await new Promise((resolve) => gateway.listen(0, '127.0.0.1', resolve));
const payos = new PayOS({ clientId: 'id', apiKey: 'key', checksumKey: 'checksum', baseURL: `http://127.0.0.1:${gateway.address().port}`, logLevel: 'off' });
const payout = { referenceId: 'ref-1', amount: 2000, description: 'payout', toBin: '970422', toAccountNumber: '0123456789' };

for (const [name, options] of [['without headers', undefined], ['with headers', { headers: { 'X-Trace': 'trace-1' } }]]) {
  [paid, seen] = [0, []];
  await payos.payouts.create(payout, `key-${name}`, options);
  console.log(`${name}: tries ${seen.join(', ')}; paid out ${paid} times`);
}
gateway.close();
gateway.closeAllConnections();
JS
seen=$(node try.mjs)
echo "$seen"
expected='without headers: tries key-without headers, key-without headers; paid out 1 times
with headers: tries no key, no key; paid out 2 times'
[ "$seen" = "$expected" ] || { echo "this has changed" >&2; exit 1; }
