#!/usr/bin/env bash
# mercadopago 3.6.1, seen on Node 20.20.2, 2026-11-30.
#
# Guess: an answer that is no JSON, a page of a proxy or a body that was cut off, is an error.
# Seen:  with a 2xx status it resolves as a payment that has no field but `api_response`. `payment.id` and `payment.status` are
#        undefined, nothing is thrown and nothing is retried: whoever stores the result has a payment without an id.
# What helps: an answer without an id is an outcome that is not known; search by `external_reference` before trying again.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mercadopago@3.6.1
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
import { MercadoPagoConfig, Payment } from 'mercadopago';
import { gateway } from './gateway.mjs';

const answers = ['{"id":123,"status":"appro', '<html>ok</html>'];
const { url, close } = await gateway((response, count) => {
  response.statusCode = 201;
  response.end(answers[count - 1]);
});
// The address of the API is fixed in the package.
const { fetch } = globalThis;
globalThis.fetch = (address, options) => fetch(String(address).replace('https://api.mercadopago.com', url), options);
const payments = new Payment(new MercadoPagoConfig({ accessToken: 'TEST-1' }));
for (const answer of answers) {
  const body = { transaction_amount: 10, payment_method_id: 'pix', payer: { email: 'payer@example.com' } };
  const payment = await payments.create({ body });
  console.log(`${answer}: id ${payment.id}, status ${payment.status}, fields ${Object.keys(payment)}`);
}
close();
JS
expected='{"id":123,"status":"appro: id undefined, status undefined, fields api_response
<html>ok</html>: id undefined, status undefined, fields api_response'
seen=$(node try.mjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
