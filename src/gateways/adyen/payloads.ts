/** What Adyen's API answers, as schemas with only the fields that we need, and what it means. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SnapshotStatus } from '../../domain/facts/facts.ts';
import { GatewayOutcomeUnknown, type GatewayPayment } from '../gateway.ts';
import { named } from '../unknown-word.ts';
import { fromAdyenAmount } from './amounts.ts';

/**
 * The reference under which a payment is known. Of what Adyen sends with a webhook, the metadata is not signed and the
 * reference is: so the reference itself names the order and the installation that made the payment, and whether its
 * money is captured by hand. It is our payment's id.
 */
export interface Reference {
  /** Null where the id is too long to be named. */
  orderId: string | null;
  installationId: string;
  /** What is authorized waits to be captured. */
  isManual: boolean;
}

/** References have at most 80 characters (CheckoutService-v72), of which the rest of ours may take 26. */
const MAX_ORDER_ID_LENGTH = 54;
const INSTALLATION = /^ins_([0-9a-f]{32})$/;
/**
 * Order, installation in 22 letters, how it is captured, attempt. In place of a long order's id stands its hash, behind a
 * dot. No part has a colon in it, with which the signed fields are joined.
 */
const FORM =
  /^(?:([A-Za-z0-9][A-Za-z0-9_-]{0,63})|\.[A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{22})\.([am])(\d{1,3})$/;

export function referenceOf({
  orderId,
  installationId,
  isManual,
  attempt,
}: Reference & { orderId: string; attempt: number }): string {
  const [, hex = ''] = INSTALLATION.exec(installationId) ?? [];
  const mark = Buffer.from(hex, 'hex').toString('base64url');
  const hash = createHash('sha256').update(orderId).digest('base64url');
  const order = orderId.length > MAX_ORDER_ID_LENGTH ? `.${hash}` : orderId;
  return `${order}.${mark}.${isManual ? 'm' : 'a'}${attempt}`;
}

/** Null for a reference that is not of this form: what it names was made by other software. */
export function readReference(reference: string): Reference | null {
  const [, orderId = null, mark, capture] = FORM.exec(reference) ?? [];
  if (mark === undefined) return null;
  const installationId = `ins_${Buffer.from(mark, 'base64url').toString('hex')}`;
  return { orderId, installationId, isManual: capture === 'm' };
}

export const amountSchema = z.object({
  value: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  currency: z.string().regex(/^[A-Z]{3}$/),
});

/** A link's id, or what Adyen calls a pspReference. */
export const adyenId = z.string().regex(/^[A-Za-z0-9]{1,64}$/);

export const linkSchema = z.object({
  id: adyenId,
  reference: z.string(),
  amount: amountSchema,
  status: z.string(),
  url: z.string().min(1),
});
export type PaymentLink = z.infer<typeof linkSchema>;

/** Accepted to be done: what became of it, a webhook says. */
export const receivedSchema = z.object({ pspReference: adyenId, status: z.literal('received') });

/**
 * What calls about a payment have to name: its link as long as nobody has paid it, and Adyen's own payment from its
 * authorization on, which a webhook tells of.
 */
export interface AdyenIds {
  link?: string;
  payment?: string;
}

const STATUSES: ReadonlyMap<string, SnapshotStatus> = new Map([
  ['active', 'created'],
  ['expired', 'expired'],
  ['paymentPending', 'pending'],
  // Somebody has paid. How much, and whether it was authorized, the link does not say.
  ['completed', 'pending'],
  ['paid', 'pending'],
]);

/** @param status where it is known better than by the link */
export function snapshotOf(link: PaymentLink, status?: SnapshotStatus): GatewayPayment {
  const { reference, amount } = link;
  const amountMinor = fromAdyenAmount(amount);
  if (amountMinor === null)
    throw new GatewayOutcomeUnknown('Adyen answered an amount that its currency does not have');
  const owner = readReference(reference);
  const known = STATUSES.get(link.status);
  const ids: AdyenIds = { link: link.id };
  return {
    paymentId: reference,
    gatewayIds: { ...ids },
    orderId: owner?.orderId ?? null,
    installationId: owner?.installationId ?? null,
    status: status ?? known ?? 'created',
    amountMinor,
    currency: amount.currency,
    captures: [],
    refunds: [],
    disputes: [],
    ...(known === undefined && {
      unknown: [`the status ${named(link.status)} of the payment link ${link.id}`],
    }),
  };
}
