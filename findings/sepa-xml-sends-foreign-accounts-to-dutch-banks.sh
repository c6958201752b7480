#!/usr/bin/env bash
# sepa-xml 0.6.0, seen on Node 20.20.2, 2026-12-01.
#
# Guess: where no BIC is given, the one that the library finds for an IBAN is of the IBAN's own country, or there is none.
# Seen:  it looks at the four characters behind the check digits alone, in a list of Dutch banks. Romania, Britain, Ireland, Malta and
#        Latvia have bank codes of four letters in the same place: an account at ING in Bucharest gets the BIC of ING in
#        Amsterdam, one at HSBC in London that of HSBC in Amsterdam. IBAN and BIC of one transfer name two countries.
# What helps: give each BIC, or check that its fifth and sixth letters are the first two of the IBAN; a SEPA transfer needs none at all.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts sepa-xml@0.6.0
cat > try.cjs <<'JS'
const SepaXML = require('sepa-xml');

const file = new SepaXML('pain.001.001.03');
file.setHeaderInfo({ messageId: 'M1', initiator: 'Example shop' });
file.setPaymentInfo({ id: 'P1', method: 'TRF', senderName: 'Example shop', senderIBAN: 'NL91ABNA0417164300', bic: 'ABNANL2A' });
for (const iban of ['NL20INGB0001234567', 'RO29INGB0000999900000001', 'GB47HSBC40508112345678', 'DE89370400440532013000'])
  file.addTransaction({ id: iban.slice(0, 8), iban, name: 'Somebody', amount: 10 });
file.compile((error, xml) => {
  if (error) throw error;
  for (const [, transfer] of xml.matchAll(/<CdtTrfTxInf>([^]*?)<\/CdtTrfTxInf>/g))
    console.log(/<IBAN>(.*)<\/IBAN>/.exec(transfer)[1], /<BIC>(.*)<\/BIC>/.exec(transfer)?.[1] ?? 'none');
});
JS
expected='NL20INGB0001234567 INGBNL2A
RO29INGB0000999900000001 INGBNL2A
GB47HSBC40508112345678 HSBCNL2A
DE89370400440532013000 none'
seen=$(node try.cjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
