/** Issues the credit note of a refund, once for a refund, against the order's latest invoice. */
import type { Seller } from '../domain/details.ts';
import { failpoint } from '../process/failpoints.ts';
import type { Database } from '../store/database.ts';
import { issueCreditNote } from '../store/effects/credit-notes.ts';
import { readInvoice } from '../store/effects/invoices.ts';
import { readOrder } from '../store/orders/orders.ts';
import type { RunEffect } from './business-effect.ts';

export function createIssueCreditNote({
  database,
  seller,
}: {
  database: Database;
  seller: Seller;
}): RunEffect<'issue_credit_note'> {
  return async ({ order, command: { key, refundId, amountMinor } }) => {
    const invoice = await readInvoice(database, order.id);
    const stored = await readOrder(database, order.id);
    await issueCreditNote(database, {
      orderId: order.id,
      refundId,
      key,
      customerId: order.customer.id,
      invoiceNumber: invoice?.number ?? null,
      email: stored?.email ?? null,
      customerName: stored?.people?.name ?? null,
      customerAddress: stored?.people?.address ?? null,
      seller,
      amountMinor,
      currency: order.currency,
    });
    failpoint('creditNote.afterCommitBeforeReturn');
  };
}
