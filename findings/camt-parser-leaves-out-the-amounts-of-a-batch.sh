#!/usr/bin/env bash
# camt-parser 1.1.0, seen on Node 20.20.2, 2026-11-30.
#
# Guess: an entry of camt.053.001.08 that is a batch has the amount of each of its parts (TxDtls/Amt).
# Seen:  only the older place, AmtDtls/TxAmt/Amt, is read. Of a batch whose parts carry Amt, as the version 08 that the package is
#        for provides, the entry has its sum, and each part an amount and a currency of "": no error, and nothing to match by.
# What helps: read TxDtls/Amt oneself where the parsed amount is empty.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts camt-parser@1.1.0
cat > try.mjs <<'JS'
import { parseCamt053 } from 'camt-parser';

const parts = [['E1', '3.00'], ['E2', '1.35']].map(
  ([id, amount]) => `<TxDtls><Refs><EndToEndId>${id}</EndToEndId></Refs><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>`,
);
const statement = `<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-28T00:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>S1</Id><ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2026-11-28T00:00:00Z</CreDtTm>
<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy><Svcr><FinInstnId><BICFI>DEUTDEFF</BICFI></FinInstnId></Svcr></Acct>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">4.35</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-28</Dt></Dt></Bal>
<Ntry><NtryRef>N1</NtryRef><Amt Ccy="EUR">4.35</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-11-28</Dt></BookgDt><AcctSvcrRef>A1</AcctSvcrRef><BkTxCd/>
<NtryDtls>${parts.join('')}</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>`;
const { statements } = await parseCamt053(statement);
const [{ amount, details }] = statements[0].transactions;
console.log(`entry: ${amount.value} ${amount.currency}`);
for (const { references, amountDetails } of details)
  console.log(`part ${references.endToEndId}: "${amountDetails.transactionAmount.value}"`);
JS
expected='entry: 4.35 EUR
part E1: ""
part E2: ""'
seen=$(node try.mjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
