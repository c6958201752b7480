/** Payments that the order comes to know: its own attempts' and those whose creation it has not heard of. */
import { applyRow } from '../apply-row.ts';
import { type Context, fromGateway } from '../context.ts';
import type { Payment } from '../ledger.ts';
import { attemptOf } from '../sums.ts';
import type { Fact, PaymentSnapshot, SnapshotStatus } from './facts.ts';

export function adopt(context: Context, snapshot: PaymentSnapshot): Payment {
  const { ledger } = context;
  const { paymentId, amountMinor, currency } = snapshot;
  const payment: Payment = {
    paymentId,
    amountMinor,
    currency,
    status: 'created',
    mismatched: false,
    movedAtVersion: ledger.version,
  };
  const evolve = (): void => {
    ledger.payments[paymentId] = payment;
  };
  // Our own attempt says so itself when it is answered.
  if (attemptOf(ledger, paymentId) !== undefined) {
    evolve();
    return payment;
  }
  const origin = fromGateway(context, 'payment.adopted');
  applyRow(context, 'payment.adopted', { cause: paymentId, evolve, origin });
  return payment;
}

/** A payment of which nothing is known but one fact. */
export function strangerOf(fact: Fact, orderId: string, madeBy: 'ours' | 'other'): PaymentSnapshot {
  const { paymentId, amountMinor, currency, type } = fact;
  const status = type.startsWith('payment.') ? type.slice('payment.'.length) : 'created';
  const captureId = 'captureId' in fact ? (fact.captureId ?? paymentId) : paymentId;
  return {
    ...{ paymentId, orderId, installation: madeBy, amountMinor, currency },
    status: status as SnapshotStatus,
    captures: type === 'payment.captured' ? [{ captureId, amountMinor, reversed: false }] : [],
    refunds: [],
    disputes: [],
  };
}
