#!/usr/bin/env bash
# razorpay 2.9.8, seen on Node 20.20.2, 2026-11-30.
#
# Guess: a call that fails rejects with an Error, and a lost connection can be told from a bug by its code.
# Seen:  a lost connection rejects with a TypeError of the package itself (it reads the status of an answer that never came), and
#        ECONNRESET is gone. A 502 with a proxy's page rejects with a plain object, no instance of Error, whose `error` is undefined.
# What helps: neither means that the call was refused. Whatever has no `error.code` is an outcome that is not known.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts razorpay@2.9.8
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
import Razorpay from 'razorpay';
import { gateway } from './gateway.mjs';

const { url, close } = await gateway((response, count) => {
  if (count === 1) return response.socket.destroy();
  response.statusCode = 502;
  response.end('<html>Bad Gateway</html>');
});
const razorpay = new Razorpay({ key_id: 'rzp_test_1', key_secret: 'secret' });
// The address of the API is fixed in the package.
razorpay.api.rq.defaults.baseURL = url;
for (const what of ['connection lost', 'a page with 502'])
  await razorpay.orders.create({ amount: 100, currency: 'INR' }).catch((error) => {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : `no Error: ${JSON.stringify(error)}`;
    console.log(`${what}: ${text}, code ${error.code}`);
  });
close();
JS
expected='connection lost: TypeError: Cannot read properties of undefined (reading '"'"'status'"'"'), code undefined
a page with 502: no Error: {"statusCode":502}, code undefined'
seen=$(node try.mjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
