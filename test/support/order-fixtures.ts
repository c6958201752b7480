/** Orders for tests of the store and the activities: fixed terms, an id of their own. */
import { randomUUID } from 'node:crypto';
import type { OutcomeRecord } from '../../src/domain/events.ts';
import { type Ledger, openLedger } from '../../src/domain/ledger.ts';
import { viewOf } from '../../src/domain/view.ts';
import type { NewOrder } from '../../src/store/orders/orders.ts';
import type { OrderRecord } from '../../src/store/orders/record.ts';

const CREATED_AT = Date.parse('2026-01-26T10:00:00Z');
const DAY_MS = 86_400_000;

export function freshOrderId(): string {
  return `ord_${randomUUID()}`;
}

export function ledgerOf(orderId: string, changes: Partial<Ledger> = {}): Ledger {
  const ledger = openLedger({
    orderId,
    amountMinor: 4999,
    currency: 'INR',
    gateway: 'sandbox',
    customerId: 'cus_7',
    createdAt: CREATED_AT,
    expiresAt: CREATED_AT + DAY_MS,
    settlementWindowMs: 10 * DAY_MS,
  });
  return { ...ledger, ...changes };
}

export function newOrder(id: string = freshOrderId(), changes: Partial<NewOrder> = {}): NewOrder {
  const ledger = changes.ledger ?? ledgerOf(id);
  return {
    id,
    fingerprint: 'f1',
    amount: ledger.terms.amountMinor,
    currency: ledger.terms.currency,
    gateway: ledger.terms.gateway,
    customer: { id: ledger.terms.customerId, email: 'ada@example.com' },
    description: 'Two tickets',
    metadata: {},
    ledger,
    view: viewOf(ledger),
    expiresAt: ledger.terms.expiresAt,
    ...changes,
  };
}

/** Paid by the one payment `pay_` and the order's id. */
export function paidLedger(orderId: string, changes: Partial<Ledger> = {}): Ledger {
  const payment = { paymentId: `pay_${orderId}`, amountMinor: 4999 };
  return ledgerOf(orderId, {
    revision: 3,
    version: 3,
    payments: {
      [payment.paymentId]: {
        ...payment,
        currency: 'INR',
        status: 'captured',
        mismatched: false,
        movedAtVersion: 3,
      },
    },
    captures: {
      [payment.paymentId]: {
        ...payment,
        captureId: payment.paymentId,
        captured: true,
        reversed: false,
      },
    },
    ...changes,
  });
}

/** Written on top of whatever is older. */
export function recordOf(ledger: Ledger, records: OutcomeRecord[] = []): OrderRecord {
  return { ledger, records, known: ledger.revision - 1 };
}

export function outcome(seq: number, changes: Partial<OutcomeRecord> = {}): OutcomeRecord {
  return {
    seq,
    at: CREATED_AT + seq * 1000,
    source: 'webhook',
    type: 'payment.captured',
    eventId: `evt_${seq}`,
    outcome: 'applied',
    reason: 'initiated → paid',
    version: seq + 1,
    ...changes,
  };
}
