#!/usr/bin/env bash
# express 5.3.0 with fresh 2.0.0, seen on Node 20.20.2, 2026-11-30.
#
# Guess: a program that sends If-None-Match with the ETag that it has is answered 304 by Express's own check.
# Seen:  Node's fetch adds `Cache-Control: no-cache` to each request with If-None-Match, as its standard says, and `fresh` takes
#        that for a reload from end to end: the whole answer comes each time. With `cache: 'force-cache'`, or by another client, it
#        is 304. RFC 9110 lets If-None-Match decide; no-cache forbids a cache to answer by itself, and an origin server is none.
# What helps: compare the entity tags yourself, or let clients set `cache: 'force-cache'`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts express@5.3.0 fresh@2.0.0
cat > try.mjs <<'JS'
import express from 'express';

const app = express();
app.get('/', (request, response) => response.send('the same as before'));
const server = app.listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}/`;
  const etag = (await fetch(url)).headers.get('etag');
  const headers = { 'if-none-match': etag };
  console.log(`fetch: ${(await fetch(url, { headers })).status}`);
  console.log(`fetch, force-cache: ${(await fetch(url, { headers, cache: 'force-cache' })).status}`);
  server.close();
});
JS
expected='fetch: 200
fetch, force-cache: 304'
seen=$(node try.mjs)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
