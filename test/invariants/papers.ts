/** Papers: one invoice for every time that money has earned access, one credit note for every refund of it. */
import {
  type Finding,
  groupBy,
  type Invariant,
  type OrderEvidence,
  ownPayments,
  wrong,
} from './evidence.ts';

export const onePaper: Invariant = {
  name: 'I2 one invoice for a payment, one credit note for a refund',
  check: (evidence) => [...wrongInvoices(evidence), ...wrongCreditNotes(evidence)],
};

function wrongInvoices({ orderId, order, entitlements, invoices }: OrderEvidence): Finding[] {
  const grants = entitlements.filter(({ isGranted }) => isGranted).length;
  // What a person or the end of a dispute grants is no new sale.
  const due = order?.ledger.access.earned?.epoch ?? grants;
  if (due === invoices.length) return [];
  const detail = `access was earned ${due} times, and there are ${invoices.length} invoices`;
  return [wrong(orderId, detail)];
}

function wrongCreditNotes(evidence: OrderEvidence): Finding[] {
  const { orderId, order, invoices, creditNotes, payments } = evidence;
  if (payments === null) return [];
  const refunds = ownPayments(evidence)
    .filter(({ currency, captures }) => currency === order?.currency && captures.length > 0)
    .flatMap((payment) => payment.refunds);
  const notes = groupBy(creditNotes, ({ refundId }) => refundId);
  const missing = refunds
    .filter(({ status }) => status === 'succeeded' && invoices.length > 0)
    .filter(({ id, amount }) => {
      const found = notes.get(id) ?? [];
      return found.length !== 1 || found[0]?.amountMinor !== amount;
    });
  const known = new Set(refunds.map(({ id }) => id));
  const invented = [...notes.keys()].filter((id) => !known.has(id) || invoices.length === 0);
  return [
    ...missing.map(({ id, amount }) =>
      wrong(`${orderId} ${id}`, `refunded ${amount}, without one credit note of that`),
    ),
    ...invented.map((id) => wrong(`${orderId} ${id}`, 'a credit note without a refund')),
  ];
}
