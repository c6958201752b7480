/** Issues the credit note of a refund, once for a refund, against the order's latest invoice. */
import type { Seller } from '../domain/details.ts';
import { failpoint } from '../process/failpoints.ts';
import type { Database } from '../store/database.ts';
import { issueCreditNote } from '../store/effects/credit-notes.ts';
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
      amountMinor,
      currency: order.currency,
    };
    await issueCreditNote(database, note, numbers);
    failpoint('creditNote.afterCommitBeforeReturn');
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
