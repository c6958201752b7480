/** Issues the order's invoice, once for every time that it came to be paid. */
import type { Seller } from '../domain/details.ts';
import type { OrderBrief } from '../domain/view.ts';
import { NEWEST_LAYOUT } from '../invoices/layouts.ts';
import { failpoint } from '../process/failpoints.ts';
import type { Database } from '../store/database.ts';
import { issueInvoice } from '../store/effects/invoices.ts';
import type { NumberPattern } from '../store/effects/number-series.ts';
import { readOrder } from '../store/orders/orders.ts';
import type { RunEffect } from './business-effect.ts';

export function createIssueInvoice({
  database,
  seller,
  numbers,
}: {
  database: Database;
  seller: Seller;
  numbers: NumberPattern;
}): RunEffect<'issue_invoice'> {
  return async ({ order, command: { key, epoch, discountMinor, paidBy } }) => {
    const stored = await readOrder(database, order.id);
    const invoice = {
      orderId: order.id,
      epoch,
      key,
      customerId: order.customer.id,
      email: stored?.email ?? null,
      description: stored?.description ?? null,
      customerName: stored?.people?.name ?? null,
      customerAddress: stored?.people?.address ?? null,
      seller,
      lines: stored?.lines ?? null,
      layout: NEWEST_LAYOUT,
      amountMinor: order.amount,
      discountMinor: discountMinor ?? null,
      currency: order.currency,
      gateway: payerOf(order, paidBy),
    };
    await issueInvoice(database, invoice, numbers);
    failpoint('invoice.afterCommitBeforeReturn');
  };
}

function inWords(way: string): string {
  return way.replaceAll('_', ' ');
}

/** By which ways it was paid, as the invoice prints it; empty where nothing was due. */
export function payerOf(
  { gateway }: Pick<OrderBrief, 'gateway'>,
  paidBy?: readonly string[],
): string {
  return paidBy?.map(inWords).join(' and ') ?? gateway;
}
