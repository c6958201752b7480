#!/usr/bin/env bash
# dodopayments 2.52.0, seen on Node 20.20.2, 2026-11-30.
#
# Guess: the client of a payment gateway repeats a POST only under an idempotency key, and sends the key that its options take.
# Seen:  a POST /payments whose connection is lost is repeated twice by default (`maxRetries` 2), and none of the three carries
#        an idempotency header: a payment that was made and whose answer got lost is made again. The request option
#        `idempotencyKey` is accepted and typed, and sends no header either.
# What helps: `maxRetries: 0` for whatever moves money, and reading the payment back before it is tried again.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts dodopayments@2.52.0
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
import DodoPayments from 'dodopayments';
import { gateway } from './gateway.mjs';

const { seen, url, close } = await gateway((response, count) => {
  if (count < 3) return response.socket.destroy();
  response.setHeader('content-type', 'application/json');
  response.end('{"payment_id":"pay_3"}');
});
const client = new DodoPayments({ bearerToken: 'test', baseURL: url });
const { payment_id } = await client.payments.create({
  billing: { country: 'US' },
  customer: { customer_id: 'cus_1' },
  product_cart: [{ product_id: 'prod_1', quantity: 1 }],
});
await client.refunds.create({ payment_id }, { idempotencyKey: 'refund-1' });
for (const { method, url: path, headers } of seen) {
  const keys = Object.keys(headers).filter((name) => name.includes('idempotency'));
  console.log(`${method} ${path}, try ${headers['x-stainless-retry-count']}: idempotency headers ${keys.length}`);
}
close();
JS
expected='POST /payments, try 0: idempotency headers 0
POST /payments, try 1: idempotency headers 0
POST /payments, try 2: idempotency headers 0
POST /refunds, try 0: idempotency headers 0'
seen=$(node try.mjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
