#!/usr/bin/env bash
# csv-parse 7.0.3, seen on Node 20.20.2, 2026-11-30.
#
# Guess: `info.lines` of a record is its line in the file, whichever line ends the file has.
# Seen:  a line break within quotation marks counts as two lines where it is CR and LF, and as one where it is LF. After a
#        description of two lines in a file from Windows, every message names a line too far down.
# What helps: take off one line for each "\r\n" in the cells so far.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts csv-parse@7.0.3
cat > try.mjs <<'JS'
import { parse } from 'csv-parse/sync';

for (const [name, end] of [['LF', '\n'], ['CRLF', '\r\n']]) {
  const file = ['id,text', `1,"two${end}lines"`, '2,one', ''].join(end);
  const records = parse(file, { info: true });
  console.log(`${name}: record 2 is on line ${records[2].info.lines}`);
}
JS
expected='LF: record 2 is on line 4
CRLF: record 2 is on line 5'
seen=$(node try.mjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
