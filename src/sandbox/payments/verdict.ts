/**
 * The three answers a payment can give to a command: changed, unchanged, refused.
 * A refusal is a value with a stable code; no command ever throws because of the payment's state.
 */

import type { Payment } from './payment.ts';

export type EventType =
  | 'payment.pending'
  | 'payment.authorized'
  | 'payment.captured'
  | 'payment.failed'
  | 'payment.expired'
  | 'payment.voided'
  | 'capture.reversed'
  | 'refund.pending'
  | 'refund.succeeded'
  | 'refund.failed'
  | 'refund.reversed'
  | 'dispute.opened'
  | 'dispute.won'
  | 'dispute.lost';

/** A fact that a webhook tells; the amount is that of the capture, refund or dispute it is about. */
export type PaymentEvent = {
  readonly type: EventType;
  readonly amountMinor: number;
  readonly captureId?: string;
  readonly refundId?: string;
  readonly disputeId?: string;
  readonly respondBy?: string;
};

export type Refusal = {
  readonly kind: 'refused';
  readonly status: 404 | 409 | 422;
  readonly code: string;
  readonly detail: string;
};

export type Verdict =
  | {
      readonly kind: 'changed';
      readonly payment: Payment;
      readonly events: readonly PaymentEvent[];
    }
  | { readonly kind: 'unchanged' }
  | Refusal;

export const UNCHANGED: Verdict = { kind: 'unchanged' };

export const changed = (payment: Payment, ...events: readonly PaymentEvent[]): Verdict => ({
  kind: 'changed',
  payment,
  events,
});

export const refused = (status: Refusal['status'], code: string, detail: string): Refusal => ({
  kind: 'refused',
  status,
  code,
  detail,
});
