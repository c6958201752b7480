#!/usr/bin/env bash
# @adyen/api-library 32.1.0, seen on Node 20.20.2, 2026-11-30.
#
# Guess: the options of one call are for that call.
# Seen:  the client writes the idempotency key, and the API key, into the headers object that it is handed. Where a shop
#        has one such object for all its calls, say with a header for its logs, the key of one payment goes with the next
#        one that has none of its own: the gateway answers it with the first payment, and the second order looks paid.
# What helps: a key for every call, and a headers object made anew for each; compare the reference of what comes back.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @adyen/api-library@32.1.0
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 \
  -subj /CN=localhost -addext subjectAltName=DNS:checkout-test.adyen.com 2>/dev/null
cat > try.mjs <<'JS'
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { createRequire } from 'node:module';
const { Client, CheckoutAPI, EnvironmentEnum } = createRequire(import.meta.url)('@adyen/api-library');

/** The gateway: what was made under a key is answered again to whoever comes with that key. */
const made = new Map();
const [key, cert] = [readFileSync('key.pem'), readFileSync('cert.pem')];
const gateway = https.createServer({ key, cert }, async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  const { reference } = JSON.parse(text);
  const idempotencyKey = request.headers['idempotency-key'] ?? `none of ${reference}`;
  const answer = made.get(idempotencyKey) ?? { pspReference: `PSP-${reference}`, resultCode: 'Authorised', merchantReference: reference };
  made.set(idempotencyKey, answer);
  console.log(`${reference}: came with the key ${idempotencyKey}`);
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
});
await new Promise((resolve) => gateway.listen(0, '127.0.0.1', resolve));
/** The client has no setting for the address; its proxy leads here. */
const proxy = http.createServer().on('connect', (_request, socket) => {
  const upstream = net.connect(gateway.address().port, '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    upstream.pipe(socket).pipe(upstream);
  });
  for (const end of [upstream, socket]) end.on('error', () => {});
});
await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));

const client = new Client({ apiKey: 'key', environment: EnvironmentEnum.TEST });
client.httpClient.proxy = { host: '127.0.0.1', port: proxy.address().port };
const { PaymentsApi } = new CheckoutAPI(client);
const headers = { 'X-Shop': 'north' };
async function pay(reference, options) {
  const amount = { currency: 'EUR', value: 1000 };
  const { pspReference, resultCode } = await PaymentsApi.payments(
    { reference, amount, merchantAccount: 'Shop', returnUrl: 'https://shop.example/', paymentMethod: { type: 'scheme' } },
    options,
  );
  console.log(`${reference}: ${resultCode}, ${pspReference}`);
}
await pay('order-1', { headers, idempotencyKey: 'key-1' });
await pay('order-2', { headers });
process.exit(0);
JS
seen=$(NODE_EXTRA_CA_CERTS=cert.pem node try.mjs)
echo "$seen"
expected='order-1: came with the key key-1
order-1: Authorised, PSP-order-1
order-2: came with the key key-1
order-2: Authorised, PSP-order-1'
[ "$seen" = "$expected" ] || { echo "this has changed" >&2; exit 1; }
