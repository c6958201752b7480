#!/usr/bin/env bash
# @e-invoice-eu/core 2.3.4, seen on Node 20.20.2, 2026-12-01.
#
# Guess: a package that makes electronic invoices of EN 16931, and validates what it is given, makes those that the standard
#        allows, and none whose sums are wrong.
# Seen:  an invoice without electronic addresses is refused, in plain UBL too: "must have required property 'cbc:EndpointID'".
#        EN 16931 leaves them open (BT-34 and BT-49 are 0..1); Peppol and XRechnung demand them, and consumers have none.
#        An invoice whose total is a thousand euros more than its lines and tax is made without a word (BR-CO-15, BR-CO-16).
# What helps: CEN's own rules as the judge, such as phive, and sums of one's own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @e-invoice-eu/core@2.3.4
cat > try.mjs <<'JS'
import { InvoiceService } from '@e-invoice-eu/core';

const silent = { log() {}, warn() {}, error() {} };
const money = (name, value) => ({ [name]: value, [`${name}@currencyID`]: 'EUR' });
const rate = { 'cbc:ID': 'S', 'cbc:Percent': '19', 'cac:TaxScheme': { 'cbc:ID': 'VAT' } };
const party = (name, address) => ({
  'cac:Party': {
    ...(address && { 'cbc:EndpointID': address, 'cbc:EndpointID@schemeID': 'EM' }),
    'cac:PostalAddress': { 'cac:Country': { 'cbc:IdentificationCode': 'DE' } },
    ...(name === 'Shop' && {
      'cac:PartyTaxScheme': [{ 'cbc:CompanyID': 'DE123456789', 'cac:TaxScheme': { 'cbc:ID': 'VAT' } }],
    }),
    'cac:PartyLegalEntity': { 'cbc:RegistrationName': name },
  },
});
const invoice = ({ address, total }) => ({
  'ubl:Invoice': {
    'cbc:CustomizationID': 'urn:cen.eu:en16931:2017',
    'cbc:ID': '1',
    'cbc:IssueDate': '2026-01-26',
    'cbc:InvoiceTypeCode': '380',
    'cbc:DocumentCurrencyCode': 'EUR',
    'cac:AccountingSupplierParty': party('Shop', address),
    'cac:AccountingCustomerParty': party('Ada', address),
    'cac:TaxTotal': [{
      ...money('cbc:TaxAmount', '19.00'),
      'cac:TaxSubtotal': [{ ...money('cbc:TaxableAmount', '100.00'), ...money('cbc:TaxAmount', '19.00'), 'cac:TaxCategory': rate }],
    }],
    'cac:LegalMonetaryTotal': {
      ...money('cbc:LineExtensionAmount', '100.00'), ...money('cbc:TaxExclusiveAmount', '100.00'),
      ...money('cbc:TaxInclusiveAmount', total), ...money('cbc:PrepaidAmount', total), ...money('cbc:PayableAmount', '0.00'),
    },
    'cac:InvoiceLine': [{
      'cbc:ID': '1', 'cbc:InvoicedQuantity': '1', 'cbc:InvoicedQuantity@unitCode': 'C62',
      ...money('cbc:LineExtensionAmount', '100.00'),
      'cac:Item': { 'cbc:Name': 'Book', 'cac:ClassifiedTaxCategory': rate },
      'cac:Price': money('cbc:PriceAmount', '100.00'),
    }],
  },
});
async function made(content) {
  try {
    const xml = await new InvoiceService(silent).generate(invoice(content), { format: 'UBL', lang: 'en', noWarnings: true });
    return `made, over ${/<cbc:TaxInclusiveAmount[^>]*>([^<]*)/.exec(xml)[1]}`;
  } catch (error) {
    return [...new Set(error.errors.map(({ message }) => message))].join(', ');
  }
}
console.log(`without electronic addresses: ${await made({ total: '119.00' })}`);
console.log(`with them: ${await made({ address: 'a@example.com', total: '119.00' })}`);
console.log(`with a wrong total: ${await made({ address: 'a@example.com', total: '1119.00' })}`);
JS
expected="without electronic addresses: must have required property 'cbc:EndpointID'
with them: made, over 119.00
with a wrong total: made, over 1119.00"
seen=$(node try.mjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
