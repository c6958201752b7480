#!/usr/bin/env bash
# @paddle/paddle-node-sdk 3.10.0, seen on Node 20.20.2, 2026-11-30.
#
# Guess: a signed webhook may be some minutes old, as with Stripe (300 s), so that a queue or a clock that is off costs nothing.
# Seen:  one that was signed more than five seconds ago is refused, and no option changes that. A server whose clock is six seconds
#        ahead, or that verifies after taking the event from a queue, refuses every event, with `false` and no reason.
# What helps: verify on arrival, before anything slow; watch the clock; alert on the first refusal, as all that follow will be refused.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @paddle/paddle-node-sdk@3.10.0
cat > try.mjs <<'JS'
import { createHmac } from 'node:crypto';
import { Paddle } from '@paddle/paddle-node-sdk';

const paddle = new Paddle('pdl_sdbx_apikey_1');
const body = JSON.stringify({ event_id: 'evt_1', event_type: 'transaction.paid', data: { id: 'txn_1' } });
for (const seconds of [0, 3, 7, 60]) {
  const ts = Math.floor(Date.now() / 1000) - seconds;
  const h1 = createHmac('sha256', 'secret').update(`${ts}:${body}`).digest('hex');
  console.log(`signed ${seconds} s ago: ${await paddle.webhooks.isSignatureValid(body, 'secret', `ts=${ts};h1=${h1}`)}`);
}
JS
expected='signed 0 s ago: true
signed 3 s ago: true
signed 7 s ago: false
signed 60 s ago: false'
seen=$(node try.mjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
