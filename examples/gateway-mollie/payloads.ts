/** The fields of Mollie's objects that an order lives by, and what they mean. A word that is not known is not guessed. */
import {
  type GatewayPayment,
  INSTALLATION_FIELD,
  minorOfDecimal,
  named,
  type RefundSnapshot,
  type RefundStatus,
  type SnapshotStatus,
} from 'payonce/gateway';
import { z } from 'zod';

const amount = z.object({ currency: z.string().regex(/^[A-Z]{3}$/), value: z.string() });
const metadata = z.record(z.string(), z.unknown()).nullish().catch(null);

export const paymentSchema = z.object({
  id: z.string().regex(/^tr_\w+$/),
  status: z.string(),
  amount,
  /** Of a payment that is captured by a call, what was captured so far. */
  amountCaptured: amount.nullish(),
  isCancelable: z.boolean().nullish(),
  expiresAt: z.string().nullish(),
  metadata,
  _links: z.object({ checkout: z.object({ href: z.string() }).nullish() }).nullish(),
});

export const refundSchema = z.object({
  id: z.string().min(1),
  status: z.string(),
  amount,
  metadata,
});

export const captureSchema = z.object({ id: z.string().min(1), status: z.string() });

export const chargebackSchema = z.object({
  id: z.string().min(1),
  amount,
  reversedAt: z.string().nullish(),
});

export type Payment = z.infer<typeof paymentSchema>;
export type Refund = z.infer<typeof refundSchema>;
export type Chargeback = z.infer<typeof chargebackSchema>;

/** Mollie's lists, in HAL. */
export function listOf<T>(name: string, schema: z.ZodType<T>): z.ZodType<T[]> {
  return z
    .object({ _embedded: z.object({ [name]: z.array(schema) }) })
    .transform(({ _embedded }) => (_embedded as Record<string, T[]>)[name] ?? []);
}

const STATUS: ReadonlyMap<string, SnapshotStatus> = new Map([
  ['open', 'created'],
  ['pending', 'pending'],
  ['authorized', 'authorized'],
  ['paid', 'captured'],
  ['canceled', 'voided'],
  ['expired', 'expired'],
  ['failed', 'failed'],
] as const);

/** What waits for balance or for a bank is pending; what was canceled has never left. */
const REFUND_STATUS: ReadonlyMap<string, RefundStatus> = new Map([
  ['queued', 'pending'],
  ['pending', 'pending'],
  ['processing', 'pending'],
  ['refunded', 'succeeded'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
] as const);

export function snapshotOf(
  payment: Payment,
  refunds: readonly Refund[],
  chargebacks: readonly Chargeback[],
): GatewayPayment {
  const { id: paymentId, amount, amountCaptured } = payment;
  const { currency } = amount;
  const minor = ({ value }: { value: string }): number => minorOfDecimal(value, currency);
  const status = STATUS.get(payment.status) ?? 'created';
  const unknown = [
    ...(STATUS.has(payment.status) ? [] : [`the payment's status ${named(payment.status)}`]),
    ...refunds
      .filter((refund) => !REFUND_STATUS.has(refund.status))
      .map((refund) => `the status ${named(refund.status)} of the refund ${refund.id}`),
  ];
  const expiresAt = status === 'pending' ? Date.parse(payment.expiresAt ?? '') : Number.NaN;
  return {
    paymentId,
    orderId: textIn(payment, 'orderId'),
    installationId: textIn(payment, INSTALLATION_FIELD),
    status,
    amountMinor: minor(amount),
    currency,
    // All that was captured, under the payment's own id: a payment is paid once, whatever it was captured in.
    captures:
      status === 'captured'
        ? [{ captureId: paymentId, amountMinor: minor(amountCaptured ?? amount), reversed: false }]
        : [],
    refunds: refunds.flatMap((refund) => refundSnapshotOf(refund, paymentId) ?? []),
    disputes: chargebacks.map((chargeback) => ({
      disputeId: chargeback.id,
      amountMinor: minor(chargeback.amount),
      status: chargeback.reversedAt == null ? 'lost' : 'won',
    })),
    ...(Number.isNaN(expiresAt) ? {} : { expiresAt }),
    ...(unknown.length === 0 ? {} : { unknown }),
  };
}

/** Null for a refund whose status is not known. */
export function refundSnapshotOf(refund: Refund, paymentId: string): RefundSnapshot | null {
  const status = REFUND_STATUS.get(refund.status);
  if (status === undefined) return null;
  const { currency, value } = refund.amount;
  const amountMinor = minorOfDecimal(value, currency);
  return { refundId: refund.id, paymentId, amountMinor, currency, status };
}

/** A text of the metadata; null where there is none. */
export function textIn({ metadata }: Pick<Payment, 'metadata'>, field: string): string | null {
  const value = metadata?.[field];
  return typeof value === 'string' && value !== '' ? value : null;
}
