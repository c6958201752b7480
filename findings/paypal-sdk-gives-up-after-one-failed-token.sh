#!/usr/bin/env bash
# @paypal/paypal-server-sdk 2.5.0, seen on Node 20.20.2, 2026-12-01.
#
# Guess: a call that fails because no token could be had is followed by one that asks for a token again.
# Seen:  the client keeps the promise of the token that failed, and every call after it fails with that first error, without
#        asking for anything: one 503 of the token's address, and the client is of no use until the process ends.
# What helps: hand it a token of one's own, or make a new client after a failure.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @paypal/paypal-server-sdk@2.5.0
cat > try.mjs <<'JS'
import { Client, OrdersController } from '@paypal/paypal-server-sdk';

const asked = [];
// In place of the network: the first request for a token meets an outage, and all after it would be answered.
const adapter = async (config) => {
  const what = config.url.endsWith('/v1/oauth2/token') ? 'token' : 'order';
  asked.push(what);
  const status = asked.length === 1 ? 503 : 200;
  const body =
    status === 503
      ? {}
      : what === 'token'
        ? { access_token: 'A21', token_type: 'Bearer', expires_in: 32400 }
        : { id: '5O1', status: 'CREATED', intent: 'CAPTURE' };
  const headers = { 'content-type': 'application/json' };
  return { data: JSON.stringify(body), status, statusText: '', headers, config, request: {} };
};
const client = new Client({
  clientCredentialsAuthCredentials: { oAuthClientId: 'id', oAuthClientSecret: 'secret' },
  unstable_httpClientOptions: { adapter },
});
const orders = new OrdersController(client);
for (const call of [1, 2, 3])
  await orders.getOrder({ id: '5O1' }).then(
    ({ result }) => console.log(`call ${call}: ${result.status}`),
    (error) => console.log(`call ${call}: error with status ${error.statusCode}`),
  );
console.log(`asked for: ${asked.join(', ')}`);
JS
expected='call 1: error with status 503
call 2: error with status 503
call 3: error with status 503
asked for: token'
seen=$(node try.mjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
