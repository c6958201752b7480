#!/usr/bin/env bash
# currency.js 2.0.4, seen on Node 20.20.2 (ICU 78), 2026-11-30.
#
# Guess: an amount that `Intl.NumberFormat` has formatted, with the separators of its locale named, is read back as it was, or
#        refused where `errorOnInvalid` is set.
# Seen:  Swedish, Norwegian, Finnish, Lithuanian, Slovenian, Estonian, Croatian and Basque write the minus as U+2212. currency.js
#        knows the hyphen alone and leaves out what it does not know: a refund of 1,234.50 is read as a payment of it.
#        `errorOnInvalid` does not change that. German and Danish, with a hyphen, are read right.
# What helps: keep amounts as whole minor units, and never read them back from text; or replace U+2212 before.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts currency.js@2.0.4
cat > try.cjs <<'JS'
const currency = require('currency.js');

for (const locale of ['de-DE', 'da-DK', 'sv-SE', 'nb-NO', 'fi-FI', 'lt-LT', 'sl-SI', 'et-EE', 'hr-HR', 'eu-ES']) {
  const text = new Intl.NumberFormat(locale, { style: 'currency', currency: 'EUR' }).format(-1234.5);
  const minus = text.codePointAt(0).toString(16).padStart(4, '0');
  const { value } = currency(text, { decimal: ',', separator: '.', errorOnInvalid: true });
  console.log(`${locale}: minus U+${minus}, read as ${value}`);
}
JS
expected='de-DE: minus U+002d, read as -1234.5
da-DK: minus U+002d, read as -1234.5
sv-SE: minus U+2212, read as 1234.5
nb-NO: minus U+2212, read as 1234.5
fi-FI: minus U+2212, read as 1234.5
lt-LT: minus U+2212, read as 1234.5
sl-SI: minus U+2212, read as 1234.5
et-EE: minus U+2212, read as 1234.5
hr-HR: minus U+2212, read as 1234.5
eu-ES: minus U+2212, read as 1234.5'
seen=$(node try.cjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
