#!/usr/bin/env bash
# braintree 3.40.0, seen on Node 20.20.2, 2026-11-30.
#
# Guess: a custom field comes back under the name under which it was sent.
# Seen:  names are turned into snake case on the way out and into camel case on the way in, also inside `customFields`, where they
#        are the merchant's own. A mark written as `installation_id` reads as `installationId`; whoever looks for the name that was
#        sent finds nothing, and takes the payment for somebody else's.
# What helps: a name without underscore and capital letters.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts braintree@3.40.0
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
import braintree from 'braintree';
import { gateway } from './gateway.mjs';

const { seen, port, close } = await gateway((response) => {
  const { custom_fields: fields } = JSON.parse(seen[0].body).transaction;
  const elements = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`);
  response.statusCode = 201;
  response.setHeader('content-type', 'application/xml');
  response.end(`<transaction><id>t1</id><custom-fields>${elements.join('').replaceAll('_', '-')}</custom-fields></transaction>`);
});
// The address of the API is fixed in the package.
https.request = (options, answered) =>
  http.request({ ...options, protocol: 'http:', agent: undefined, host: '127.0.0.1', hostname: '127.0.0.1', port }, answered);
const braintreeGateway = new braintree.BraintreeGateway({
  environment: braintree.Environment.Sandbox,
  ...{ merchantId: 'merchant', publicKey: 'public', privateKey: 'private' },
});
const customFields = { installation_id: 'i1', orderRef: 'o1', plain: 'p1' };
const { transaction } = await braintreeGateway.transaction.sale({ amount: '10.00', paymentMethodNonce: 'nonce', customFields });
console.log(`given: ${Object.keys(customFields)}`);
console.log(`sent: ${Object.keys(JSON.parse(seen[0].body).transaction.custom_fields)}`);
console.log(`read back: ${Object.keys(transaction.customFields)}`);
close();
JS
expected='given: installation_id,orderRef,plain
sent: installation_id,order_ref,plain
read back: installationId,orderRef,plain'
seen=$(node try.mjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
