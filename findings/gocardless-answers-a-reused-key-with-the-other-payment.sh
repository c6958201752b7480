#!/usr/bin/env bash
# gocardless-nodejs 10.1.2, seen on Node 20.20.2, 2026-11-30.
#
# Guess: an idempotency key that is used again with another amount is an error, as at other gateways.
# Seen:  the client takes the gateway's 409 (idempotent_creation_conflict), reads the payment that has the key, and
#        resolves with it as if it had just been made. Asked for 25.00, it answers with the payment of 10.00 and says
#        nothing; the only trace is the status in `__response__`, 200 instead of 201.
# What helps: `raiseOnIdempotencyConflict: true`; or compare amount, currency and links of what comes back.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts gocardless-nodejs@10.1.2
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 \
  -subj /CN=localhost -addext subjectAltName=DNS:api-sandbox.gocardless.com 2>/dev/null
cat > try.mjs <<'JS'
import { readFileSync } from 'node:fs';
import https from 'node:https';
import tls from 'node:tls';
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const { GoCardlessClient } = require('gocardless-nodejs');
const { Environments } = require('gocardless-nodejs/constants');

/** The gateway as its reference describes it: a key belongs to the payment that was made under it first. */
const made = new Map();
const [key, cert] = [readFileSync('key.pem'), readFileSync('cert.pem')];
const server = https.createServer({ key, cert }, async (request, response) => {
  const reply = (status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  let text = '';
  for await (const chunk of request) text += chunk;
  if (request.method === 'GET') return reply(200, { payments: [...made.values()].find(({ id }) => request.url.endsWith(id)) });
  const idempotencyKey = request.headers['idempotency-key'];
  const known = made.get(idempotencyKey);
  if (known !== undefined)
    return reply(409, { error: { type: 'invalid_state', code: 409, message: 'A resource has already been created with this idempotency key', errors: [
      { reason: 'idempotent_creation_conflict', message: 'A resource has already been created with this idempotency key', links: { conflicting_resource_id: known.id } },
    ] } });
  const payment = { id: `PM${made.size + 1}`, ...JSON.parse(text).payments, status: 'pending_submission' };
  made.set(idempotencyKey, payment);
  reply(201, { payments: payment });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const agent = new https.Agent();
agent.createConnection = (options) =>
  tls.connect({ host: '127.0.0.1', port: server.address().port, ca: cert, servername: options.servername });
async function ask(name, options, amount) {
  const client = new GoCardlessClient('token', Environments.Sandbox, { proxy: { https: agent }, ...options });
  try {
    const { id, amount: got, __response__ } = await client.payments.create({ amount, currency: 'GBP', links: { mandate: 'MD1' } }, 'order-1');
    console.log(`${name}: asked for ${amount}, got ${id} of ${got}, status ${__response__.statusCode}`);
  } catch (error) {
    console.log(`${name}: asked for ${amount}, ${error.constructor.name}`);
  }
}
await ask('first', {}, 1000);
await ask('same key', {}, 2500);
await ask('same key, raising', { raiseOnIdempotencyConflict: true }, 2500);
server.close();
server.closeAllConnections();
JS
seen=$(node try.mjs)
echo "$seen"
expected='first: asked for 1000, got PM1 of 1000, status 201
same key: asked for 2500, got PM1 of 1000, status 200
same key, raising: asked for 2500, IdempotentCreationConflictError'
[ "$seen" = "$expected" ] || { echo "this has changed" >&2; exit 1; }
