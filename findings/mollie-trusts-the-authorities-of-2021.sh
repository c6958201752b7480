#!/usr/bin/env bash
# @mollie/api-client 4.6.0, seen on Node 20.20.2, 2026-11-30.
#
# Guess: the client trusts the authorities that Node trusts, so NODE_EXTRA_CA_CERTS lets it through a company's proxy,
#        and a new release of Node brings it new authorities.
# Seen:  it carries a list of its own, Mozilla's of 25 November 2021, and trusts that alone: in one process with one
#        NODE_EXTRA_CA_CERTS, Node's `https` reaches the server and the client does not. Its error says only "self-signed
#        certificate", and has no code to tell that nothing was sent.
# What helps: a proxy that does not open TLS; for tests a stand-in for the SDK's transport, as an address with http: is
#        refused as well.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @mollie/api-client@4.6.0
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 \
  -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
cat > try.mjs <<'JS'
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { createRequire } from 'node:module';
const { createMollieClient } = createRequire(import.meta.url)('@mollie/api-client');

const source = readFileSync('node_modules/@mollie/api-client/dist/mollie.cjs.js', 'utf8');
console.log(`its list: ${/Certificate data from Mozilla as of: \w+ (\w+ \d+) [\d:]+ (\d{4})/.exec(source).slice(1).join(' ')}`);

let requests = 0;
const tls = { key: readFileSync('key.pem'), cert: readFileSync('cert.pem') };
const server = https.createServer(tls, (request, response) => {
  requests += 1;
  response.writeHead(201, { 'content-type': 'application/hal+json' });
  response.end(JSON.stringify({ resource: 'payment', id: 'tr_1', status: 'open' }));
});
await new Promise((resolve) => server.listen(0, 'localhost', resolve));
const address = `https://localhost:${server.address().port}`;

const status = await new Promise((resolve, reject) => {
  https.get(address, (response) => resolve(response.resume().statusCode)).on('error', reject);
});
console.log(`Node: ${status}, ${requests} request`);

const mollie = createMollieClient({ apiKey: `test_${'a'.repeat(30)}`, apiEndpoint: `${address}/v2/` });
const order = { amount: { value: '10.00', currency: 'EUR' }, description: 'order 1', redirectUrl: 'https://shop.example/1' };
try {
  await mollie.payments.create(order);
  console.log('Mollie: created');
} catch (error) {
  const reason = error.message.slice(error.message.indexOf('reason: '));
  console.log(`Mollie: ${error.constructor.name}, ${reason}, code ${error.code ?? 'none'}, ${requests} request`);
}
server.close();
server.closeAllConnections();
JS
seen=$(NODE_EXTRA_CA_CERTS=cert.pem node try.mjs)
echo "$seen"
expected='its list: Nov 25 2021
Node: 201, 1 request
Mollie: ApiError, reason: self-signed certificate, code none, 1 request'
[ "$seen" = "$expected" ] || { echo "this has changed" >&2; exit 1; }
