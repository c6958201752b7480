#!/usr/bin/env bash
# creem 1.13.0, seen on Node 20.20.2, 2026-11-30.
#
# Guess: a field or status that the gateway has added since does no harm to a client that does not know it.
# Seen:  an unknown field is let through, an unknown value of a status is not. A checkout that was made (200) and whose status this
#        version does not list rejects with ResponseValidationError: the call looks failed, the object exists, and a repeat makes a
#        second one. The body is there, as `rawValue` of the error.
# What helps: take the id from `rawValue`, and treat the error as an outcome that is not known.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts creem@1.13.0
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
import { Creem } from 'creem';
import { gateway } from './gateway.mjs';

const answers = [{ status: 'pending' }, { status: 'pending', added_since: true }, { status: 'on_hold' }];
const { url, close } = await gateway((response, count) => {
  const checkout = { id: `ch_${count}`, mode: 'test', object: 'checkout', product: 'prod_1', ...answers[count - 1] };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(checkout));
});
const creem = new Creem({ apiKey: 'test', serverURL: url });
for (const answer of answers) {
  const seen = await creem.checkouts.create({ productId: 'prod_1' }).then(
    ({ id }) => `resolves, id ${id}`,
    (error) => `rejects, ${error.constructor.name} with status ${error.statusCode}, rawValue.id ${error.rawValue?.id}`,
  );
  console.log(`${JSON.stringify(answer)}: ${seen}`);
}
close();
JS
expected='{"status":"pending"}: resolves, id ch_1
{"status":"pending","added_since":true}: resolves, id ch_2
{"status":"on_hold"}: rejects, ResponseValidationError with status 200, rawValue.id ch_3'
seen=$(node try.mjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
