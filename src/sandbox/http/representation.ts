/**
 * What callers see of payments, refunds and webhooks. The names here are the wire's, and fixed:
 * clients depend on them.
 */

import {
  amountCapturedMinor,
  amountRefundedMinor,
  type Dispute,
  type Payment,
  type Refund,
} from '../payments/payment.ts';
import type { Attempt, WebhookWithAttempts } from '../store/webhook-rows.ts';

export type RepresentPayment = (payment: Payment) => Readonly<Record<string, unknown>>;

export const representRefund = (payment: Payment, refund: Refund) => ({
  id: refund.id,
  paymentId: payment.id,
  status: refund.status,
  amount: refund.amountMinor,
  createdAt: refund.createdAt,
});

const representDispute = ({ id, status, amountMinor, respondBy }: Dispute) => ({
  id,
  status,
  amount: amountMinor,
  respondBy: respondBy ?? null,
});

/** Shows payments with checkout pages below `baseUrl`, the gateway's own address. */
export const createRepresentPayment =
  (baseUrl: string): RepresentPayment =>
  (payment) => ({
    id: payment.id,
    orderId: payment.orderId,
    status: payment.status,
    amount: payment.amountMinor,
    currency: payment.currency,
    metadata: payment.metadata,
    amountCaptured: amountCapturedMinor(payment),
    amountRefunded: amountRefundedMinor(payment),
    createdAt: payment.createdAt,
    capture: payment.capture,
    authorizedUntil: payment.authorizedUntil,
    checkoutUrl: `${baseUrl}/checkout/${payment.id}`,
    captures: payment.captures.map(({ captureId, amountMinor, reversed }) => ({
      captureId,
      amount: amountMinor,
      reversed,
    })),
    refunds: payment.refunds.map((refund) => representRefund(payment, refund)),
    disputes: payment.disputes.map(representDispute),
  });

const representAttempt = ({ at, status, error }: Attempt) => ({
  at,
  status,
  ...(error === null ? {} : { error }),
});

export const representWebhook = (webhook: WebhookWithAttempts) => ({
  id: webhook.id,
  type: webhook.type,
  orderId: webhook.orderId,
  paymentId: webhook.paymentId,
  state: webhook.state,
  createdAt: webhook.createdAt,
  deliveredAt: webhook.deliveredAt,
  attempts: webhook.attempts.map(representAttempt),
});
