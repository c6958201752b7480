#!/usr/bin/env bash
# flutterwave-node-v3 1.4.1, seen on Node 20.20.2, 2026-11-30.
#
# Guess: a client of a gateway speaks to that gateway alone.
# Seen:  every call is reported to a monitoring service under another host name, with its path, and so with the ids in it;
#        and each successful verification with a live key reports the payment's reference, currency, amount, fee and
#        method. There is no setting that turns it off, and a file in the folder for temporary files keeps who one is.
#        A firewall that lets through the gateway alone sees these connections fail, and nothing says what they were.
# What helps: call the gateway's HTTP API; or a firewall that knows, as no answer to the reports is waited for.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts flutterwave-node-v3@1.4.1
cat > try.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import crypto from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';

const publicKey = 'FLWPUBK-00000000000000000000000000000000-X';
/** As after the first start of a process: the service has given this shop its id. */
const shop = crypto.createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
process.env.FLW_SDK_STATE_PATH = new URL('state.json', import.meta.url).pathname;
writeFileSync(process.env.FLW_SDK_STATE_PATH, JSON.stringify({ [shop]: { app_id: 'app-1' } }));

/** Nothing leaves this machine: what would be sent is written down. */
const reported = [];
https.request = (options) => ({
  on: () => {},
  setTimeout: () => {},
  write: (body) => reported.push([options.hostname, JSON.parse(body)]),
  end: () => {},
});
const gateway = http.createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ status: 'success', data: {
    id: 4711, tx_ref: 'order-1042', status: 'successful', currency: 'NGN', amount: 25000, app_fee: 350, payment_type: 'card' } }));
});
await new Promise((resolve) => gateway.listen(0, '127.0.0.1', resolve));

const Flutterwave = createRequire(import.meta.url)('flutterwave-node-v3');
const client = new Flutterwave(publicKey, 'FLWSECK-00000000000000000000000000000000-X', `http://127.0.0.1:${gateway.address().port}/`);
const { data } = await client.Transaction.verify({ id: 4711 });
console.log(`verified: ${data.tx_ref}`);
await new Promise((resolve) => setTimeout(resolve, 500));
for (const [host, { name, data }] of reported) {
  const { path, reference, currency, amount, fee, method } = data;
  const what = name === 'app.transaction' ? [reference, currency, amount, fee, method] : [method, path];
  console.log(`${name} to ${host}: ${what.join(' ')}`);
}
gateway.close();
gateway.closeAllConnections();
JS
seen=$(node try.mjs)
echo "$seen"
expected='verified: order-1042
request.sent to signozservice-prod.f4b-flutterwave.com: GET v3/transactions/4711/verify
app.transaction to signozservice-prod.f4b-flutterwave.com: order-1042 NGN 25000 350 card'
[ "$seen" = "$expected" ] || { echo "this has changed" >&2; exit 1; }
