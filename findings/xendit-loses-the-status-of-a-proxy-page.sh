#!/usr/bin/env bash
# xendit-node 7.0.0, seen on Node 20.20.2, 2026-11-30.
#
# Guess: an answer of 400 or above rejects with the package's XenditSdkError, which has the status.
# Seen:  it does while the body is JSON. A 502 with a page of a proxy rejects with "TypeError: Body is unusable", since the body is
#        read a second time, and status and text are gone: a handler that sorts by status takes an outage for a bug of its own.
# What helps: whatever is no XenditSdkError is an outcome that is not known.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts xendit-node@7.0.0
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
import { Xendit } from 'xendit-node';
import { gateway } from './gateway.mjs';

const { url, close } = await gateway((response, count) => {
  response.statusCode = 502;
  response.setHeader('content-type', count === 1 ? 'application/json' : 'text/html');
  response.end(count === 1 ? '{"error_code":"SERVER_ERROR","message":"try later"}' : '<html>Bad Gateway</html>');
});
const { PaymentRequest } = new Xendit({ secretKey: 'xnd_production_1', xenditURL: url });
for (const what of ['JSON', 'a page'])
  await PaymentRequest.createPaymentRequest({ data: { currency: 'IDR', amount: 15000 } }).catch((error) =>
    console.log(`502 with ${what}: ${error.constructor.name}, status ${error.status}`),
  );
close();
JS
expected='502 with JSON: XenditSdkError, status 502
502 with a page: TypeError, status undefined'
seen=$(node try.mjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
