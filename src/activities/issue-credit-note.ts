/** Issues the credit note of a refund, once for a refund, against the order's latest invoice. */
import { issueCreditNote } from '../store/credit-notes.ts';
import type { Database } from '../store/database.ts';
import { readInvoice } from '../store/invoices.ts';
import type { RunEffect } from './business-effect.ts';

export function createIssueCreditNote({
  database,
}: {
  database: Database;
}): RunEffect<'issue_credit_note'> {
  return async ({ order, command: { key, refundId, amountMinor } }) => {
    const invoice = await readInvoice(database, order.id);
    await issueCreditNote(database, {
      orderId: order.id,
      refundId,
      key,
      customerId: order.customer.id,
      invoiceNumber: invoice?.number ?? null,
      amountMinor,
      currency: order.currency,
    });
  };
}
