/** What the sandbox gateway sends, as schemas, and its mapping to the domain's words. */
import { z } from 'zod';
import { DISPUTE_STATUSES, type RefundSnapshot } from '../../domain/facts/facts.ts';
import { type GatewayPayment, INSTALLATION_FIELD } from '../gateway.ts';

const amount = z.number().int().positive();
/** Until when the shop may answer. */
export const respondBy = z.iso.datetime().nullish();

export const refundSchema = z.object({
  id: z.string().min(1),
  paymentId: z.string().min(1),
  status: z.enum(['pending', 'succeeded', 'failed', 'reversed']),
  amount,
});

export const paymentSchema = z.object({
  id: z.string().min(1),
  orderId: z.string().nullable(),
  metadata: z.record(z.string(), z.string()).default({}),
  status: z.enum(['created', 'pending', 'authorized', 'captured', 'failed', 'expired', 'voided']),
  amount,
  currency: z.string().length(3),
  authorizedUntil: z.iso.datetime().nullish(),
  checkoutUrl: z.string().optional(),
  captures: z.array(z.object({ captureId: z.string().min(1), amount, reversed: z.boolean() })),
  refunds: z.array(refundSchema),
  disputes: z.array(
    z.object({
      id: z.string(),
      status: z.enum(DISPUTE_STATUSES),
      amount,
      respondBy,
    }),
  ),
});

export const paymentsSchema = z.object({ payments: z.array(paymentSchema) });

export type SandboxPayment = z.infer<typeof paymentSchema>;

export function snapshotOf(payment: SandboxPayment): GatewayPayment {
  const { currency } = payment;
  return {
    paymentId: payment.id,
    orderId: payment.orderId,
    installationId: payment.metadata[INSTALLATION_FIELD] ?? null,
    status: payment.status,
    amountMinor: payment.amount,
    currency,
    ...(payment.authorizedUntil == null ? {} : { expiresAt: Date.parse(payment.authorizedUntil) }),
    captures: payment.captures.map(({ captureId, amount, reversed }) => ({
      captureId,
      amountMinor: amount,
      reversed,
    })),
    refunds: payment.refunds.map((refund) => refundSnapshotOf(refund, currency)),
    disputes: payment.disputes.map(({ id, amount, status, respondBy: until }) => ({
      disputeId: id,
      amountMinor: amount,
      status,
      ...respondByOf(until),
    })),
  };
}

export function respondByOf(until: z.infer<typeof respondBy>): { respondBy?: number } {
  return until == null ? {} : { respondBy: Date.parse(until) };
}

export function refundSnapshotOf(
  refund: z.infer<typeof refundSchema>,
  currency: string,
): RefundSnapshot {
  const { id, paymentId, amount, status } = refund;
  return { refundId: id, paymentId, amountMinor: amount, currency, status };
}
