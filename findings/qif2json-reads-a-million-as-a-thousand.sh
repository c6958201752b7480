#!/usr/bin/env bash
# qif2json 0.4.0, seen on Node 20.20.2, 2026-12-01.
#
# Guess: a QIF file writes amounts with commas between thousands, as Quicken and banks export them, and a reader takes all of them
#        out: the total of a transaction is the sum of its splits.
# Seen:  of a total the first comma is taken out and reading ends at the second: 1,234,567.89 is 1234. Of a split none is: -1,000.25
#        is -1, beside its own total, which is right. Nothing is raised, as `parseFloat` stops where it understands no more.
# What helps: take the commas out of lines that begin with T or $ before; or compare each total with its splits.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts qif2json@0.4.0
cat > try.cjs <<'JS'
const { parse } = require('qif2json');

const file = `!Type:Bank
D24/12/2026
T-1,234.56
^
D24/12/2026
T1,234,567.89
^
D24/12/2026
T-1,200.50
SOffice
$-1,000.25
SPostage
$-200.25
^
`;
for (const { amount, division = [] } of parse(file).transactions)
  console.log([amount, ...division.map((split) => `${split.category} ${split.amount}`)].join(', '));
JS
expected='-1234.56
1234
-1200.5, Office -1, Postage -200.25'
seen=$(node try.cjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
