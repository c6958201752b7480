/**
 * Posts a movement of money to the books, once for a capture, refund or dispute and its reversal. What the gateway
 * or our bank holds for us is an asset; the other side says where it came from or went to.
 */
import type { BusinessEffect, PostingKind } from '../domain/effects/effects.ts';
import { isByHand } from '../domain/facts/manual.ts';
import type { OrderBrief } from '../domain/view.ts';
import { failpoint } from '../process/failpoints.ts';
import type { Database } from '../store/database.ts';
import { type Entry, postEntry } from '../store/effects/postings.ts';
import type { RunEffect } from './business-effect.ts';

export function createPostLedger({ database }: { database: Database }): RunEffect<'post_ledger'> {
  return async ({ order, command }) => {
    await postEntry(database, entryOf(order, command));
    failpoint('ledger.afterCommitBeforeReturn');
  };
}

export function entryOf(
  order: OrderBrief,
  command: Extract<BusinessEffect, { effect: 'post_ledger' }>,
): Entry {
  const { key, kind, reference, amountMinor, currency } = command;
  const holder = isByHand(reference) ? 'bank' : `gateway_clearing:${order.gateway}`;
  const accounts = accountsOf(kind, holder);
  return { key, orderId: order.id, kind, reference, ...accounts, amountMinor, currency };
}

function accountsOf(kind: PostingKind, clearing: string): { debit: string; credit: string } {
  switch (kind) {
    case 'capture':
      return { debit: clearing, credit: 'order_receipts' };
    // What the gateway let the customer off pays the order, and is no money that it holds for us.
    case 'discount':
      return { debit: 'gateway_discounts', credit: 'order_receipts' };
    case 'discount_reversed':
      return { debit: 'order_receipts', credit: 'gateway_discounts' };
    case 'capture_reversed':
      return { debit: 'order_receipts', credit: clearing };
    case 'refund':
      return { debit: 'refunds_paid', credit: clearing };
    case 'refund_reversed':
      return { debit: clearing, credit: 'refunds_paid' };
    // The rest of what was sold is no money, and an expense.
    case 'write_off':
      return { debit: 'write_offs', credit: 'order_receipts' };
    case 'write_off_reversed':
      return { debit: 'order_receipts', credit: 'write_offs' };
    case 'chargeback':
      return { debit: 'chargebacks', credit: clearing };
    case 'chargeback_reversed':
      return { debit: clearing, credit: 'chargebacks' };
  }
}
