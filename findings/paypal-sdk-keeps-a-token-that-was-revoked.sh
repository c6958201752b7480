#!/usr/bin/env bash
# @paypal/paypal-server-sdk 2.5.0, seen on Node 20.20.2, 2026-11-30.
#
# Guess: when the API answers 401 to a token, the client fetches a new one and tries once more; calls that start together share one.
# Seen:  a token is used until the time that it was first said to be good for, some eight hours, whatever the API answers. After a
#        rotation of the secret or a revocation every call fails with 401 until then, or until the process is started again. Three
#        first calls at once fetch three tokens.
# What helps: after a 401, make a new client, once.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @paypal/paypal-server-sdk@2.5.0
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
import http from 'node:http';
import https from 'node:https';
import { Client, Environment, OrdersController } from '@paypal/paypal-server-sdk';
import { gateway } from './gateway.mjs';

let tokens = 0;
let isRevoked = false;
const { port, close } = await gateway((response, _, { url: path }) => {
  response.setHeader('content-type', 'application/json');
  if (path.includes('oauth2')) {
    tokens += 1;
    return response.end(JSON.stringify({ access_token: `token-${tokens}`, token_type: 'Bearer', expires_in: 30000 }));
  }
  response.statusCode = isRevoked ? 401 : 200;
  response.end(isRevoked ? '{"error":"invalid_token"}' : '{"id":"ORDER-1","status":"APPROVED"}');
});
// The address of the API is fixed in the package.
https.request = (options, answered) =>
  http.request({ ...options, protocol: 'http:', agent: undefined, host: '127.0.0.1', hostname: '127.0.0.1', port }, answered);
const orders = new OrdersController(
  new Client({
    clientCredentialsAuthCredentials: { oAuthClientId: 'id', oAuthClientSecret: 'secret' },
    environment: Environment.Sandbox,
  }),
);
const get = async () => (await orders.getOrder({ id: 'ORDER-1' }).catch((error) => error)).statusCode;
console.log(`three at once: ${await Promise.all([get(), get(), get()])}, tokens fetched ${tokens}`);
isRevoked = true;
console.log(`after a revocation: ${await get()}, ${await get()}, tokens fetched ${tokens}`);
close();
JS
expected='three at once: 200,200,200, tokens fetched 3
after a revocation: 401, 401, tokens fetched 3'
seen=$(node try.mjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
