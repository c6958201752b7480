/**
 * What a customer, a bank or an operator does to a payment short of moving money.
 * Money that was captured is never hidden: nothing here takes a payment out of `captured`.
 */

import { capture } from './capture-commands.ts';
import type { Payment } from './payment.ts';
import { changed, type Refusal, refused, UNCHANGED, type Verdict } from './verdict.ts';

type ClosedStatus = 'failed' | 'expired' | 'voided';
type MovedStatus = ClosedStatus | 'pending' | 'authorized';

const move = (payment: Payment, status: MovedStatus): Verdict =>
  changed({ ...payment, status }, { type: `payment.${status}`, amountMinor: payment.amountMinor });

const alreadyCaptured = (payment: Payment): Refusal =>
  refused(
    409,
    'payment_captured',
    `Payment ${payment.id} is captured; refund it or reverse its capture instead.`,
  );

const isClosed = (payment: Payment): boolean =>
  payment.status === 'failed' || payment.status === 'expired' || payment.status === 'voided';

/** Authorizes a payment, closed ones too, since banks authorize late; `until` is when the bank lets go of the money. */
export function authorize(payment: Payment, until?: string): Verdict {
  const isDone = payment.status === 'authorized' || payment.status === 'captured';
  if (isDone) return UNCHANGED;
  return move({ ...payment, authorizedUntil: until ?? null }, 'authorized');
}

/** The customer confirms in the checkout. */
export function pay(payment: Payment): Verdict {
  return payment.capture === 'manual' ? authorize(payment) : capture(payment);
}

/** Marks a new payment as waiting for the bank; refused once the bank has spoken. */
export function pend(payment: Payment): Verdict {
  if (payment.status === 'pending') return UNCHANGED;
  if (payment.status === 'created') return move(payment, 'pending');
  if (payment.status === 'captured') return alreadyCaptured(payment);
  return refused(
    409,
    'payment_not_new',
    `Payment ${payment.id} is ${payment.status}; only a created payment becomes pending.`,
  );
}

/** Ends an unpaid payment as failed, expired or voided; one that has ended stays as it is. */
export const close =
  (status: ClosedStatus) =>
  (payment: Payment): Verdict => {
    if (payment.status === 'captured') return alreadyCaptured(payment);
    return isClosed(payment) ? UNCHANGED : move(payment, status);
  };
