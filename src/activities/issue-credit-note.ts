/** Issues the credit note of a refund, once for a refund, against the order's latest invoice. */
import type { Seller } from '../domain/details.ts';
import { effectKey } from '../domain/effects/effects.ts';
import { failpoint } from '../process/failpoints.ts';
import type { Database } from '../store/database.ts';
import { issueCreditNote, type OrderMoney } from '../store/effects/credit-notes.ts';
import { type Invoice, readInvoice } from '../store/effects/invoices.ts';
import type { NumberPattern } from '../store/effects/number-series.ts';
import { readOrder, type StoredOrder } from '../store/orders/orders.ts';
import type { RunEffect } from './business-effect.ts';

export function createIssueCreditNote({
  database,
  seller,
  numbers,
}: {
  database: Database;
  seller: Seller;
  numbers: NumberPattern;
}): RunEffect<'issue_credit_note'> {
  return async ({ order, command: { key, refundId, amountMinor } }) => {
    const invoice = await readInvoice(database, order.id);
    const stored = await readOrder(database, order.id);
    const { email, customerName, customerAddress } = customerOf(stored, invoice);
    const note = {
      orderId: order.id,
      refundId,
      key,
      customerId: order.customer.id,
      invoiceNumber: invoice?.number ?? null,
      email,
      customerName,
      customerAddress,
      seller,
      lines: invoice?.lines ?? null,
      money: moneyOf(stored, key),
      amountMinor,
      currency: order.currency,
    };
    await issueCreditNote(database, note, numbers);
    failpoint('creditNote.afterCommitBeforeReturn');
  };
}

/** @param key of the credit note's effect, which the record may not have yet */
function moneyOf(order: StoredOrder | null, key: string): OrderMoney {
  if (order === null) return { settledMinor: 0, refunds: [], corrected: new Set() };
  const { view } = order;
  const lost = view.disputes.filter(({ status }) => status === 'lost');
  const lostMinor = lost.reduce((total, { amount }) => total + amount, 0);
  const keys = new Set([key, ...view.effects.map((effect) => effect.key)]);
  const refunds = view.refunds.flatMap(({ refundId, amount, currency, status }) =>
    refundId !== null &&
    currency === view.currency &&
    (status === 'succeeded' || status === 'reversed')
      ? [{ refundId, amountMinor: amount, status }]
      : [],
  );
  const isCorrected = ({ refundId }: { refundId: string }): boolean =>
    keys.has(effectKey(order.id, 'issue_credit_note', refundId));
  return {
    settledMinor: view.amountPaid + view.amountDiscounted + view.amountWrittenOff - lostMinor,
    refunds,
    corrected: new Set(refunds.filter(isCorrected).map(({ refundId }) => refundId)),
  };
}

type Customer = Pick<Invoice, 'email' | 'customerName' | 'customerAddress'>;

/** Once erased, the customer is still whom the invoice names: the law wants the note to name the same. */
function customerOf(order: StoredOrder | null, invoice: Invoice | null): Customer {
  if (order !== null && order.erasedAt === null)
    return {
      email: order.email,
      customerName: order.people?.name ?? null,
      customerAddress: order.people?.address ?? null,
    };
  return invoice ?? { email: null, customerName: null, customerAddress: null };
}
