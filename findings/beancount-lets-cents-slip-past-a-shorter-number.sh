#!/usr/bin/env bash
# beancount 3.2.3 (PyPI), seen on Python 3, 2026-11-30.
#
# Guess: `bean-check` refuses a transaction whose postings do not sum to zero, cent for cent.
# Seen:  how far off a transaction may be follows from the digits in which its numbers are written, half of the last digit of the
#        one with the fewest digits. Written with two decimals everywhere, three cents are an error; when one amount is written
#        10.0 instead of 10.00, as a program that prints numbers without padding does, the same three cents pass without a word.
#        Whole numbers do not count: 10 instead of 10.0 is an error again.
# What helps: write every amount with all minor digits of its currency.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check beancount==3.2.3
for sales in 10.00 10.0 10; do
  cat > "books-$sales.beancount" <<BOOKS
2026-01-01 open Assets:Bank
2026-01-01 open Expenses:Fees
2026-01-01 open Income:Sales
2026-01-02 * "A sale and its fee, three cents off"
  Assets:Bank      9.98 USD
  Expenses:Fees    0.05 USD
  Income:Sales  -$sales USD
BOOKS
done
expected='-10.00: refused
-10.0: accepted
-10: refused'
seen=$(for sales in 10.00 10.0 10; do
  if env/bin/bean-check "books-$sales.beancount" >/dev/null 2>&1; then echo "-$sales: accepted"; else echo "-$sales: refused"; fi
done)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
