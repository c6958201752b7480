#!/usr/bin/env bash
# authorizenet 1.0.10, seen on Node 20.20.2, 2026-11-30.
#
# Guess: the callback of `execute` is called once, with or without an answer.
# Seen:  it is called only when the gateway answers 2xx. After any other status it is never called, and the process, if nothing else
#        keeps it, ends with 0: the order that waits for it is neither charged nor failed. The error is found by asking the
#        controller for it (`getError`), which somebody has to think of and time.
# What helps: a timer beside each call, after which the outcome is not known.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts authorizenet@1.0.10
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
import authorizenet from 'authorizenet';
import { gateway } from './gateway.mjs';

const { APIContracts, APIControllers } = authorizenet;
const { url, close } = await gateway((response, count) => {
  response.statusCode = count === 1 ? 200 : 503;
  response.setHeader('content-type', 'application/json');
  response.end('{"messages":{"resultCode":"Ok"}}');
});
const merchant = new APIContracts.MerchantAuthenticationType();
merchant.setName('name');
merchant.setTransactionKey('key');
for (const status of [200, 503]) {
  const request = new APIContracts.GetTransactionDetailsRequest();
  request.setMerchantAuthentication(merchant);
  request.setTransId('1');
  const controller = new APIControllers.GetTransactionDetailsController(request.getJSON());
  controller.setEnvironment(`${url}/`);
  const called = new Promise((resolve) => controller.execute(() => resolve('called')));
  const waited = new Promise((resolve) => setTimeout(() => resolve('not called within 3 s'), 3000));
  console.log(`${status}: callback ${await Promise.race([called, waited])}, error ${controller.getError()?.message}`);
}
close();
process.exit();
JS
expected='200: callback called, error undefined
503: callback not called within 3 s, error Request failed with status code 503'
seen=$(node try.mjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
