#!/usr/bin/env bash
# mt940-js 1.0.0 with tslib 2.8.1, which it needs and does not name, seen on Node 20.20.2, 2026-11-30.
#
# Guess: of the four marks of an MT940 line, C and RD (the reversal of a debit) are money in, D and RC (the reversal of a credit)
#        money out, and `isCredit` or `isExpense` says which.
# Seen:  `isCredit` is true for RC and false for RD, so a returned payment reads as a second one, and the lines no longer lead from
#        the opening to the closing balance. The letter R is not given elsewhere. `isExpense` says nothing of the mark: it is true
#        for all but a few transaction types.
# What helps: read the mark of the :61: line oneself, and check that the lines add up to the closing balance.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mt940-js@1.0.0 tslib@2.8.1
cat > try.mjs <<'JS'
import mt940 from 'mt940-js';

const lines = [['C', '10,00'], ['RC', '10,00'], ['D', '5,00'], ['RD', '5,00']];
const statement = [
  '{1:F01AAAABB99BSMK3513951576}{2:O9400934081223BBBBAA33XXXX03592332770812230834N}{4:',
  ...[':20:STATEMENT', ':25:DE12345678901234567890', ':28C:1/1', ':60F:C261128EUR100,00'],
  ...lines.flatMap(([mark, amount]) => [`:61:2611281128${mark}${amount}NTRFREFERENCE//BANK`, `:86:mark ${mark}`]),
  ...[':62F:C261128EUR100,00', '-}'],
].join('\r\n');
const [{ transactions, openingBalance, closingBalance }] = await mt940.read(Buffer.from(statement));
for (const { description, isCredit, isExpense, amount } of transactions)
  console.log(`${description}: ${amount}, isCredit ${isCredit}, isExpense ${isExpense}`);
const sum = transactions.reduce((total, { amount, isCredit }) => total + (isCredit ? amount : -amount), openingBalance.value);
console.log(`opening ${openingBalance.value}, with all lines ${sum}, closing ${closingBalance.value}`);
JS
expected='mark C: 10, isCredit true, isExpense true
mark RC: 10, isCredit true, isExpense true
mark D: 5, isCredit false, isExpense true
mark RD: 5, isCredit false, isExpense true
opening 100, with all lines 110, closing 100'
seen=$(node try.mjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
