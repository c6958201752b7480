#!/usr/bin/env bash
# iso20022.js 0.0.15, seen on Node 20.20.2, 2026-11-30.
#
# Guess: a bank statement (camt.053) that is read "in minor units" has whole numbers, each in its currency's own minor unit, and texts.
# Seen:  every amount is taken times 100 as a float: EUR 4.35 is 434.99999999999994, JPY 1000 is 100000 and KWD 1.234 is 123.4.
#        What looks like a number is one: the remittance text "00042" is 42, and the bank's reference "000123" is 123. An entry
#        that the bank marks as the reversal of a credit (RvslInd) has `reversal` false.
# What helps: read Amt, its Ccy, RvslInd and the references from the XML oneself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts iso20022.js@0.0.15
cat > try.mjs <<'JS'
import { CashManagementEndOfDayReport } from 'iso20022.js';

const statement = (currency, amount) => `<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-28T00:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>S1</Id><ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2026-11-28T00:00:00Z</CreDtTm>
<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>${currency}</Ccy><Svcr><FinInstnId><BIC>DEUTDEFF</BIC></FinInstnId></Svcr></Acct>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-28</Dt></Dt></Bal>
<Ntry><Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>true</RvslInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-11-28</Dt></BookgDt><AcctSvcrRef>000123</AcctSvcrRef><BkTxCd/>
<NtryDtls><TxDtls><RmtInf><Ustrd>00042</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>`;

for (const [currency, amount] of [['EUR', '4.35'], ['JPY', '1000'], ['KWD', '1.234']]) {
  const { statements } = CashManagementEndOfDayReport.fromXML(statement(currency, amount));
  const [entry] = statements[0].entries;
  const { accountServicerReferenceId: reference, transactions, reversal } = entry;
  const text = transactions[0].remittanceInformation;
  console.log(`${currency} ${amount}: ${entry.amount}, reference ${reference}, text ${text}, reversal ${reversal}`);
}
JS
expected='EUR 4.35: 434.99999999999994, reference 123, text 42, reversal false
JPY 1000: 100000, reference 123, text 42, reversal false
KWD 1.234: 123.4, reference 123, text 42, reversal false'
seen=$(node try.mjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
