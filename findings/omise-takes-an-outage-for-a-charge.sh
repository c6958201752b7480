#!/usr/bin/env bash
# omise 1.1.0, seen on Node 20.20.2, 2026-11-30.
#
# Guess: an HTTP status of 500 or above rejects.
# Seen:  the status is never read. Only a body whose `object` is "error" rejects: a load balancer's 503 with a JSON body of its
#        own resolves, as the charge that `charges.create` promises, without id, status or amount.
# What helps: a charge without an id is an outcome that is not known.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts omise@1.1.0
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
import createOmise from 'omise';
import { gateway } from './gateway.mjs';

const { port, close } = await gateway((response) => {
  response.statusCode = 503;
  response.setHeader('content-type', 'application/json');
  response.end('{"message":"Service Unavailable"}');
});
// The package takes a host and no port.
const { request } = http;
http.request = (options) => request({ ...options, port });
process.env.OMISE_SCHEME = 'http';
const omise = createOmise({ secretKey: 'skey_test_1', host: '127.0.0.1' });
const charge = await omise.charges.create({ amount: 1000, currency: 'thb', card: 'tokn_1' });
console.log(`resolved: ${JSON.stringify(charge)}, id ${charge.id}`);
close();
JS
expected='resolved: {"message":"Service Unavailable"}, id undefined'
seen=$(node try.mjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
