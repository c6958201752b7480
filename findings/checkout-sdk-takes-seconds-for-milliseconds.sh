#!/usr/bin/env bash
# checkout-sdk-node 5.2.1, seen on Node 20.20.2, 2026-11-30.
#
# Guess: an OAuth token that the gateway says is good for an hour (`expires_in: 3600`) is used for an hour.
# Seen:  the seconds are added to the clock as milliseconds. Each token is used for 3.6 seconds, and every call after that asks for
#        a new one first: an API that is called now and then makes two requests a call, and the token endpoint is in the way of each.
# What helps: secret keys instead of OAuth, or a token that is fetched and kept by the caller.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts checkout-sdk-node@5.2.1
cat > gateway.mjs <<'JS'
import http from 'node:http';
/** A gateway on loopback that answers as the given function says, and remembers what came. */
export async function gateway(answer) {
  const seen = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      seen.push({ method: request.method, url: request.url, headers: request.headers, body });
      answer(response, seen.length, request);
    });
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const close = () => (server.closeAllConnections(), server.close());
  return { seen, port: server.address().port, url: `http://127.0.0.1:${server.address().port}`, close };
}
JS
cat > try.mjs <<'JS'
import { setTimeout as sleep } from 'node:timers/promises';
import { Checkout } from 'checkout-sdk-node';
import { gateway } from './gateway.mjs';

let tokens = 0;
const { url, close } = await gateway((response, _, { url: path }) => {
  const isToken = path.endsWith('/connect/token');
  if (isToken) tokens += 1;
  response.setHeader('content-type', 'application/json');
  const token = { access_token: `token-${tokens}`, expires_in: 3600, token_type: 'Bearer', scope: 'gateway' };
  response.end(JSON.stringify(isToken ? token : { id: 'pay_1' }));
});
// The addresses of the API are fixed in the package.
const { fetch } = globalThis;
globalThis.fetch = (address, options) => fetch(String(address).replace(/https:\/\/[^/]+/, url), options);
const options = { client: 'ack_1', scope: ['gateway'], environment: 'sandbox', subdomain: 'abcdefgh' };
const checkout = new Checkout('secret', options);
for (const [wait, said] of [[0, 'at once'], [500, 'half a second later'], [5000, 'five seconds later'], [5000, 'five seconds later']]) {
  await sleep(wait);
  await checkout.payments.get('pay_1');
  console.log(`a call ${said}: ${tokens} tokens fetched`);
}
close();
JS
expected='a call at once: 1 tokens fetched
a call half a second later: 1 tokens fetched
a call five seconds later: 2 tokens fetched
a call five seconds later: 3 tokens fetched'
seen=$(node try.mjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
